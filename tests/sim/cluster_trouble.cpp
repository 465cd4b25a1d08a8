// How the nodes of a simulated cluster come and go, and how their lists come to differ.
#include "sim/cluster_world.hpp"

namespace coord::sim {

using groupcache::group;

void cluster_world::start_group(node& at) {
    if (at.group) return;
    auto wanted = at.wanted;
    wanted.user = new host{*this, at.index};
    auto made = group::make(at.owner, "sim", std::move(wanted));
    if (!made) return fail("a group was refused: " + std::string(made.error().message()));
    at.group = *made;
    at.group->to_host();
    at.did = {};
    ++at.life;
    if (groups_made_++ >= nodes_.size()) seen("restarted");
}

// Its memory and its flights are gone; what its host was doing goes on for a while.
void cluster_world::crash(node& at) {
    if (!at.group) return;
    const auto gone = std::exchange(at.group, nullptr);
    ++at.life;
    at.closing = false;
    model_.drop_all(at.index);
    seen("crashed");
    gone->drop_handle();
    links_.crashed(at.index);
}

void cluster_world::close_slowly(node& at) {
    if (depth_ > 2 || !at.group || at.closing) return;
    const auto life = at.life;
    const auto closed = at.group;
    at.closing = true;
    ++depth_;
    const auto ended = closed->close(after(clock_.now(), duration(below(2'000))), nullptr);
    --depth_;
    if (!ended && ended.error().status() != COORD_TIMED_OUT) fail("a close that failed");
    seen(ended ? "closed at rest" : "closed under way");
    if (at.life == life) crash(at);
}

void cluster_world::let_lists_differ() {
    // All at once, now and then: two nodes may each take the other for the owner.
    const auto changed = below(2 * nodes_.size());
    for (const auto& each : nodes_)
        if (changed >= nodes_.size() || changed == each->index) shuffle_list(*each);
    ++lists_changed_;
    lists_agree_ = false;
    lists_ever_differed_ = true;
    seen("lists differed");
}

void cluster_world::shuffle_list(node& at) {
    std::vector<std::string> list;
    for (const auto& each : nodes_)
        if (each->member && !one_in(each.get() == &at ? 6 : 3)) list.push_back(url_of(each->index));
    at.peers->set(std::move(list));
}

void cluster_world::let_picker_waver(node& at) {
    at.peers->waver();
    ++lists_changed_;
    lists_agree_ = false;
    lists_ever_differed_ = true;
    seen("picker wavered");
}

void cluster_world::let_lists_agree() {
    std::vector<std::string> list;
    for (const auto& each : nodes_)
        if (each->member) list.push_back(url_of(each->index));
    for (const auto& each : nodes_) each->peers->set(list);
    ++lists_changed_;
    if (!lists_agree_) seen("lists agreed again");
    lists_agree_ = true;
}

}  // namespace coord::sim
