// Groups with real threads: callers that block, loaders inline and nested, names, oversize values.
#include <barrier>
#include <functional>
#include <future>
#include <gtest/gtest.h>
#include <thread>

#include "support/driven.hpp"

namespace coord::groupcache {
namespace {

using namespace std::chrono_literals;
using testing::driven;
using testing::kept_loads;

// A loader from a lambda.
struct loader {
    std::function<void(request&)> body;
    static void load(void* user, ::coord_request* given) {
        static_cast<loader*>(user)->body(*static_cast<request*>(reinterpret_cast<handle*>(given)));
    }
    group_options options() {
        group_options wanted;
        wanted.load = &loader::load;
        wanted.user = this;
        return wanted;
    }
};

void succeed(request& mine, std::string_view value, const value_terms& terms = {}) {
    static_cast<void>(mine.set(0, value, terms));
    mine.succeed();
}

class groups : public ::testing::Test {
  protected:
    ~groups() override {
        for (auto& each : made_) each->drop_handle();
    }
    ref<group> make(group_options wanted, std::string_view name = "g") {
        made_.push_back(world.make_group(std::move(wanted), name));
        return made_.back();
    }
    result<bytes_ref> get(const ref<group>& from,
                          std::string_view key,
                          duration timeout = duration::max()) {
        return from->get(key, after(world.clock.now(), timeout), nullptr, group::counted::now);
    }
    driven world;

