#include "base/clock.hpp"

namespace coord {
namespace {

class machine final : public clock {
  public:
    time_point now() const noexcept override { return std::chrono::steady_clock::now(); }
    std::int64_t unix_ns() const noexcept override {
        return std::chrono::duration_cast<duration>(
                   std::chrono::system_clock::now().time_since_epoch())
            .count();
    }
    void wait(std::unique_lock<std::mutex>& lock,
              std::condition_variable& wakeup,
              time_point deadline) override {
        if (deadline == never)
            wakeup.wait(lock);
        else
            wakeup.wait_until(lock, deadline);
    }
};

constinit machine the_machine_clock;

}  // namespace

clock& machine_clock() noexcept {
    return the_machine_clock;
}

time_point after(time_point now, duration wait) noexcept {
    if (wait <= duration::zero()) return now;
    return wait >= never - now ? never : now + wait;
}

}  // namespace coord
