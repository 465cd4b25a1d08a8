// Deadlines: a heap of timers on the injected clock. Somebody else (io threads, or a test) calls
// fire_due at the right time.
//
// Arming and cancelling are safe from any thread. A timer's owner keeps it alive until cancel()
// said true or on_timer() ran.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "base/clock.hpp"

namespace coord {

class timer {
  public:
    // Runs without locks, on the thread that fires; must be quick.
    virtual void on_timer() noexcept = 0;

  protected:
    virtual ~timer() = default;

  private:
    friend class timer_heap;
    static constexpr std::size_t unarmed = SIZE_MAX;
    time_point when_{};
    std::uint64_t order_ = 0;  // equal times fire in the order they were armed
    std::size_t place_ = unarmed;
};

class timer_heap {
  public:
    // `earlier` is called, without locks, when the next deadline moved forward.
    explicit timer_heap(std::function<void()> earlier) : earlier_(std::move(earlier)) {}

    // May throw bad_alloc; the timer is then not armed. It must not be armed already.
    void arm(timer& what, time_point when);
    // True: it will not fire. False: it fires now, has fired, or was never armed.
    bool cancel(timer& what) noexcept;
    // Moves an armed timer to an earlier time; nothing when it is not armed, or due before that.
    void hasten(timer& what, time_point when) noexcept;
    // Fires what is due; how many.
    std::size_t fire_due(time_point now) noexcept;
    // `never` when nothing is armed.
    time_point next() const noexcept;
    std::size_t size() const noexcept;

  private:
    static bool before(const timer* a, const timer* b) noexcept {
        return a->when_ != b->when_ ? a->when_ < b->when_ : a->order_ < b->order_;
    }
    void put(std::size_t place, timer* what) noexcept {
        heap_[place] = what;
        what->place_ = place;
    }
    void sift_up(std::size_t place) noexcept;
    void sift_down(std::size_t place) noexcept;
    void take(std::size_t place) noexcept;

    mutable std::mutex mutex_;
    std::vector<timer*> heap_;
    std::uint64_t armed_ = 0;
    std::function<void()> earlier_;
};

}  // namespace coord
