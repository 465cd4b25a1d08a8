// Runtimes: closing in its two forms, limits, log lines, metrics, and timers on real threads.
#include "runtime/runtime.hpp"

#include <future>
#include <gtest/gtest.h>
#include <map>
#include <thread>

#include "runtime/metrics_text.hpp"
#include "support/driven.hpp"

namespace coord {
namespace {

using namespace std::chrono_literals;
using groupcache::group;

struct lines {
    static void hook(
        void* user, std::int32_t level, const char* component, const char* text, std::size_t size) {
        static_cast<lines*>(user)->all.push_back(std::to_string(level) + " " + component + " " +
                                                 std::string(text, size));
    }
    std::vector<std::string> all;
};

TEST(runtimes, log_lines_are_filtered_by_level_and_limited_in_rate) {
    lines seen;
    testing::virtual_clock clock;
    logger log({&lines::hook, &seen, nullptr, log_level::warn}, clock);
    log.write(log_level::info, "x", "not wanted");
    EXPECT_TRUE(seen.all.empty());
    for (int i = 0; i < 500; ++i) log.write(log_level::warn, "x", "again");
    EXPECT_EQ(seen.all.size(), limits::max_log_lines_per_second);
    clock.advance(1s);
    log.write(log_level::error, "x", "last");
    ASSERT_EQ(seen.all.size(), limits::max_log_lines_per_second + 2);
    EXPECT_EQ(seen.all[seen.all.size() - 2], "2 log 400 lines were left out here");
    EXPECT_EQ(seen.all.back(), "1 x last");
}

TEST(runtimes, metrics_name_each_family_once_and_escape_labels) {
    metrics_text text;
    text.add({"b_total", "B.", true, "group=\"" + escape_label("a\"b\\c\n\xFF") + "\"", 7});
    text.add({"a", "A.", false, {}, 1});
    text.add({"b_total", "B.", true, "group=\"x\"", 8});
    EXPECT_EQ(text.str(),
              "# HELP a A.\n# TYPE a gauge\na 1\n"
              "# HELP b_total B.\n# TYPE b_total counter\n"
              "b_total{group=\"a\\\"b\\\\c\\n\xEF\xBF\xBD\"} 7\nb_total{group=\"x\"} 8\n");
}

TEST(runtimes, at_most_max_pending_operations_are_taken) {
    testing::virtual_clock clock;
    random chance(1);
    testing::seeded_executor executor(chance);
    runtime::options wanted;
    wanted.max_pending = 2;
    const auto made = runtime::make_driven(wanted, {&clock, &executor, 1});
    EXPECT_TRUE(made->take_pending());
    EXPECT_TRUE(made->take_pending());
    EXPECT_FALSE(made->take_pending());
    made->drop_pending();
    EXPECT_TRUE(made->take_pending());
}

TEST(runtimes, closing_waits_for_what_is_open_and_refuses_what_is_new) {
    testing::driven world;
    testing::kept_loads loads;
    const auto g = world.make_group(loads.options());
    static_cast<void>(g->start_get("k", never, nullptr, world.answers, 1, group::counted::now));
    world.executor.run_all();
    auto closing =
        std::async(std::launch::async, [&] { return world.owner->close(never, nullptr); });
    world.clock.await_sleepers(1);
    EXPECT_EQ(g->get("other", never, nullptr, group::counted::now).error().status(), COORD_CLOSED);
    loads.succeed(0, "v");
    EXPECT_TRUE(closing.get().has_value());
    EXPECT_EQ(world.drain()[0].value, "v");
    g->drop_handle();
}

TEST(runtimes, closing_cancels_at_its_deadline) {
    testing::driven world;
    testing::kept_loads loads;
    const auto g = world.make_group(loads.options());
    static_cast<void>(g->start_get("k", never, nullptr, world.answers, 1, group::counted::now));
    world.executor.run_all();
    auto closing = std::async(std::launch::async, [&] {
        return world.owner->close(after(world.clock.now(), 1s), nullptr);
    });
    world.clock.await_sleepers(1);
    world.clock.advance(1s);
    EXPECT_EQ(closing.get().error().status(), COORD_TIMED_OUT);
    EXPECT_EQ(world.drain()[0].status, COORD_CANCELLED);
    loads.succeed(0, "too late");
    g->drop_handle();
}

TEST(runtimes, a_started_close_ends_in_one_event_and_cancelling_it_hurries) {
    const auto made = *runtime::make({});
    made->to_host();
    const auto answers = *queue::make_polled(made);
    answers->to_host();
    testing::kept_loads loads;
    const auto g = *group::make(made, "g", loads.options());
    g->to_host();
    const auto requests = *queue::make_polled(made);
    auto op = g->start_get("k", never, nullptr, answers, 1, group::counted::now);
    ASSERT_TRUE(op);
    auto closing = made->start_close(never, nullptr, answers, 2);
    ASSERT_TRUE(closing);
    (*closing)->cancel();
    std::map<std::uint64_t, coord_status> ended;
    while (ended.size() < 2) {
        std::array<event, 4> room;
        const auto got = answers->wait(room, never);
        for (std::size_t i = 0; i < got.count; ++i) {
            EXPECT_TRUE(ended.emplace(room[i].token, room[i].status).second);
            clear(room[i]);
        }
    }
    EXPECT_EQ(ended[2], COORD_TIMED_OUT);
    EXPECT_EQ(ended[1], COORD_CANCELLED);
    g->drop_handle();
    answers->drop_handle();
    made->drop_handle();
    for (auto* each : loads.requests) each->abandon();
}

TEST(runtimes, a_started_close_heeds_its_context) {
    const auto made = *runtime::make({});
    made->to_host();
    const auto answers = *queue::make_polled(made);
    answers->to_host();
    testing::kept_loads loads;
    const auto g = *group::make(made, "g", loads.options());
    g->to_host();
    ASSERT_TRUE(g->start_get("k", never, nullptr, answers, 1, group::counted::now));
    const ref<context> over(new context(machine_clock(), never, nullptr, {}));
    over->cancel();
    ASSERT_TRUE(made->start_close(never, over, answers, 2));
    for (std::size_t ended = 0; ended < 2;) {
        std::array<event, 4> room;
        const auto got = answers->wait(room, never);
        for (std::size_t i = 0; i < got.count; ++i) clear(room[i]);
        ended += got.count;
    }
    g->drop_handle();
    answers->drop_handle();
    made->drop_handle();
    for (auto* each : loads.requests) each->abandon();
}

TEST(runtimes, walks_at_the_same_time_each_see_every_component) {
    testing::driven world;
    std::vector<ref<group>> all;
    for (int i = 0; i < 20; ++i) all.push_back(world.make_group({}, std::to_string(i)));
    std::atomic<bool> missed{false};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 50; ++i) {
                const auto text = world.owner->metrics();
                for (int g = 0; g < 20; ++g)
                    if (text.find("gets_total{group=\"" + std::to_string(g) + "\"}") ==
                        std::string::npos)
                        missed = true;
            }
        });
    for (auto& each : threads) each.join();
    EXPECT_FALSE(missed);
    for (auto& each : all) each->drop_handle();
}

