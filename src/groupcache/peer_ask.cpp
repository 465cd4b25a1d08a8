#include "groupcache/peer_ask.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "runtime/this_thread.hpp"
#include "runtime/workers.hpp"

namespace coord::groupcache {
namespace {

constexpr const char* component_name = "peer";

result<bytes_ref> outcome_of(peer_answer what) noexcept {
    if (what.why == peer_answer::fault::none) return std::move(what.value);
    if (what.value.has_error()) return what.value.error();
    return error(COORD_UNAVAILABLE);
}

void put(const peer_ask& what, time_point deadline, peer_caller& to) noexcept {
    const peer_question question{what.group, what.key, deadline};
    if (what.how == peer_ask::verb::get) return what.whom.get(question, to);
    if (what.how == peer_ask::verb::set) return what.whom.set(question, what.value, to);
    what.whom.remove(question, to);
}

time_point earlier(time_point deadline, const context* until) noexcept {
    return until != nullptr ? std::min(deadline, until->deadline()) : deadline;
}

// A thread that waits. The answer holds a reference, so that the thread may leave before it.
class blocked_ask final : public shared, public peer_caller, public context::listener {
  public:
    void answered(peer_answer what) noexcept override {
        const ref<blocked_ask> mine(this, false);
        const std::lock_guard lock(mutex_);
        outcome_ = outcome_of(std::move(what));
        done_ = true;
        changed_.notify_one();
    }
    void on_cancel() noexcept override {
        const std::lock_guard lock(mutex_);
        cancelled_ = true;
        changed_.notify_one();
    }
    result<bytes_ref> wait(clock& time) {
        std::unique_lock lock(mutex_);
        // A peer answers by the deadline, if only to say that it passed.
        while (!done_ && !cancelled_) time.wait(lock, changed_, never);
        if (done_) return outcome_;
        return error(COORD_CANCELLED, component_name, "cancelled while a peer was asked");
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    result<bytes_ref> outcome_ = bytes_ref();
    bool done_ = false;
    bool cancelled_ = false;
};

class started_ask final : public operation, public peer_caller {
  public:
    started_ask(ref<queue> answers, std::uint64_t token, peer_ask::verb how) noexcept
        : operation(std::move(answers), token), how_(how) {}

    void answered(peer_answer found) noexcept override {
        const ref<started_ask> mine(this, false);
        finish(outcome_of(std::move(found)));
    }
    void finish(const result<bytes_ref>& outcome) noexcept {
        if (how_ == peer_ask::verb::get) return finish_bytes(outcome);
        finish_done(outcome ? result<>() : result<>(outcome.error()));
    }

  private:
    void stop() noexcept override {
        finish(error(stopped_by(), component_name, "stopped while a peer was asked"));
    }
    const peer_ask::verb how_;
};

}  // namespace

result<bytes_ref> ask_and_wait(const peer_ask& what, clock& time, context* until) {
    if (this_thread().role == thread_role::io)
        return error(COORD_WOULD_DEADLOCK,
                     component_name,
                     "this thread serves timers and sockets; use the _start form");
    if (what.whom.needs_this_thread())
        return error(COORD_WOULD_DEADLOCK,
                     component_name,
                     "this thread drains the queue of the peer's requests; use the _start form");
    const workers::blocked replaced;
    if (!replaced.allowed())
        return error(
            COORD_EXHAUSTED, component_name, "max_blocked_workers threads wait for peers already");
    const ref<blocked_ask> me(new blocked_ask);
    if (until != nullptr && !until->listen(*me))
        return error(COORD_CANCELLED, component_name, "the context was cancelled");
    struct forgetting {
        context* from;
        context::listener& who;
        ~forgetting() {
            if (from != nullptr) from->forget(who);
        }
    } forget{until, *me};
    intrusive_ptr_add_ref(me.get());  // for the answer
    put(what, earlier(what.deadline, until), *me);
    return me->wait(time);
}

result<ref<operation>> start_asking(const peer_ask& what,
                                    ref<context> until,
                                    ref<queue> answers,
                                    std::uint64_t token) {
    const ref<started_ask> op(new started_ask(std::move(answers), token, what.how));
    const auto deadline = earlier(what.deadline, until.get());
    if (auto begun = op->begin(never, std::move(until)); !begun) return begun.error();
    if (const auto why = op->stopped_by(); why != COORD_OK) {
        op->finish(error(why, component_name, "the context was cancelled"));
    } else {
        intrusive_ptr_add_ref(op.get());  // for the answer
        put(what, deadline, *op);
    }
    return ref<operation>(op);
}

}  // namespace coord::groupcache
