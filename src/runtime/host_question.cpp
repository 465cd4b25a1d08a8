#include "runtime/host_question.hpp"

#include <utility>

#include "runtime/protect.hpp"
#include "runtime/this_thread.hpp"

namespace coord {
namespace {

error too_late() noexcept {
    return {COORD_TIMED_OUT, "request", "the host did not answer before the deadline"};
}

}  // namespace

void host_question::put(runtime& by, const host_handler& to, time_point deadline) noexcept {
    const ref<host_question> keep(this);
    runtime_ = ref<runtime>(&by);
    to_ = to;
    deadline_ = deadline;
    put_at_ = by.time().now();
    by.asked().add(*this);
    may_be_listed_.store(true);
    if (over_.load()) by.asked().remove(*this);
    if (deadline != never) {
        intrusive_ptr_add_ref(this);  // for the timer
        armed_.store(true, std::memory_order_release);
        if (!protect([&] { by.timers().arm(*this, deadline); })) {
            armed_.store(false, std::memory_order_release);
            intrusive_ptr_release(this);
            return end(error(COORD_NO_MEMORY), ended_by::us);
        }
    }
    if (to_.call == nullptr) {
        if (!offer())
            end(error(COORD_CLOSED, "queue", "the queue of requests was closed"), ended_by::us);
        return;
    }
    intrusive_ptr_add_ref(this);  // the host's
    intrusive_ptr_add_ref(this);  // for the task
    by.callbacks().post(task_);
}

bool host_question::offer() noexcept {
    intrusive_ptr_add_ref(this);  // for the queue
    intrusive_ptr_add_ref(this);  // the host's
    what.kind = event_kind::request;
    what.token = to_.token;
    what.value = static_cast<handle*>(this);
    if (to_.requests->push_if_open(*this)) return true;
    what = event{};
    intrusive_ptr_release(this);
    intrusive_ptr_release(this);
    return false;
}

context* host_question::work_context() noexcept {
    return context_.get(runtime_->time(), deadline_);
}

void host_question::taken() noexcept {
    was_given_.store(true, std::memory_order_relaxed);
    intrusive_ptr_release(this);
}

void host_question::call_task::run() noexcept {
    const ref<host_question> keep(&me, false);
    if (me.over_.load(std::memory_order_acquire)) return me.host_ends({});
    me.was_given_.store(true, std::memory_order_relaxed);
    auto& thread = this_thread();
    const load_frame frame = me.frame(thread.loads);
    thread.loads = &frame;
    me.to_.call(me.to_.user, reinterpret_cast<::coord_request*>(static_cast<handle*>(&me)));
    thread.loads = frame.outer;
}

void host_question::call_task::discard() noexcept {
    const ref<host_question> keep(&me, false);
    me.host_ends(error(COORD_CANCELLED, "runtime", "the runtime was closed before it was asked"));
}

void host_question::on_timer() noexcept {
    const ref<host_question> timers(this, false);
    end(too_late(), ended_by::us);
}

void host_question::host_ends(result<> outcome) noexcept {
    kind = handle_kind::dead;  // a second ending is recognised while anybody else holds it
    const ref<host_question> hosts(this, false);
    // The timer may be late; the deadline is not.
    if (deadline_ != never && runtime_->time().now() >= deadline_)
        return end(too_late(), ended_by::us);
    end(std::move(outcome), ended_by::host);
}

void host_question::end(result<> outcome, ended_by who) noexcept {
    if (over_.exchange(true)) return;
    if (may_be_listed_.load()) runtime_->asked().remove(*this);
    if (armed_.load(std::memory_order_acquire) && runtime_->timers().cancel(*this))
        intrusive_ptr_release(this);
    if (who == ended_by::us) context_.cancel();
    ended(std::move(outcome), who);
}

}  // namespace coord
