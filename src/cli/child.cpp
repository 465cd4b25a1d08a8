#include "cli/child.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include "cli/descriptor.hpp"
#include "cli/process_groups.hpp"
#include "cli/spawn.hpp"

namespace coord::cli {
namespace {

constexpr std::size_t max_last_words = 4'096;
// A context is no descriptor: how often it is looked at while nothing else happens.
constexpr int look_every_ms = 50;

// A command under way. The destructor leaves nothing of it.
class running_child {
  public:
    explicit running_child(spawned&& from) noexcept
        : leader_(from.leader),
          place_(process_groups::enter(leader_)),
          stdout_(std::move(from.output)),
          stderr_(std::move(from.errors)),
          // When it ended, this is readable.
          ended_(static_cast<int>(::syscall(SYS_pidfd_open, leader_, 0))) {}
    running_child(const running_child&) = delete;
    running_child& operator=(const running_child&) = delete;
    ~running_child() { reap(); }

    child_end watch(std::size_t max_output, const coord_context* until) {
        child_end end;
        end.why = follow(end, max_output, until);
        const int status = reap();
        if (end.why == child_end::reason::exited && WIFSIGNALED(status))
            end.why = child_end::reason::killed;
        if (end.why == child_end::reason::exited) end.code = WEXITSTATUS(status);
        if (end.why == child_end::reason::killed) end.code = WTERMSIG(status);
        keep_last_line(end.last_words);
        return end;
    }

  private:
    child_end::reason follow(child_end& end, std::size_t max_output, const coord_context* until) {
        if (place_ == process_groups::max_running || ended_.get() < 0) {
            end.code = EAGAIN;
            return child_end::reason::not_started;
        }
        while (coord_context_is_cancelled(until) == 0) {
            std::array<pollfd, 3> ready{{{stdout_.get(), POLLIN, 0},
                                         {stderr_.get(), POLLIN, 0},
                                         {ended_.get(), POLLIN, 0}}};
            ::poll(ready.data(), ready.size(), look_every_ms);
            const bool over = ready[2].revents != 0;
            // What it left running in its group is not waited for; what was written is in the pipe.
            if (over) ::kill(-leader_, SIGKILL);
            bool more = take(stdout_, end.output);
            while (over && more && end.output.size() <= max_output)
                more = take(stdout_, end.output);
            if (end.output.size() > max_output) return child_end::reason::too_large;
            take(stderr_, end.last_words);
            if (const auto size = end.last_words.size(); size > max_last_words)
                end.last_words.erase(0, size - max_last_words);
            if (over) return child_end::reason::exited;
        }
        return child_end::reason::cancelled;
    }

    static bool take(descriptor& from, std::string& to) {
        if (from.get() < 0) return false;
        std::array<char, 65'536> piece;
        const auto size = ::read(from.get(), piece.data(), piece.size());
        if (size > 0) to.append(piece.data(), static_cast<std::size_t>(size));
        // A closed pipe would be ready for ever.
        if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) from = descriptor();
        return size > 0;
    }

    // Kills what is left of the group while its number is still ours, then takes the status.
    int reap() noexcept {
        if (leader_ <= 0) return 0;
        ::kill(-leader_, SIGKILL);
        process_groups::leave(place_);
        int status = 0;
        while (::waitpid(leader_, &status, 0) < 0 && errno == EINTR) {
        }
        leader_ = 0;
        return status;
    }

    static void keep_last_line(std::string& text) {
        const auto end = text.find_last_not_of(" \t\r\n");
        text.erase(end == std::string::npos ? 0 : end + 1);
        if (const auto line = text.find_last_of("\r\n"); line != std::string::npos)
            text.erase(0, line + 1);
    }

    pid_t leader_;
    std::size_t place_;
    descriptor stdout_;
    descriptor stderr_;
    descriptor ended_;
};

}  // namespace

child_end run_child(const std::vector<std::string>& words,
                    std::size_t max_output,
                    const coord_context* until) {
    spawned child = spawn(words);
    if (child.leader <= 0) {
        child_end end;
        end.code = child.error;
        return end;
    }
    return running_child(std::move(child)).watch(max_output, until);
}

}  // namespace coord::cli
