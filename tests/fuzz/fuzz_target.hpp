// What a fuzz target is: a function that takes any bytes, and inputs to begin with.
//
// Two drivers run it: clang's libFuzzer in builds with its sanitizers, seeded_main.cpp in all
// others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size);

// Good inputs and former culprits.
std::vector<std::string> fuzz_seeds();

// For targets of which one input is many executions: how many there were, and whether they came
// by all they should.
[[gnu::weak]] std::uint64_t fuzz_executions();
[[gnu::weak]] bool fuzz_covered();

inline void require(bool condition) {
    if (!condition) std::abort();
}
