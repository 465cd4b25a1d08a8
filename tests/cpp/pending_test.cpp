// Pendings: waiting, awaiting, cancelling, dropping; on threads of the runtime and on a drained
// queue.
#include <coord/coord.hpp>

#include <chrono>
#include <future>
#include <gtest/gtest.h>
#include <memory>
#include <poll.h>
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

// A loader that hands its requests to the test.
struct desk {
    std::promise<coord::request> asked;
    coord::loader loader() {
        return [this](coord::request request) { asked.set_value(std::move(request)); };
    }
    coord::request next() { return asked.get_future().get(); }
};

TEST(cpp_pending, get_waits_for_the_value) {
    const coord::runtime runtime;
    coord::group group(runtime, "g", {.load = echo});
    auto first = group.start_get("1");
    auto second = group.start_get("2", {.timeout = 1min});
    EXPECT_EQ(second.get(), "row/2");
    EXPECT_EQ(first.get(), "row/1");
    auto again = group.start_get("1");
    EXPECT_EQ(*again.try_get(), "row/1");
    group.start_remove("1").get();
    EXPECT_EQ(group.lookup("1"), std::nullopt);
}

TEST(cpp_pending, gives_its_outcome_once) {
    const coord::runtime runtime;
    coord::group group(runtime, "g", {.load = echo});
    auto pending = group.start_get("1");
    EXPECT_EQ(pending.get(), "row/1");
    EXPECT_TRUE(pending.is_ready());
    EXPECT_EQ(pending.try_get().error().status(), status::conflict);
}

TEST(cpp_pending, fails_with_what_the_loader_threw) {
    const coord::runtime runtime;
    coord::group group(runtime, "g", {.load = [](auto, auto&) -> std::string {
                           throw coord::error(status::not_found, "nobody");
                       }});
    const auto outcome = group.start_get("1").try_get();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().status(), status::not_found);
    EXPECT_STREQ(outcome.error().what(), "nobody");
}

TEST(cpp_pending, that_cannot_be_started_throws_at_once) {
    const coord::runtime runtime;
    coord::group group(runtime, "g", {.load = echo});
    group.close();
    EXPECT_THROW(group.start_get("1"), coord::error);
    coord::queue queue(runtime);
    EXPECT_THROW(group.start_get("1", {.queue = &queue}), coord::error);
    EXPECT_EQ(queue.drain(), 0U);
}

TEST(cpp_pending, cancel_ends_it_and_nobody_elses) {
    const coord::runtime runtime;
    desk desk;
    coord::group group(runtime, "g", {.load = desk.loader()});
    auto leaves = group.start_get("k");
    auto stays = group.start_get("k");
    auto request = desk.next();
    EXPECT_FALSE(leaves.is_ready());
    leaves.cancel();
    EXPECT_EQ(leaves.try_get().error().status(), status::cancelled);
    EXPECT_FALSE(stays.is_ready());
    request.succeed("value");
    EXPECT_EQ(stays.get(), "value");
}

TEST(cpp_pending, a_cancelled_context_ends_it) {
    const coord::runtime runtime;
    desk desk;
    coord::group group(runtime, "g", {.load = desk.loader()});
    const coord::context work;
    auto pending = group.start_get("k", {.context = &work});
    const auto request = desk.next();
    work.cancel();
    EXPECT_EQ(pending.try_get().error().status(), status::cancelled);
}

TEST(cpp_pending, dropped_lets_the_load_go_on) {
    const coord::runtime runtime;
    desk desk;
    coord::group group(runtime, "g", {.load = desk.loader()});
    static_cast<void>(group.start_get("k"));
    auto request = desk.next();
    request.succeed("kept");
    EXPECT_EQ(group.get("k"), "kept");
}

detached get_two(coord::group& group, std::promise<std::string>& out) {
    const auto first = co_await group.start_get("1");
    const auto second = co_await group.start_get(first, {.timeout = 1min});
    out.set_value(second.str());
}

TEST(cpp_coroutine, awaits_one_value_after_another) {
    const coord::runtime runtime;
    coord::group group(runtime, "g", {.load = echo});
    std::promise<std::string> out;
    get_two(group, out);
    EXPECT_EQ(out.get_future().get(), "row/row/1");
}

detached get_or_status(coord::group& group, std::promise<status>& out) {
    try {
        co_await group.start_get("k");
        out.set_value(status::ok);
    } catch (const coord::error& why) {
        out.set_value(why.status());
    }
}

TEST(cpp_coroutine, an_error_is_thrown_where_it_awaits) {
    const coord::runtime runtime;
    coord::group group(runtime, "g", {.load = [](auto, auto&) -> std::string {
                           throw coord::error(status::denied, "no");
                       }});
    std::promise<status> out;
    get_or_status(group, out);
    EXPECT_EQ(out.get_future().get(), status::denied);
}

