// Setting everywhere: the owner keeps the value first, then everybody else drops what they have.
#include <array>

#include "groupcache/peers_fixture.hpp"

namespace coord::groupcache {
namespace {

class sets : public peers {
  protected:
    using ended_as = std::pair<coord_status, std::string>;
    void SetUp() override {
        second = nodes->add("http://second:1");
        third = nodes->add("http://third:1");
        use(options());
    }
    new_value value(std::string_view text, const value_terms& terms = {}) {
        return {group_->make_value("k", text, terms), false};
    }
    new_value hot_value(std::string_view text) {
        auto made = value(text);
        made.keep_hot = true;
        return made;
    }
    ref<operation> start_set(std::uint64_t token, new_value what, ref<context> until = nullptr) {
        auto started =
            group_->start_set(std::move(what), never, std::move(until), world.answers, token);
        EXPECT_TRUE(started.has_value());
        return *started;
    }
    static peer_answer fine() { return {}; }
    void all_answer_well() {
        for (const auto& peer : nodes->peers) peer->at_once = [](const auto&) { return fine(); };
    }
    void own_all_keys() {
        nodes->owner = [](auto) { return ref<asked_peer>(); };
    }
    // A copy of what the owner had before.
    void have_an_old_copy() {
        owner->at_once = [](const auto& asked) { return asked_peer::value(asked.key, "old"); };
        ASSERT_EQ(get_now("k"), COORD_OK);
        owner->at_once = nullptr;
    }
    std::string found() {
        const auto hit = group_->find("k");
        return hit ? std::string(hit->value()) : std::string("nothing");
    }
    // The status and message of the one event that came.
    ended_as ending() {
        std::array<event, 2> room;
        EXPECT_EQ(world.answers->drain(room).count, 1U);
        ended_as seen{room[0].status, room[0].why != nullptr ? room[0].why->message() : ""};
        clear(room[0]);
        return seen;
    }
    std::uint64_t told_to_drop() const { return second->removes + third->removes; }

