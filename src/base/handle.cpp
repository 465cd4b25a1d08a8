#include "base/handle.hpp"

namespace coord {

std::atomic<std::uint32_t> fork_counter{1};

}  // namespace coord
