#include "runtime/timers.hpp"

#include <utility>

namespace coord {

void timer_heap::arm(timer& what, time_point when) {
    bool first = false;
    {
        const std::lock_guard lock(mutex_);
        what.when_ = when;
        what.order_ = armed_++;
        heap_.push_back(&what);
        what.place_ = heap_.size() - 1;
        sift_up(what.place_);
        first = what.place_ == 0;
    }
    if (first && earlier_) earlier_();
}

bool timer_heap::cancel(timer& what) noexcept {
    const std::lock_guard lock(mutex_);
    if (what.place_ == timer::unarmed) return false;
    take(what.place_);
    return true;
}

void timer_heap::hasten(timer& what, time_point when) noexcept {
    bool first = false;
    {
        const std::lock_guard lock(mutex_);
        if (what.place_ == timer::unarmed || what.when_ <= when) return;
        what.when_ = when;
        sift_up(what.place_);
        first = what.place_ == 0;
    }
    if (first && earlier_) earlier_();
}

std::size_t timer_heap::fire_due(time_point now) noexcept {
    std::size_t fired = 0;
    for (;;) {
        timer* due = nullptr;
        {
            const std::lock_guard lock(mutex_);
            if (heap_.empty() || heap_.front()->when_ > now) return fired;
            due = heap_.front();
            take(0);
        }
        due->on_timer();
        ++fired;
    }
}

time_point timer_heap::next() const noexcept {
    const std::lock_guard lock(mutex_);
    return heap_.empty() ? never : heap_.front()->when_;
}

std::size_t timer_heap::size() const noexcept {
    const std::lock_guard lock(mutex_);
    return heap_.size();
}

void timer_heap::take(std::size_t place) noexcept {
    heap_[place]->place_ = timer::unarmed;
    timer* last = heap_.back();
    heap_.pop_back();
    if (place == heap_.size()) return;
    put(place, last);
    sift_up(place);
    sift_down(last->place_);
}

void timer_heap::sift_up(std::size_t place) noexcept {
    timer* moving = heap_[place];
    while (place > 0) {
        const auto parent = (place - 1) / 2;
        if (!before(moving, heap_[parent])) break;
        put(place, heap_[parent]);
        place = parent;
    }
    put(place, moving);
}

void timer_heap::sift_down(std::size_t place) noexcept {
    timer* moving = heap_[place];
    for (;;) {
        auto child = 2 * place + 1;
        if (child >= heap_.size()) break;
        if (child + 1 < heap_.size() && before(heap_[child + 1], heap_[child])) ++child;
        if (!before(heap_[child], moving)) break;
        put(place, heap_[child]);
        place = child;
    }
    put(place, moving);
}

}  // namespace coord
