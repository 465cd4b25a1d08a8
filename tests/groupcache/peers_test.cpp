// Keys that peers own: asked once, kept hot, loaded here when the owner gives nothing, and removed
// everywhere. Peers are fakes; what a peer asks is group::ask().
#include <boost/crc.hpp>
#include <gtest/gtest.h>

#include "ring/ring.hpp"
#include "support/driven.hpp"
#include "support/fake_peers.hpp"

namespace coord::groupcache {
namespace {

using namespace std::chrono_literals;
using fault = peer_answer::fault;
using testing::driven;
using testing::fake_peer;
using testing::fake_peers;
using testing::kept_loads;

class answered_asker final : public asker {
  public:
    void told(const result<bytes_ref>& outcome) noexcept override {
        ++times;
        status = outcome ? COORD_OK : outcome.error().status();
        if (outcome) value = (*outcome)->value();
    }
    int times = 0;
    coord_status status = COORD_OK;
    std::string value;
};

class peers : public ::testing::Test {
  protected:
    void TearDown() override {
        while (!loads.requests.empty()) loads.fail(0, COORD_UNAVAILABLE);
        for (const auto& peer : nodes->peers)
            while (!peer->open.empty())
                peer->answer(0, fake_peer::fault(fault::unreachable, COORD_UNAVAILABLE));
        world.executor.run_all();
        while (!loads.requests.empty()) loads.fail(0, COORD_UNAVAILABLE);
        if (group_) group_->drop_handle();
        EXPECT_EQ(nodes->users, 0);
    }
    group_options options() {
        auto wanted = loads.options();
        wanted.peers = nodes.get();
        return wanted;
    }
    void use(group_options wanted) { group_ = world.make_group(std::move(wanted)); }
    ref<operation> start(std::uint64_t token,
                         std::string_view key = "k",
                         duration timeout = duration::max()) {
        auto started = group_->start_get(key,
                                         after(world.clock.now(), timeout),
                                         nullptr,
                                         world.answers,
                                         token,
                                         group::counted::now);
        EXPECT_TRUE(started.has_value());
        return *started;
    }
    ref<answered_asker> ask(std::string_view key = "k", duration timeout = duration::max()) {
        ref<answered_asker> who(new answered_asker);
        group_->ask(key, after(world.clock.now(), timeout), who, asked_by::peer);
        return who;
    }
    coord_status get_now(std::string_view key) {
        start(999, key);
        world.executor.run_all();
        const auto ended = world.drain();
        return ended.size() == 1 ? ended[0].status : COORD_INTERNAL;
    }

