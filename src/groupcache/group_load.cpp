// The load of a flight: when it may begin, where it runs, and what becomes of its answer.
#include <new>
#include <utility>

#include "base/give_back_later.hpp"
#include "groupcache/group.hpp"
#include "runtime/this_thread.hpp"

namespace coord::groupcache {

error group::queue_closed() noexcept {
    return {COORD_CLOSED, "group", "the queue of the group's loader was closed"};
}

void group::begin_load(flight& what, bool inline_leader) noexcept {
    if (what.asks) return ask_peer(what);
    if (auto may = may_load(asked_by::peer); !may) return settle(what, may.error(), gave::loader);
    if (!pass_gate(what)) return;
    if (inline_leader && options_.load != nullptr)
        what.make_ready();
    else if (!dispatch(what))
        end_load(what, queue_closed());
}

// False: it stands in line, or is over.
bool group::pass_gate(flight& what) noexcept {
    if (gate_.enter(what, pace_of(what))) return true;
    // A close, or somebody in a hurry, that came in between did not find it in line.
    const std::lock_guard lock(table_.of(what.hash).mutex);
    if (what.over) {
        gate_.leave_line(what);
        return false;
    }
    return what.urgent && gate_.hurry(what);
}

// A load that waits inside another of the group must not wait for the slot that one holds.
load_gate::pace group::pace_of(const flight& what) noexcept {
    const std::lock_guard lock(table_.of(what.hash).mutex);
    return what.urgent ? load_gate::pace::hurry : load_gate::pace::usual;
}

// A claimed load stands in line again, and will be dispatched once more.
bool group::is_held_up(flight& what) noexcept {
    if (!gate_.is_paused()) return false;
    what.make_queued();
    if (!gate_.may_begin(what, pace_of(what))) {
        // A close that came in between did not find it in line.
        const std::lock_guard lock(table_.of(what.hash).mutex);
        if (what.over) gate_.leave_line(what);
        return true;
    }
    what.make_claimed();
    return false;
}

void group::resume_loads() noexcept {
    gate_.resume();
    while (const ref<flight> next = gate_.admit()) {
        if (dispatch(*next)) continue;
        end_load(*next, queue_closed());
    }
}

void group::skip_line(const waiter& who) noexcept {
    ref<flight> joined;
    {
        const std::lock_guard lock(table_.of(who.hash).mutex);
        joined = who.joined;
        if (!joined) return;
        joined->urgent = true;
    }
    hurry(*joined);
}

void group::hurry(flight& what) noexcept {
    if (gate_.hurry(what) && !dispatch(what)) end_load(what, queue_closed());
}

// On a worker or lent thread, or as an event; a waiter that may run it can be quicker.
bool group::dispatch(flight& what) noexcept {
    if (options_.load == nullptr) {
        what.make_claimed();
        return what.offer_to(*options_.requests, options_.requests_token);
    }
    what.make_ready();
    if (what.is_to_be_posted()) {
        intrusive_ptr_add_ref(&what);  // for the task
        owner_->callbacks().post(what.as_task());
    }
    // Posted first: who is woken here may leave, the task stays.
    const std::lock_guard lock(table_.of(what.hash).mutex);
    for (waiter* who = what.first_waiter; who != nullptr; who = who->next) who->load_ready();
    return true;
}

void group::run_load(flight& what) noexcept {
    bool wanted = false;
    bool over = false;
    {
        const std::lock_guard lock(table_.of(what.hash).mutex);
        over = what.over;
        wanted = !what.abandoned || what.first_waiter != nullptr;
    }
    if (over) return pass_slot_on(what);
    if (!wanted)
        return end_load(what,
                        error(COORD_CANCELLED, "group", "nobody waited for the load any more"));
    if (is_held_up(what)) return;
    intrusive_ptr_add_ref(&what);  // for the host
    auto& thread = this_thread();
    const load_frame frame = what.frame(thread.loads);
    thread.loads = &frame;
    options_.load(options_.user, reinterpret_cast<::coord_request*>(static_cast<handle*>(&what)));
    thread.loads = frame.outer;
}

bool group::may_store(const flight& what, const result<bytes_ref>& got) const noexcept {
    if (!got || what.detached || what.over) return false;
    if (what.abandoned && what.first_waiter == nullptr) return false;
    const bytes& value = **got;
    if ((value.value_flags() & bytes::no_store) != 0) return false;
    return is_living(value);
}

void group::end_load(flight& what, result<bytes_ref> got) noexcept {
    settle(what, std::move(got), gave::loader);
    pass_slot_on(what);
}

void group::settle(flight& what, result<bytes_ref> got, gave who) noexcept {
    const bool too_late = time().now() >= what.deadline;
    auto& shard = table_.of(what.hash);
    ref<flight> ended;
    waiter* waiting = nullptr;
    bool again = false;
    bool refused = false;
    {
        const give_back_later host_memory;
        const std::lock_guard lock(shard.mutex);
        const bool unwanted = what.over || too_late;
        const bool from_loader = who == gave::loader;
        if (from_loader || (unwanted && got))
            counters_.add(unwanted ? late : got ? loaded : failed);
        if (!unwanted && may_store(what, got) && (from_loader || hot_.keeps()))
            refused = !cache_.insert(
                what.hash, *got, from_loader ? cache::section::main : cache::section::hot);
        again = from_loader && !unwanted && !got && what.abandoned && what.first_waiter != nullptr;
        if (what.over) return;
        // Unlinked before anybody is told: who asks again finds the cache, or begins anew.
        ended = shard.remove(what);
        what.over = true;
        waiting = take_waiters(what, waiters_);
    }
    if (refused && options_.max_bytes != 0)
        owner_->log().write(log_level::warn, "group", "a value larger than max_bytes is not kept");
    if (too_late)
        owner_->log().write(
            log_level::warn, "group", "an answer came after load_timeout_ns: dropped");
    if (again) {
        relaunch(what, waiting);
    } else {
        if (too_late && (got || who == gave::loader))
            got = error(COORD_TIMED_OUT, "group", "the load took longer than load_timeout_ns");
        tell(waiting, got);
    }
    flight_ended();
}

void group::flight_begun() noexcept {
    counters_.add(flights);
    flights_now_.fetch_add(1, std::memory_order_relaxed);
    begin_work();
}

void group::flight_ended() noexcept {
    flights_now_.fetch_sub(1, std::memory_order_relaxed);
    end_work();
}

void group::pass_slot_on(flight& what) noexcept {
    for (ref<flight> next = gate_.release(what); next;) {
        if (dispatch(*next)) return;
        settle(*next, queue_closed(), gave::loader);
        next = gate_.release(*next);
    }
}

// With the shard's lock. Null: nobody is left to be told.
waiter* group::hand_over(waiter* first, flight& to) noexcept {
    while (first != nullptr) {
        waiter* const who = std::exchange(first, first->next);
        link(to, *who);
        waiters_.fetch_add(1, std::memory_order_relaxed);
        if (to.stage() == flight::phase::ready) who->load_ready();
    }
    return nullptr;
}

// The load was cancelled because everybody had left, and then somebody came: they get a load of
// their own.
void group::relaunch(flight& old, waiter* first) noexcept {
    const auto now = time().now();
    auto& shard = table_.of(old.hash);
    ref<flight> joined;
    bool leads = false;
    bool urgent = false;
    result<bytes_ref> answer = bytes_ref();
    {
        const give_back_later host_memory;
        const std::lock_guard lock(shard.mutex);
        joined = shard.find_living(old.hash, old.key(), asked_by::peer, now);
        if (closed_.load()) {
            joined = nullptr;
            answer = error(COORD_CANCELLED, "group", "the group was closed");
        } else if (auto hit = cache_.peek(old.hash, old.key()); hit && !joined) {
            answer = std::move(hit);
        } else if (!joined) {
            joined = flight::make(
                *this, old.hash, old.key(), now, after(now, options_.load_timeout), {});
            if (joined) {
                joined->for_peer = old.for_peer;
                joined->sender = old.sender;
            }
            leads = joined && shard.add(*joined);
            if (leads) {
                flight_begun();
            } else {
                joined = nullptr;
                answer = error(COORD_NO_MEMORY);
            }
        }
        if (joined) first = hand_over(first, *joined);
        urgent = joined && old.urgent;
        if (urgent) joined->urgent = true;
    }
    if (leads)
        begin_load(*joined, false);
    else if (urgent)
        hurry(*joined);
    tell(first, answer);
}

bytes_ref group::make_value(std::string_view key,
                            std::string_view value,
                            const value_terms& terms) const noexcept {
    return bytes_ref(
        bytes::make(
            key, value, terms.expiry(options_.ttl, time()), static_cast<std::uint8_t>(terms.flags)),
        false);
}

bytes_ref group::make_held_value(std::string_view key,
                                 const bytes_ref& value,
                                 const value_terms& terms) const noexcept {
    return bytes_ref(
        bytes::make_held(
            key, value, terms.expiry(options_.ttl, time()), static_cast<std::uint8_t>(terms.flags)),
        false);
}

}  // namespace coord::groupcache
