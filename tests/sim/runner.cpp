#include "sim/runner.hpp"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/random.hpp"

namespace coord::sim {
namespace {

using llu = unsigned long long;

struct wishes {
    std::uint64_t steps = 0;
    std::uint64_t worlds = UINT64_MAX;
    std::uint64_t seed = 0;
    bool expect_violation = false;
};

std::uint64_t number(const char* text) {
    std::uint64_t value = 0;
    std::from_chars(text, text + std::strlen(text), value);
    return value;
}

// As `./dev test` asks: --quick, by default, --full.
std::uint64_t steps_by_effort(const simulation& what) {
    const char* const effort = std::getenv("COORD_TEST_EFFORT");
    const std::string asked = effort != nullptr ? effort : "default";
    if (asked == "quick") return what.quick;
    return asked == "full" ? what.full : what.normal;
}

bool parse(int argc, char** argv, wishes& to) {
    for (int i = 1; i < argc; ++i) {
        const std::string option = argv[i];
        if (option == "--expect-violation")
            to.expect_violation = true;
        else if (i + 1 < argc && option == "--steps")
            to.steps = number(argv[++i]);
        else if (i + 1 < argc && option == "--seed")
            to.seed = number(argv[++i]);
        else if (i + 1 < argc && option == "--worlds")
            to.worlds = number(argv[++i]);
        else
            return std::fprintf(stderr, "unknown option %s\n", argv[i]), false;
    }
    return true;
}

bool covers(const simulation& what, const coverage& reached) {
    bool all = true;
    for (const char* each : what.required) {
        const auto it = reached.find(each);
        std::printf("  %-36s %llu\n", each, static_cast<llu>(it == reached.end() ? 0 : it->second));
        all = all && it != reached.end();
    }
    return all;
}

}  // namespace

int run(const simulation& what, int argc, char** argv) {
    wishes asked;
    asked.steps = steps_by_effort(what);
    asked.seed = random_seed();
    if (!parse(argc, argv, asked)) return 2;
    std::printf("%s: first seed %llu\n", what.name, static_cast<llu>(asked.seed));
    coverage reached;
    std::uint64_t done = 0;
    std::uint64_t seed = asked.seed;
    for (std::uint64_t n = 0; n < asked.worlds && done < asked.steps; ++n, ++seed) {
        const auto first = what.run_world(seed, reached);
        done += first.steps;
        const bool again = n % 16 == 0 || !first.violation.empty();
        coverage ignored;
        if (again && what.run_world(seed, ignored).hash != first.hash) {
            std::printf("seed %llu does not replay: two runs differ\n", static_cast<llu>(seed));
            return 1;
        }
        if (first.violation.empty()) continue;
        std::printf("seed %llu, after %llu steps: %s\n  replay: %s --seed %llu --worlds 1\n",
                    static_cast<llu>(seed),
                    static_cast<llu>(first.steps),
                    first.violation.c_str(),
                    what.name,
                    static_cast<llu>(seed));
        return asked.expect_violation ? 0 : 1;
    }
    std::printf("%llu steps without a violation\n", static_cast<llu>(done));
    if (asked.expect_violation) return std::printf("the planted bug was not found\n"), 1;
    const bool whole = asked.worlds == UINT64_MAX && asked.steps >= 100'000;
    if (whole && !covers(what, reached))
        return std::printf("the schedule never reached one of these\n"), 1;
    return 0;
}

}  // namespace coord::sim
