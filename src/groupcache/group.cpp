// The get flow: hit, board a flight, wait, leave.
#include "groupcache/group.hpp"

#include <algorithm>
#include <condition_variable>

#include "runtime/this_thread.hpp"

namespace coord::groupcache {
namespace {

constexpr const char* component_name = "group";

error closed_error() noexcept {
    return {COORD_CLOSED, component_name, "the group was closed"};
}

}  // namespace

// A thread that waits for a flight.
class group::blocked_get final : public waiter, public context::listener {
  public:
    explicit blocked_get(std::uint64_t key_hash) noexcept
        : waiter(key_hash), outcome_(bytes_ref()) {}
    // Whoever is inside a callback takes over a load that waits for a thread: else they could all
    // wait for each other. A leader runs its load anyway.
    void may_run_load() noexcept { may_run_ = true; }
    bool is_to_run(flight& load) const noexcept { return may_run_ && load.claim(); }

    enum class wake { told, load_ready, cancelled, timed_out };
    wake wait(clock& time, time_point deadline) {
        std::unique_lock lock(mutex_);
        while (!told_ && !load_ready_ && !cancelled_) {
            if (time.now() >= deadline) return wake::timed_out;
            time.wait(lock, changed_, deadline);
        }
        if (told_) return wake::told;
        if (!load_ready_) return wake::cancelled;
        load_ready_ = false;
        return wake::load_ready;
    }
    bool is_told() {
        const std::lock_guard lock(mutex_);
        return told_;
    }
    // Somebody is about to tell it: short.
    result<bytes_ref> wait_told() {
        std::unique_lock lock(mutex_);
        while (!told_) changed_.wait(lock);
        return std::move(outcome_);
    }

    void done(const result<bytes_ref>& outcome) noexcept override {
        const std::lock_guard lock(mutex_);
        outcome_ = outcome;
        told_ = true;
        changed_.notify_one();
    }
    void load_ready() noexcept override {
        if (!may_run_) return;
        const std::lock_guard lock(mutex_);
        load_ready_ = true;
        changed_.notify_one();
    }
    void on_cancel() noexcept override {
        const std::lock_guard lock(mutex_);
        cancelled_ = true;
        changed_.notify_one();
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    result<bytes_ref> outcome_;
    bool may_run_ = false;  // set before its load can become ready
    bool told_ = false;
    bool load_ready_ = false;
    bool cancelled_ = false;
};

// An operation that waits for a flight.
class group::started_get final : public operation, public waiter {
  public:
    started_get(ref<group> from,
                std::uint64_t key_hash,
                ref<queue> answers,
                std::uint64_t token) noexcept
        : operation(std::move(answers), token), waiter(key_hash), group_(std::move(from)) {}

    void done(const result<bytes_ref>& outcome) noexcept override {
        const ref<started_get> flights(this, false);
        finish_bytes(outcome);
    }
    coord_status wants_out() const noexcept override { return stopped_by(); }

  private:
    void stop() noexcept override { group_->leave(*this, stopped_by()); }

