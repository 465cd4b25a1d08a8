// Sets and removals that the hosts of a simulated cluster ask for, and how they end.
#include <algorithm>

#include "sim/cluster_world.hpp"

namespace coord::sim {

using groupcache::new_value;

class cluster_world::told_change final : public groupcache::changer {
  public:
    told_change(cluster_world& in, std::uint64_t token) noexcept : world_(in), token_(token) {
        ++world_.told_alive_;
    }
    ~told_change() override { --world_.told_alive_; }
    void changed(const result<>& outcome) noexcept override {
        world_.ended(token_, outcome ? COORD_OK : outcome.error().status(), nullptr);
    }

  private:
    cluster_world& world_;
    const std::uint64_t token_;
};

// Who is asked, and that the node comes first where it owns the key.
void cluster_world::begin_change(node& at, call& mine) {
    std::uint32_t others = 0;
    for (const auto& each : nodes_) {
        const auto& list = at.peers->list();
        if (each.get() != &at && std::count(list.begin(), list.end(), url_of(each->index)) != 0)
            others |= 1U << each->index;
    }
    // Nobody knows whom a picker names that does not know it itself.
    if (at.peers->wavers()) others = 0;
    mine.change = model_.begin_change(mine.key, lists(), others);
    for (const auto& each : loads_)
        if (each.key == mine.key && is_live(*each.flight))
            seen(mine.what == kind::set ? "set while loading" : "removed while loading");
    for (const auto& each : calls_)
        if (mine.what == kind::set && each.second.what == kind::set && each.second.key == mine.key)
            seen("sets at once");
    const bool wavers = at.peers->wavers();
    if (!wavers && !at.peers->owns(key_text(mine.key))) return;
    // Nobody comes before it, unless its picker says so.
    if (!wavers) model_.came_by(mine.change, at.index);
    model_.drop(at.index, mine.key);
    if (mine.set != 0) model_.kept_by_owner(mine.set, at.index);
}

// Every value that is set is another one.
new_value cluster_world::some_value(node& at, call& mine) {
    const auto how = below(8);
    model::value value{mine.key, model_.begin_set(), model::of_set, 0, 0};
    mine.set = value.load;
    std::int64_t expire = 0;
    if (how < 2) {
        const auto ttl = static_cast<std::int64_t>(1 + below(3'000));
        const auto now = clock_.now().time_since_epoch().count();
        value.expires = static_cast<std::uint64_t>(now + ttl);
        expire = at.time.unix_ns() + ttl;
        dates_set_ = true;
    } else if (how == 2) {
        // Clocks that differ may still keep it for a while.
        value.expires = static_cast<std::uint64_t>(clock_.now().time_since_epoch().count());
        expire = at.time.unix_ns() - 1;
        dates_set_ = true;
        seen("set what had expired");
    }
    auto text = value.text();
    if (how == 3) text.append(below(500), 'x');
    new_value made;
    made.entry = bytes_ref(bytes::make(key_text(mine.key), text, expire, 0), false);
    made.keep_hot = one_in(3);
    if (made.keep_hot) seen("set hot");
    return made;
}

void cluster_world::start_change(node& at, kind what) {
    if (!at.group) return;
    const auto token = next_token_++;
    call mine = make_call(at, what);
    const auto deadline = some_deadline();
    mine.latest = std::min(mine.latest, deadline);
    const auto until = some_context(mine);
    if (mine.latest == never) mine.latest = load_deadline(at);
    new_value value;
    if (what == kind::set) value = some_value(at, mine);
    begin_change(at, mine);
    const auto before = std::exchange(change_now_, mine.change);
    calls_.emplace(token, mine);
    auto started =
        what == kind::set
            ? at.group->start_set(value, deadline, until, at.answers, token)
            : at.group->start_remove(key_text(mine.key), deadline, until, at.answers, token);
    change_now_ = before;
    if (!started) return fail("a change was refused: " + std::string(started.error().message()));
    calls_[token].op = *started;
    seen(what == kind::set ? "set started" : "removal started");
}

void cluster_world::tell_removal(node& at) {
    if (!at.group) return;
    const auto token = next_token_++;
    call mine = make_call(at, kind::removal);
    const auto deadline = some_deadline();
    mine.latest = deadline != never ? deadline : load_deadline(at);
    begin_change(at, mine);
    const auto before = std::exchange(change_now_, mine.change);
    calls_.emplace(token, mine);
    at.group->remove_everywhere(
        key_text(mine.key), deadline, ref<told_change>(new told_change(*this, token)));
    change_now_ = before;
    seen("removal asked");
}

void cluster_world::blocking_change(node& at, kind what) {
    if (depth_ > 2 || !at.group) return;
    call mine = make_call(at, what);
    const auto deadline = some_deadline();
    mine.latest = deadline != never ? deadline : load_deadline(at);
    new_value value;
    if (what == kind::set) value = some_value(at, mine);
    begin_change(at, mine);
    const auto before = std::exchange(change_now_, mine.change);
    const auto group = at.group;
    ++depth_;
    const auto ended = what == kind::set ? group->set(value, deadline, nullptr)
                                         : group->remove(key_text(mine.key), deadline, nullptr);
    --depth_;
    change_now_ = before;
    check_change(mine, ended ? COORD_OK : ended.error().status());
    seen(what == kind::set ? "blocking set" : "blocking removal");
}

void cluster_world::check_change(const call& mine, coord_status status) {
    const bool sets = mine.what == kind::set;
    const node& at = *nodes_[mine.at];
    if (status == COORD_OK) {
        if (!model_.reached_all(mine.change))
            return fail("a change ended well that a peer has not confirmed");
        // The group it ran in may have been closed meanwhile, and another opened in its place.
        if (at.life == mine.life && model_.ended_well(mine.change, lists()))
            seen(sets ? "set that binds" : "removal that binds");
        return seen(sets ? "set" : "removed");
    }
    if (status == COORD_TIMED_OUT) {
        if (clock_.now() < mine.latest) fail("a change timed out before its deadline");
        return seen(sets ? "set timed out" : "removal timed out");
    }
    const bool died = at.life != mine.life || at.closing;
    if (status == COORD_CANCELLED) {
        if (!mine.must_end && !died) fail("a change was cancelled without a reason");
        return seen(sets ? "set cancelled" : "removal cancelled");
    }
    if (status == COORD_CLOSED && died) return seen("change in a closed group");
    if (sets && status == COORD_UNSUPPORTED) {
        if (refuses_sets_ == 0) fail("an owner that takes values was not given one");
        return seen("set not supported");
    }
    if (sets && status == COORD_EXHAUSTED) {
        if (ample_) fail("a value was too large where all values fit");
        return seen("set too large");
    }
    if (status != COORD_UNAVAILABLE)
        fail("an unexpected end of a change: " + std::to_string(status));
    // An owner is given half of the time, so that one that hangs leaves some for the others.
    const bool had_half = clock_.now() - mine.since >= (mine.latest - mine.since) / 2;
    if (calm_ && !had_half) fail("a change failed, and nothing was broken");
    seen(sets ? "set not confirmed" : "removal not confirmed");
}

}  // namespace coord::sim
