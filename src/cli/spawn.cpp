#include "cli/spawn.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

namespace coord::cli {
namespace {

struct pipe_ends {
    descriptor read;
    descriptor write;
};

// Only our end does not block.
int open_pipe(pipe_ends& ends) noexcept {
    std::array<int, 2> made{};
    if (::pipe2(made.data(), O_CLOEXEC) != 0) return errno;
    ends.read = descriptor(made[0]);
    ends.write = descriptor(made[1]);
    return ::fcntl(made[0], F_SETFL, O_NONBLOCK) == 0 ? 0 : errno;
}

class spawn_settings {
  public:
    spawn_settings() noexcept {
        posix_spawn_file_actions_init(&actions_);
        posix_spawnattr_init(&attributes_);
    }
    spawn_settings(const spawn_settings&) = delete;
    spawn_settings& operator=(const spawn_settings&) = delete;
    ~spawn_settings() {
        posix_spawnattr_destroy(&attributes_);
        posix_spawn_file_actions_destroy(&actions_);
    }

    int fill(int output, int errors) noexcept {
        sigset_t none;
        sigset_t all;
        sigemptyset(&none);
        sigfillset(&all);
        int failed =
            posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        failed |= posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
        failed |= posix_spawn_file_actions_adddup2(&actions_, errors, STDERR_FILENO);
        failed |= posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
        failed |= posix_spawnattr_setpgroup(&attributes_, 0);
        failed |= posix_spawnattr_setsigmask(&attributes_, &none);
        failed |= posix_spawnattr_setsigdefault(&attributes_, &all);
        failed |= posix_spawnattr_setflags(
            &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
        return failed;
    }
    const posix_spawn_file_actions_t* actions() const noexcept { return &actions_; }
    const posix_spawnattr_t* attributes() const noexcept { return &attributes_; }

  private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

}  // namespace

spawned spawn(const std::vector<std::string>& words) {
    spawned made;
    pipe_ends output;
    pipe_ends errors;
    made.error = open_pipe(output);
    if (made.error == 0) made.error = open_pipe(errors);
    if (made.error != 0) return made;

    spawn_settings settings;
    made.error = settings.fill(output.write.get(), errors.write.get());
    if (made.error != 0) return made;
    std::vector<char*> arguments;
    for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    made.error = ::posix_spawnp(&made.leader,
                                arguments.front(),
                                settings.actions(),
                                settings.attributes(),
                                arguments.data(),
                                environ);
    if (made.error != 0) made.leader = 0;
    made.output = std::move(output.read);
    made.errors = std::move(errors.read);
    return made;
}

}  // namespace coord::cli
