// Time that stands still until a test moves it. Waiting threads wake when it passes their deadline.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <utility>

#include "base/clock.hpp"

namespace coord::testing {

class virtual_clock final : public clock {
  public:
    static constexpr std::int64_t unix_start_ns = 1'700'000'000'000'000'000;

    time_point now() const noexcept override { return time_point(duration(elapsed_.load())); }
    std::int64_t unix_ns() const noexcept override { return unix_start_ns + elapsed_.load(); }

    void wait(std::unique_lock<std::mutex>& lock,
              std::condition_variable& wakeup,
              time_point deadline) override {
        if (on_wait) {
            // One thread drives everything: instead of waiting, the world goes on.
            lock.unlock();
            on_wait(deadline);
            lock.lock();
            return;
        }
        std::list<sleeper>::iterator mine;
        {
            const std::lock_guard guard(mutex_);
            mine = sleepers_.insert(sleepers_.end(), sleeper{lock.mutex(), &wakeup, false});
            changed_.notify_all();
        }
        if (now() < deadline) wakeup.wait(lock);
        lock.unlock();
        {
            std::unique_lock guard(mutex_);
            while (mine->being_woken) changed_.wait(guard);
            sleepers_.erase(mine);
        }
        lock.lock();
    }

    void advance(duration by) {
        elapsed_.fetch_add(by.count());
        std::unique_lock guard(mutex_);
        for (auto it = sleepers_.begin(); it != sleepers_.end(); ++it) {
            // Never both locks at once: who waits takes them in the other order.
            it->being_woken = true;
            guard.unlock();
            // Whoever looked at the clock before this either sleeps by now, or looks again.
            { const std::lock_guard theirs(*it->mutex); }
            it->wakeup->notify_all();
            guard.lock();
            it->being_woken = false;
            changed_.notify_all();
        }
    }

    // Returns once `count` threads wait on this clock.
    void await_sleepers(std::size_t count) {
        std::unique_lock guard(mutex_);
        while (sleepers_.size() < count) changed_.wait(guard);
    }

    std::function<void(time_point deadline)> on_wait;

  private:
    struct sleeper {
        std::mutex* mutex;
        std::condition_variable* wakeup;
        bool being_woken;
    };
    std::atomic<std::int64_t> elapsed_{1'000'000'000};
    std::mutex mutex_;
    std::condition_variable changed_;
    std::list<sleeper> sleepers_;
};

}  // namespace coord::testing
