// Keys that peers own: asked once, kept hot, loaded here when the owner gives nothing.
#include "groupcache/peers_fixture.hpp"

namespace coord::groupcache {
namespace {

TEST_F(peers, an_owner_is_asked_once_for_all_who_wait_and_its_value_kept_hot) {
    use(options());
    for (std::uint64_t i = 0; i < 10; ++i) start(i);
    ASSERT_EQ(owner->open.size(), 1U);
    EXPECT_EQ(owner->open[0].group, "g");
    EXPECT_EQ(owner->open[0].key, "k");
    owner->answer(0, asked_peer::value("k", "theirs"));
    const auto ended = world.drain();
    ASSERT_EQ(ended.size(), 10U);
    for (const auto& each : ended) EXPECT_EQ(each.value, "theirs");
    EXPECT_TRUE(group_->find("k"));
    EXPECT_EQ(group_->read_cache(cache::section::hot).items, 1U);
    EXPECT_EQ(group_->read_cache(cache::section::main).items, 0U);
    EXPECT_EQ(group_->read().peer_loads, 1U);
    EXPECT_EQ(group_->read().local_loads, 0U);
    EXPECT_EQ(loads.requests.size(), 0U);
}

TEST_F(peers, a_blocking_get_waits_for_the_owner) {
    use(options());
    owner->at_once = [](const auto& asked) { return asked_peer::value(asked.key, "at once"); };
    const auto got = group_->get("k", never, nullptr, group::counted::now);
    ASSERT_TRUE(got);
    EXPECT_EQ((*got)->value(), "at once");
}

TEST_F(peers, an_owner_out_of_reach_is_replaced_by_a_load_here_which_a_blocked_leader_runs_itself) {
    use(options());
    owner->at_once = [](const auto&) {
        return asked_peer::fault(fault::unreachable, COORD_UNAVAILABLE);
    };
    world.clock.on_wait = [&](time_point) {
        ASSERT_EQ(loads.requests.size(), 1U);
        loads.succeed(0, "mine");
    };
    const auto got = group_->get("k", never, nullptr, group::counted::now);
    ASSERT_TRUE(got);
    EXPECT_EQ((*got)->value(), "mine");
    EXPECT_EQ(group_->read().peer_errors, 1U);
    EXPECT_EQ(group_->read().local_loads, 1U);
    EXPECT_EQ(group_->read_cache(cache::section::main).items, 1U);
    world.clock.on_wait = nullptr;
}

TEST_F(peers, what_the_owners_loader_said_is_told_and_nothing_is_loaded_here) {
    use(options());
    start(1);
    owner->answer(0, asked_peer::fault(fault::refused, COORD_NOT_FOUND, "no such user"));
    world.executor.run_all();
    const auto ended = world.drain();
    ASSERT_EQ(ended.size(), 1U);
    EXPECT_EQ(ended[0].status, COORD_NOT_FOUND);
    EXPECT_EQ(loads.requests.size(), 0U);
    EXPECT_EQ(group_->read().peer_errors, 0U);
    EXPECT_FALSE(group_->find("k"));
}

TEST_F(peers, in_the_seed_dialect_it_is_loaded_here_all_the_same) {
    nodes->seed = true;
    use(options());
    start(1);
    owner->answer(0, asked_peer::fault(fault::refused, COORD_NOT_FOUND));
    world.executor.run_all();
    ASSERT_EQ(loads.requests.size(), 1U);
    loads.succeed(0, "mine");
    EXPECT_EQ(world.drain().at(0).value, "mine");
}

TEST_F(peers, behaviour_15_a_slow_owner_and_a_deadline_give_the_deadlines_error) {
    use(options());
    start(1, "k", 300ms);
    world.advance(300ms);
    EXPECT_EQ(world.drain().at(0).status, COORD_TIMED_OUT);
    owner->answer(0, asked_peer::value("k", "late, but within the load's deadline"));
    EXPECT_TRUE(group_->find("k")) << "the value fills the cache though its caller left";
}

TEST_F(peers, an_answer_after_the_flights_deadline_is_dropped) {
    auto wanted = options();
    wanted.load_timeout = 1s;
    use(wanted);
    start(1);
    world.advance(1s);
    EXPECT_EQ(world.drain().at(0).status, COORD_TIMED_OUT);
    owner->answer(0, asked_peer::value("k", "too late"));
    EXPECT_FALSE(group_->find("k"));
    EXPECT_EQ(group_->read().late_answers, 1U);
}

TEST_F(peers, no_load_begins_here_when_the_owner_fails_after_the_deadline) {
    auto wanted = options();
    wanted.load_timeout = 1s;
    use(wanted);
    start(1);
    world.advance(1s);
    owner->answer(0, asked_peer::fault(fault::timed_out, COORD_TIMED_OUT));
    world.executor.run_all();
    EXPECT_EQ(loads.requests.size(), 0U);
    EXPECT_EQ(group_->read().flights_active, 0U);
}

TEST_F(peers, a_get_of_a_peer_is_loaded_here_and_never_travels_on) {
    use(options());
    const auto who = ask();
    world.executor.run_all();
    EXPECT_EQ(owner->gets, 0U) << "though the ring here gives the key to another";
    ASSERT_EQ(loads.requests.size(), 1U);
    loads.succeed(0, "served");
    EXPECT_EQ(who->times, 1);
    EXPECT_EQ(who->value, "served");
    EXPECT_EQ(group_->read_cache(cache::section::main).items, 1U);
}

TEST_F(peers, a_get_of_a_peer_does_not_wait_for_a_flight_that_asks_that_peer) {
    use(options());
    start(1);
    ASSERT_EQ(owner->open.size(), 1U);
    const auto who = ask();
    world.executor.run_all();
    ASSERT_EQ(loads.requests.size(), 1U) << "two nodes with different lists would wait for ever";
    loads.succeed(0, "served");
    EXPECT_EQ(who->value, "served");
    owner->answer(0, asked_peer::value("k", "served as well"));
    EXPECT_EQ(world.drain().at(0).status, COORD_OK);
}

TEST_F(peers, a_get_here_joins_what_is_loaded_for_a_peer) {
    use(options());
    const auto who = ask();
    start(1);
    world.executor.run_all();
    EXPECT_EQ(owner->gets, 0U);
    ASSERT_EQ(loads.requests.size(), 1U);
    loads.succeed(0, "one for both");
    EXPECT_EQ(who->value, "one for both");
    EXPECT_EQ(world.drain().at(0).value, "one for both");
}

TEST_F(peers, a_fallback_joins_the_load_that_a_peer_began_meanwhile) {
    use(options());
    start(1);
    const auto who = ask();
    world.executor.run_all();
    owner->answer(0, asked_peer::fault(fault::unreachable, COORD_UNAVAILABLE));
    world.executor.run_all();
    ASSERT_EQ(loads.requests.size(), 1U) << "one load here for both";
    loads.succeed(0, "once");
    EXPECT_EQ(who->value, "once");
    EXPECT_EQ(world.drain().at(0).value, "once");
    EXPECT_EQ(group_->read().flights_active, 0U);
}

TEST_F(peers, a_get_of_a_peer_has_a_deadline_of_its_own) {
    use(options());
    const auto who = ask("k", 100ms);
    world.executor.run_all();
    world.advance(100ms);
    EXPECT_EQ(who->status, COORD_TIMED_OUT);
    loads.succeed(0, "kept");
    EXPECT_EQ(who->times, 1);
    EXPECT_TRUE(group_->find("k"));
}

TEST_F(peers, gets_of_peers_go_before_new_loads_at_the_gate) {
    auto wanted = options();
    wanted.max_loads = 1;
    nodes->owner = [](auto) { return ref<asked_peer>(); };
    use(wanted);
    start(1, "a");
    start(2, "b");
    const auto who = ask("c");
    world.executor.run_all();
    ASSERT_EQ(loads.requests.size(), 1U);
    loads.succeed(0, "a's");
    world.executor.run_all();
    ASSERT_EQ(loads.requests.size(), 1U);
    EXPECT_EQ(loads.requests[0]->key(0), "c");
    loads.succeed(0, "c's");
    EXPECT_EQ(who->value, "c's");
    world.executor.run_all();
    loads.succeed(0, "b's");
}

TEST_F(peers, waiting_for_owners_takes_no_place_among_the_loads) {
    auto wanted = options();
    wanted.max_loads = 1;
    use(wanted);
    for (std::uint64_t i = 0; i < 5; ++i) start(i, "key-" + std::to_string(i));
    EXPECT_EQ(owner->open.size(), 5U);
    const auto who = ask("mine");
    world.executor.run_all();
    EXPECT_EQ(loads.requests.size(), 1U) << "else two nodes could wait for each other's places";
    loads.succeed(0, "v");
    EXPECT_EQ(who->value, "v");
}

TEST_F(peers, a_fallback_finds_the_value_that_a_load_for_a_peer_left) {
    use(options());
    start(1);
    const auto who = ask();
    world.executor.run_all();
    loads.succeed(0, "left");
    EXPECT_EQ(who->value, "left");
    owner->answer(0, asked_peer::fault(fault::unreachable, COORD_UNAVAILABLE));
    world.executor.run_all();
    EXPECT_EQ(loads.requests.size(), 0U);
    EXPECT_EQ(world.drain().at(0).value, "left");
}

TEST_F(peers, a_nested_get_of_a_fallback_does_not_wait_for_the_place_that_is_its_own) {
    auto wanted = options();
    wanted.max_loads = 1;
    nodes->owner = [this](std::string_view key) { return key == "b" ? owner : ref<asked_peer>(); };
    owner->at_once = [](const auto&) {
        return asked_peer::fault(fault::unreachable, COORD_UNAVAILABLE);
    };
    static group* in = nullptr;
    wanted.load = [](void*, ::coord_request* given) {
        auto* const mine = static_cast<request*>(reinterpret_cast<handle*>(given));
        if (mine->key(0) == "a") {
            const auto b = in->get("b", never, nullptr, group::counted::now);
            static_cast<void>(mine->set(0, b ? "got b" : "no b", {}));
        }
        mine->succeed();
    };
    world.clock.on_wait = [&](time_point) { ASSERT_TRUE(world.executor.run_one()); };
    use(wanted);
    in = group_.get();
    const auto got = group_->get("a", never, nullptr, group::counted::now);
    world.clock.on_wait = nullptr;
    ASSERT_TRUE(got);
    EXPECT_EQ((*got)->value(), "got b");
}

TEST_F(peers, an_overloaded_node_tells_a_peer_that_it_is_exhausted) {
    auto wanted = options();
    wanted.max_loads = 1;
    use(wanted);
    const auto first = ask("a");
    const auto second = ask("b", 1s);
    world.executor.run_all();
    world.advance(1s);
    EXPECT_EQ(second->status, COORD_EXHAUSTED);
    loads.succeed(0, "v");
    EXPECT_EQ(first->value, "v");
}

TEST_F(peers, an_expired_value_of_the_owner_is_not_kept_and_a_living_one_until_its_instant) {
    use(options());
    const auto soon = world.clock.unix_ns() + std::chrono::nanoseconds(5s).count();
    owner->at_once = [&](const auto& asked) { return asked_peer::value(asked.key, "v", soon); };
    EXPECT_EQ(get_now("k"), COORD_OK);
    EXPECT_TRUE(group_->find("k"));
    world.advance(5s + 1ns);
    EXPECT_FALSE(group_->find("k"));
}

TEST_F(peers, a_group_without_a_loader_asks_peers_and_says_their_error_when_they_fail) {
    group_options wanted;
    wanted.peers = nodes.get();
    use(wanted);
    start(1);
    owner->answer(0, asked_peer::fault(fault::unreachable, COORD_UNAVAILABLE, "nobody there"));
    EXPECT_EQ(world.drain().at(0).status, COORD_UNAVAILABLE);
    const auto who = ask();
    EXPECT_EQ(who->status, COORD_UNAVAILABLE);
    nodes->owner = [](auto) { return ref<asked_peer>(); };
    EXPECT_EQ(get_now("mine"), COORD_UNAVAILABLE);
}

}  // namespace
}  // namespace coord::groupcache