    ref<asked_peer> second;
    ref<asked_peer> third;
};

TEST_F(sets, go_to_the_owner_first_then_here_and_all_others_drop_their_copy_at_once) {
    have_an_old_copy();
    start_set(1, value("new"));
    ASSERT_EQ(owner->sets, 1U);
    EXPECT_EQ(owner->open.at(0).key, "k");
    EXPECT_EQ(owner->open.at(0).group, "g");
    EXPECT_EQ(owner->open.at(0).sets->value(), "new");
    EXPECT_EQ(told_to_drop(), 0U);
    EXPECT_EQ(found(), "old") << "dropped before, it could be fetched again from the owner";
    owner->answer(0, fine());
    EXPECT_EQ(found(), "nothing");
    EXPECT_EQ(told_to_drop(), 2U);
    EXPECT_EQ(owner->removes, 0U) << "it must not drop what it was told to keep";
    EXPECT_EQ(world.drain().size(), 0U);
    third->answer(0, fine());
    second->answer(0, fine());
    EXPECT_EQ(world.drain().at(0).status, COORD_OK);
}

TEST_F(sets, of_an_own_key_are_kept_here_before_any_other_hears_of_it) {
    own_all_keys();
    start_set(1, value("mine"));
    EXPECT_EQ(found(), "mine");
    EXPECT_EQ(group_->read_cache(cache::section::main).items, 1U);
    EXPECT_EQ(owner->sets, 0U);
    EXPECT_EQ(owner->removes, 1U);
    EXPECT_EQ(told_to_drop(), 2U);
    for (const auto& peer : nodes->peers) peer->answer(0, fine());
    EXPECT_EQ(world.drain().at(0).status, COORD_OK);
    EXPECT_EQ(get_now("k"), COORD_OK);
    EXPECT_EQ(loads.requests.size(), 0U) << "nothing is loaded";
}

TEST_F(sets, do_nothing_else_when_the_owner_is_not_known_to_take_values) {
    have_an_old_copy();
    start_set(1, value("new"));
    owner->answer(0, asked_peer::fault(fault::refused, COORD_UNSUPPORTED, "takes no values"));
    EXPECT_EQ(ending(), ended_as(COORD_UNSUPPORTED, "takes no values"));
    EXPECT_EQ(found(), "old");
    EXPECT_EQ(told_to_drop(), 0U);
    EXPECT_EQ(group_->read().changes_active, 0U);
}

TEST_F(sets, that_the_owner_finds_too_large_are_dropped_everywhere_and_say_so) {
    have_an_old_copy();
    start_set(1, value("large"));
    owner->answer(0, asked_peer::fault(fault::refused, COORD_EXHAUSTED, "larger than max_bytes"));
    EXPECT_EQ(found(), "nothing");
    EXPECT_EQ(told_to_drop(), 2U);
    second->answer(0, fine());
    third->answer(0, fine());
    const auto [status, message] = ending();
    EXPECT_EQ(status, COORD_EXHAUSTED);
    EXPECT_NE(message.find("http://owner:1: larger than max_bytes"), std::string::npos) << message;
}

TEST_F(sets, that_the_owner_does_not_confirm_make_the_others_drop_all_the_same) {
    have_an_old_copy();
    start_set(1, hot_value("perhaps"));
    owner->answer(0, asked_peer::fault(fault::unreachable, COORD_UNAVAILABLE, "cut off"));
    EXPECT_EQ(found(), "nothing") << "no hot copy of what may not be there";
    second->answer(0, fine());
    third->answer(0, asked_peer::fault(fault::unreachable, COORD_UNAVAILABLE, "gone"));
    EXPECT_EQ(ending(),
              ended_as(COORD_UNAVAILABLE,
                       "the owner did not confirm the value, which it may have kept; not set "
                       "everywhere: 2 of 3 other peers did not confirm: http://owner:1: cut off; "
                       "http://third:1: gone"));
}

TEST_F(sets, leave_half_of_the_time_for_the_others_when_the_owner_hangs) {
    start_set(1, value("new"));
    const auto half = after(world.clock.now(), limits::default_load_timeout / 2);
    const auto whole = after(world.clock.now(), limits::default_load_timeout);
    EXPECT_EQ(owner->open.at(0).deadline, half);
    world.advance(limits::default_load_timeout / 2);
    owner->answer(0, asked_peer::fault(fault::timed_out, COORD_TIMED_OUT, "too slow"));
    EXPECT_EQ(second->open.at(0).deadline, whole);
    second->answer(0, fine());
    world.advance(limits::default_load_timeout / 2);
    third->answer(0, asked_peer::fault(fault::timed_out, COORD_TIMED_OUT, "too slow"));
    EXPECT_EQ(ending().first, COORD_TIMED_OUT);
}

TEST_F(sets, keep_a_hot_copy_here_when_asked_to) {
    all_answer_well();
    EXPECT_TRUE(group_->set(hot_value("hot"), never, nullptr));
    EXPECT_EQ(found(), "hot");
    EXPECT_EQ(group_->read_cache(cache::section::hot).items, 1U);
    EXPECT_EQ(group_->read_cache(cache::section::main).items, 0U);
    EXPECT_TRUE(group_->set(value("cold"), never, nullptr));
    EXPECT_EQ(found(), "nothing") << "whoever set it does not read the old value back";
}

TEST_F(sets, keep_no_hot_copy_when_another_change_of_the_key_came_by_meanwhile) {
    start_set(1, hot_value("first"));
    group_->remove_here("k");  // as a peer that removes, or sets after us, has it done
    owner->answer(0, fine());
    EXPECT_EQ(found(), "nothing");
    second->answer(0, fine());
    third->answer(0, fine());
    EXPECT_EQ(world.drain().at(0).status, COORD_OK);
}

TEST_F(sets, of_one_key_at_once_leave_no_hot_copy_of_the_one_that_lost) {
    start_set(1, hot_value("first"));
    start_set(2, hot_value("second"));
    ASSERT_EQ(owner->open.size(), 2U);
    owner->answer(1, fine());  // whichever the owner kept last
    owner->answer(0, fine());
    EXPECT_EQ(found(), "nothing");
    while (!second->open.empty()) second->answer(0, fine());
    while (!third->open.empty()) third->answer(0, fine());
    EXPECT_EQ(world.drain().size(), 2U);
}

TEST_F(sets, detach_a_load_whose_waiters_still_get_its_value) {
    own_all_keys();
    all_answer_well();
    start(1);
    world.executor.run_all();
    ASSERT_EQ(loads.requests.size(), 1U);
    EXPECT_TRUE(group_->set(value("set"), never, nullptr));
    loads.succeed(0, "loaded");
    EXPECT_EQ(world.drain().at(0).value, "loaded");
    EXPECT_EQ(found(), "set");
}

TEST_F(sets, detach_what_is_on_its_way_from_the_owner) {
    start(1);
    start_set(2, hot_value("new"));
    ASSERT_EQ(owner->open.size(), 2U);
    owner->answer(1, fine());
    owner->answer(0, asked_peer::value("k", "from before"));
    EXPECT_EQ(found(), "new");
    second->answer(0, fine());
    third->answer(0, fine());
    EXPECT_EQ(world.drain().size(), 2U);
}

TEST_F(sets, with_an_expiry_that_passed_are_a_removal) {
    own_all_keys();
    all_answer_well();
    EXPECT_TRUE(group_->set(value("old"), never, nullptr));
    EXPECT_TRUE(group_->set(value("dead", {0, 0, 1}), never, nullptr));
    EXPECT_EQ(found(), "nothing");
    EXPECT_TRUE(group_->set(value("short", {0, 5'000, 0}), never, nullptr));
    EXPECT_EQ(found(), "short");
    world.advance(6us);
    EXPECT_EQ(found(), "nothing");
}

TEST_F(sets, without_memory_for_values_keep_nothing_and_still_tell_the_owner) {
    TearDown();
    auto wanted = options();
    wanted.max_bytes = 0;
    use(wanted);
    all_answer_well();
    EXPECT_TRUE(group_->set(hot_value("away"), never, nullptr));
    EXPECT_EQ(owner->sets, 1U);
    EXPECT_EQ(told_to_drop(), 2U);
    own_all_keys();
    EXPECT_TRUE(group_->set(value("nowhere"), never, nullptr));
    EXPECT_EQ(found(), "nothing");
}

TEST_F(sets, of_an_own_key_that_do_not_fit_leave_nothing_anywhere) {
    TearDown();
    auto wanted = options();
    wanted.max_bytes = 1 << 10;
    use(wanted);
    own_all_keys();
    all_answer_well();
    EXPECT_TRUE(group_->set(value("fits"), never, nullptr));
    const auto outcome = group_->set(value(std::string(4 << 10, 'x')), never, nullptr);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().status(), COORD_EXHAUSTED);
    EXPECT_EQ(found(), "nothing");
    EXPECT_EQ(told_to_drop(), 4U);
    third->at_once = [](const auto&) {
        return asked_peer::fault(fault::unreachable, COORD_UNAVAILABLE, "gone");
    };
    const auto worse = group_->set(value(std::string(4 << 10, 'x')), never, nullptr);
    EXPECT_EQ(worse.error().status(), COORD_EXHAUSTED);
    EXPECT_NE(worse.error().message().find("http://third:1: gone"), std::string_view::npos)
        << worse.error().message();
}

TEST_F(sets, that_are_cancelled_end_at_once_and_go_on_without_their_caller) {
    const ref<context> caller(new context(world.clock, never, nullptr, {}));
    start_set(1, value("new"), caller);
    caller->cancel();
    EXPECT_EQ(world.drain().at(0).status, COORD_CANCELLED);
    owner->answer(0, fine());
    EXPECT_EQ(told_to_drop(), 2U);
    second->answer(0, fine());
    third->answer(0, fine());
    EXPECT_EQ(world.drain().size(), 0U);
}

TEST_F(sets, under_a_cancelled_context_do_not_begin) {
    const ref<context> caller(new context(world.clock, never, nullptr, {}));
    caller->cancel();
    start_set(1, value("new"), caller);
    EXPECT_EQ(world.drain().at(0).status, COORD_CANCELLED);
    EXPECT_EQ(owner->sets, 0U);
    EXPECT_EQ(group_->set(value("new"), never, caller.get()).error().status(), COORD_CANCELLED);
    EXPECT_EQ(owner->sets, 0U);
}

TEST_F(sets, that_are_open_when_the_group_closes_end_cancelled_and_still_reach_the_others) {
    start_set(1, value("new"));
    EXPECT_FALSE(group_->close(world.clock.now(), nullptr));
    EXPECT_EQ(world.drain().at(0).status, COORD_CANCELLED);
    EXPECT_EQ(group_->read().changes_active, 0U);
    owner->answer(0, fine());
    EXPECT_EQ(told_to_drop(), 2U) << "the owner may keep a value that others have old copies of";
    second->answer(0, fine());
    third->answer(0, fine());
    EXPECT_EQ(world.drain().size(), 0U);
}

TEST_F(sets, of_a_closed_group_do_not_begin) {
    auto late = value("late");
    EXPECT_TRUE(group_->close(never, nullptr));
    start_set(1, late);
    EXPECT_EQ(world.drain().at(0).status, COORD_CLOSED);
    EXPECT_EQ(owner->sets, 0U);
}

TEST_F(sets, ask_the_picker_once_though_it_changes_its_mind) {
    int asked = 0;
    nodes->owner = [&](auto) { return asked++ % 2 == 0 ? owner : second; };
    start_set(1, value("new"));
    EXPECT_EQ(asked, 1);
    owner->answer(0, fine());
    EXPECT_EQ(asked, 1);
    EXPECT_EQ(told_to_drop(), 2U);
    EXPECT_EQ(owner->removes, 0U);
    second->answer(0, fine());
    third->answer(0, fine());
    EXPECT_EQ(world.drain().at(0).status, COORD_OK);
}

TEST_F(sets, and_removals_under_way_are_counted_with_the_age_of_the_oldest) {
    EXPECT_EQ(group_->read().changes_active, 0U);
    EXPECT_EQ(group_->read().change_oldest_ns, 0U);
    start_set(1, value("new"));
    world.advance(3s);
    ASSERT_TRUE(group_->start_remove("other", never, nullptr, world.answers, 2));
    world.advance(4s);
    EXPECT_EQ(group_->read().changes_active, 2U);
    EXPECT_EQ(group_->read().change_oldest_ns, 7'000'000'000U);
    while (!owner->open.empty()) owner->answer(0, fine());
    while (!second->open.empty()) second->answer(0, fine());
    third->answer(0, fine());
    EXPECT_EQ(group_->read().changes_active, 1U);
    EXPECT_EQ(group_->read().change_oldest_ns, 4'000'000'000U);
    third->answer(0, fine());
    EXPECT_EQ(group_->read().changes_active, 0U);
    EXPECT_EQ(world.drain().size(), 2U);
}

struct told_once final : changer {
    void changed(const result<>& outcome) noexcept override {
        ++times;
        status = outcome ? COORD_OK : outcome.error().status();
    }
    int times = 0;
    coord_status status = COORD_INTERNAL;
};

TEST_F(sets, of_somebody_who_tells_nobody_are_repaired_by_having_all_others_drop_the_key) {
    ASSERT_TRUE(group_->set_here(group_->make_value("k", "put here", {})));
    const ref<told_once> who(new told_once);
    group_->drop_elsewhere("k", never, who);
    EXPECT_EQ(owner->removes, 1U);
    EXPECT_EQ(told_to_drop(), 2U);
    owner->answer(0, fine());
    second->answer(0, asked_peer::fault(fault::unreachable, COORD_UNAVAILABLE, "gone"));
    EXPECT_EQ(who->times, 0);
    third->answer(0, fine());
    EXPECT_EQ(who->times, 1);
    EXPECT_EQ(who->status, COORD_UNAVAILABLE);
    EXPECT_EQ(found(), "put here");
}

TEST_F(sets, without_peers_are_kept_here) {
    TearDown();
    use(loads.options());
    EXPECT_TRUE(group_->set(value("alone"), never, nullptr));
    EXPECT_EQ(found(), "alone");
    start_set(1, value("again"));
    EXPECT_EQ(world.drain().at(0).status, COORD_OK);
    EXPECT_EQ(found(), "again");
    const ref<told_once> who(new told_once);
    group_->drop_elsewhere("k", never, who);
    EXPECT_EQ(who->times, 1);
    EXPECT_EQ(found(), "again");
}

}  // namespace
}  // namespace coord::groupcache
