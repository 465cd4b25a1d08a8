// Whether the value of another owner is kept here as a hot copy.
#pragma once

#include <atomic>
#include <cstdint>

namespace coord::groupcache {

enum class hot_policy : std::uint8_t { always, one_in, never };

class hot_choice {
  public:
    hot_choice(hot_policy policy, std::uint32_t one_in, std::uint64_t seed) noexcept
        : policy_(policy), one_in_(one_in), seed_(seed) {}
    // Safe from any thread; by chance of its own each time for one_in.
    bool keeps() noexcept;

  private:
    const hot_policy policy_;
    const std::uint32_t one_in_;
    const std::uint64_t seed_;
    std::atomic<std::uint64_t> drawn_{0};  // relaxed: each draw has a number of its own
};

}  // namespace coord::groupcache
