// Flights: one load for everybody, waiters with lives of their own, and what a remove does to a
// load under way.
#include <gtest/gtest.h>

#include "support/driven.hpp"

namespace coord::groupcache {
namespace {

using namespace std::chrono_literals;
using testing::driven;
using testing::kept_loads;

class flights : public ::testing::Test {
  protected:
    void TearDown() override {
        while (!loads.requests.empty()) loads.fail(0, COORD_UNAVAILABLE);
        if (group_) group_->drop_handle();
    }
    void use(group_options wanted) { group_ = world.make_group(std::move(wanted)); }
    ref<operation> start(std::uint64_t token,
                         std::string_view key = "k",
                         duration timeout = duration::max(),
                         ref<context> owner = nullptr) {
        auto started = group_->start_get(key,
                                         after(world.clock.now(), timeout),
                                         std::move(owner),
                                         world.answers,
                                         token,
                                         group::counted::now);
        EXPECT_TRUE(started.has_value());
        return *started;
    }
    driven world;
    kept_loads loads;
    ref<group> group_;
};

TEST_F(flights, ten_concurrent_gets_make_one_load) {
    use(loads.options());
    for (std::uint64_t i = 0; i < 10; ++i) start(i);
    world.executor.run_all();
    ASSERT_EQ(loads.requests.size(), 1U);
    EXPECT_EQ(group_->read().waiters, 10U);
    loads.succeed(0, "value");
    const auto ended = world.drain();
    ASSERT_EQ(ended.size(), 10U);
    for (const auto& each : ended) {
        EXPECT_EQ(each.status, COORD_OK);
        EXPECT_EQ(each.value, "value");
    }
    EXPECT_EQ(group_->read().flights, 1U);
    EXPECT_EQ(group_->read().waiters, 0U);
    EXPECT_EQ(group_->read().flights_active, 0U);
}

TEST_F(flights, all_waiters_get_the_loaders_error_and_nothing_is_kept) {
    use(loads.options());
    start(1);
    start(2);
    world.executor.run_all();
    loads.fail(0, COORD_NOT_FOUND, "no such row");
    const auto ended = world.drain();
    ASSERT_EQ(ended.size(), 2U);
    EXPECT_EQ(ended[0].status, COORD_NOT_FOUND);
    EXPECT_FALSE(group_->find("k"));
    start(3);
    world.executor.run_all();
    EXPECT_EQ(loads.requests.size(), 1U) << "the key must be usable after a failure";
}

TEST_F(flights, a_request_freed_unanswered_fails_its_waiters_and_leaves_the_key_usable) {
    use(loads.options());
    start(1);
    world.executor.run_all();
    loads.take(0)->abandon();
    EXPECT_EQ(world.drain()[0].status, COORD_ABANDONED);
    start(2);
    world.executor.run_all();
    loads.succeed(0, "v");
    EXPECT_EQ(world.drain()[0].status, COORD_OK);
}

TEST_F(flights, a_leader_that_gives_up_harms_nobody) {
    use(loads.options());
    start(1, "k", 10ms);
    start(2);
    world.executor.run_all();
    world.advance(11ms);
    auto ended = world.drain();
    ASSERT_EQ(ended.size(), 1U);
    EXPECT_EQ(ended[0].token, 1U);
    EXPECT_EQ(ended[0].status, COORD_TIMED_OUT);
    loads.succeed(0, "value");
    ended = world.drain();
    ASSERT_EQ(ended.size(), 1U);
    EXPECT_EQ(ended[0].value, "value");
}

TEST_F(flights, each_waiter_leaves_at_its_own_deadline) {
    use(loads.options());
    start(1, "k", 30ms);
    start(2, "k", 10ms);
    start(3, "k", 20ms);
    world.executor.run_all();
    std::vector<std::uint64_t> order;
    for (int i = 0; i < 3; ++i) {
        world.advance(10ms);
        for (const auto& each : world.drain()) order.push_back(each.token);
    }
    EXPECT_EQ(order, (std::vector<std::uint64_t>{2, 3, 1}));
}

TEST_F(flights, the_value_is_kept_though_everybody_left) {
    use(loads.options());
    start(1, "k", 5ms);
    world.executor.run_all();
    world.advance(6ms);
    EXPECT_EQ(world.drain()[0].status, COORD_TIMED_OUT);
    loads.succeed(0, "late but fine");
    ASSERT_TRUE(group_->find("k"));
    EXPECT_EQ(group_->find("k")->value(), "late but fine");
}

TEST_F(flights, with_cancel_an_abandoned_loads_context_is_cancelled_and_its_value_not_kept) {
    auto wanted = loads.options();
    wanted.abandoned = on_abandoned::cancel;
    use(wanted);
    const auto op = start(1);
    world.executor.run_all();
    context* const work = loads.requests[0]->work_context();
    EXPECT_FALSE(work->was_cancelled());
    op->cancel();
    EXPECT_EQ(world.drain()[0].status, COORD_CANCELLED);
    EXPECT_TRUE(work->was_cancelled());
    loads.succeed(0, "nobody asked");
    EXPECT_FALSE(group_->find("k"));
}

TEST_F(flights, who_joins_an_abandoned_load_gets_its_value_or_a_load_of_its_own) {
    auto wanted = loads.options();
    wanted.abandoned = on_abandoned::cancel;
    use(wanted);
    start(1)->cancel();
    world.executor.run_all();
    world.drain();
    // Nobody waited when its turn came: the loader was not called at all.
    ASSERT_TRUE(loads.requests.empty());
    const auto op = start(2);
    world.executor.run_all();
    op->cancel();
    start(3);  // joins the cancelled load, which keeps its place
    EXPECT_EQ(group_->read().flights_active, 1U);
    loads.fail(0, COORD_CANCELLED);
    world.drain();
    world.executor.run_all();
    ASSERT_EQ(loads.requests.size(), 1U) << "a load of its own";
    loads.succeed(0, "fresh");
    const auto ended = world.drain();
    ASSERT_EQ(ended.size(), 1U);
    EXPECT_EQ(ended[0].token, 3U);
    EXPECT_EQ(ended[0].value, "fresh");
}

TEST_F(flights, a_remove_during_a_load_keeps_its_value_from_being_stored) {
    use(loads.options());
    start(1);
    world.executor.run_all();
    group_->remove_here("k");
    loads.succeed(0, "old");
    EXPECT_EQ(world.drain()[0].value, "old") << "earlier waiters get it";
    EXPECT_FALSE(group_->find("k")) << "it is stored nowhere";
}

TEST_F(flights, a_get_after_a_remove_does_not_join_the_removed_load) {
    use(loads.options());
    start(1);
    world.executor.run_all();
    group_->remove_here("k");
    start(2);
    world.executor.run_all();
    ASSERT_EQ(loads.requests.size(), 2U);
    loads.succeed(1, "new");
    loads.succeed(0, "old");
    std::string second;
    for (const auto& each : world.drain())
        if (each.token == 2) second = each.value;
    EXPECT_EQ(second, "new");
    EXPECT_EQ(group_->find("k")->value(), "new") << "the older load must not overwrite it";
}

TEST_F(flights, an_answer_after_the_loads_deadline_is_refused_and_counted) {
    auto wanted = loads.options();
    wanted.load_timeout = 1s;
    use(wanted);
    start(1);
    world.executor.run_all();
    world.advance(1s);
    EXPECT_EQ(world.drain()[0].status, COORD_TIMED_OUT);
    start(2);  // does not join a load whose answer will be refused
    world.executor.run_all();
    ASSERT_EQ(loads.requests.size(), 2U);
    loads.succeed(0, "too late");
    EXPECT_FALSE(group_->find("k"));
    EXPECT_EQ(group_->read().late_answers, 1U);
    loads.succeed(0, "in time");
    EXPECT_EQ(world.drain()[0].value, "in time");
}

TEST_F(flights, who_joins_late_waits_no_longer_than_the_load_may_take) {
    auto wanted = loads.options();
    wanted.load_timeout = 1s;
    use(wanted);
    start(1);
    world.executor.run_all();
    world.advance(900ms);
    start(2);
    world.advance(100ms);
    EXPECT_EQ(world.drain().size(), 2U);
}

TEST_F(flights, max_loads_makes_callers_wait_and_then_says_exhausted) {
    auto wanted = loads.options();
    wanted.max_loads = 2;
    use(wanted);
    start(1, "a");
    start(2, "b");
    start(3, "c", 10ms);
    start(4, "d");
    world.executor.run_all();
    ASSERT_EQ(loads.requests.size(), 2U);
    world.advance(11ms);
    const auto ended = world.drain();
    ASSERT_EQ(ended.size(), 1U);
    EXPECT_EQ(ended[0].token, 3U);
    EXPECT_EQ(ended[0].status, COORD_EXHAUSTED);
    loads.succeed(0, "v");
    world.executor.run_all();
    ASSERT_EQ(loads.requests.size(), 2U);
    EXPECT_EQ(loads.requests[1]->key(0), "d") << "c gave up its place in line";
}

TEST_F(flights, loads_stand_in_line_first_come_first_served) {
    auto wanted = loads.options();
    wanted.max_loads = 1;
    use(wanted);
    for (std::uint64_t i = 0; i < 5; ++i) start(i, std::string(1, static_cast<char>('a' + i)));
    std::string order;
    for (int i = 0; i < 5; ++i) {
        world.executor.run_all();
        ASSERT_EQ(loads.requests.size(), 1U);
        order += loads.requests[0]->key(0);
        loads.succeed(0, "v");
    }
    EXPECT_EQ(order, "abcde");
}

TEST_F(flights, a_closed_requests_queue_fails_a_long_line_without_recursion) {
    const auto requests = *queue::make_polled(world.owner);
    requests->to_host();
    group_options wanted;
    wanted.requests = requests;
    wanted.max_loads = 1;
    use(wanted);
    constexpr std::uint64_t many = 20'000;
    for (std::uint64_t i = 0; i < many; ++i) start(i, std::to_string(i));
    std::array<event, 1> first;
    ASSERT_EQ(requests->drain(first).count, 1U);
    requests->close();
    clear(first[0]);  // freed unanswered: the next in line finds the queue closed, and so on
    EXPECT_EQ(world.drain().size(), many);
    requests->drop_handle();
}

TEST_F(flights, a_context_cancels_what_was_started_with_it_and_its_children) {
    use(loads.options());
    const ref<context> parent(new context(world.clock, never, nullptr, {}));
    const ref<context> child(new context(world.clock, never, parent, {}));
    start(1, "k", duration::max(), child);
    start(2, "k");
    parent->cancel();
    const auto ended = world.drain();
    ASSERT_EQ(ended.size(), 1U);
    EXPECT_EQ(ended[0].status, COORD_CANCELLED);
    start(3, "k", duration::max(), child);
    EXPECT_EQ(world.drain()[0].status, COORD_CANCELLED) << "a context that is over starts nothing";
    world.executor.run_all();
}

TEST_F(flights, a_hit_is_answered_even_under_a_cancelled_context) {
    use(loads.options());
    start(1);
    world.executor.run_all();
    loads.succeed(0, "v");
    world.drain();
    const ref<context> over(new context(world.clock, never, nullptr, {}));
    over->cancel();
    start(2, "k", duration::max(), over);
    EXPECT_EQ(world.drain()[0].value, "v");
    EXPECT_TRUE(group_->get("k", never, over.get(), group::counted::now).has_value());
}

TEST_F(flights, closing_ends_every_wait_and_refuses_later_answers) {
    use(loads.options());
    start(1, "a");
    start(2, "b");
    world.executor.run_one();
    EXPECT_FALSE(group_->close(world.clock.now(), nullptr).has_value());
    for (const auto& each : world.drain()) EXPECT_EQ(each.status, COORD_CANCELLED);
    world.executor.run_all();
    ASSERT_EQ(loads.requests.size(), 1U);
    loads.succeed(0, "v");
    EXPECT_FALSE(group_->find("a"));
    EXPECT_EQ(group_->get("a", never, nullptr, group::counted::now).error().status(), COORD_CLOSED);
    EXPECT_EQ(world.owner->work().open(), 0U);
}

TEST_F(flights, no_dedup_schedule_leaves_one_entry_counted_once) {
    // Two flights of one key, back to back: the second replaces what the first stored.
    use(loads.options());
    start(1);
    world.executor.run_all();
    group_->remove_here("k");
    start(2);
    world.executor.run_all();
    loads.succeed(1, "v");
    loads.succeed(0, "v");
    const auto held = group_->read_cache(cache::section::main);
    EXPECT_EQ(held.items, 1U);
    EXPECT_EQ(held.bytes, 2U);
}

TEST_F(flights, a_request_outlives_its_group) {
    use(loads.options());
    start(1);
    world.executor.run_all();
    group_->drop_handle();
    group_.reset();
    EXPECT_EQ(world.drain()[0].status, COORD_CANCELLED);
    EXPECT_EQ(loads.requests[0]->key(0), "k");
    EXPECT_TRUE(loads.requests[0]->work_context()->was_cancelled());
    loads.succeed(0, "v");
}

}  // namespace
}  // namespace coord::groupcache
