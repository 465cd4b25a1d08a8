// Flights alone, through the C++ wrapper.
#include <coord/coord.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <future>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "cpp/status_of.hpp"

namespace {

using namespace std::chrono_literals;
using coord::status;

TEST(cpp_flight, gives_the_value_or_the_error_and_keeps_neither) {
    const coord::runtime runtime;
    int loads = 0;
    coord::flight flight(runtime, {.load = [&](std::string_view key, auto&) {
                             ++loads;
                             if (key == "bad") throw std::runtime_error("some error");
                             return "bar";
                         }});
    EXPECT_EQ(flight.get("key"), "bar");
    EXPECT_EQ(flight.get("key"), "bar");
    EXPECT_EQ(loads, 2);
    const auto bad = flight.try_get("bad");
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().status(), status::host_failed);
    EXPECT_STREQ(bad.error().what(), "some error");
}

TEST(cpp_flight, loads_once_for_ten_at_once) {
    const coord::runtime runtime;
    std::promise<void> proceed;
    const auto may_proceed = proceed.get_future().share();
    std::atomic<int> loads{0};
    coord::flight flight(runtime, {.load = [&](auto, auto&) {
                             ++loads;
                             may_proceed.wait();
                             return "bar";
                         }});
    std::vector<coord::pending<coord::bytes>> begun;
    for (int i = 0; i < 10; ++i) begun.push_back(flight.start_get("key"));
    proceed.set_value();
    for (auto& one : begun) EXPECT_EQ(one.get(), "bar");
    EXPECT_EQ(loads, 1);
}

TEST(cpp_flight, while_it_is_locked_no_load_begins) {
    const coord::runtime runtime;
    std::atomic<bool> locked{false};
    std::atomic<bool> began_inside{false};
    coord::flight flight(runtime, {.load = [&](auto, auto&) {
                             if (locked) began_inside = true;
                             return "bar";
                         }});
    auto status_inside = status::ok;
    std::optional<coord::pending<coord::bytes>> begun;
    flight.lock([&] {
        locked = true;
        status_inside = status_of([&] { flight.get("key"); });
        begun.emplace(flight.start_get("other"));
        EXPECT_FALSE(begun->is_ready());
        locked = false;
    });
    EXPECT_EQ(status_inside, status::would_deadlock);
    EXPECT_EQ(begun->get(), "bar");
    EXPECT_FALSE(began_inside);
}

TEST(cpp_flight, what_is_thrown_under_its_lock_is_thrown_on_and_it_is_unlocked) {
    const coord::runtime runtime;
    coord::flight flight(runtime, {.load = [](auto, auto&) { return "bar"; }});
    EXPECT_THROW(flight.lock([] { throw std::out_of_range("mine"); }), std::out_of_range);
    EXPECT_EQ(flight.get("key"), "bar");
}

TEST(cpp_flight, requests_can_arrive_at_a_queue) {
    const coord::runtime runtime;
    coord::queue loop(runtime);
    coord::flight flight(runtime, {.requests = &loop, .requests_token = 7});
    auto begun = flight.start_get("key", {.timeout = 1min});
    std::uint64_t token = 0;
    loop.run_one(coord::forever, [&](coord::event came) {
        token = came.token();
        came.take_request().succeed("answered");
    });
    EXPECT_EQ(token, 7U);
    EXPECT_EQ(begun.get(), "answered");
}

TEST(cpp_flight, needs_a_loader_and_frees_it) {
    const coord::runtime runtime;
    EXPECT_EQ(status_of([&] { coord::flight none(runtime, {}); }), status::invalid_argument);
    const auto alive = std::make_shared<int>(0);
    const auto load = [alive](auto, auto&) { return ""; };
    EXPECT_EQ(
        status_of([&] { coord::flight wrong(runtime, {.load_timeout = -1ns, .load = load}); }),
        status::invalid_argument);
    EXPECT_EQ(alive.use_count(), 2);
    { const coord::flight made(runtime, {.load = load}); }
    EXPECT_EQ(alive.use_count(), 2);
}

TEST(cpp_flight, its_callers_deadline_is_its_own) {
    const coord::runtime runtime;
    coord::queue nobody(runtime);
    coord::flight flight(runtime, {.requests = &nobody});
    EXPECT_EQ(flight.try_get("k", {.timeout = 1ms}).error().status(), status::timed_out);
}

}  // namespace