TEST(runtimes, timers_fire_on_the_real_clock) {
    const auto made = *runtime::make({});
    made->to_host();
    struct alarm final : timer {
        void on_timer() noexcept override { rang.set_value(); }
        std::promise<void> rang;
    } soon, sooner;
    made->timers().arm(soon, after(made->time().now(), 2ms));
    made->timers().arm(sooner, after(made->time().now(), 1ms));
    soon.rang.get_future().wait();
    sooner.rang.get_future().wait();
    made->drop_handle();
}

TEST(runtimes, callback_queues_hand_over_each_event_on_a_worker) {
    struct seen {
        static void take(void* user, ::coord_event* given) {
            auto& me = *static_cast<seen*>(user);
            if (reinterpret_cast<event*>(given)->token == 7) me.came.set_value();
        }
        static void gone(void* user) { static_cast<seen*>(user)->freed.set_value(); }
        std::promise<void> came, freed;
    } host;
    const auto made = *runtime::make({});
    made->to_host();
    auto calls = queue::make_callback(made, &seen::take, &host, &seen::gone);
    calls->to_host();
    testing::kept_loads loads;
    const auto g = *group::make(made, "g", {});
    g->to_host();
    static_cast<void>(g->start_get("k", never, nullptr, calls, 7, group::counted::now));
    host.came.get_future().wait();
    calls->drop_handle();
    calls.reset();
    host.freed.get_future().wait();
    g->drop_handle();
    made->drop_handle();
}

}  // namespace
}  // namespace coord
