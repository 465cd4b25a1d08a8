// Shutdown with loads in every state, many times: it returns, every token completes exactly once,
// nothing is left waiting.
//
//     shutdown_test [rounds] [seed]       also from COORD_STRESS_ROUNDS and COORD_STRESS_SEED
//
// A round that hangs is the failure: a watchdog ends the program and names the seed that starts
// with that round.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <unistd.h>

#include "stress/shutdown_round.hpp"

namespace {

constexpr unsigned watchdog_seconds = 60;
char hang_message[128];

void on_alarm(int) {
    [[maybe_unused]] const auto written =
        write(STDERR_FILENO, hang_message, std::strlen(hang_message));
    std::abort();
}

std::uint64_t number(
    int argc, char** argv, int place, const char* variable, std::uint64_t by_default) {
    if (argc > place) return std::strtoull(argv[place], nullptr, 0);
    const char* const text = std::getenv(variable);
    return text != nullptr ? std::strtoull(text, nullptr, 0) : by_default;
}

bool met(const char* what, const std::atomic<long>& count) {
    std::printf("%s: %ld\n", what, count.load());
    return count.load() > 0;
}

}  // namespace

int main(int argc, char** argv) {
    using round = stress::shutdown_round;
    const auto rounds = number(argc, argv, 1, "COORD_STRESS_ROUNDS", 1'000);
    const auto seed = number(argc, argv, 2, "COORD_STRESS_SEED", std::random_device{}());
    std::printf("%llu rounds from seed %llu\n",
                static_cast<unsigned long long>(rounds),
                static_cast<unsigned long long>(seed));
    std::fflush(stdout);
    std::signal(SIGALRM, on_alarm);
    for (std::uint64_t i = 0; i < rounds; ++i) {
        std::snprintf(hang_message,
                      sizeof hang_message,
                      "hangs with seed %llu\n",
                      static_cast<unsigned long long>(seed + i));
        alarm(watchdog_seconds);
        round(seed + i).run();
        if (stress::failures == 0) continue;
        std::fprintf(stderr, "failed with seed %llu\n", static_cast<unsigned long long>(seed + i));
        return 1;
    }
    alarm(0);
    if (rounds < 1'000) return 0;
    // A test that never meets what it is about proves nothing.
    bool all = met("loaders running", round::seen_held);
    all = met("requests kept", round::seen_kept) && all;
    all = met("requests undrained", round::seen_undrained) && all;
    all = met("loads in line or not begun", round::seen_in_line) && all;
    all = met("callers blocked", round::seen_blocked) && all;
    all = met("closes cut short", round::seen_cut_short) && all;
    return all ? 0 : 1;
}
