// Lets libFuzzer begin with the target's own seeds, and come back to them now and then.
#include <algorithm>
#include <cstring>

#include "fuzz/fuzz_target.hpp"
#include "fuzz/seeded_inputs.hpp"

extern "C" std::size_t LLVMFuzzerMutate(unsigned char* data, std::size_t size, std::size_t max);

extern "C" std::size_t LLVMFuzzerCustomMutator(unsigned char* data,
                                               std::size_t size,
                                               std::size_t max_size,
                                               unsigned int seed) {
    static const auto seeds = fuzz_seeds();
    coord::random chance(seed);
    if (chance.below(8) != 0) return LLVMFuzzerMutate(data, size, max_size);
    const auto made = coord::fuzz::made_of(seeds, chance, max_size);
    std::memcpy(data, made.data(), made.size());
    return made.size();
}
