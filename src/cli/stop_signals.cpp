#include "cli/stop_signals.hpp"

#include <array>
#include <cerrno>
#include <ctime>
#include <unistd.h>

#include "cli/process_groups.hpp"

namespace coord::cli {
namespace {

constexpr std::array<int, 3> stopping{SIGINT, SIGTERM, SIGHUP};

extern "C" void end_at_once(int signal) {
    process_groups::kill_all();
    ::_exit(128 + signal);
}

}  // namespace

stop_signals::stop_signals() noexcept {
    sigemptyset(&wanted_);
    for (const int signal : stopping) {
        struct sigaction now {};
        if (sigaction(signal, nullptr, &now) == 0 && now.sa_handler != SIG_IGN)
            sigaddset(&wanted_, signal);
    }
    pthread_sigmask(SIG_BLOCK, &wanted_, nullptr);
}

void stop_signals::wait() noexcept {
    while (sigwaitinfo(&wanted_, nullptr) < 0 && errno == EINTR) {
    }
}

bool stop_signals::wait_for(std::chrono::nanoseconds limit) noexcept {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limit);
    timespec time{};
    time.tv_sec = static_cast<std::time_t>(seconds.count());
    time.tv_nsec = static_cast<long>((limit - seconds).count());
    return sigtimedwait(&wanted_, nullptr, &time) > 0;
}

void stop_signals::end_at_next() noexcept {
    struct sigaction now {};
    now.sa_handler = end_at_once;
    for (const int signal : stopping)
        if (sigismember(&wanted_, signal) == 1) sigaction(signal, &now, nullptr);
    pthread_sigmask(SIG_UNBLOCK, &wanted_, nullptr);
}

}  // namespace coord::cli
