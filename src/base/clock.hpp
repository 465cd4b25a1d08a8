// Time, injected: monotonic time for deadlines, wall time for expiry, and waiting.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace coord {

using time_point = std::chrono::steady_clock::time_point;
using duration = std::chrono::nanoseconds;

inline constexpr time_point never = time_point::max();

class clock {
  public:
    virtual time_point now() const noexcept = 0;
    virtual std::int64_t unix_ns() const noexcept = 0;
    // Waits until notified or `deadline`; may return early. Callers loop on their own condition.
    virtual void wait(std::unique_lock<std::mutex>& lock,
                      std::condition_variable& wakeup,
                      time_point deadline) = 0;

  protected:
    ~clock() = default;  // not virtual: nothing is registered to run at exit
};

// The machine's clock. Stateless; the same object for everybody.
clock& machine_clock() noexcept;

// now + after, without overflow; negative counts as zero.
time_point after(time_point now, duration wait) noexcept;

}  // namespace coord
