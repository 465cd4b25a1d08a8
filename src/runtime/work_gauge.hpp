// Counts what is under way, and lets a closer wait until nothing is.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "base/clock.hpp"

namespace coord {

class context;

class work_gauge {
  public:
    void begin() noexcept { open_.fetch_add(1, std::memory_order_relaxed); }
    void end() noexcept {
        // seq_cst pairs with watched_ in wait_idle: either the waiter sees zero, or we see the
        // waiter.
        if (open_.fetch_sub(1) == 1 && watched_.load()) wake();
    }
    std::uint64_t open() const noexcept { return open_.load(std::memory_order_acquire); }

    // True when nothing is under way; false at the deadline (also the context's), or when the
    // context is cancelled.
    bool wait_idle(clock& time, time_point deadline, context* until);

  private:
    void wake() noexcept;

    std::atomic<std::uint64_t> open_{0};
    std::atomic<bool> watched_{false};
    std::mutex mutex_;
    std::condition_variable changed_;
};

}  // namespace coord
