#include "groupcache/peer_error.hpp"

#include <new>
#include <utility>

#include "groupcache/group.hpp"
#include "runtime/this_thread.hpp"

namespace coord::groupcache {

peer_error::peer_error(flight& about,
                       peer_answer::fault fault,
                       const error& why,
                       const handler& to) noexcept
    : about_(&about), fault_(fault), why_(why), to_(to) {}

bool peer_error::post(flight& about,
                      peer_answer::fault fault,
                      const error& why,
                      const handler& to) noexcept {
    const ref<peer_error> made(new (std::nothrow) peer_error(about, fault, why, to));
    if (!made) return false;
    about.host_decides.store(true, std::memory_order_relaxed);
    if (to.call == nullptr) return made->offer();
    intrusive_ptr_add_ref(made.get());  // the host's
    intrusive_ptr_add_ref(made.get());  // for the task
    about.owner->owner().callbacks().post(made->task_);
    return true;
}

bool peer_error::offer() noexcept {
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

void peer_error::call_task::run() noexcept {
    const ref<peer_error> keep(&me, false);
    if (me.about_->owner->is_over(*me.about_)) {
        static_cast<void>(me.end());
        return;
    }
    auto& thread = this_thread();
    const load_frame frame = me.frame(thread.loads);
    thread.loads = &frame;
    me.to_.call(me.to_.user, reinterpret_cast<::coord_request*>(static_cast<handle*>(&me)));
    thread.loads = frame.outer;
}

void peer_error::call_task::discard() noexcept {
    const ref<peer_error> keep(&me, false);
    me.fail(error(COORD_CANCELLED, "group", "the runtime was closed before peer_error was called"));
}

result<> peer_error::set(std::size_t, std::string_view, const value_terms&) noexcept {
    return error(COORD_UNSUPPORTED,
                 "request",
                 "a PEER_ERROR takes no value; succeed without one to load it here");
}

result<> peer_error::set_error(std::size_t item, error why) noexcept {
    if (item != 0)
        return error(COORD_INVALID_ARGUMENT, "request", "item: a PEER_ERROR has item 0 only");
    set_error_ = std::move(why);
    return {};
}

ref<flight> peer_error::end() noexcept {
    kind = handle_kind::dead;
    const ref<peer_error> hosts(this, false);
    return about_;
}

void peer_error::succeed() noexcept {
    if (set_error_.status() != COORD_OK) return fail(std::move(set_error_));
    const error why = why_;
    const auto about = end();
    about->owner->load_here(*about, why);
}

void peer_error::fail(error why) noexcept {
    why = std::move(why).because(why_);  // so that its particulars still reach the callers
    const auto about = end();
    about->owner->give_up(*about, std::move(why));
}

void peer_error::decide_by_default() noexcept {
    const auto fault = fault_;
    error why = why_;
    const auto about = end();
    about->owner->decide_by_default(*about, fault, std::move(why));
}

}  // namespace coord::groupcache
