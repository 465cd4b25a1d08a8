#include "groupcache/asker.hpp"

#include "groupcache/group.hpp"

namespace coord::groupcache {

asker::asker() noexcept : waiter(0) {}

asker::~asker() = default;

void asker::begin(group& from, std::uint64_t key_hash, time_point deadline) {
    hash = key_hash;
    group_ = &from;
    if (deadline != never) {
        // For the timer; given back if arming throws.
        ref<asker> timers(this);
        armed_ = true;
        from.owner().timers().arm(*this, deadline);
        timers.detach();
    }
    intrusive_ptr_add_ref(this);
}

void asker::done(const result<bytes_ref>& outcome) noexcept {
    const ref<asker> flights(this, false);
    if (armed_ && group_->owner().timers().cancel(*this)) intrusive_ptr_release(this);
    told(outcome);
}

void asker::on_timer() noexcept {
    const ref<asker> timers(this, false);
    timed_out_.store(true, std::memory_order_release);
    group_->leave(*this, COORD_TIMED_OUT);
}

}  // namespace coord::groupcache
