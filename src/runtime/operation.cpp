#include "runtime/operation.hpp"

#include "runtime/runtime.hpp"

namespace coord {

operation::operation(ref<queue> answers, std::uint64_t token) noexcept
    : handle_object(handle_kind::operation), answers_(std::move(answers)) {
    what.token = token;
}

operation::~operation() = default;

runtime& operation::owner() const noexcept {
    return answers_->owner();
}

result<> operation::begin(time_point deadline, ref<context> listened) {
    if (!owner().take_pending())
        return error(COORD_EXHAUSTED, "runtime", "max_pending operations are under way already");
    if (deadline != never) {
        // The slot goes back if arming throws.
        struct give_back {
            runtime* from;
            ~give_back() {
                if (from != nullptr) from->drop_pending();
            }
        } undo{&owner()};
        intrusive_ptr_add_ref(this);
        struct drop_reference {
            operation* of;
            ~drop_reference() {
                if (of != nullptr) intrusive_ptr_release(of);
            }
        } unref{this};
        armed_ = true;
        owner().timers().arm(*this, deadline);
        unref.of = nullptr;
        undo.from = nullptr;
    }
    // One reference until the event is taken.
    intrusive_ptr_add_ref(this);
    if (listened) {
        context_ = std::move(listened);
        if (!context_->listen(*this)) stopped_.store(COORD_CANCELLED, std::memory_order_release);
    }
    return {};
}

void operation::hasten(time_point deadline) noexcept {
    owner().timers().hasten(*this, deadline);
}

void operation::stop_because(coord_status why) noexcept {
    const auto keep = try_keep(this);
    auto nothing = coord_status{COORD_OK};
    stopped_.compare_exchange_strong(nothing, why, std::memory_order_acq_rel);
    stop();
}

void operation::on_timer() noexcept {
    stop_because(COORD_TIMED_OUT);
    intrusive_ptr_release(this);  // the timer's reference
}

bool operation::end() noexcept {
    if (finished_.exchange(true, std::memory_order_acq_rel)) return false;
    if (armed_ && owner().timers().cancel(*this)) intrusive_ptr_release(this);
    if (context_) context_->forget(*this);
    return true;
}

void operation::finish_done(const result<>& outcome) noexcept {
    if (!end()) return;
    what.kind = event_kind::done;
    if (!outcome) {
        error why = outcome.error();
        what.status = why.status();
        what.why = why.release();
    }
    answers_->push(*this);
}

void operation::finish_bytes(const result<bytes_ref>& outcome) noexcept {
    if (!end()) return;
    what.kind = event_kind::bytes;
    if (outcome) {
        bytes_ref value = *outcome;
        what.value = value.detach();
    } else {
        error why = outcome.error();
        what.status = why.status();
        what.why = why.release();
    }
    answers_->push(*this);
}

void operation::finish_object(event_kind as, const ref<handle_object>& value, error why) noexcept {
    if (!end()) return;
    what.kind = as;
    if (value) what.value = static_cast<handle*>(value->to_host());
    what.status = why.status();
    what.why = why.release();
    answers_->push(*this);
}

void operation::taken() noexcept {
    owner().drop_pending();
    intrusive_ptr_release(this);
}

}  // namespace coord
