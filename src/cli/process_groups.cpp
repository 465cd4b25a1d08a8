#include "cli/process_groups.hpp"

#include <array>
#include <atomic>
#include <csignal>

namespace coord::cli::process_groups {
namespace {

// acq_rel between the threads that run commands, and the handler that reads it: 0 = free.
std::array<std::atomic<pid_t>, max_running> leaders{};

}  // namespace

std::size_t enter(pid_t leader) noexcept {
    for (std::size_t place = 0; place < max_running; ++place) {
        pid_t expected = 0;
        if (leaders[place].compare_exchange_strong(expected, leader)) return place;
    }
    return max_running;
}

void leave(std::size_t place) noexcept {
    if (place < max_running) leaders[place].store(0);
}

void kill_all() noexcept {
    for (const auto& one : leaders)
        if (const pid_t leader = one.load(); leader > 0) ::kill(-leader, SIGKILL);
}

}  // namespace coord::cli::process_groups
