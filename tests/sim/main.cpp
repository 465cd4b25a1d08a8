// group_sim: one group.
#include <array>

#include "sim/runner.hpp"
#include "sim/world.hpp"

int main(int argc, char** argv) {
    // Every situation the checks are about.
    static constexpr std::array required = {"started",
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
                                            "came to rest"};
    return coord::sim::run({"group_sim",
                            &coord::sim::run_world<coord::sim::world>,
                            300'000,
                            3'000'000,
                            100'000'000,
                            required},
                           argc,
                           argv);
}