TEST(cpp_coroutine, closing_the_group_resumes_it_with_cancelled) {
    const coord::runtime runtime;
    desk desk;
    coord::group group(runtime, "g", {.load = desk.loader()});
    std::promise<status> out;
    get_or_status(group, out);
    const auto request = desk.next();
    EXPECT_EQ(group.try_close({.timeout = coord::off}).error().status(), status::timed_out);
    EXPECT_EQ(out.get_future().get(), status::cancelled);
}

detached remember_thread(coord::group& group, coord::queue& queue, std::thread::id& where) {
    co_await group.start_get("k", {.queue = &queue});
    where = std::this_thread::get_id();
}

TEST(cpp_queue, resumes_coroutines_on_the_thread_that_drains) {
    const coord::runtime runtime;
    coord::group group(runtime, "g", {.load = echo});
    coord::queue queue(runtime);
    std::thread::id where;
    remember_thread(group, queue, where);
    EXPECT_EQ(where, std::thread::id());
    EXPECT_EQ(queue.run_one(), status::ok);
    EXPECT_EQ(where, std::this_thread::get_id());
}

TEST(cpp_queue, a_pending_is_ready_once_drained_and_never_blocks_its_drainer) {
    const coord::runtime runtime;
    coord::group group(runtime, "g", {.load = echo});
    coord::queue queue(runtime);
    auto pending = group.start_get("k", {.queue = &queue});
    EXPECT_EQ(pending.try_get().error().status(), status::would_deadlock);
    while (!pending.is_ready()) queue.run_one();
    EXPECT_EQ(pending.get(), "row/k");
    EXPECT_EQ(queue.run_one(0ns), status::timed_out);
}

TEST(cpp_queue, destroyed_first_ends_its_pendings_with_closed) {
    const coord::runtime runtime;
    desk desk;
    coord::group group(runtime, "g", {.load = desk.loader()});
    auto queue = std::make_unique<coord::queue>(runtime);
    auto pending = group.start_get("k", {.queue = queue.get()});
    auto request = desk.next();
    queue.reset();
    EXPECT_EQ(pending.try_get().error().status(), status::closed);
    request.succeed("nobody waits");
    EXPECT_EQ(group.get("k"), "nobody waits");
}

TEST(cpp_queue, carries_requests_posts_and_pendings_in_one_poll_loop) {
    const coord::runtime runtime;
    coord::queue queue(runtime);
    coord::group group(runtime, "g", {.requests = &queue, .requests_token = 5});
    auto pending = group.start_get("k", {.queue = &queue});
    queue.post(9);
    bool posted = false;
    while (!pending.is_ready() || !posted) {
        pollfd polled{.fd = queue.fd(), .events = POLLIN, .revents = 0};
        ASSERT_EQ(poll(&polled, 1, -1), 1);
        queue.drain([&](coord::event event) {
            if (event.kind() == coord::event_kind::request) {
                EXPECT_EQ(event.token(), 5U);
                auto asked = event.take_request();
                asked.succeed("for " + std::string(asked.key()));
                EXPECT_FALSE(event.take_request());
            } else {
                EXPECT_EQ(event.kind(), coord::event_kind::post);
                EXPECT_EQ(event.token(), 9U);
                posted = true;
            }
        });
    }
    EXPECT_EQ(pending.get(), "for k");
}

TEST(cpp_queue, a_request_nobody_takes_is_abandoned) {
    const coord::runtime runtime;
    coord::queue queue(runtime);
    coord::group group(runtime, "g", {.requests = &queue});
    auto pending = group.start_get("k");
    EXPECT_EQ(queue.run_one(), status::ok);
    EXPECT_EQ(pending.try_get().error().status(), status::abandoned);
}

TEST(cpp_queue, loses_nothing_when_a_handler_throws) {
    const coord::runtime runtime;
    coord::queue queue(runtime);
    queue.post(1);
    queue.post(2);
    EXPECT_THROW(queue.drain([](coord::event) { throw std::runtime_error("mine"); }),
                 std::runtime_error);
    std::uint64_t seen = 0;
    EXPECT_EQ(queue.drain([&](coord::event event) { seen = event.token(); }), 1U);
    EXPECT_EQ(seen, 2U);
}

TEST(cpp_queue, closed_tells_so_once_it_is_empty) {
    const coord::runtime runtime;
    coord::queue queue(runtime);
    queue.post(1);
    queue.close();
    EXPECT_EQ(queue.run_one(), status::ok);
    EXPECT_EQ(queue.run_one(), status::closed);
    EXPECT_EQ(queue.drain(), 0U);
    EXPECT_THROW(queue.post(2), coord::error);
}

TEST(cpp_queue, can_be_moved_while_operations_are_under_way) {
    const coord::runtime runtime;
    desk desk;
    coord::group group(runtime, "g", {.load = desk.loader()});
    coord::queue first(runtime);
    auto pending = group.start_get("k", {.queue = &first});
    coord::queue second(std::move(first));
    desk.next().succeed("v");
    EXPECT_EQ(second.run_one(), status::ok);
    EXPECT_EQ(pending.get(), "v");
}

}  // namespace