  private:
    std::vector<ref<group>> made_;
};

TEST_F(groups, two_concurrent_gets_of_a_blocked_loader_make_one_call_and_get_the_same_bytes) {
    std::promise<void> entered;
    std::promise<void> proceed;
    int calls = 0;
    loader slow{[&](request& mine) {
        ++calls;
        entered.set_value();
        proceed.get_future().wait();
        succeed(mine, "text");
    }};
    const auto g = make(slow.options());
    auto leader = std::async(std::launch::async, [&] { return get(g, "k"); });
    entered.get_future().wait();
    auto waiter = std::async(std::launch::async, [&] { return get(g, "k"); });
    while (g->read().waiters < 2) std::this_thread::yield();
    proceed.set_value();
    const auto first = leader.get();
    const auto second = waiter.get();
    ASSERT_TRUE(first && second);
    EXPECT_EQ((*first)->value(), "text");
    EXPECT_EQ(first->get(), second->get()) << "one value, shared";
    EXPECT_EQ(calls, 1);
}

TEST_F(groups, ten_sequential_gets_fill_exactly_once) {
    int calls = 0;
    loader quick{[&](request& mine) {
        ++calls;
        succeed(mine, mine.key(0));
    }};
    const auto g = make(quick.options());
    for (int i = 0; i < 10; ++i) EXPECT_EQ((*get(g, "key"))->value(), "key");
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(g->read().gets, 10U);
    EXPECT_EQ(g->read().cache_hits, 9U);
}

TEST_F(groups, an_expired_value_is_loaded_again) {
    int calls = 0;
    loader quick{[&](request& mine) {
        ++calls;
        value_terms terms;
        terms.ttl_ns = std::chrono::nanoseconds(100ms).count();
        succeed(mine, "v", terms);
    }};
    const auto g = make(quick.options());
    static_cast<void>(get(g, "k"));
    static_cast<void>(get(g, "k"));
    EXPECT_EQ(calls, 1);
    world.advance(150ms);
    static_cast<void>(get(g, "k"));
    EXPECT_EQ(calls, 2);
}

TEST_F(groups, a_flood_of_other_keys_evicts_and_the_key_is_loaded_again) {
    int calls = 0;
    loader quick{[&](request& mine) {
        ++calls;
        succeed(mine, std::string(100, 'v'));
    }};
    auto wanted = quick.options();
    wanted.max_bytes = 10'000;
    wanted.policy = cache::order::lru;
    const auto g = make(wanted);
    static_cast<void>(get(g, "key"));
    for (int i = 0; i < 200; ++i) static_cast<void>(get(g, "flood-" + std::to_string(i)));
    EXPECT_GT(g->read_cache(cache::section::main).evictions, 0U);
    const int before = calls;
    static_cast<void>(get(g, "key"));
    EXPECT_EQ(calls, before + 1);
}

TEST_F(groups, a_value_larger_than_the_limit_is_given_and_not_kept_and_nothing_else_leaves) {
    loader sized{[&](request& mine) {
        succeed(mine, std::string(mine.key(0) == "big" ? 50'000U : 10U, 'v'));
    }};
    auto wanted = sized.options();
    wanted.max_bytes = 20'000;
    const auto g = make(wanted);
    for (int i = 0; i < 10; ++i) static_cast<void>(get(g, std::to_string(i)));
    const auto big = get(g, "big");
    ASSERT_TRUE(big);
    EXPECT_EQ((*big)->value().size(), 50'000U);
    const auto held = g->read_cache(cache::section::main);
    EXPECT_EQ(held.items, 10U);
    EXPECT_EQ(held.refused, 1U);
    EXPECT_EQ(held.evictions, 0U);
}

TEST_F(groups, a_waiter_with_a_deadline_leaves_on_time_while_the_load_goes_on) {
    std::promise<void> entered;
    std::promise<void> proceed;
    loader slow{[&](request& mine) {
        entered.set_value();
        proceed.get_future().wait();
        succeed(mine, "v");
    }};
    const auto g = make(slow.options());
    auto leader = std::async(std::launch::async, [&] { return get(g, "k"); });
    entered.get_future().wait();
    auto waiter = std::async(std::launch::async, [&] { return get(g, "k", 300ms); });
    world.clock.await_sleepers(1);
    world.clock.advance(300ms);
    EXPECT_EQ(waiter.get().error().status(), COORD_TIMED_OUT);
    proceed.set_value();
    EXPECT_TRUE(leader.get().has_value());
}

TEST_F(groups, a_cancelled_context_lets_a_blocked_waiter_go) {
    kept_loads loads;
    const auto g = make(loads.options());
    static_cast<void>(g->start_get("k", never, nullptr, world.answers, 1, group::counted::now));
    world.executor.run_all();
    const ref<context> owner(new context(world.clock, never, nullptr, {}));
    auto waiter = std::async(std::launch::async,
                             [&] { return g->get("k", never, owner.get(), group::counted::now); });
    world.clock.await_sleepers(1);
    owner->cancel();
    EXPECT_EQ(waiter.get().error().status(), COORD_CANCELLED);
    loads.succeed(0, "v");
}

TEST_F(groups, nested_gets_of_other_keys_and_groups_run_inline) {
    ref<group> inner;
    loader leaf{[&](request& mine) { succeed(mine, mine.key(0)); }};
    inner = make(leaf.options(), "inner");
    ref<group> outer;
    loader node{[&](request& mine) {
        const auto key = mine.key(0);
        if (key.size() == 1) return succeed(mine, (*get(inner, key))->value());
        const auto rest = *get(outer, key.substr(1));
        succeed(mine, std::string(1, key[0]) + std::string(rest->value()));
    }};
    outer = make(node.options(), "outer");
    EXPECT_EQ((*get(outer, "abcdef"))->value(), "abcdef");
    EXPECT_EQ(outer->read().flights, 6U);
}

TEST_F(groups, nested_gets_do_not_wait_for_the_slot_of_the_load_they_are_in) {
    ref<group> g;
    loader node{[&](request& mine) {
        const auto key = mine.key(0);
        if (key.size() > 1) static_cast<void>(get(g, key.substr(1)));
        succeed(mine, key);
    }};
    auto wanted = node.options();
    wanted.max_loads = 1;
    g = make(wanted);
    EXPECT_EQ((*get(g, "abc"))->value(), "abc");
    EXPECT_EQ(g->read().flights, 3U);
    EXPECT_EQ((*get(g, "xyz"))->value(), "xyz") << "the one slot is free again";
}

TEST_F(groups, a_nested_get_takes_a_load_out_of_the_line_for_the_slot_it_holds_itself) {
    ref<group> g;
    loader node{[&](request& mine) {
        if (mine.key(0) == "a") {
            EXPECT_EQ((*get(g, "b"))->value(), "b");
        }
        succeed(mine, mine.key(0));
    }};
    auto wanted = node.options();
    wanted.max_loads = 1;
    g = make(wanted);
    static_cast<void>(g->start_get("a", never, nullptr, world.answers, 1, group::counted::now));
    static_cast<void>(g->start_get("b", never, nullptr, world.answers, 2, group::counted::now));
    world.executor.run_all();
    EXPECT_EQ(world.drain().size(), 2U);
    EXPECT_TRUE(get(g, "c").has_value()) << "the one slot is free again";
}

TEST_F(groups, a_nested_get_of_the_key_being_loaded_would_deadlock) {
    ref<group> g;
    coord_status nested = COORD_OK;
    loader self{[&](request& mine) {
        nested = get(g, mine.key(0)).error().status();
        succeed(mine, "v");
    }};
    g = make(self.options());
    EXPECT_TRUE(get(g, "k").has_value());
    EXPECT_EQ(nested, COORD_WOULD_DEADLOCK);
}

TEST_F(groups, a_cycle_of_keys_would_deadlock) {
    ref<group> g;
    coord_status deepest = COORD_OK;
    loader ring{[&](request& mine) {
        const auto next = mine.key(0) == "a" ? "b" : mine.key(0) == "b" ? "c" : "a";
        const auto got = get(g, next);
        if (!got && deepest == COORD_OK) deepest = got.error().status();
        succeed(mine, "v");
    }};
    g = make(ring.options());
    EXPECT_TRUE(get(g, "a").has_value());
    EXPECT_EQ(deepest, COORD_WOULD_DEADLOCK);
}

TEST_F(groups, a_thread_that_drains_the_loaders_queue_must_not_wait_for_it) {
    const auto requests = *queue::make_polled(world.owner);
    requests->to_host();
    group_options wanted;
    wanted.requests = requests;
    const auto g = make(wanted);
    std::array<event, 1> room;
    requests->drain(room);
    EXPECT_EQ(get(g, "k").error().status(), COORD_WOULD_DEADLOCK);
    auto elsewhere = std::async(std::launch::async, [&] { return get(g, "k"); });
    while (requests->drain(room).count == 0) std::this_thread::yield();
    auto* const mine =
        static_cast<request*>(static_cast<handle*>(std::exchange(room[0].value, nullptr)));
    clear(room[0]);
    succeed(*mine, "v");
    EXPECT_EQ((*elsewhere.get())->value(), "v");
    requests->drop_handle();
}

TEST_F(groups, without_a_loader_hits_are_served_and_a_miss_is_unavailable) {
    const auto g = make({});
    EXPECT_EQ(get(g, "k").error().status(), COORD_UNAVAILABLE);
}

TEST_F(groups, a_name_can_be_taken_once_found_and_used_again_after_a_close) {
    const auto g = make({}, "users");
    EXPECT_EQ(group::make(world.owner, "users", {}).error().status(), COORD_ALREADY_EXISTS);
    auto found = world.owner->find<group>("users");
    EXPECT_EQ(found.get(), g.get());
    found->drop_handle();
    EXPECT_FALSE(world.owner->find<group>("others"));
    ASSERT_TRUE(g->close(never, nullptr).has_value());
    EXPECT_FALSE(world.owner->find<group>("users"));
    make({}, "users");
}

TEST_F(groups, a_remove_before_the_first_get_is_fine) {
    const auto g = make({});
    g->remove_here("nothing");
    EXPECT_EQ(g->read_cache(cache::section::main).removed, 0U);
}

TEST_F(groups, no_budget_keeps_nothing_and_still_joins_loads) {
    kept_loads loads;
    auto wanted = loads.options();
    wanted.max_bytes = 0;
    const auto g = make(wanted);
    for (std::uint64_t i = 0; i < 3; ++i)
        static_cast<void>(g->start_get("k", never, nullptr, world.answers, i, group::counted::now));
    world.executor.run_all();
    ASSERT_EQ(loads.requests.size(), 1U);
    loads.succeed(0, "v");
    EXPECT_EQ(world.drain().size(), 3U);
    EXPECT_FALSE(g->find("k"));
}

TEST_F(groups, counters_are_atomics_that_many_threads_add_to_exactly) {
    loader quick{[&](request& mine) { succeed(mine, "v"); }};
    const auto g = make(quick.options());
    static_cast<void>(get(g, "k"));
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 5'000; ++i) static_cast<void>(get(g, "k"));
        });
    for (auto& each : threads) each.join();
    EXPECT_EQ(g->read().gets, 40'001U);
    EXPECT_EQ(g->read().cache_hits, 40'000U);
}

TEST_F(groups, many_threads_on_few_keys_with_removes_never_see_a_removed_value) {
    std::array<std::atomic<std::uint64_t>, 4> versions{};
    loader versioned{[&](request& mine) {
        const auto key = static_cast<std::size_t>(mine.key(0)[0] - '0');
        succeed(mine, std::to_string(versions[key].load()));
    }};
    const auto g = make(versioned.options());
    std::atomic<bool> wrong{false};
    std::vector<std::thread> threads;
    for (int t = 0; t < 6; ++t)
        threads.emplace_back([&, t] {
            random chance(static_cast<std::uint64_t>(t));
            for (int i = 0; i < 4'000; ++i) {
                const auto key = static_cast<std::size_t>(chance.below(versions.size()));
                const auto text = std::to_string(key);
                if (chance.below(10) == 0) {
                    versions[key].fetch_add(1);
                    g->remove_here(text);
                } else {
                    // A version that changed without its remove having returned may be seen or not.
                    const auto got = get(g, text);
                    if (!got) wrong = true;
                }
                const auto floor = versions[key].load();
                g->remove_here(text);
                if (std::stoull(std::string((*get(g, text))->value())) < floor) wrong = true;
            }
        });
    for (auto& each : threads) each.join();
    EXPECT_FALSE(wrong);
}

}  // namespace
}  // namespace coord::groupcache
