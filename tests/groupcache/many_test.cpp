// Removing many keys: some rounds at a time, one answer for all.
#include <numeric>

#include "groupcache/peers_fixture.hpp"

namespace coord::groupcache {
namespace {

class many_keys : public peers {
  protected:
    void SetUp() override { use(options()); }
    static ref<many> keys(const std::vector<std::string>& names) {
        std::string all;
        std::vector<std::size_t> sizes;
        for (const auto& name : names) {
            all += name;
            sizes.push_back(name.size());
        }
        return ref<many>(new many(all, sizes.data(), sizes.size()));
    }
    static ref<many> numbered(std::size_t count) {
        std::vector<std::string> names;
        for (std::size_t i = 0; i < count; ++i) names.push_back("key-" + std::to_string(i));
        return keys(names);
    }
    ref<operation> start_all(const ref<many>& all,
                             time_point deadline = never,
                             ref<context> until = nullptr) {
        auto started = group_->start_remove_many(all, deadline, std::move(until), world.answers, 7);
        EXPECT_TRUE(started.has_value());
        return *started;
    }
    void answer_oldest(std::size_t how_many) {
        for (; how_many > 0; --how_many) owner->answer(0, {});
    }
    // The status of the one event that came, whose value is `all`.
    coord_status ending(const ref<many>& all) {
        std::array<event, 2> room;
        EXPECT_EQ(world.answers->drain(room).count, 1U);
        EXPECT_EQ(room[0].kind, event_kind::many);
        EXPECT_EQ(room[0].token, 7U);
        EXPECT_EQ(room[0].value, static_cast<handle*>(all.get()));
        const auto status = room[0].status;
        clear(room[0]);
        return status;
    }
    static std::size_t count_of(const many& all, coord_status status) {
        std::size_t found = 0;
        for (std::size_t i = 0; i < all.count(); ++i) found += all.why(i).status() == status;
        return found;
    }
};

TEST_F(many_keys, keep_their_places_and_may_be_empty) {
    const auto all = keys({"a", "", "ccc", ""});
    ASSERT_EQ(all->count(), 4U);
    EXPECT_EQ(all->key(0), "a");
    EXPECT_EQ(all->key(1), "");
    EXPECT_EQ(all->key(2), "ccc");
    EXPECT_EQ(all->key(3), "");
}

TEST_F(many_keys, are_told_to_peers_a_limited_number_at_a_time) {
    const auto all = numbered(limits::max_many_rounds + 10);
    start_all(all);
    EXPECT_EQ(owner->open.size(), limits::max_many_rounds);
    answer_oldest(1);
    EXPECT_EQ(owner->open.size(), limits::max_many_rounds);
    EXPECT_EQ(owner->removes, limits::max_many_rounds + 1);
    answer_oldest(limits::max_many_rounds + 8);
    EXPECT_EQ(world.drain().size(), 0U);
    answer_oldest(1);
    EXPECT_EQ(ending(all), COORD_OK);
    EXPECT_EQ(count_of(*all, COORD_OK), all->count());
}

TEST_F(many_keys, that_fail_are_told_apart_and_the_first_one_is_the_outcome) {
    const auto all = keys({"good", "bad", "worse"});
    start_all(all);
    owner->answer(2, asked_peer::fault(fault::timed_out, COORD_TIMED_OUT, "too slow"));
    owner->answer(1, asked_peer::fault(fault::unreachable, COORD_UNAVAILABLE, "gone"));
    owner->answer(0, {});
    EXPECT_EQ(ending(all), COORD_UNAVAILABLE);
    EXPECT_EQ(all->why(0).status(), COORD_OK);
    EXPECT_NE(all->why(1).message().find("http://owner:1: gone"), std::string_view::npos);
    EXPECT_NE(all->why(2).message().find("too slow"), std::string_view::npos);
}

TEST_F(many_keys, behaviour_23_none_are_no_work) {
    const auto none = keys({});
    EXPECT_TRUE(group_->remove_many(none, never, nullptr));
    EXPECT_EQ(none->first_failure().status(), COORD_OK);
    start_all(none);
    EXPECT_EQ(ending(none), COORD_OK);
    EXPECT_EQ(owner->removes, 0U);
}

TEST_F(many_keys, behaviour_25_calls_and_keys_are_counted) {
    owner->at_once = [](const auto&) { return peer_answer(); };
    EXPECT_TRUE(group_->remove_many(keys({"a", "b", "c"}), never, nullptr));
    EXPECT_TRUE(group_->remove_many(keys({}), never, nullptr));
    EXPECT_EQ(group_->read().remove_many_calls, 2U);
    EXPECT_EQ(group_->read().remove_many_keys, 3U);
}

TEST_F(many_keys, that_are_cancelled_end_at_once_and_those_not_begun_never_do) {
    const auto all = numbered(limits::max_many_rounds + 10);
    const ref<context> caller(new context(world.clock, never, nullptr, {}));
    start_all(all, never, caller);
    answer_oldest(3);
    caller->cancel();
    EXPECT_EQ(ending(all), COORD_CANCELLED);
    EXPECT_EQ(count_of(*all, COORD_OK), 3U);
    EXPECT_EQ(count_of(*all, COORD_CANCELLED), all->count() - 3);
    EXPECT_EQ(all->why(all->count() - 1).message(), "the removal was not begun");
    const auto told = owner->removes;
    answer_oldest(owner->open.size());
    EXPECT_EQ(owner->removes, told);
    EXPECT_EQ(world.drain().size(), 0U);
    EXPECT_EQ(count_of(*all, COORD_OK), 3U) << "what the host has does not change";
}

TEST_F(many_keys, under_a_cancelled_context_are_not_begun) {
    const ref<context> caller(new context(world.clock, never, nullptr, {}));
    caller->cancel();
    const auto all = numbered(2);
    start_all(all, never, caller);
    EXPECT_EQ(ending(all), COORD_CANCELLED);
    EXPECT_EQ(owner->removes, 0U);
    EXPECT_EQ(group_->remove_many(all, never, caller.get()).error().status(), COORD_CANCELLED);
}

TEST_F(many_keys, share_one_deadline_after_which_no_more_begin) {
    const auto all = numbered(limits::max_many_rounds + 1);
    start_all(all, after(world.clock.now(), 1s));
    EXPECT_EQ(owner->open.at(0).deadline, after(world.clock.now(), 1s));
    world.advance(1s);
    while (!owner->open.empty())
        owner->answer(0, asked_peer::fault(fault::timed_out, COORD_TIMED_OUT, "too slow"));
    EXPECT_EQ(ending(all), COORD_TIMED_OUT);
    EXPECT_EQ(owner->removes, limits::max_many_rounds);
    EXPECT_EQ(count_of(*all, COORD_TIMED_OUT), all->count());
}

TEST_F(many_keys, of_a_group_that_closes_end_cancelled) {
    const auto all = numbered(limits::max_many_rounds + 5);
    start_all(all);
    answer_oldest(1);
    EXPECT_FALSE(group_->close(world.clock.now(), nullptr));
    EXPECT_EQ(ending(all), COORD_CANCELLED);
    EXPECT_EQ(count_of(*all, COORD_CANCELLED), all->count() - 1);
    answer_oldest(owner->open.size());
    EXPECT_EQ(world.drain().size(), 0U);
}

TEST_F(many_keys, that_block_return_when_the_last_round_ended) {
    owner->at_once = [](const auto&) { return peer_answer(); };
    const auto all = numbered(500);
    EXPECT_TRUE(group_->remove_many(all, never, nullptr));
    EXPECT_EQ(owner->removes, 500U);
    EXPECT_EQ(count_of(*all, COORD_OK), 500U);
}

TEST_F(many_keys, of_which_there_are_very_many_do_not_fill_the_stack) {
    TearDown();
    use(loads.options());
    ASSERT_TRUE(group_->set({group_->make_value("key-99999", "v", {}), false}, never, nullptr));
    const auto all = numbered(100'000);
    EXPECT_TRUE(group_->remove_many(all, never, nullptr));
    EXPECT_EQ(all->first_failure().status(), COORD_OK);
    EXPECT_FALSE(group_->find("key-99999"));
    start_all(all, world.clock.now());
    EXPECT_EQ(ending(all), COORD_OK) << "without peers there is nothing to be late for";
}

}  // namespace
}  // namespace coord::groupcache
