#include "groupcache/serve.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "groupcache/group.hpp"
#include "groupcache/http_peers.hpp"
#include "groupcache/served_request.hpp"
#include "groupcache/wire.hpp"
#include "runtime/this_thread.hpp"
#include "runtime/workers.hpp"

namespace coord::groupcache {
namespace {

error stopped(coord_status why) noexcept {
    return {why, "peers", "stopped while a request was served"};
}

// A thread that waits for the answer.
class blocked_serve final : public serve_waiter, public context::listener {
  public:
    void served(const result<ref<served_response>>& outcome) noexcept override {
        const std::lock_guard lock(mutex_);
        outcome_ = outcome;
        changed_.notify_one();
    }
    void on_cancel() noexcept override {
        const std::lock_guard lock(mutex_);
        cancelled_ = true;
        changed_.notify_one();
    }
    result<ref<served_response>> wait(clock& time, time_point deadline, served_request& what) {
        std::unique_lock lock(mutex_);
        while (!outcome_ && !cancelled_ && time.now() < deadline)
            time.wait(lock, changed_, deadline);
        if (!outcome_) {
            const auto why = cancelled_ ? COORD_CANCELLED : COORD_TIMED_OUT;
            lock.unlock();
            what.cut(stopped(why));
            lock.lock();
            // Unless somebody else is telling it right now, it is there.
            while (!outcome_) time.wait(lock, changed_, never);
        }
        return *outcome_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<result<ref<served_response>>> outcome_;
    bool cancelled_ = false;
};

class started_serve final : public operation {
  public:
    using operation::operation;
    // Before it is begun.
    void is_about(ref<served_request> asked) noexcept { asked_ = std::move(asked); }

  private:
    void stop() noexcept override { asked_->cut(stopped(stopped_by())); }

    ref<served_request> asked_;
};

class tells_operation final : public serve_waiter {
  public:
    explicit tells_operation(ref<started_serve> op) noexcept : op_(std::move(op)) {}
    void served(const result<ref<served_response>>& outcome) noexcept override {
        const auto op = std::exchange(op_, nullptr);
        if (outcome) return op->finish_object(event_kind::response, *outcome, error());
        op->finish_object(event_kind::response, nullptr, outcome.error());
    }

  private:
    ref<started_serve> op_;
};

// The loader of the group that is asked may be served by this very thread.
result<> may_wait_for(http_peers& by, std::string_view target) {
    std::string decoded;
    const auto to = wire::parse_target(target, by.options().base_path, decoded);
    if (to.is != wire::incoming::shape::good) return {};
    const auto of = by.owner().find<group>(to.group);
    if (!of) return {};
    const auto may = of->may_wait();
    of->drop_handle();  // find() took one for a host
    return may;
}

}  // namespace

result<ref<served_response>> serve(const ref<http_peers>& by,
                                   const message_view& what,
                                   time_point deadline,
                                   context* until) {
    if (this_thread().role == thread_role::io)
        return error(COORD_WOULD_DEADLOCK,
                     "peers",
                     "this thread serves timers and sockets; use coord_peers_serve_start");
    const auto& hooks = by->options().requests;
    if (hooks && !hooks->is_closed() && hooks->is_drained_by_this_thread())
        return error(COORD_WOULD_DEADLOCK,
                     "peers",
                     "this thread drains the queue of options.requests; use "
                     "coord_peers_serve_start");
    if (auto may = may_wait_for(*by, what.target); !may) return may.error();
    const workers::blocked replaced;
    if (!replaced.allowed())
        return error(COORD_EXHAUSTED, "peers", "max_blocked_workers threads wait already");
    const ref<blocked_serve> me(new blocked_serve);
    const ref<served_request> asked(new served_request(by, what, me));
    if (until != nullptr && !until->listen(*me))
        return error(COORD_CANCELLED, "peers", "the context was cancelled");
    asked->begin();
    const auto latest = until != nullptr ? std::min(deadline, until->deadline()) : deadline;
    auto outcome = me->wait(by->time(), latest, *asked);
    if (until != nullptr) until->forget(*me);
    return outcome;
}

result<ref<operation>> start_serve(const ref<http_peers>& by,
                                   const message_view& what,
                                   time_point deadline,
                                   ref<context> until,
                                   const ref<queue>& answers,
                                   std::uint64_t token) {
    if (by->is_closed()) return http_peers::closed_error();
    const ref<started_serve> op(new started_serve(answers, token));
    const ref<served_request> asked(
        new served_request(by, what, ref<serve_waiter>(new tells_operation(op))));
    op->is_about(asked);
    const auto latest = until ? std::min(deadline, until->deadline()) : deadline;
    // Each knows the other; the request lets go when it ends, or here.
    struct forgetting {
        served_request* what;
        ~forgetting() {
            if (what != nullptr) what->forget();
        }
    } unless_begun{asked.get()};
    if (auto begun = op->begin(latest, std::move(until)); !begun) return begun.error();
    if (const auto why = op->stopped_by(); why != COORD_OK) {
        op->finish_object(event_kind::response, nullptr, stopped(why));
        return ref<operation>(op);
    }
    unless_begun.what = nullptr;
    asked->begin();
    // What stopped it just before has met nothing to cut.
    if (const auto why = op->stopped_by(); why != COORD_OK) asked->cut(stopped(why));
    return ref<operation>(op);
}

}  // namespace coord::groupcache
