// Runtimes of the C++ wrapper, and destroying things in every order.
#include <coord/coord.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "cpp/detached.hpp"

namespace {

using namespace std::chrono_literals;
using coord::status;

std::string echo(std::string_view key, const coord::context&) {
    return "row/" + std::string(key);
}

TEST(cpp_runtime, close_ends_what_was_made_from_it) {
    coord::runtime runtime({.worker_threads = 2});
    coord::group group(runtime, "g", {.load = echo});
    EXPECT_EQ(group.get("k"), "row/k");
    runtime.close({.timeout = 1min});
    EXPECT_EQ(group.try_get("other").error().status(), status::closed);
    EXPECT_TRUE(runtime.try_close());
}

TEST(cpp_runtime, close_can_be_awaited_or_waited_for) {
    coord::runtime runtime;
    runtime.start_close({.timeout = 1min}).get();
    EXPECT_THROW(coord::group(runtime, "g"), coord::error);
}

TEST(cpp_runtime, a_lent_thread_runs_loaders_until_it_is_woken) {
    coord::runtime runtime({.callbacks = coord::callbacks::lent});
    std::thread::id where;
    coord::group group(runtime, "g", {.load = [&](auto, auto&) {
                           where = std::this_thread::get_id();
                           return "";
                       }});
    EXPECT_EQ(runtime.run({.timeout = coord::off}), status::timed_out);
    std::promise<status> ended;
    std::thread lent([&] { ended.set_value(runtime.run()); });
    coord::queue queue(runtime);
    auto pending = group.start_get("k", {.queue = &queue});
    while (!pending.is_ready()) queue.run_one();
    EXPECT_EQ(where, lent.get_id());
    runtime.wake();
    EXPECT_EQ(ended.get_future().get(), status::ok);
    lent.join();
}

TEST(cpp_runtime, metrics_are_prometheus_text) {
    const coord::runtime runtime;
    coord::group group(runtime, "counted", {.load = echo});
    group.get("k");
    EXPECT_NE(runtime.metrics().find("counted"), std::string::npos);
}

TEST(cpp_runtime, options_are_checked) {
    EXPECT_THROW(coord::runtime({.worker_threads = 1'000'000}), coord::error);
}

TEST(cpp_runtime, the_log_function_is_freed_with_the_runtime) {
    const auto alive = std::make_shared<int>(0);
    {
        coord::runtime runtime({.log = [alive](coord::log_level, std::string_view, auto) {}});
        EXPECT_EQ(alive.use_count(), 2);
        runtime.close();
    }
    EXPECT_EQ(alive.use_count(), 1);
    EXPECT_THROW(coord::runtime({.worker_threads = 1'000'000,
                                 .log = [alive](coord::log_level, std::string_view, auto) {}}),
                 coord::error);
    EXPECT_EQ(alive.use_count(), 1);
}

TEST(cpp_lifetime, a_group_outlives_its_runtime_object) {
    auto runtime = std::make_unique<coord::runtime>();
    coord::group group(*runtime, "g", {.load = echo});
    coord::queue queue(*runtime);
    runtime.reset();
    EXPECT_EQ(group.get("k"), "row/k");
    auto pending = group.start_get("j", {.queue = &queue});
    while (!pending.is_ready()) queue.run_one();
    EXPECT_EQ(pending.get(), "row/j");
}

TEST(cpp_lifetime, a_pending_outlives_group_and_runtime_and_ends_with_cancelled) {
    std::promise<coord::request> asked;
    std::optional<coord::pending<coord::bytes>> pending;
    {
        const coord::runtime runtime;
        coord::group group(runtime, "g", {.load = [&](coord::request request) {
                               asked.set_value(std::move(request));
                           }});
        pending = group.start_get("k");
        const auto request = asked.get_future().get();
    }
    const auto outcome = pending->try_get();
    ASSERT_FALSE(outcome);
    EXPECT_TRUE(outcome.error().status() == status::cancelled ||
                outcome.error().status() == status::abandoned)
        << outcome.error().what();
}

TEST(cpp_lifetime, values_outlive_everything) {
    coord::bytes value;
    {
        const coord::runtime runtime;
        coord::group group(runtime, "g", {.load = echo});
        value = group.get("k");
    }
    EXPECT_EQ(value, "row/k");
}

TEST(cpp_lifetime, a_request_may_be_answered_after_everything_is_gone) {
    std::promise<coord::request> asked;
    coord::request request;
    {
        const coord::runtime runtime;
        coord::group group(
            runtime, "g", {.load = [&](coord::request came) { asked.set_value(std::move(came)); }});
        static_cast<void>(group.start_get("k"));
        request = asked.get_future().get();
    }
    EXPECT_EQ(request.key(), "k");
    request.succeed("too late");
    EXPECT_FALSE(request);
}

// A coroutine whose owner may destroy it while it is suspended.
struct owned {
    struct promise_type {
        owned get_return_object() {
            return {std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        void return_void() noexcept {}
        void unhandled_exception() noexcept { std::terminate(); }
    };
    std::coroutine_handle<promise_type> handle;
};

owned wait_for(coord::group& group, bool& resumed) {
    co_await group.start_get("k");
    resumed = true;
}

TEST(cpp_lifetime, a_coroutine_destroyed_while_it_waits_is_not_resumed) {
    const coord::runtime runtime;
    std::promise<coord::request> asked;
    coord::group group(runtime, "g", {.load = [&](coord::request request) {
                           asked.set_value(std::move(request));
                       }});
    bool resumed = false;
    const auto waiting = wait_for(group, resumed);
    auto request = asked.get_future().get();
    waiting.handle.destroy();
    request.succeed("v");
    EXPECT_EQ(group.get("k"), "v");
    EXPECT_FALSE(resumed);
}

detached churn(coord::group& group, int rounds, std::atomic<int>& left) {
    for (int i = 0; i < rounds; ++i) co_await group.start_get(std::to_string(i % 7));
    left.fetch_sub(1);
    left.notify_one();
}

TEST(cpp_lifetime, many_coroutines_on_many_threads_all_end) {
    const coord::runtime runtime;
    coord::group group(runtime, "g", {.max_bytes = coord::keep_nothing, .load = echo});
    std::atomic<int> left{16};
    for (int i = 0; i < 16; ++i) churn(group, 50, left);
    for (int seen = left; seen != 0; seen = left) left.wait(seen);
    EXPECT_EQ(left, 0);
}

}  // namespace
