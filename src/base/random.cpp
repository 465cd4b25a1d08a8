#include "base/random.hpp"

#include <sys/random.h>

#include "base/clock.hpp"

namespace coord {

std::uint64_t random_seed() noexcept {
    std::uint64_t seed = 0;
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) == static_cast<ssize_t>(sizeof seed))
        return seed;
    // Before the kernel's pool is ready: two processes may then share a seed, which costs speed
    // under attack, not correctness.
    return static_cast<std::uint64_t>(machine_clock().unix_ns());
}

}  // namespace coord
