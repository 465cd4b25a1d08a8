// Groups and loaders of the C++ wrapper, blocking verbs.
#include <coord/coord.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "cpp/status_of.hpp"

namespace {

using namespace std::chrono_literals;
using coord::status;

std::string echo(std::string_view key, const coord::context&) {
    return "row/" + std::string(key);
}

TEST(cpp_group, loads_once_then_answers_from_memory) {
    const coord::runtime runtime;
    std::atomic<int> loads{0};
    coord::group users(runtime, "users", {.max_bytes = 1 << 20, .load = [&](auto key, auto&) {
                                              ++loads;
                                              return "row/" + std::string(key);
                                          }});
    EXPECT_EQ(users.lookup("42"), std::nullopt);
    EXPECT_EQ(users.get("42"), "row/42");
    EXPECT_EQ(users.get("42"), "row/42");
    EXPECT_EQ(users.lookup("42")->view(), "row/42");
    EXPECT_EQ(loads, 1);
    users.remove("42");
    EXPECT_EQ(users.lookup("42"), std::nullopt);
    EXPECT_EQ(users.get("42").str(), "row/42");
    EXPECT_EQ(loads, 2);
    EXPECT_EQ(users.name(), "users");
    EXPECT_EQ(users.stats().local_loads, 2U);
    EXPECT_EQ(users.stats(coord::section::main).items, 1U);
}

TEST(cpp_group, keys_and_values_may_hold_any_byte_or_none) {
    const coord::runtime runtime;
    coord::group group(
        runtime, "bytes", {.load = [](auto key, auto&) { return std::string(key); }});
    const std::string odd("\0\xff/ %", 5);
    EXPECT_EQ(group.get(odd), odd);
    EXPECT_EQ(group.get(""), "");
    EXPECT_EQ(group.get(std::string_view()), "");
    EXPECT_EQ(status_of([&] { group.get(std::string(65'536, 'k')); }), status::invalid_argument);
}

TEST(cpp_group, without_a_runtime_uses_the_process_wide_one) {
    coord::group group("cpp_group.default", {.load = echo});
    EXPECT_EQ(group.get("1"), "row/1");
    const auto process = coord::runtime::process_wide();
    EXPECT_TRUE(coord::group::find(process, "cpp_group.default"));
}

TEST(cpp_group, a_name_is_free_again_after_close_or_destruction) {
    const coord::runtime runtime;
    {
        coord::group first(runtime, "name", {.load = echo});
        EXPECT_EQ(status_of([&] { coord::group second(runtime, "name"); }), status::already_exists);
        EXPECT_EQ(coord::group::find(runtime, "name")->get("k"), "row/k");
        first.close();
        EXPECT_EQ(status_of([&] { first.get("k"); }), status::closed);
        EXPECT_FALSE(coord::group::find(runtime, "name"));
        coord::group again(runtime, "name");
    }
    coord::group last(runtime, "name");
}

TEST(cpp_group, find_or_make_gives_the_one_that_is_there) {
    const coord::runtime runtime;
    auto first = coord::group::find_or_make(runtime, "g", {.load = echo});
    auto second = coord::group::find_or_make(
        runtime, "g", {.load = [](auto, auto&) { return "never asked"; }});
    EXPECT_EQ(second.get("1"), "row/1");
    EXPECT_EQ(first.lookup("1")->view(), "row/1");
}

TEST(cpp_group, without_a_loader_a_miss_is_unavailable) {
    const coord::runtime runtime;
    coord::group group(runtime, "bare");
    EXPECT_EQ(status_of([&] { group.get("k"); }), status::unavailable);
}

TEST(cpp_loader, an_error_keeps_its_status_and_message) {
    const coord::runtime runtime;
    coord::group group(runtime, "g", {.load = [](auto, auto&) -> std::string {
                           throw coord::error(status::not_found, "no such user");
                       }});
    try {
        group.get("-1");
        FAIL() << "the loader's error did not arrive";
    } catch (const coord::error& why) {
        EXPECT_EQ(why.status(), status::not_found);
        EXPECT_STREQ(why.what(), "no such user");
    }
}

TEST(cpp_loader, any_other_exception_is_host_failed_with_its_text) {
    const coord::runtime runtime;
    coord::group group(runtime, "g", {.load = [](std::string_view key, auto&) -> std::string {
                           if (key == "number") throw 7;
                           throw std::invalid_argument("bad row");
                       }});
    const auto text = group.try_get("text");
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().status(), status::host_failed);
    EXPECT_STREQ(text.error().what(), "bad row");
    const auto number = group.try_get("number");
    ASSERT_FALSE(number);
    EXPECT_EQ(number.error().status(), status::host_failed);
    EXPECT_STREQ(number.error().what(), "an exception of unknown type");
}

TEST(cpp_loader, failures_are_not_kept) {
    const coord::runtime runtime;
    int calls = 0;
    coord::group group(runtime, "g", {.load = [&calls](auto, auto&) {
                           if (++calls == 1) throw std::runtime_error("first time");
                           return "fine";
                       }});
    EXPECT_FALSE(group.try_get("k"));
    EXPECT_EQ(group.get("k"), "fine");
}

TEST(cpp_loader, that_throws_fails_all_ten_who_wait_once_and_leaves_the_key_usable) {
    const coord::runtime runtime;
    std::promise<void> proceed;
    const auto everybody_waits = proceed.get_future().share();
    std::atomic<int> calls{0};
    coord::group group(runtime, "g", {.load = [&](auto, auto&) {
                           if (++calls > 1) return "fine";
                           everybody_waits.wait();
                           throw std::runtime_error("leader failed");
                       }});
    std::vector<std::future<coord::result<coord::bytes>>> callers;
    for (int i = 0; i < 10; ++i)
        callers.push_back(std::async(std::launch::async, [&] { return group.try_get("k"); }));
    while (group.stats().waiters < 10) std::this_thread::yield();
    proceed.set_value();
    for (auto& each : callers) {
        const auto got = each.get();
        ASSERT_FALSE(got);
        EXPECT_EQ(got.error().status(), status::host_failed);
        EXPECT_STREQ(got.error().what(), "leader failed");
    }
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(group.get("k"), "fine");
}

TEST(cpp_loader, may_own_what_cannot_be_copied_and_is_freed_with_the_group) {
    const coord::runtime runtime;
    auto alive = std::make_shared<int>(0);
    const std::weak_ptr<int> watch = alive;
    {
        auto only = std::make_unique<std::shared_ptr<int>>(std::move(alive));
        coord::group group(runtime, "g", {.load = [only = std::move(only)](auto, auto&) {
                               return std::to_string(**only);
                           }});
        EXPECT_EQ(group.get("k"), "0");
        EXPECT_FALSE(watch.expired());
        group.close();
    }
    EXPECT_TRUE(watch.expired());
}

TEST(cpp_loader, is_freed_when_the_group_cannot_be_made) {
    const coord::runtime runtime;
    const coord::group taken(runtime, "name");
    auto alive = std::make_shared<int>(0);
    const auto load = [alive](auto, auto&) { return ""; };
    EXPECT_EQ(alive.use_count(), 2);
    EXPECT_EQ(status_of([&] { coord::group group(runtime, "name", {.load = load}); }),
              status::already_exists);
    EXPECT_EQ(alive.use_count(), 2);
}

TEST(cpp_loader, gets_a_context_with_the_loads_deadline) {
    const coord::runtime runtime;
    std::chrono::nanoseconds left{0};
    coord::group group(
        runtime, "g", {.load_timeout = 1h, .load = [&](auto, const coord::context& work) {
                           left = work.remaining();
                           return "";
                       }});
    group.get("k");
    EXPECT_GT(left, 0ns);
    EXPECT_LE(left, 1h);
}

TEST(cpp_loader, an_answer_says_how_it_is_kept) {
    const coord::runtime runtime;
    coord::group group(runtime, "g", {.load = [](std::string_view key, auto&) {
                           if (key == "now")
                               return coord::answer{std::string("v"), {.store = false}};
                           if (key == "hour") return coord::answer{std::string("v"), {.ttl = 1h}};
                           return coord::answer{std::string("v")};
                       }});
    EXPECT_EQ(group.get("now"), "v");
    EXPECT_EQ(group.lookup("now"), std::nullopt);
    const auto expires = group.get("hour").expires();
    ASSERT_TRUE(expires);
    EXPECT_GT(*expires, runtime.now());
    EXPECT_LE(*expires, runtime.now() + 1h);
    EXPECT_EQ(group.get("ever").expires(), std::nullopt);
    EXPECT_NE(group.lookup("ever"), std::nullopt);
}

TEST(cpp_loader, with_a_request_may_answer_later_from_another_thread) {
    const coord::runtime runtime;
    std::promise<coord::request> asked;
    coord::group group(runtime, "g", {.load = [&](coord::request request) {
                           asked.set_value(std::move(request));
                       }});
    std::thread other([&] {
        auto request = asked.get_future().get();
        EXPECT_EQ(request.kind(), coord::request_kind::load);
        EXPECT_EQ(request.count(), 1U);
        EXPECT_EQ(request.group_name(), "g");
        EXPECT_FALSE(request.context().is_cancelled());
        request.succeed("later/" + std::string(request.key()), {.ttl = 1h});
        EXPECT_FALSE(request);
    });
    EXPECT_EQ(group.get("k"), "later/k");
    other.join();
}

TEST(cpp_loader, with_a_request_that_throws_fails_the_load_with_what_it_threw) {
    const coord::runtime runtime;
    coord::group group(runtime, "g", {.load = [](coord::request request) {
                           if (request.key() == "denied")
                               throw coord::error(status::denied, "not for you");
                           if (request.key() == "dropped") return;
                           const auto mine = std::move(request);
                           throw std::runtime_error("after it was passed on");
                       }});
    const auto denied = group.try_get("denied");
    ASSERT_FALSE(denied);
    EXPECT_EQ(denied.error().status(), status::denied);
    EXPECT_STREQ(denied.error().what(), "not for you");
    EXPECT_EQ(status_of([&] { group.get("dropped"); }), status::abandoned);
    EXPECT_EQ(status_of([&] { group.get("passed on"); }), status::abandoned);
}

TEST(cpp_loader, of_another_key_inside_a_loader_is_fine_but_of_the_same_would_deadlock) {
    const coord::runtime runtime;
    coord::group* self = nullptr;
    coord::group group(runtime, "g", {.load = [&self](std::string_view key, auto&) -> std::string {
                           if (key == "outer") return self->get("inner").str() + "!";
                           if (key == "loop") return self->get("loop").str();
                           return "inner";
                       }});
    self = &group;
    EXPECT_EQ(group.get("outer"), "inner!");
    EXPECT_EQ(status_of([&] { group.get("loop"); }), status::would_deadlock);
}

TEST(cpp_try, verbs_do_not_throw_and_tell_the_error) {
    const coord::runtime runtime;
    coord::group group(runtime, "g", {.load = echo});
    constexpr std::string_view key = "k";
    constexpr coord::call_options call;
    static_assert(noexcept(group.try_get(key, call)));
    static_assert(noexcept(group.try_remove(key, call)));
    static_assert(noexcept(group.try_close(call)));
    EXPECT_EQ(*group.try_get("k"), "row/k");
    EXPECT_TRUE(group.try_remove("k"));
    EXPECT_TRUE(group.try_close());
    EXPECT_EQ(group.try_get("k").error().status(), status::closed);
    EXPECT_TRUE(group.try_get("k").error().is_fatal());
    EXPECT_EQ(group.try_remove("k").error().status(), status::closed);
}

TEST(cpp_try, a_callers_deadline_and_context_end_its_wait_alone) {
    const coord::runtime runtime;
    std::promise<coord::request> asked;
    coord::group group(runtime, "g", {.load = [&](coord::request request) {
                           asked.set_value(std::move(request));
                       }});
    EXPECT_EQ(group.try_get("k", {.timeout = 1ms}).error().status(), status::timed_out);
    auto request = asked.get_future().get();
    const coord::context work;
    work.cancel();
    EXPECT_EQ(group.try_get("k", {.context = &work}).error().status(), status::cancelled);
    request.succeed("at last");
    EXPECT_EQ(group.get("k"), "at last");
}

}  // namespace
