#include "runtime/work_gauge.hpp"

#include <algorithm>

#include "runtime/context.hpp"

namespace coord {

void work_gauge::wake() noexcept {
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
}

bool work_gauge::wait_idle(clock& time, time_point deadline, context* until) {
    struct waker final : context::listener {
        explicit waker(work_gauge& of) noexcept : gauge(of) {}
        void on_cancel() noexcept override { gauge.wake(); }
        work_gauge& gauge;
    } on_cancel(*this);
    const bool listening = until != nullptr && until->listen(on_cancel);
    if (until != nullptr) deadline = std::min(deadline, until->deadline());
    const auto is_over = [&] {
        return (until != nullptr && until->was_cancelled()) || time.now() >= deadline;
    };
    bool idle = false;
    {
        std::unique_lock lock(mutex_);
        watched_.store(true);
        while (!(idle = open_.load() == 0) && !is_over()) time.wait(lock, changed_, deadline);
    }
    if (listening) until->forget(on_cancel);
    return idle;
}

}  // namespace coord
