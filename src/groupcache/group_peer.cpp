// The part of a flight that asks the peer who owns the key, and what follows when that fails.
#include <algorithm>
#include <utility>

#include "groupcache/group.hpp"
#include "groupcache/peer_error.hpp"

namespace coord::groupcache {

void group::ask_peer(flight& what) noexcept {
    intrusive_ptr_add_ref(&what);  // for the exchange; answered() gives it back
    what.asks->get({name_, what.key(), what.deadline}, what);
}

bool group::is_over(flight& what) noexcept {
    const std::lock_guard lock(table_.of(what.hash).mutex);
    return what.over;
}

void group::peer_answered(flight& what, peer_answer got) noexcept {
    if (is_over(what)) return;  // the group was closed meanwhile
    const auto took = std::max(duration::zero(), duration(time().now() - what.begun));
    const auto ns = static_cast<std::uint64_t>(took.count());
    auto slowest = peer_slowest_ns_.load(std::memory_order_relaxed);
    while (slowest < ns && !peer_slowest_ns_.compare_exchange_weak(slowest, ns)) {
    }
    if (got.why == peer_answer::fault::none) {
        peer_counters_.add(from_peers);
        return settle(what, std::move(got.value), gave::peer);
    }
    if (got.why != peer_answer::fault::refused) peer_counters_.add(peer_faults);
    error why = got.value.has_error() ? got.value.error() : error(COORD_UNAVAILABLE);
    const bool too_late = time().now() >= what.deadline;
    if (!too_late && post_peer_error(what, got.why, why)) return;
    decide_by_default(what, got.why, std::move(why));
}

bool group::post_peer_error(flight& what, peer_answer::fault fault, const error& why) noexcept {
    if (options_.peer_errors_queued)
        return peer_error::post(
            what, fault, why, {nullptr, nullptr, options_.requests.get(), options_.requests_token});
    return options_.peer_error != nullptr &&
           peer_error::post(what, fault, why, {options_.peer_error, options_.user, nullptr, 0});
}

void group::decide_by_default(flight& what, peer_answer::fault why, error reason) noexcept {
    if (time().now() < what.deadline && options_.peers->loads_here_after(why))
        load_here(what, reason);
    else
        give_up(what, std::move(reason));
}

void group::give_up(flight& what, error why) noexcept {
    settle(what, std::move(why), gave::peer);
}

void group::load_here(flight& what, const error& why) noexcept {
    if (options_.load == nullptr && !options_.requests) return give_up(what, why);
    if (ends_without_load(what)) return;
    if (pass_gate(what) && !dispatch(what)) end_load(what, queue_closed());
}

// A load of the key that is under way here takes over the waiters, or a value that one left behind
// is given to them. False: the flight has to load, and may be joined by gets of peers from now on.
bool group::ends_without_load(flight& what) noexcept {
    auto& shard = table_.of(what.hash);
    ref<flight> ended;
    ref<flight> local;
    bytes_ref hit;
    waiter* waiting = nullptr;
    bool urgent = false;
    {
        const std::lock_guard lock(shard.mutex);
        if (what.over) return true;
        hit = cache_.peek(what.hash, what.key());
        if (!hit) local = shard.find_living(what.hash, what.key(), asked_by::peer, time().now());
        what.asking = false;
        if (!hit && !local) return false;
        waiting = take_waiters(what, waiters_);
        if (local) waiting = hand_over(waiting, *local);
        urgent = what.urgent;
        if (local && urgent) local->urgent = true;
        ended = shard.remove(what);
        what.over = true;
    }
    if (local && urgent) hurry(*local);
    tell(waiting, hit);
    flight_ended();
    return true;
}

}  // namespace coord::groupcache
