// A peer of the host: what it is asked, what its answers mean, and that each question ends once.
#include "groupcache/host_peer.hpp"

#include <gtest/gtest.h>

#include "groupcache/hosting.hpp"
#include "support/driven.hpp"

namespace coord::groupcache {
namespace {

using namespace std::chrono_literals;
using testing::kept_answer;
using fault = peer_answer::fault;

class host_peers : public ::testing::Test {
  protected:
    enum class takes { sets, no_sets };
    ref<peer_handle> make(takes what = takes::sets) {
        host_peer_options wanted;
        wanted.get = wanted.remove = host.handler();
        if (what == takes::sets) wanted.set = host.handler();
        wanted.user =
            ref<host_user>(new host_user(&freed, [](void* user) { ++*static_cast<int*>(user); }));
        const auto made = *host_peer::make(world.owner, "mars", std::move(wanted));
        made->to_host();
        return made;
    }
    peer_question question() { return {"g", "key", world.clock.now() + 10s}; }
    void get(const ref<peer_handle>& from) { from->of->get(question(), who); }
    request* asked() {
        world.executor.run_all();
        return host.open.empty() ? nullptr : host.take(0);
    }

    testing::driven world;
    testing::host host;
    kept_answer who;
    int freed = 0;
};

TEST_F(host_peers, a_get_is_a_request_that_tells_what_is_asked_of_whom_and_until_when) {
    const auto peer = make();
    get(peer);
    request* const mine = asked();
    ASSERT_NE(mine, nullptr);
    EXPECT_EQ(mine->which(), request_kind::peer_get);
    EXPECT_EQ(mine->count(), 1U);
    EXPECT_EQ(mine->key(0), "key");
    EXPECT_EQ(mine->key(0).data()[3], '\0');
    EXPECT_EQ(mine->key(1), "");
    EXPECT_EQ(mine->group_name(), "g");
    EXPECT_EQ(mine->peer_url(), "mars");
    EXPECT_EQ(mine->value(0), nullptr);
    EXPECT_EQ(mine->work_context()->remaining(), 10s);
    EXPECT_FALSE(mine->is_answered());
    EXPECT_TRUE(mine->set(0, "value", {0, duration(5s).count(), 0}));
    EXPECT_TRUE(mine->is_answered());
    EXPECT_EQ(who.times, 0);
    mine->succeed();
    EXPECT_EQ(who.times, 1);
    ASSERT_EQ(who.last.why, fault::none);
    EXPECT_EQ((*who.last.value)->value(), "value");
    EXPECT_EQ((*who.last.value)->key(), "key");
    EXPECT_EQ((*who.last.value)->expire_unix_ns(), world.clock.unix_ns() + duration(5s).count());
    peer->drop_handle();
    EXPECT_EQ(freed, 0) << "the handle is held here";
}

TEST_F(host_peers, a_value_can_be_given_without_a_copy_and_need_not_be_kept) {
    const auto peer = make();
    get(peer);
    request* const mine = asked();
    const bytes_ref given(bytes::make("given"), false);
    EXPECT_TRUE(mine->set_bytes(0, given, {bytes::no_store, 0, 0}));
    mine->succeed();
    ASSERT_EQ(who.last.why, fault::none);
    EXPECT_EQ((*who.last.value)->value().data(), given->value().data());
    EXPECT_EQ((*who.last.value)->value_flags(), bytes::no_store);
    EXPECT_EQ((*who.last.value)->expire_unix_ns(), 0);
    peer->drop_handle();
}

TEST_F(host_peers, a_change_has_a_value_to_read_and_takes_none) {
    const auto peer = make();
    const bytes_ref entry(bytes::make("key", "new", 77, 0), false);
    peer->of->set(question(), entry, who);
    request* mine = asked();
    EXPECT_EQ(mine->which(), request_kind::peer_set);
    EXPECT_EQ(mine->value(0), entry.get());
    EXPECT_EQ(mine->value(1), nullptr);
    EXPECT_TRUE(mine->is_answered()) << "an answer needs no value";
    EXPECT_EQ(mine->set(0, "x", {}).error().status(), COORD_UNSUPPORTED);
    EXPECT_EQ(mine->set_bytes(0, entry, {}).error().status(), COORD_UNSUPPORTED);
    mine->succeed();
    EXPECT_EQ(who.last.why, fault::none);
    peer->of->remove(question(), who);
    mine = asked();
    EXPECT_EQ(mine->which(), request_kind::peer_remove);
    EXPECT_EQ(mine->set_error(1, error(COORD_DENIED)).error().status(), COORD_INVALID_ARGUMENT);
    EXPECT_TRUE(mine->set_error(0, error(COORD_DENIED, "loader", "not you")));
    mine->succeed();
    EXPECT_EQ(who.times, 2);
    EXPECT_EQ(who.last.why, fault::refused);
    EXPECT_EQ(who.status(), COORD_DENIED);
    peer->drop_handle();
}

TEST_F(host_peers, one_without_a_set_takes_no_values_and_is_not_asked) {
    const auto peer = make(takes::no_sets);
    peer->of->set(question(), bytes_ref(bytes::make("key", "new", 0, 0), false), who);
    EXPECT_EQ(asked(), nullptr);
    EXPECT_EQ(who.times, 1);
    EXPECT_EQ(who.last.why, fault::refused);
    EXPECT_EQ(who.status(), COORD_UNSUPPORTED);
    peer->drop_handle();
}

TEST_F(host_peers, some_failures_say_that_it_was_not_reached_all_others_are_its_own_word) {
    const auto peer = make();
    const struct {
        coord_status given;
        fault why;
        coord_status told;
    } table[] = {
        {COORD_UNAVAILABLE, fault::unreachable, COORD_UNAVAILABLE},
        {COORD_TIMED_OUT, fault::unreachable, COORD_UNAVAILABLE},
        {COORD_CANCELLED, fault::unreachable, COORD_UNAVAILABLE},
        {COORD_CLOSED, fault::unreachable, COORD_UNAVAILABLE},
        {COORD_ABANDONED, fault::unreachable, COORD_UNAVAILABLE},
        {COORD_NOT_FOUND, fault::refused, COORD_NOT_FOUND},
        {COORD_HOST_FAILED, fault::refused, COORD_HOST_FAILED},
        {COORD_EXHAUSTED, fault::refused, COORD_EXHAUSTED},
        {COORD_FORKED, fault::refused, COORD_HOST_FAILED},
    };
    int times = 0;
    for (const auto& row : table) {
        get(peer);
        asked()->fail(error(row.given, "loader", "so it is"));
        EXPECT_EQ(who.times, ++times);
        EXPECT_EQ(who.last.why, row.why) << row.given;
        EXPECT_EQ(who.status(), row.told) << row.given;
        EXPECT_EQ(who.message(), "so it is");
        EXPECT_EQ(who.detail("group"), "g");
        EXPECT_EQ(who.detail("key"), "key");
        EXPECT_EQ(who.detail("peer"), "mars");
    }
    get(peer);
    asked()->abandon();
    EXPECT_EQ(who.last.why, fault::unreachable);
    EXPECT_EQ(who.last.value.error().info()->cause->status, COORD_ABANDONED);
    peer->drop_handle();
}

TEST_F(host_peers, an_expired_value_is_no_answer) {
    const auto peer = make();
    get(peer);
    request* const mine = asked();
    EXPECT_TRUE(mine->set(0, "old", {0, 0, 1}));
    mine->succeed();
    EXPECT_EQ(who.last.why, fault::unreachable);
    EXPECT_NE(who.message().find("expired"), std::string::npos);
    peer->drop_handle();
}

TEST_F(host_peers, one_that_never_answers_ends_at_the_deadline_and_its_late_answer_reaches_nobody) {
    const auto peer = make();
    get(peer);
    request* const mine = asked();
    world.advance(9s);
    EXPECT_EQ(who.times, 0);
    world.advance(1s);
    EXPECT_EQ(who.times, 1);
    EXPECT_EQ(who.last.why, fault::timed_out);
    EXPECT_EQ(who.status(), COORD_TIMED_OUT);
    EXPECT_TRUE(mine->work_context()->was_cancelled());
    EXPECT_TRUE(mine->set(0, "late", {}));
    mine->succeed();
    EXPECT_EQ(who.times, 1);
    // One that a thread never took up.
    get(peer);
    world.advance(10s);
    EXPECT_EQ(who.times, 2);
    EXPECT_EQ(asked(), nullptr) << "the host is not bothered any more";
    peer->drop_handle();
}

TEST_F(host_peers, with_its_last_handle_what_is_open_ends_and_nothing_new_is_asked) {
    const auto peer = make();
    const auto kept = peer->of;
    get(peer);
    request* const mine = asked();
    peer->drop_handle();
    EXPECT_EQ(who.times, 1);
    EXPECT_EQ(who.last.why, fault::unreachable);
    EXPECT_EQ(who.last.value.error().info()->cause->status, COORD_CANCELLED);
    kept->get(question(), who);
    EXPECT_EQ(who.times, 2);
    EXPECT_EQ(who.status(), COORD_UNAVAILABLE);
    EXPECT_EQ(asked(), nullptr);
    EXPECT_EQ(freed, 0) << "the host still has a request";
    mine->succeed();
    EXPECT_EQ(who.times, 2);
}

TEST_F(host_peers, user_is_freed_once_when_the_last_question_and_the_last_holder_have_gone) {
    auto peer = make();
    get(peer);
    request* const mine = asked();
    peer->drop_handle();
    peer.reset();
    EXPECT_EQ(freed, 0);
    mine->abandon();
    EXPECT_EQ(freed, 1);
}

TEST_F(host_peers, closing_the_runtime_cuts_what_is_open) {
    const auto peer = make();
    get(peer);
    request* const mine = asked();
    EXPECT_EQ(world.owner->close(world.clock.now(), nullptr).error().status(), COORD_TIMED_OUT);
    EXPECT_EQ(who.times, 1);
    EXPECT_EQ(who.last.why, fault::unreachable);
    mine->succeed();
    EXPECT_EQ(who.times, 1);
    host_peer_options late;
    EXPECT_EQ(host_peer::make(world.owner, "venus", late).error().status(), COORD_CLOSED);
    peer->drop_handle();
}

TEST_F(host_peers, requests_go_to_a_queue_and_a_closed_queue_is_a_peer_out_of_reach) {
    host_peer_options wanted;
    wanted.requests = *queue::make_polled(world.owner);
    wanted.requests->to_host();
    wanted.get.requests = wanted.requests.get();
    wanted.get.token = 7;
    wanted.remove = wanted.get;
    const ref<queue> requests = wanted.requests;
    const auto peer = *host_peer::make(world.owner, "mars", std::move(wanted));
    peer->to_host();
    requests->drop_handle();  // the peer keeps it
    get(peer);
    std::array<event, 2> room;
    ASSERT_EQ(requests->drain(room).count, 1U);
    EXPECT_EQ(room[0].kind, event_kind::request);
    EXPECT_EQ(room[0].token, 7U);
    static_cast<request*>(static_cast<handle*>(room[0].value))->succeed();
    ASSERT_EQ(who.last.why, fault::unreachable) << "succeed of the core sets no value by itself";
    requests->close();
    get(peer);
    EXPECT_EQ(who.times, 2);
    EXPECT_EQ(who.last.why, fault::unreachable);
    EXPECT_EQ(who.last.value.error().info()->cause->status, COORD_CLOSED);
    peer->drop_handle();
}

}  // namespace
}  // namespace coord::groupcache
