// Pauses: while one lasts no load of the group begins, whatever it had passed already.
#include <gtest/gtest.h>
#include <thread>

#include "runtime/this_thread.hpp"
#include "support/driven.hpp"

namespace coord::groupcache {
namespace {

using namespace std::chrono_literals;
using testing::driven;
using testing::kept_loads;

class load_pauses : public ::testing::Test {
  protected:
    ref<group> make(std::uint32_t max_loads) {
        auto wanted = loads.options();
        wanted.max_loads = max_loads;
        return world.make_group(wanted);
    }
    void start(group& in, std::string_view key, std::uint64_t token) {
        ASSERT_TRUE(in.start_get(key, never, nullptr, world.answers, token, group::counted::now));
    }
    // Ends the only load that runs.
    void end_only() {
        ASSERT_EQ(loads.requests.size(), 1U);
        loads.succeed(0, "v");
        world.executor.run_all();
    }

    driven world;
    kept_loads loads;
};

TEST_F(load_pauses, a_load_that_was_posted_waits_for_the_end_of_the_pause) {
    const auto g = make(1);
    start(*g, "posted", 1);
    g->pause_loads();
    world.executor.run_all();
    EXPECT_TRUE(loads.requests.empty());
    start(*g, "later", 2);
    world.executor.run_all();
    EXPECT_TRUE(loads.requests.empty());
    g->resume_loads();
    world.executor.run_all();
    ASSERT_EQ(loads.requests.size(), 1U) << "max_loads holds after a pause";
    EXPECT_EQ(loads.requests[0]->key(0), "posted");
    end_only();
    end_only();
    EXPECT_EQ(world.drain().size(), 2U);
    g->drop_handle();
}

TEST_F(load_pauses, the_last_of_several_ends_it) {
    const auto g = make(1);
    g->pause_loads();
    g->pause_loads();
    start(*g, "k", 1);
    g->resume_loads();
    world.executor.run_all();
    EXPECT_TRUE(loads.requests.empty());
    g->resume_loads();
    world.executor.run_all();
    end_only();
    EXPECT_EQ(world.drain().size(), 1U);
    g->drop_handle();
}

TEST_F(load_pauses, a_place_that_becomes_free_is_given_on_when_it_ends) {
    const auto g = make(1);
    start(*g, "first", 1);
    world.executor.run_all();
    start(*g, "second", 2);
    g->pause_loads();
    loads.succeed(0, "v");
    world.executor.run_all();
    EXPECT_TRUE(loads.requests.empty());
    EXPECT_EQ(world.drain().size(), 1U) << "what ran has ended";
    g->resume_loads();
    world.executor.run_all();
    end_only();
    EXPECT_EQ(world.drain().size(), 1U);
    // Nothing of the place was lost or doubled.
    start(*g, "third", 3);
    start(*g, "fourth", 4);
    world.executor.run_all();
    end_only();
    end_only();
    EXPECT_EQ(world.drain().size(), 2U);
    g->drop_handle();
}

TEST_F(load_pauses, who_leaves_meanwhile_gives_up_its_place_in_line) {
    const auto g = make(1);
    start(*g, "posted", 1);
    g->pause_loads();
    world.executor.run_all();
    auto left = g->start_get("posted", never, nullptr, world.answers, 2, group::counted::now);
    ASSERT_TRUE(left);
    const auto by = after(world.clock.now(), 1s);
    ASSERT_TRUE(g->start_get("short", by, nullptr, world.answers, 3, group::counted::now));
    world.advance(1s);
    const auto ended = world.drain();
    ASSERT_EQ(ended.size(), 1U);
    EXPECT_EQ(ended[0].token, 3U);
    EXPECT_EQ(ended[0].status, COORD_TIMED_OUT);
    (*left)->cancel();
    EXPECT_EQ(world.drain().size(), 1U);
    g->resume_loads();
    world.executor.run_all();
    end_only();
    EXPECT_EQ(world.drain().size(), 1U);
    g->drop_handle();
}

TEST_F(load_pauses, closing_ends_what_stands_in_line) {
    const auto g = make(2);
    start(*g, "posted", 1);
    g->pause_loads();
    start(*g, "in line", 2);
    world.executor.run_all();
    EXPECT_FALSE(g->close(world.clock.now(), nullptr));
    const auto ended = world.drain();
    ASSERT_EQ(ended.size(), 2U);
    for (const auto& one : ended) EXPECT_EQ(one.status, COORD_CANCELLED);
    g->resume_loads();
    world.executor.run_all();
    EXPECT_TRUE(loads.requests.empty());
    g->drop_handle();
}

// A loader that needs another key of its group, whose load is held up.
TEST_F(load_pauses, a_nested_get_waits_and_is_the_first_to_go_on) {
    struct nested {
        static void load(void* user, ::coord_request* given) {
            auto& me = *static_cast<nested*>(user);
            auto* const mine = static_cast<request*>(reinterpret_cast<handle*>(given));
            me.order.emplace_back(mine->key(0));
            if (mine->key(0) == "outer") {
                me.of->pause_loads();
                std::thread ends([&me] {
                    while (me.of->read().waiters < 3) std::this_thread::yield();
                    me.began_early = me.order.size() > 1;
                    me.of->resume_loads();
                });
                const auto got = me.of->get("inner", never, nullptr, group::counted::now);
                EXPECT_TRUE(got);
                ends.join();
            }
            static_cast<void>(mine->set(0, "v", {}));
            mine->succeed();
        }
        ref<group> of;
        std::vector<std::string> order;
        bool began_early = false;
    } host;
    group_options wanted;
    wanted.load = &nested::load;
    wanted.user = &host;
    wanted.max_loads = 1;
    host.of = world.make_group(wanted);
    start(*host.of, "outer", 1);
    start(*host.of, "in line", 2);
    world.executor.run_all();
    EXPECT_FALSE(host.began_early);
    EXPECT_EQ(host.order, (std::vector<std::string>{"outer", "inner", "in line"}));
    EXPECT_EQ(world.drain().size(), 2U);
    host.of->drop_handle();
}

// Somebody inside a callback takes a posted load over, and is held up with it.
TEST_F(load_pauses, a_load_is_in_the_list_of_tasks_once_at_most) {
    group_options wanted;
    wanted.load = [](void*, ::coord_request* given) {
        static_cast<request*>(reinterpret_cast<handle*>(given))->succeed();
    };
    const auto g = world.make_group(wanted);
    start(*g, "k", 1);
    g->pause_loads();
    std::thread ends([&] {
        while (world.owner->dump().find("in line 1,") == std::string::npos)
            std::this_thread::yield();
        g->resume_loads();
    });
    const load_frame elsewhere{nullptr, nullptr, nullptr};
    this_thread().loads = &elsewhere;
    EXPECT_TRUE(g->get("k", never, nullptr, group::counted::now));
    this_thread().loads = nullptr;
    ends.join();
    EXPECT_TRUE(world.executor.run_one());
    EXPECT_FALSE(world.executor.run_one());
    EXPECT_EQ(world.drain().size(), 1U);
    g->drop_handle();
}

}  // namespace
}  // namespace coord::groupcache
