// Chance, injected: a seeded generator that replays. Not for secrets.
#pragma once

#include <cstdint>

namespace coord {

// SplitMix64: one word of state, any seed is good.
class random {
  public:
    explicit random(std::uint64_t seed) noexcept : state_(seed) {}
    std::uint64_t next() noexcept {
        std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }
    // Below `bound`, as good as uniform for bounds far below 2^64; 0 for bound 0.
    std::uint64_t below(std::uint64_t bound) noexcept { return bound == 0 ? 0 : next() % bound; }

  private:
    std::uint64_t state_;
};

// A seed from the system.
std::uint64_t random_seed() noexcept;

}  // namespace coord