    const ref<group> group_;
};

bytes_ref group::find(std::string_view key) noexcept {
    counters_.add(gets);
    auto hit = cache_.find(cache_.hash(key), key);
    if (hit) counters_.add(hits);
    return hit;
}

result<bytes_ref> group::get(
    std::string_view key, time_point deadline, context* until, counted when, asked_by from) {
    const auto hash = cache_.hash(key);
    if (when == counted::now) counters_.add(gets);
    if (auto hit = cache_.find(hash, key)) {
        counters_.add(hits);
        return hit;
    }
    if (auto may = may_load(from); !may) return may.error();
    if (auto may = may_wait(); !may) return may.error();
    if (until != nullptr && until->was_cancelled())
        return error(COORD_CANCELLED, component_name, "the context was cancelled");

    blocked_get me(hash);
    if (inside_callback()) me.may_run_load();
    boarding on = board(key, me, from);
    if (!on.joined) return std::move(on.answer);
    flight& joined = *on.joined;
    if (on.leads) me.may_run_load();
    if (inside_load_of(this)) skip_line(me);
    if (on.leads) begin_load(joined, true);
    if (me.is_to_run(joined)) {
        run_load(joined);
        if (me.is_told()) return me.wait_told();
    }
    const bool listening = until != nullptr && until->listen(me);
    if (until != nullptr && !listening) me.on_cancel();
    await(me, on.joined, until != nullptr ? std::min(deadline, until->deadline()) : deadline);
    if (listening) until->forget(me);
    return me.wait_told();
}

// Returns once it was told, or is about to be.
void group::await(blocked_get& me, ref<flight> joined, time_point deadline) {
    const workers::blocked replaced;
    if (!replaced.allowed()) return leave(me, COORD_EXHAUSTED);
    for (;;) {
        const auto why = me.wait(time(), std::min(deadline, joined->deadline));
        if (why == blocked_get::wake::told) return;
        // A load that was given up is begun anew for those who came later.
        ref<flight> now = boarded(me);
        if (!now) return;
        const bool same = now == joined;
        joined = std::move(now);
        if (why == blocked_get::wake::load_ready) {
            if (me.is_to_run(*joined)) run_load(*joined);
        } else if (why == blocked_get::wake::cancelled) {
            return leave(me, COORD_CANCELLED);
        } else if (same || time().now() >= deadline) {
            return leave(me, COORD_TIMED_OUT);
        }
    }
}

ref<flight> group::boarded(const waiter& who) noexcept {
    const std::lock_guard lock(table_.of(who.hash).mutex);
    return ref<flight>(who.joined);
}

result<ref<operation>> group::start_get(std::string_view key,
                                        time_point deadline,
                                        ref<context> until,
                                        ref<queue> answers,
                                        std::uint64_t token,
                                        counted when,
                                        asked_by from) {
    const auto hash = cache_.hash(key);
    const ref<started_get> op(new started_get(ref<group>(this), hash, std::move(answers), token));
    if (when == counted::now) counters_.add(gets);
    if (auto hit = cache_.find(hash, key)) {
        counters_.add(hits);
        if (auto begun = op->begin(never, nullptr); !begun) return begun.error();
        op->finish_bytes(hit);
        return ref<operation>(op);
    }
    const auto limit = until ? std::min(deadline, until->deadline()) : deadline;
    // A load's own deadline holds for who waits for it, so that no event depends on the host's
    // answer.
    const auto latest = std::min(limit, after(time().now(), options_.load_timeout));
    if (auto begun = op->begin(latest, std::move(until)); !begun) return begun.error();
    if (auto may = may_load(from); !may) {
        op->finish_bytes(may.error());
        return ref<operation>(op);
    }
    intrusive_ptr_add_ref(op.get());  // for the flight; done() gives it back
    boarding on = board(key, *op, from);
    if (!on.joined) {
        op->done(on.answer);
    } else if (on.leads) {
        begin_load(*on.joined, false);
    } else {
        op->hasten(on.joined->deadline);
    }
    return ref<operation>(op);
}

void group::ask(std::string_view key,
                time_point deadline,
                ref<asker> who,
                asked_by from,
                counted when,
                ref<host_user> sender) {
    const auto hash = cache_.hash(key);
    if (when == counted::now) {
        counters_.add(gets);
        if (auto hit = cache_.find(hash, key)) {
            counters_.add(hits);
            return who->told(hit);
        }
    }
    if (auto may = may_load(from); !may) return who->told(may.error());
    who->begin(*this, hash, std::min(deadline, after(time().now(), options_.load_timeout)));
    boarding on = board(key, *who, from, std::move(sender));
    if (!on.joined) {
        who->done(on.answer);
    } else if (on.leads) {
        begin_load(*on.joined, false);
    } else {
        owner_->timers().hasten(*who, on.joined->deadline);
    }
}

result<> group::may_load(asked_by who) const noexcept {
    if (closed_.load()) return closed_error();
    if (options_.peers != nullptr && who == asked_by::here) return {};
    if (options_.load == nullptr && !options_.requests)
        return error(COORD_UNAVAILABLE,
                     component_name,
                     "the key is not in memory, and the group has no loader; set load or requests")
            .not_retriable();
    return {};
}

result<> group::may_wait() const noexcept {
    if (this_thread().role == thread_role::io)
        return error(COORD_WOULD_DEADLOCK,
                     component_name,
                     "this thread serves timers and sockets; use a _start verb");
    if (options_.requests && options_.requests->is_drained_by_this_thread())
        return error(
            COORD_WOULD_DEADLOCK,
            component_name,
            "this thread drains the queue of the group's loader; use coord_group_get_start");
    return {};
}

group::boarding group::board(std::string_view key,
                             waiter& who,
                             asked_by from,
                             ref<host_user> sender) noexcept {
    counters_.add(misses);
    ref<peer> asks;
    if (options_.peers != nullptr && from == asked_by::here) asks = options_.peers->pick(key);
    const auto now = time().now();
    auto& shard = table_.of(who.hash);
    ref<flight> fresh;  // freed outside the lock if it is not used
    const std::lock_guard lock(shard.mutex);
    if (closed_.load()) return {closed_error(), nullptr, false};
    if (const auto why = who.wants_out(); why != COORD_OK)
        return {error(why, component_name, "stopped before it began to wait"), nullptr, false};
    flight* const there = shard.find_living(who.hash, key, from, now);
    if (there != nullptr) {
        if (inside_flight(there))
            return {error(COORD_WOULD_DEADLOCK,
                          component_name,
                          "the key is being loaded by this very thread"),
                    nullptr,
                    false};
        link(*there, who);
        waiters_.fetch_add(1, std::memory_order_relaxed);
        return {bytes_ref(), ref<flight>(there), false};
    }
    if (auto hit = cache_.peek(who.hash, key)) {
        counters_.add(hits);
        return {std::move(hit), nullptr, false};
    }
    fresh =
        flight::make(*this, who.hash, key, now, after(now, options_.load_timeout), std::move(asks));
    if (fresh) {
        fresh->for_peer = from == asked_by::peer;
        fresh->sender = std::move(sender);
    }
    if (!fresh || !shard.add(*fresh)) return {error(COORD_NO_MEMORY), nullptr, false};
    flight_begun();
    link(*fresh, who);
    waiters_.fetch_add(1, std::memory_order_relaxed);
    return {bytes_ref(), fresh, true};
}

void group::leave(waiter& who, coord_status why) noexcept {
    auto& shard = table_.of(who.hash);
    ref<flight> left;
    error reason(why);
    bool last = false;
    bool drop = false;
    {
        const std::lock_guard lock(shard.mutex);
        if (who.joined == nullptr) return;  // told already, or about to be
        left = who.joined;
        unlink(*left, who);
        waiters_.fetch_sub(1, std::memory_order_relaxed);
        reason = why_left(*left, why);
        last = left->first_waiter == nullptr;
        // Nobody wants it and it has not begun: it gives up its place in line.
        drop = last && gate_.leave_line(*left);
        work_.begin();  // until it was told
        if (drop) {
            cancel_flight(shard, *left);
        } else if (last && options_.abandoned == on_abandoned::cancel) {
            left->abandoned = true;
        }
    }
    if (drop) {
        flight_ended();
    } else if (last && options_.abandoned == on_abandoned::cancel) {
        left->cancel_work();
    }
    who.done(reason);
    work_.end();
}

error group::why_left(const flight& what, coord_status why) const noexcept {
    if (why == COORD_CANCELLED)
        return {why, component_name, "cancelled while it waited for a load"};
    if (why == COORD_EXHAUSTED)
        return {why, component_name, "max_blocked_workers threads wait inside nested gets already"};
    if (what.asking)
        return {COORD_TIMED_OUT,
                component_name,
                "the deadline passed while the peer that owns the key was asked"};
    if (what.stage() == flight::phase::queued && gate_.is_paused())
        return {COORD_TIMED_OUT,
                component_name,
                "the deadline passed while coord_flight_lock kept loads from beginning"};
    if (what.stage() == flight::phase::queued)
        return {
            COORD_EXHAUSTED, component_name, "max_loads loads were under way until the deadline"};
    if (what.stage() == flight::phase::ready && owner_->lacks_lent_threads())
        return {
            COORD_TIMED_OUT,
            component_name,
            "the deadline passed, and no thread is lent to run the loader: call coord_runtime_run"};
    return {
        COORD_TIMED_OUT, component_name, "the deadline passed while the value was being loaded"};
}

}  // namespace coord::groupcache
