#include "runtime/strand.hpp"

#include <utility>

namespace coord {
namespace {

thread_local constinit const strand* current = nullptr;

}  // namespace

bool strand::is_current() const noexcept {
    return current == this;
}

void strand::post(task& work) noexcept {
    {
        const std::lock_guard lock(mutex_);
        work.next_task = nullptr;
        (last_ != nullptr ? last_->next_task : first_) = &work;
        last_ = &work;
        if (std::exchange(scheduled_, true)) return;
        intrusive_ptr_add_ref(this);
    }
    below_.post(turn_);
}

task* strand::pop() noexcept {
    const std::lock_guard lock(mutex_);
    task* const next = first_;
    if (next == nullptr) {
        scheduled_ = false;
        return nullptr;
    }
    first_ = next->next_task;
    if (first_ == nullptr) last_ = nullptr;
    next->next_task = nullptr;
    return next;
}

void strand::run_turn() noexcept {
    for (int i = 0; i < tasks_per_turn; ++i) {
        task* const next = pop();
        if (next == nullptr) {
            intrusive_ptr_release(this);
            return;
        }
        const strand* const outer = std::exchange(current, this);
        next->run();
        current = outer;
    }
    below_.post(turn_);
}

void strand::discard_all() noexcept {
    while (task* const next = pop()) next->discard();
    intrusive_ptr_release(this);
}

}  // namespace coord
