#include "sim/cluster_links.hpp"

#include <algorithm>

namespace coord::sim {

void links::cut(std::size_t a, std::size_t b) {
    cuts_.insert({a, b});
    if (!one_in(3)) cuts_.insert({b, a});
}

void links::plan(std::uint64_t id, step what) {
    const auto now = clock_.now();
    agenda_.emplace(after(now, duration(chance_.below(600))), due{id, what, now});
}

void links::put(exchange what) {
    const auto id = what.id = next_id_++;
    exchange& mine = open_.emplace(id, std::move(what)).first->second;
    const auto now = clock_.now();
    agenda_.emplace(mine.deadline, due{id, step::expire, now});
    if (mine.deadline <= now) return;
    if (!nodes_.is_up(mine.to) || is_cut(mine)) return fail(mine);
    if (unreliable_ && one_in(12)) return fail(mine);
    if (one_in(8)) return arrive(mine);
    plan(id, step::arrive);
}

void links::fail(exchange& what) {
    if (one_in(3)) {
        what.lost = true;
    } else if (!what.served && one_in(4)) {
        finish(what.id, end::broken);
    } else {
        plan(what.id, step::break_off);
    }
}

void links::arrive(exchange& what) {
    if (!nodes_.is_up(what.to) || is_cut(what)) return fail(what);
    what.served = true;
    const exchange seen = what;
    nodes_.serve(seen);
}

void links::say(std::uint64_t id, reply what) {
    const auto there = open_.find(id);
    if (there == open_.end()) return;  // who asked does not wait any more
    exchange& mine = there->second;
    if (mine.lost) return;
    if (is_cut(mine) || (unreliable_ && one_in(16))) return fail(mine);
    mine.said = std::move(what);
    if (one_in(8)) return finish(id, end::said);
    plan(id, step::come_back);
}

void links::crashed(std::size_t node) {
    for (auto& each : open_) {
        exchange& mine = each.second;
        if (mine.from == node)
            plan(mine.id, step::break_off);
        else if (mine.to == node && mine.served && !mine.said && !mine.lost && !one_in(3))
            plan(mine.id, step::break_off);
        else if (mine.to == node && mine.served && !mine.said)
            mine.lost = true;
    }
}

time_point links::next() const noexcept {
    return agenda_.empty() ? never : agenda_.begin()->first;
}

void links::fire_due() {
    while (next() <= clock_.now()) {
        const due first = agenda_.begin()->second;
        agenda_.erase(agenda_.begin());
        take(first);
    }
}

void links::take(const due& next) {
    const auto there = open_.find(next.id);
    if (there == open_.end()) return;
    exchange& mine = there->second;
    switch (next.what) {
        case step::arrive:
            return mine.lost ? void() : arrive(mine);
        case step::come_back:
            if (mine.lost) return;
            slowest_ = std::max(slowest_, duration(clock_.now() - next.sent));
            return finish(next.id, end::said);
        case step::break_off:
            return finish(next.id, end::broken);
        case step::expire:
            return finish(next.id, end::timed_out);
    }
}

void links::finish(std::uint64_t id, end how) {
    const auto gone = open_.extract(id);
    nodes_.ended(gone.mapped(), how);
}

bool links::hurry() {
    bool did = false;
    for (auto at = agenda_.begin(); at != agenda_.end();) {
        const due next = at->second;
        const bool waits = next.what == step::expire && at->first > clock_.now();
        if (waits && open_.count(next.id) != 0) {
            ++at;
            continue;
        }
        agenda_.erase(at);
        take(next);
        did = true;
        at = agenda_.begin();  // whatever happened may have planned more
    }
    for (auto at = open_.begin(); at != open_.end();) {
        if (!at->second.lost) {
            ++at;
            continue;
        }
        finish(at->first, end::broken);
        did = true;
        at = open_.begin();
    }
    return did;
}

}  // namespace coord::sim
