#include "runtime/context.hpp"

#include <algorithm>

namespace coord {

context::context(const clock& time,
                 time_point deadline,
                 ref<context> parent,
                 std::string_view trace,
                 host_value value)
    : handle_object(handle_kind::context),
      clock_(time),
      deadline_(parent ? std::min(deadline, parent->deadline_) : deadline),
      parent_(std::move(parent)),
      trace_(trace.empty() && parent_ ? parent_->trace_ : std::string(trace)),
      depth_(parent_ ? parent_->depth_ + 1 : 0),
      value_(value) {
    if (parent_ && !parent_->listen(link_)) cancelled_.store(true, std::memory_order_release);
}

context::~context() {
    if (parent_) parent_->forget(link_);
    if (value_.user_free != nullptr) value_.user_free(value_.user);
}

bool context::is_over() const noexcept {
    return was_cancelled() || (deadline_ != never && clock_.now() >= deadline_);
}

duration context::remaining() const noexcept {
    if (was_cancelled()) return duration::zero();
    if (deadline_ == never) return duration::max();
    return std::max(duration::zero(),
                    std::chrono::duration_cast<duration>(deadline_ - clock_.now()));
}

void context::cancel() noexcept {
    // A listener may drop the last reference. While the destructor waits in forget() there is none
    // to take, and none needed.
    const auto keep = try_keep(this);
    std::unique_lock lock(mutex_);
    if (cancelled_.exchange(true, std::memory_order_acq_rel)) return;
    while (first_ != nullptr) {
        listener* next = first_;
        unlink(*next);
        telling_ = next;
        teller_ = std::this_thread::get_id();
        lock.unlock();
        next->on_cancel();
        lock.lock();
        telling_ = nullptr;
        told_.notify_all();
    }
}

bool context::listen(listener& who) noexcept {
    const std::lock_guard lock(mutex_);
    if (cancelled_.load(std::memory_order_relaxed)) return false;
    who.previous_ = nullptr;
    who.next_ = first_;
    if (first_ != nullptr) first_->previous_ = &who;
    first_ = &who;
    who.listening_ = true;
    return true;
}

void context::forget(listener& who) noexcept {
    std::unique_lock lock(mutex_);
    if (who.listening_) return unlink(who);
    while (telling_ == &who && teller_ != std::this_thread::get_id()) told_.wait(lock);
}

void context::unlink(listener& who) noexcept {
    (who.previous_ != nullptr ? who.previous_->next_ : first_) = who.next_;
    if (who.next_ != nullptr) who.next_->previous_ = who.previous_;
    who.listening_ = false;
}

}  // namespace coord