    driven world;
    kept_loads loads;
    ref<fake_peers> nodes{new fake_peers};
    ref<fake_peer> owner{nodes->add("http://owner:1")};
    ref<group> group_;
};

TEST_F(peers, an_owner_is_asked_once_for_all_who_wait_and_its_value_kept_hot) {
    use(options());
    for (std::uint64_t i = 0; i < 10; ++i) start(i);
    ASSERT_EQ(owner->open.size(), 1U);
    EXPECT_EQ(owner->open[0].group, "g");
    EXPECT_EQ(owner->open[0].key, "k");
    owner->answer(0, fake_peer::value("k", "theirs"));
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
    owner->at_once = [](const auto& asked) { return fake_peer::value(asked.key, "at once"); };
    const auto got = group_->get("k", never, nullptr, group::counted::now);
    ASSERT_TRUE(got);
    EXPECT_EQ((*got)->value(), "at once");
}

TEST_F(peers, an_owner_out_of_reach_is_replaced_by_a_load_here_which_a_blocked_leader_runs_itself) {
    use(options());
    owner->at_once = [](const auto&) {
        return fake_peer::fault(fault::unreachable, COORD_UNAVAILABLE);
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
    owner->answer(0, fake_peer::fault(fault::refused, COORD_NOT_FOUND, "no such user"));
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
    owner->answer(0, fake_peer::fault(fault::refused, COORD_NOT_FOUND));
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
    owner->answer(0, fake_peer::value("k", "late, but within the load's deadline"));
    EXPECT_TRUE(group_->find("k")) << "the value fills the cache though its caller left";
}

TEST_F(peers, an_answer_after_the_flights_deadline_is_dropped) {
    auto wanted = options();
    wanted.load_timeout = 1s;
    use(wanted);
    start(1);
    world.advance(1s);
    EXPECT_EQ(world.drain().at(0).status, COORD_TIMED_OUT);
    owner->answer(0, fake_peer::value("k", "too late"));
    EXPECT_FALSE(group_->find("k"));
    EXPECT_EQ(group_->read().late_answers, 1U);
}

TEST_F(peers, no_load_begins_here_when_the_owner_fails_after_the_deadline) {
    auto wanted = options();
    wanted.load_timeout = 1s;
    use(wanted);
    start(1);
    world.advance(1s);
    owner->answer(0, fake_peer::fault(fault::timed_out, COORD_TIMED_OUT));
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
    owner->answer(0, fake_peer::value("k", "served as well"));
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
    owner->answer(0, fake_peer::fault(fault::unreachable, COORD_UNAVAILABLE));
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
    nodes->owner = [](auto) { return ref<fake_peer>(); };
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
    owner->answer(0, fake_peer::fault(fault::unreachable, COORD_UNAVAILABLE));
    world.executor.run_all();
    EXPECT_EQ(loads.requests.size(), 0U);
    EXPECT_EQ(world.drain().at(0).value, "left");
}

TEST_F(peers, a_nested_get_of_a_fallback_does_not_wait_for_the_place_that_is_its_own) {
    auto wanted = options();
    wanted.max_loads = 1;
    nodes->owner = [this](std::string_view key) { return key == "b" ? owner : ref<fake_peer>(); };
    owner->at_once = [](const auto&) {
        return fake_peer::fault(fault::unreachable, COORD_UNAVAILABLE);
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
    owner->at_once = [&](const auto& asked) { return fake_peer::value(asked.key, "v", soon); };
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
    owner->answer(0, fake_peer::fault(fault::unreachable, COORD_UNAVAILABLE, "nobody there"));
    EXPECT_EQ(world.drain().at(0).status, COORD_UNAVAILABLE);
    const auto who = ask();
    EXPECT_EQ(who->status, COORD_UNAVAILABLE);
    nodes->owner = [](auto) { return ref<fake_peer>(); };
    EXPECT_EQ(get_now("mine"), COORD_UNAVAILABLE);
}

// Behaviours 6 to 10 of the reference: 200 keys over three peers and this process.
class four_nodes : public peers {
  protected:
    void SetUp() override {
        nodes->add("http://b:1");
        nodes->add("http://c:1");
        for (const auto& peer : nodes->peers) answer_well(peer);
        nodes->owner = [this](std::string_view key) {
            boost::crc_32_type crc;
            crc.process_bytes(key.data(), key.size());
            const auto slot = crc.checksum() % 4;
            return slot < 3 ? nodes->peers[slot] : ref<fake_peer>();
        };
    }
    static void answer_well(const ref<fake_peer>& peer) {
        peer->at_once = [](const auto& asked) { return fake_peer::value(asked.key, "theirs"); };
    }
    // How many keys were loaded here, and asked of each peer.
    std::vector<std::uint64_t> pass() {
        for (const auto& peer : nodes->peers) peer->gets = 0;
        const auto before = group_->read().local_loads;
        for (int i = 0; i < 200; ++i) {
            start(1, key_of(i));
            world.executor.run_all();
            while (!loads.requests.empty()) loads.succeed(0, "mine");
            const auto ended = world.drain();
            EXPECT_EQ(ended.at(0).status, COORD_OK);
        }
        std::vector<std::uint64_t> shares{group_->read().local_loads - before};
        for (const auto& peer : nodes->peers) shares.push_back(peer->gets);
        return shares;
    }
    using counts = std::vector<std::uint64_t>;
    std::function<std::string(int)> key_of = [](int i) { return "key-" + std::to_string(i); };
};

TEST_F(four_nodes, behaviour_6_each_peer_gets_its_share) {
    use(options());
    EXPECT_EQ(pass(), (counts{49, 51, 49, 51}));
}

TEST_F(four_nodes, behaviour_7_a_second_pass_asks_nobody) {
    use(options());
    pass();
    EXPECT_EQ(pass(), (counts{0, 0, 0, 0}));
}

TEST_F(four_nodes, behaviour_8_without_one_peer_its_share_is_loaded_here) {
    auto wanted = options();
    wanted.max_bytes = 0;
    use(wanted);
    nodes->owner = [next = nodes->owner, this](std::string_view key) {
        const auto whose = next(key);
        return whose == nodes->peers[0] ? ref<fake_peer>() : whose;
    };
    EXPECT_EQ(pass(), (counts{100, 0, 49, 51}));
}

TEST_F(four_nodes, behaviour_9_a_failing_peer_is_asked_and_its_share_loaded_here) {
    auto wanted = options();
    wanted.max_bytes = 0;
    use(wanted);
    nodes->peers[0]->at_once = [](const auto&) {
        return fake_peer::fault(fault::unreachable, COORD_UNAVAILABLE);
    };
    EXPECT_EQ(pass(), (counts{100, 51, 49, 51}));
    EXPECT_EQ(group_->read().peer_errors, 51U);
}

TEST_F(four_nodes, behaviour_10_with_a_real_ring_a_stopped_peers_keys_alone_are_loaded_here) {
    auto wanted = options();
    wanted.max_bytes = 0;
    use(wanted);
    const ring::ring real({"http://owner:1", "http://b:1", "http://c:1", "http://self:1"},
                          50,
                          ring::profile::v2_fnv1_md5);
    nodes->owner = [&](std::string_view key) {
        const std::string* const url = real.owner(key);
        for (const auto& peer : nodes->peers)
            if (peer->url() == *url) return peer;
        return ref<fake_peer>();
    };
    key_of = [](int i) {
        random chance(static_cast<std::uint64_t>(i));
        const auto part = [&] { return "." + std::to_string(chance.below(256)); };
        return "192" + part() + part() + part();
    };
    const auto before = pass();
    EXPECT_EQ(before[0] + before[1] + before[2] + before[3], 200U);
    for (const auto share : before) EXPECT_GT(share, 0U);
    nodes->peers[1]->at_once = [](const auto&) {
        return fake_peer::fault(fault::unreachable, COORD_UNAVAILABLE);
    };
    EXPECT_EQ(pass(), (counts{before[0] + before[2], before[1], before[2], before[3]}));
}

class peer_errors : public peers {
  protected:
    struct decision {
        request* asked = nullptr;
        std::string url;
        coord_status why = COORD_OK;
    };
    // loads.load and peer_error share `user`; which of the two a request is tells its kind.
    static void keep(void* user, ::coord_request* given) { kept_loads::load(user, given); }
    void SetUp() override {
        auto wanted = options();
        wanted.peer_error = &keep;
        use(wanted);
    }
    request* fail_owner(fault why, coord_status status) {
        start(1);
        owner->answer(0, fake_peer::fault(why, status, "peer says"));
        world.executor.run_all();
        EXPECT_EQ(loads.requests.size(), 1U);
        return loads.take(0);
    }
};

TEST_F(peer_errors, a_handler_sees_key_group_peer_and_error_and_may_load_here) {
    request* const asked = fail_owner(fault::unreachable, COORD_UNAVAILABLE);
    EXPECT_EQ(asked->which(), request_kind::peer_error);
    EXPECT_EQ(asked->key(0), "k");
    EXPECT_EQ(asked->group_name(), "g");
    EXPECT_EQ(asked->peer_url(), "http://owner:1");
    ASSERT_NE(asked->failure(), nullptr);
    EXPECT_EQ(asked->failure()->status, COORD_UNAVAILABLE);
    asked->succeed();
    world.executor.run_all();
    ASSERT_EQ(loads.requests.size(), 1U);
    EXPECT_EQ(loads.requests[0]->which(), request_kind::load);
    loads.succeed(0, "mine");
    EXPECT_EQ(world.drain().at(0).value, "mine");
}

TEST_F(peer_errors, a_handler_may_tell_the_callers_an_error_of_its_own) {
    fail_owner(fault::unreachable, COORD_UNAVAILABLE)->fail(error(COORD_DENIED, "test", "no"));
    EXPECT_EQ(world.drain().at(0).status, COORD_DENIED);
    EXPECT_EQ(loads.requests.size(), 0U);
}

TEST_F(peer_errors, the_default_can_be_called_for_the_rest) {
    fail_owner(fault::unreachable, COORD_UNAVAILABLE)->decide_by_default();
    world.executor.run_all();
    ASSERT_EQ(loads.requests.size(), 1U);
    loads.succeed(0, "mine");
    EXPECT_EQ(world.drain().at(0).value, "mine");
    group_->remove_here("k");
    fail_owner(fault::refused, COORD_HOST_FAILED)->decide_by_default();
    EXPECT_EQ(world.drain().at(0).status, COORD_HOST_FAILED);
}

TEST_F(peer_errors, a_handler_that_forgets_its_request_fails_the_get) {
    fail_owner(fault::unreachable, COORD_UNAVAILABLE)->abandon();
    EXPECT_EQ(world.drain().at(0).status, COORD_ABANDONED);
}

TEST_F(peer_errors, a_value_is_refused_and_fails_the_get) {
    request* const asked = fail_owner(fault::unreachable, COORD_UNAVAILABLE);
    EXPECT_FALSE(asked->set(0, "value", {}));
    asked->succeed();
    world.executor.run_all();
    loads.succeed(0, "mine");
    EXPECT_EQ(world.drain().at(0).value, "mine");
}

TEST_F(peer_errors, waiters_leave_on_time_when_the_handler_does_not_answer) {
    start(1, "k", 1s);
    owner->answer(0, fake_peer::fault(fault::unreachable, COORD_UNAVAILABLE));
    world.executor.run_all();
    world.advance(1s);
    EXPECT_EQ(world.drain().at(0).status, COORD_TIMED_OUT);
    loads.take(0)->fail(error(COORD_UNAVAILABLE));
}

class removals : public peers {
  protected:
    void SetUp() override {
        second = nodes->add("http://second:1");
        third = nodes->add("http://third:1");
        use(options());
    }
    ref<operation> start_remove(std::uint64_t token, ref<context> owner_of_call = nullptr) {
        auto started =
            group_->start_remove("k", never, std::move(owner_of_call), world.answers, token);
        EXPECT_TRUE(started.has_value());
        return *started;
    }
    static peer_answer fine() { return {}; }
    ref<fake_peer> second;
    ref<fake_peer> third;
};

TEST_F(removals, go_to_the_owner_first_then_here_and_to_all_others_at_once) {
    owner->at_once = [](const auto& asked) { return fake_peer::value(asked.key, "old"); };
    ASSERT_EQ(get_now("k"), COORD_OK);
    owner->at_once = nullptr;
    start_remove(1);
    EXPECT_EQ(owner->removes, 1U);
    EXPECT_EQ(second->removes + third->removes, 0U);
    EXPECT_TRUE(group_->find("k"))
        << "removed here before, it could be fetched again from the owner";
    owner->answer(0, fine());
    EXPECT_FALSE(group_->find("k"));
    EXPECT_EQ(second->removes, 1U);
    EXPECT_EQ(third->removes, 1U);
    EXPECT_EQ(world.drain().size(), 0U);
    third->answer(0, fine());
    second->answer(0, fine());
    EXPECT_EQ(world.drain().at(0).status, COORD_OK);
}

TEST_F(removals, detach_what_is_on_its_way_from_the_owner) {
    start(1);
    start_remove(2);
    ASSERT_EQ(owner->open.size(), 2U);
    owner->answer(1, fine());
    second->answer(0, fine());
    third->answer(0, fine());
    owner->answer(0, fake_peer::value("k", "from before"));
    EXPECT_EQ(world.drain().size(), 2U);
    EXPECT_FALSE(group_->find("k"));
}

TEST_F(removals, of_an_own_key_begin_here_and_ask_every_other) {
    nodes->owner = [](auto) { return ref<fake_peer>(); };
    start_remove(1);
    EXPECT_EQ(owner->removes, 1U);
    EXPECT_EQ(second->removes, 1U);
    EXPECT_EQ(third->removes, 1U);
    for (const auto& peer : nodes->peers) peer->answer(0, fine());
    EXPECT_EQ(world.drain().at(0).status, COORD_OK);
}

TEST_F(removals, name_every_peer_that_did_not_confirm_and_still_ask_the_others) {
    const auto started = start_remove(1);
    owner->answer(0, fake_peer::fault(fault::unreachable, COORD_UNAVAILABLE, "refused"));
    second->answer(0, fine());
    third->answer(0, fake_peer::fault(fault::timed_out, COORD_TIMED_OUT, "too slow"));
    std::array<event, 1> room;
    ASSERT_EQ(world.answers->drain(room).count, 1U);
    EXPECT_EQ(room[0].status, COORD_UNAVAILABLE);
    ASSERT_NE(room[0].why, nullptr);
    EXPECT_STREQ(room[0].why->message(),
                 "removed, but 2 of 3 other peers did not confirm: http://owner:1: refused; "
                 "http://third:1: too slow");
    clear(room[0]);
}

TEST_F(removals, that_are_cancelled_end_at_once_and_go_on_without_their_caller) {
    const ref<context> caller(new context(world.clock, never, nullptr, {}));
    start_remove(1, caller);
    caller->cancel();
    EXPECT_EQ(world.drain().at(0).status, COORD_CANCELLED);
    owner->answer(0, fine());
    EXPECT_EQ(second->removes, 1U);
    second->answer(0, fine());
    third->answer(0, fine());
    EXPECT_EQ(world.drain().size(), 0U);
}

TEST_F(removals, under_a_cancelled_context_do_not_begin) {
    const ref<context> caller(new context(world.clock, never, nullptr, {}));
    caller->cancel();
    start_remove(1, caller);
    EXPECT_EQ(world.drain().at(0).status, COORD_CANCELLED);
    EXPECT_EQ(owner->removes, 0U);
}

TEST_F(removals, that_block_return_when_the_last_peer_answered) {
    for (const auto& peer : nodes->peers) peer->at_once = [](const auto&) { return fine(); };
    EXPECT_TRUE(group_->remove("k", never, nullptr));
    const ref<context> cancelled(new context(world.clock, never, nullptr, {}));
    cancelled->cancel();
    EXPECT_EQ(group_->remove("k", never, cancelled.get()).error().status(), COORD_CANCELLED);
}

TEST_F(removals, hand_the_peers_a_deadline_even_when_the_caller_has_none) {
    start_remove(1);
    EXPECT_EQ(owner->open.at(0).deadline, after(world.clock.now(), limits::default_load_timeout));
    owner->answer(0, fine());
    second->answer(0, fine());
    third->answer(0, fine());
    world.drain();
}

}  // namespace
}  // namespace coord::groupcache
