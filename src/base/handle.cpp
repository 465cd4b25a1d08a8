#include "base/handle.hpp"

namespace coord {

std::atomic<std::uint32_t> fork_counter{1};

std::uint32_t fork_generation() noexcept {
    return fork_counter.load(std::memory_order_relaxed);
}

}  // namespace coord
