// Runs many small worlds. group_sim [--steps N] [--seed S] [--worlds N] [--expect-violation]
//
// A failing seed is printed; group_sim --seed S --worlds 1 replays exactly that world.
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>

#include "sim/world.hpp"

namespace {

constexpr std::uint64_t steps_per_world = 2'000;

struct outcome {
    std::uint64_t steps = 0;
    std::uint64_t hash = 0;
    std::string violation;
};

outcome run_world(std::uint64_t seed, std::map<std::string, std::uint64_t>& coverage) {
    coord::sim::world world(seed);
    while (world.steps() < steps_per_world && world.step()) {
    }
    world.finish();
    for (const auto& each : world.coverage()) coverage[each.first] += each.second;
    return {world.steps(), world.trace_hash(), world.violation()};
}

std::uint64_t number(const char* text) {
    std::uint64_t value = 0;
    std::from_chars(text, text + std::strlen(text), value);
    return value;
}

// As `./dev test` asks: --quick, by default, --full.
std::uint64_t steps_by_effort() {
    const char* const effort = std::getenv("COORD_TEST_EFFORT");
    const std::string asked = effort != nullptr ? effort : "default";
    if (asked == "quick") return 300'000;
    return asked == "full" ? 100'000'000 : 3'000'000;
}

// Every situation the checks are about must have come up.
bool covers(const std::map<std::string, std::uint64_t>& coverage) {
    bool all = true;
    for (const char* what : {"started",
                             "blocking",
                             "looked up",
                             "removed while loading",
                             "loads",
                             "answered late",
                             "answered detached",
                             "cancelled",
                             "context cancelled",
                             "started under a cancelled context",
                             "timed out",
                             "exhausted",
                             "ended cancelled",
                             "came to rest"}) {
        const auto it = coverage.find(what);
        std::printf("  %-36s %llu\n",
                    what,
                    static_cast<unsigned long long>(it == coverage.end() ? 0 : it->second));
        all = all && it != coverage.end();
    }
    return all;
}

}  // namespace

int main(int argc, char** argv) {
    std::uint64_t steps = steps_by_effort();
    std::uint64_t worlds = UINT64_MAX;
    std::uint64_t seed = coord::random_seed();
    bool expect_violation = false;
    for (int i = 1; i < argc; ++i) {
        const std::string option = argv[i];
        if (option == "--expect-violation")
            expect_violation = true;
        else if (i + 1 < argc && option == "--steps")
            steps = number(argv[++i]);
        else if (i + 1 < argc && option == "--seed")
            seed = number(argv[++i]);
        else if (i + 1 < argc && option == "--worlds")
            worlds = number(argv[++i]);
        else
            return std::fprintf(stderr, "group_sim: unknown option %s\n", argv[i]), 2;
    }
    std::printf("group_sim: first seed %llu\n", static_cast<unsigned long long>(seed));
    std::map<std::string, std::uint64_t> coverage;
    std::uint64_t done = 0;
    for (std::uint64_t n = 0; n < worlds && done < steps; ++n, ++seed) {
        const auto first = run_world(seed, coverage);
        done += first.steps;
        const bool again = n % 16 == 0 || !first.violation.empty();
        std::map<std::string, std::uint64_t> ignored;
        if (again && run_world(seed, ignored).hash != first.hash) {
            std::printf("seed %llu does not replay: two runs differ\n",
                        static_cast<unsigned long long>(seed));
            return 1;
        }
        if (first.violation.empty()) continue;
        std::printf("seed %llu, after %llu steps: %s\n  replay: group_sim --seed %llu --worlds 1\n",
                    static_cast<unsigned long long>(seed),
                    static_cast<unsigned long long>(first.steps),
                    first.violation.c_str(),
                    static_cast<unsigned long long>(seed));
        return expect_violation ? 0 : 1;
    }
    std::printf("%llu steps without a violation\n", static_cast<unsigned long long>(done));
    if (expect_violation) return std::printf("the planted bug was not found\n"), 1;
    if (worlds == UINT64_MAX && steps >= 100'000 && !covers(coverage))
        return std::printf("the schedule never reached one of these\n"), 1;
    return 0;
}
