#include "sim/cluster_world.hpp"

#include <algorithm>
#include <array>

namespace coord::sim {

using groupcache::group;

cluster_world::cluster_world(std::uint64_t seed)
    : chance_(seed),
      keys_(1 + below(10)),
      calm_(one_in(4)),
      tells_ttl_(!one_in(3)),
      ample_(!one_in(4)),
      max_skew_(one_in(3) ? 500 : 0),
      model_(keys_, 2 + below(model::max_nodes - 1)) {
    if (!calm_) links_.make_unreliable();
    for (std::size_t i = 0; i < model_.nodes(); ++i) {
        const auto skew =
            static_cast<std::int64_t>(below(static_cast<std::uint64_t>(2 * max_skew_ + 1))) -
            max_skew_;
        make_node(i, skew);
    }
    let_lists_agree();
    for (auto& each : nodes_) start_group(*each);
    clock_.on_wait = [this](time_point) {
        // A blocked caller: the rest of the world goes on, but not for ever deeper.
        if (++depth_ > 3)
            move_clock();
        else
            act();
        --depth_;
    };
}

cluster_world::~cluster_world() {
    clock_.on_wait = nullptr;
    end_all();
}

void cluster_world::make_node(std::size_t i, std::int64_t skew) {
    nodes_.push_back(std::make_unique<node>(clock_, chance_, skew));
    node& made = *nodes_.back();
    made.index = i;
    made.peers =
        new linked_peers(*this, i, model_.nodes(), one_in(3) ? speaks::seed : speaks::mailgun);
    auto& wanted = made.wanted;
    wanted.peers = made.peers.get();
    // The first always loads: somebody has to.
    if (i != 0 && !calm_ && one_in(6)) {
        made.member = one_in(2);
        all_have_loaders_ = false;
    } else if (one_in(3)) {
        made.requests = *queue::make_polled(made.owner);
        made.requests->to_host();
        wanted.requests = made.requests;
    } else {
        wanted.load = &cluster_world::on_load;
    }
    made.asks_by_host = one_in(3);
    made.accepts = one_in(4);
    made.refuses_sets = one_in(8);
    if (made.refuses_sets) ++refuses_sets_;
    if (one_in(3)) wanted.peer_error = &cluster_world::on_peer_error;
    static constexpr std::array<std::uint64_t, 3> budgets = {0, 600, 4'000};
    static constexpr std::array<std::int64_t, 3> timeouts = {1'500, 8'000, 60'000};
    wanted.max_bytes = ample_ ? 4'000'000 : budgets[below(budgets.size())];
    wanted.cache_shards = 1;
    wanted.max_loads = one_in(3) ? 1 + static_cast<std::uint32_t>(below(3)) : 1'000;
    wanted.load_timeout = duration(timeouts[below(timeouts.size())]);
    wanted.ttl = one_in(3) ? duration(5'000) : duration::max();
    wanted.policy = one_in(2) ? cache::order::lru : cache::order::s3fifo;
    wanted.abandoned =
        one_in(2) ? groupcache::on_abandoned::cancel : groupcache::on_abandoned::finish;
    wanted.user_free = &cluster_world::on_free;
}

void cluster_world::fail(const std::string& why) {
    if (violation_.empty()) violation_ = why;
}

bool cluster_world::step() {
    act();
    return violation_.empty();
}

void cluster_world::act() {
    ++steps_;
    if (depth_ == 0) spent_.clear();
    const auto what = below(100);
    note(what);
    node& at = some_node();
    if (what < 16)
        start_get(at);
    else if (what < 21)
        ask(at);
    else if (what < 24)
        blocking_get(at);
    else if (what < 28)
        look_up(at);
    else if (what < 32)
        start_change(at, one_in(2) ? kind::set : kind::removal);
    else if (what < 34)
        tell_removal(at);
    else if (what < 48)
        answer_load();
    else if (what < 62)
        run_task();
    else if (what < 84)
        move_clock();
    else if (what < 88)
        cancel_call();
    else if (what < 97)
        drain(at);
    else
        act_rarely();
    check_deadlines();
}

void cluster_world::act_rarely() {
    const auto what = below(15);
    node& at = some_node();
    if (what < 2) return cancel_context();
    if (what < 4) return blocking_change(at, one_in(2) ? kind::set : kind::removal);
    if (what < 6) return let_everything_end();
    if (calm_) return;
    if (!at.group && !one_in(4)) return start_group(at);
    if (what < 8) return crash(at);
    if (what < 9) return close_slowly(at);
    if (what < 10) return let_lists_differ();
    if (what < 11) return let_lists_agree();
    if (what < 12) {
        seen("cut");
        return links_.cut(at.index, below(nodes_.size()));
    }
    if (what < 13) return let_picker_waver(at);
    links_.heal();
}

// In small steps, so that messages come at their time; or in one, so that all is late.
void cluster_world::move_clock() {
    const auto target = after(clock_.now(), duration(one_in(40) ? 20'000 : below(300)));
    const bool small_steps = !one_in(5);
    while (small_steps && links_.next() <= target) {
        if (const auto next = links_.next(); next > clock_.now())
            clock_.advance(next - clock_.now());
        links_.fire_due();
        if (one_in(2)) fire_all();
    }
    if (target > clock_.now()) clock_.advance(target - clock_.now());
    fire_all();
}

void cluster_world::fire_all() {
    std::size_t fired = 0;
    do {
        links_.fire_due();
        fired = 0;
        for (auto& each : nodes_) fired += each->owner->timers().fire_due(clock_.now());
    } while (fired != 0);
}

void cluster_world::run_task() {
    const auto first = below(nodes_.size());
    for (std::size_t i = 0; i < nodes_.size(); ++i)
        if (nodes_[(first + i) % nodes_.size()]->tasks.run_one()) return;
}

void cluster_world::drain(node& at) {
    std::array<event, 8> room;
    for (;;) {
        const auto got = at.answers->drain(room);
        for (std::size_t i = 0; i < got.count; ++i) {
            const auto* const value =
                room[i].kind == event_kind::bytes ? static_cast<bytes*>(room[i].value) : nullptr;
            ended(room[i].token, room[i].status, value);
            clear(room[i]);
        }
        if (got.count < room.size()) break;
    }
    if (!at.requests) return;
    const auto got = at.requests->drain(std::span(room).first(1 + below(room.size())));
    for (std::size_t i = 0; i < got.count; ++i) {
        auto* const asked = static_cast<handle*>(std::exchange(room[i].value, nullptr));
        begin_load(at.index, *static_cast<groupcache::flight*>(asked));
    }
}

void cluster_world::cancel_call() {
    if (calls_.empty()) return;
    auto it = calls_.lower_bound(below(next_token_));
    if (it == calls_.end()) it = calls_.begin();
    if (!it->second.op) return;
    it->second.must_end = true;
    const auto op = it->second.op;
    op->cancel();
    seen("cancelled");
}

void cluster_world::cancel_context() {
    if (contexts_.empty()) return;
    const auto i = below(contexts_.size());
    const auto chosen = contexts_[i];
    for (auto& each : calls_)
        if (each.second.until == chosen) each.second.must_end = true;
    chosen->cancel();
    if (one_in(2)) contexts_.erase(contexts_.begin() + static_cast<std::ptrdiff_t>(i));
    seen("context cancelled");
}

// Without moving time: whoever waits must be told by what the others do alone. Nodes that waited
// for each other would be found here.
void cluster_world::let_everything_end() {
    if (depth_ > 0) return;
    for (bool did = true; did && violation_.empty();) {
        did = links_.hurry();
        for (auto& each : nodes_) {
            did = did || !each->tasks.empty();
            each->tasks.run_all();
            drain(*each);
        }
        did = answer_everything() || did;
    }
    spent_.clear();
    if (violation_.empty()) check_rest();
}

bool cluster_world::answer_everything() {
    const bool some = !loads_.empty() || !decisions_.empty() || !hook_requests_.empty();
    while (!hook_requests_.empty()) answer_hook(below(4));
    while (!loads_.empty()) answer(loads_.size() - 1, 3 + below(9));
    while (!decisions_.empty()) decide(decisions_.size() - 1, below(6));
    return some;
}

void cluster_world::finish() {
    if (violation_.empty()) let_everything_end();
    if (violation_.empty()) {
        end_all();
        if (groups_freed_ != groups_made_) fail("a group was never freed");
        if (told_alive_ != 0) fail("somebody who was told is still held");
        for (const auto& each : nodes_)
            if (each->peers->users() != 0) fail("a picker has a user and no group");
    }
    note(model_.loads());
    note(steps_);
}

void cluster_world::end_all() {
    calls_.clear();
    contexts_.clear();
    for (auto& each : nodes_)
        if (each->group) crash(*each);
    for (bool did = true; did;) {
        did = links_.hurry();
        for (auto& each : nodes_) {
            did = did || !each->tasks.empty();
            each->tasks.run_all();
            if (each->requests) drain(*each);
        }
        did = answer_everything() || did;
    }
    spent_.clear();
}

}  // namespace coord::sim
