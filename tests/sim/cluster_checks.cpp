// What a simulated cluster is held to, besides the values.
#include <algorithm>

#include "sim/cluster_world.hpp"

namespace coord::sim {

using groupcache::flight;

// --- how calls end

void cluster_world::check_get(const call& mine, coord_status status, const bytes* value) {
    note(static_cast<std::uint64_t>(status));
    if (status == COORD_OK) {
        const auto late = lists_ever_differed_ ? duration::max() : lateness();
        const auto wrong = model_.check(mine.key, mine.seen_from, mine.since, late, value->value());
        if (value->key() != key_text(mine.key)) fail("a value with the key of another");
        return wrong.empty() ? seen("got a value") : fail(wrong);
    }
    check_status(mine, status);
}

void cluster_world::check_status(const call& mine, coord_status status) {
    const node& at = *nodes_[mine.at];
    const bool died = at.life != mine.life || at.closing;
    switch (status) {
        case COORD_TIMED_OUT:
            return seen("timed out");
        case COORD_EXHAUSTED:
            return seen("exhausted");
        case COORD_CANCELLED:
            if (!mine.must_end && !died) fail("cancelled without a reason");
            return seen(died ? "ended by a crash" : "ended cancelled");
        case COORD_CLOSED:
            if (!died) fail("an open group says that it is closed");
            return;
        case COORD_WOULD_DEADLOCK:
            // Where one thread drains and waits.
            if (!at.requests) fail("a get would wait for itself");
            return;
        case COORD_UNAVAILABLE:
            // With a loader, a peer that is away is made up for.
            if (!died && at.has_loader() && at.wanted.peer_error == nullptr && all_have_loaders_ &&
                at.did.late_faults == 0)
                fail("a get failed because a peer was away");
            return seen("unavailable");
        default:
            if (failures_.count({mine.key, status}) == 0)
                fail("an unexpected end: " + std::to_string(status));
    }
}

// What is cancelled or past its deadline has ended: its event is there, undrained at most.
void cluster_world::check_deadlines() {
    if (depth_ > 0 || !one_in(8)) return;
    fire_all();
    for (auto& each : nodes_) drain(*each);
    const auto now = clock_.now();
    for (const auto& each : calls_)
        if (each.second.must_end || each.second.latest <= now)
            return fail("a call that was cancelled or out of time did not end");
    for (const auto& each : serving_)
        if (each.second.latest <= now) return fail("a peer was not answered in time");
}

// --- loads and questions

bool cluster_world::is_live(const flight& made) const noexcept {
    return !made.over && !made.detached && made.deadline > clock_.now();
}

bool cluster_world::will_keep(const flight& made) const noexcept {
    return is_live(made) && (!made.abandoned || made.first_waiter != nullptr);
}

// While nothing is broken. A node that a peer has failed loads by itself, and again if that fails.
bool cluster_world::is_of_owner(const load& mine) const {
    const node& at = *nodes_[mine.at];
    return !mine.flight->asks && (at.did.faults_seen == 0 || at.peers->owns(key_text(mine.key)));
}

void cluster_world::check_load(const load& mine) {
    const flight& made = *mine.flight;
    node& at = *nodes_[mine.at];
    if (!at.has_loader()) return fail("a node without a loader loads");
    if (made.asks && not_given_.erase(&made) == 0)
        return fail("a load of a key whose owner has not failed to give it");
    if (!is_live(made)) return;
    for (const auto& each : loads_) {
        if (each.key != mine.key || !is_live(*each.flight)) continue;
        if (each.flight->owner == made.owner) return fail("two loads of one key at one node");
        if (calm_ && is_of_owner(mine) && is_of_owner(each))
            return fail("two loads of one key at two nodes");
    }
    check_place(mine);
}

void cluster_world::check_place(const load& mine) {
    const flight& made = *mine.flight;
    node& at = *nodes_[mine.at];
    if (made.asks) return;
    if (ample_ && model_.has(mine.at, mine.key, made.begun, at.time.unix_ns()))
        return fail("a load of what is in memory");
    // A load that is begun anew after a fallback asks nobody any more.
    if (lists_ever_differed_ || at.did.faults_seen != 0) return;
    const bool owns = at.peers->owns(key_text(mine.key));
    if (!made.for_peer && !owns) fail("a load of a key of another, who was not asked");
    if (made.for_peer && !owns) fail("a peer asked a node that is not the owner");
    if (owns) seen("loaded at its owner");
}

void cluster_world::check_question(node& from, std::uint64_t key, const flight& asking) {
    if (serving_now_ > 0 || asking.for_peer) return fail("serving a peer asks a peer");
    if (++from.did.asked > from.did.gets) return fail("more questions than gets");
    if (ample_ && model_.has(from.index, key, clock_.now(), from.time.unix_ns()))
        fail("a question about what is in memory");
    seen("questions");
}

// --- at rest

void cluster_world::check_rest() {
    if (!calls_.empty()) return fail("a waiter was lost: nothing runs, and somebody still waits");
    if (!serving_.empty()) return fail("a peer was never answered");
    if (!hosted_.empty()) return fail("a host was asked, and nobody waits for it");
    if (!links_.empty()) return fail("a question is open, and nobody waits for it");
    if (told_alive_ != 0) return fail("somebody who was told is still held");
    for (const auto& each : nodes_) check_counters(*each);
    seen("came to rest");
}

void cluster_world::check_counters(const node& at) {
    if (at.owner->work().open() != 0) fail("work counted where nothing runs");
    if (at.owner->pending() != 0) fail("operations counted where none is pending");
    if (at.owner->timers().size() != 0) fail("a timer was left");
    if (!at.group) return;
    const auto now = at.group->read();
    const auto& did = at.did;
    if (now.flights_active != 0) fail("a flight without a load");
    if (now.waiters != 0) fail("waiters counted where nobody waits");
    if (now.gets != did.gets + did.peer_gets) fail("gets counted wrongly");
    // Flights are not bounded by loads: one that was given up is begun anew for who still waits.
    if (now.loads > now.gets) fail("loads counted wrongly");
    if (now.local_loads != did.loaded) fail("local loads counted wrongly");
    if (now.peer_loads != did.given) fail("values of peers counted wrongly");
    if (now.peer_errors != did.faults) fail("faults of peers counted wrongly");
    if (now.server_requests != did.served) fail("requests of peers counted wrongly");
    if (now.peer_slowest_ns != did.slowest_ns) fail("the slowest answer is another");
    if (now.changes_active != 0) fail("a change counted where none is under way");
}

// How long after its time a value may be seen: it was on its way, and clocks differ.
duration cluster_world::lateness() const noexcept {
    return links_.slowest() + duration(tells_ttl_ && !dates_set_ ? 0 : 2 * max_skew_);
}

}  // namespace coord::sim
