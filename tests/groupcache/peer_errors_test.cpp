// What the host decides when an owner gives nothing, and removing everywhere.
#include <array>

#include "groupcache/peers_fixture.hpp"

namespace coord::groupcache {
namespace {

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
        owner->answer(0, asked_peer::fault(why, status, "peer says"));
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
    owner->answer(0, asked_peer::fault(fault::unreachable, COORD_UNAVAILABLE));
    world.executor.run_all();
    world.advance(1s);
    EXPECT_EQ(world.drain().at(0).status, COORD_TIMED_OUT);
    loads.take(0)->fail(error(COORD_UNAVAILABLE));
}

TEST_F(peer_errors, a_handler_is_not_called_for_a_group_that_was_closed) {
    start(1);
    EXPECT_FALSE(group_->close(world.clock.now(), nullptr));
    EXPECT_EQ(world.drain().at(0).status, COORD_CANCELLED);
    owner->answer(0, asked_peer::fault(fault::unreachable, COORD_UNAVAILABLE));
    world.executor.run_all();
    EXPECT_EQ(loads.requests.size(), 0U);
    EXPECT_EQ(group_->read().peer_errors, 0U);
}

TEST_F(peer_errors, a_handler_that_waits_for_a_thread_is_not_called_after_the_close) {
    start(1);
    owner->answer(0, asked_peer::fault(fault::unreachable, COORD_UNAVAILABLE));
    EXPECT_FALSE(group_->close(world.clock.now(), nullptr));
    world.executor.run_all();
    EXPECT_EQ(loads.requests.size(), 0U);
    EXPECT_EQ(world.drain().at(0).status, COORD_CANCELLED);
}

class queued_peer_errors : public peers {
  protected:
    void SetUp() override {
        requests = *queue::make_polled(world.owner);
        requests->to_host();
        group_options wanted;
        wanted.peers = nodes.get();
        wanted.requests = requests;
        wanted.requests_token = 5;
        wanted.peer_errors_queued = true;
        use(wanted);
    }
    void TearDown() override {
        peers::TearDown();
        requests->drop_handle();
    }
    void fail_owner() {
        start(1);
        owner->answer(0, asked_peer::fault(fault::unreachable, COORD_UNAVAILABLE, "peer says"));
    }
    request* next_request() {
        std::array<event, 2> room;
        EXPECT_EQ(requests->drain(room).count, 1U);
        EXPECT_EQ(room[0].kind, event_kind::request);
        EXPECT_EQ(room[0].token, 5U);
        return static_cast<request*>(static_cast<handle*>(room[0].value));
    }
    ref<queue> requests;
};

TEST_F(queued_peer_errors, come_as_events_beside_the_loads) {
    fail_owner();
    request* const asked = next_request();
    EXPECT_EQ(asked->which(), request_kind::peer_error);
    EXPECT_EQ(asked->peer_url(), "http://owner:1");
    asked->succeed();
    request* const load = next_request();
    EXPECT_EQ(load->which(), request_kind::load);
    ASSERT_TRUE(load->set(0, "mine", {}));
    load->succeed();
    EXPECT_EQ(world.drain().at(0).value, "mine");
}

TEST_F(queued_peer_errors, that_nobody_drains_hold_nobody_beyond_the_deadline) {
    start(1, "k", 1s);
    owner->answer(0, asked_peer::fault(fault::unreachable, COORD_UNAVAILABLE));
    world.advance(1s);
    EXPECT_EQ(world.drain().at(0).status, COORD_TIMED_OUT);
    next_request()->abandon();
    EXPECT_EQ(group_->read().flights_active, 0U);
}

TEST_F(queued_peer_errors, are_decided_by_default_once_the_queue_is_closed) {
    requests->close();
    fail_owner();
    EXPECT_EQ(world.drain().at(0).status, COORD_CLOSED) << "the load has nowhere to go, either";
}

TEST_F(queued_peer_errors, that_lie_in_a_queue_when_it_goes_end_abandoned) {
    fail_owner();
    std::array<event, 1> room;
    ASSERT_EQ(requests->drain(room).count, 1U);
    clear(room[0]);
    EXPECT_EQ(world.drain().at(0).status, COORD_ABANDONED);
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
    ref<asked_peer> second;
    ref<asked_peer> third;
};

TEST_F(removals, go_to_the_owner_first_then_here_and_to_all_others_at_once) {
    owner->at_once = [](const auto& asked) { return asked_peer::value(asked.key, "old"); };
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
    owner->answer(0, asked_peer::value("k", "from before"));
    EXPECT_EQ(world.drain().size(), 2U);
    EXPECT_FALSE(group_->find("k"));
}

TEST_F(removals, of_an_own_key_begin_here_and_ask_every_other) {
    nodes->owner = [](auto) { return ref<asked_peer>(); };
    start_remove(1);
    EXPECT_EQ(owner->removes, 1U);
    EXPECT_EQ(second->removes, 1U);
    EXPECT_EQ(third->removes, 1U);
    for (const auto& peer : nodes->peers) peer->answer(0, fine());
    EXPECT_EQ(world.drain().at(0).status, COORD_OK);
}

TEST_F(removals, name_every_peer_that_did_not_confirm_and_still_ask_the_others) {
    const auto started = start_remove(1);
    owner->answer(0, asked_peer::fault(fault::unreachable, COORD_UNAVAILABLE, "refused"));
    second->answer(0, fine());
    third->answer(0, asked_peer::fault(fault::timed_out, COORD_TIMED_OUT, "too slow"));
    std::array<event, 1> room;
    ASSERT_EQ(world.answers->drain(room).count, 1U);
    EXPECT_EQ(room[0].status, COORD_UNAVAILABLE);
    ASSERT_NE(room[0].why, nullptr);
    EXPECT_STREQ(
        room[0].why->message(),
        "not removed everywhere: 2 of 3 other peers did not confirm: http://owner:1: refused; "
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
    const auto latest = after(world.clock.now(), limits::default_load_timeout);
    EXPECT_EQ(owner->open.at(0).deadline,
              after(world.clock.now(), limits::default_load_timeout / 2))
        << "an owner that hangs leaves time for the others";
    owner->answer(0, fine());
    EXPECT_EQ(second->open.at(0).deadline, latest);
    second->answer(0, fine());
    third->answer(0, fine());
    world.drain();
}

}  // namespace
}  // namespace coord::groupcache
