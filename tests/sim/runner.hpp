// Runs many small worlds, each from its own seed:
// NAME [--steps N] [--seed S] [--worlds N] [--expect-violation]
//
// A failing seed is printed; NAME --seed S --worlds 1 replays exactly that world.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>

namespace coord::sim {

using coverage = std::map<std::string, std::uint64_t>;

struct outcome {
    std::uint64_t steps = 0;
    std::uint64_t hash = 0;
    std::string violation;
};

struct simulation {
    const char* name;
    outcome (*run_world)(std::uint64_t seed, coverage& to);
    // Steps for COORD_TEST_EFFORT quick, default, full.
    std::uint64_t quick;
    std::uint64_t normal;
    std::uint64_t full;
    // Situations that must have come up.
    std::span<const char* const> required;
};

int run(const simulation& what, int argc, char** argv);

template <class World>
outcome run_world(std::uint64_t seed, coverage& to) {
    constexpr std::uint64_t steps_per_world = 2'000;
    World world(seed);
    while (world.steps() < steps_per_world && world.step()) {
    }
    world.finish();
    for (const auto& each : world.coverage()) to[each.first] += each.second;
    return {world.steps(), world.trace_hash(), world.violation()};
}

}  // namespace coord::sim
