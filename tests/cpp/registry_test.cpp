// What a runtime tells of groups and asks for them, and its log.
#include <coord/coord.hpp>

#include <atomic>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cpp/status_of.hpp"

namespace {

using coord::status;

std::string echo(std::string_view key, const coord::context&) {
    return std::string(key);
}

TEST(cpp_registry, every_new_group_is_told_of_and_can_be_found_and_used) {
    coord::runtime runtime;
    std::vector<std::string> told;
    runtime.set_new_group([&](coord::group& made) {
        told.emplace_back(made.name());
        EXPECT_TRUE(coord::group::find(runtime, made.name()));
        EXPECT_EQ(made.get("k"), "k");
        if (made.name() == "b") throw std::runtime_error("nobody hears it");
    });
    const coord::group a(runtime, "a", {.load = echo});
    const coord::group b(runtime, "b", {.load = echo});
    EXPECT_EQ(status_of([&] { coord::group again(runtime, "a"); }), status::already_exists);
    EXPECT_EQ(told, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(status_of([&] { runtime.set_new_group([](coord::group&) {}); }),
              status::already_exists);
}

TEST(cpp_registry, the_first_group_starts_the_server_once) {
    coord::runtime runtime;
    int started = 0;
    runtime.set_server_start([&] {
        ++started;
        EXPECT_FALSE(coord::group::find(runtime, "a"));
        throw std::runtime_error("nobody hears it");
    });
    EXPECT_EQ(started, 0);
    const coord::group a(runtime, "a");
    const coord::group b(runtime, "b");
    EXPECT_EQ(started, 1);
    EXPECT_EQ(status_of([&] { runtime.set_server_start([] {}); }), status::already_exists);
}

TEST(cpp_registry, groups_without_peers_get_the_picker_of_the_runtime) {
    coord::runtime runtime;
    const coord::peer peer(runtime,
                           "peer",
                           {.get = [](coord::peer_request&) { return "the peer's"; },
                            .remove = [](coord::peer_request&) {}});
    const coord::picker all(runtime, {.pick = [&](std::string_view) { return &peer; }});
    const coord::picker none(runtime);
    std::vector<std::string> asked;
    runtime.set_picker([&](std::string_view name) -> const coord::picker* {
        asked.emplace_back(name);
        if (name == "bad") throw std::runtime_error("no picker for this one");
        return name == "alone" ? nullptr : &all;
    });
    coord::group shared(runtime, "shared", {.load = echo});
    EXPECT_EQ(shared.get("k"), "the peer's");
    coord::group alone(runtime, "alone", {.load = echo});
    EXPECT_EQ(alone.get("k"), "k");
    coord::group local(runtime, "local", {.local = true, .load = echo});
    EXPECT_EQ(local.get("k"), "k");
    coord::group own(runtime, "own", {.picker = &none, .load = echo});
    EXPECT_EQ(own.get("k"), "k");
    EXPECT_EQ(status_of([&] { coord::group bad(runtime, "bad", {.load = echo}); }),
              status::host_failed);
    EXPECT_EQ(asked, (std::vector<std::string>{"shared", "alone", "bad"}));
    const auto again = [](std::string_view) { return static_cast<const coord::picker*>(nullptr); };
    EXPECT_EQ(status_of([&] { runtime.set_picker(again); }), status::already_exists);
}

TEST(cpp_registry, hooks_are_freed_with_the_runtime_or_when_refused) {
    const auto alive = std::make_shared<int>(0);
    {
        coord::runtime runtime;
        runtime.set_new_group([alive](coord::group&) {});
        runtime.set_server_start([alive] {});
        EXPECT_EQ(alive.use_count(), 3);
        EXPECT_THROW(runtime.set_server_start([alive] {}), coord::error);
        EXPECT_EQ(alive.use_count(), 3);
    }
    EXPECT_EQ(alive.use_count(), 1);
}

TEST(cpp_runtime, the_log_can_be_replaced_and_silenced) {
    const auto alive = std::make_shared<int>(0);
    coord::runtime runtime;
    std::atomic<int> first{0};
    std::atomic<int> second{0};
    coord::group group(runtime, "g", {.max_bytes = 64 << 10, .load = [](auto, auto&) {
                                          return std::string(1 << 20, 'x');  // which is logged
                                      }});
    runtime.set_log([&, alive](coord::log_level, std::string_view component, std::string_view) {
        EXPECT_EQ(component, "group");
        ++first;
    });
    group.get("a");
    EXPECT_EQ(first, 1);
    runtime.set_log([&](coord::log_level level, std::string_view, std::string_view text) {
        EXPECT_EQ(level, coord::log_level::warn);
        EXPECT_NE(text, "");
        ++second;
        throw std::runtime_error("nobody hears it");
    });
    EXPECT_EQ(alive.use_count(), 1);
    group.get("b");
    EXPECT_EQ(first, 1);
    EXPECT_EQ(second, 1);
    runtime.set_log({});
    group.get("c");
    EXPECT_EQ(second, 1);
    const auto wrong = static_cast<coord::log_level>(77);
    EXPECT_EQ(status_of([&] { runtime.set_log([](auto, auto, auto) {}, wrong); }),
              status::invalid_argument);
}

TEST(cpp_runtime, a_dump_names_what_is_pending) {
    coord::runtime runtime;
    coord::queue nobody(runtime);
    coord::group group(runtime, "slow things", {.requests = &nobody});
    auto begun = group.start_get("the key");
    const auto text = runtime.dump();
    EXPECT_NE(text.find("slow things"), std::string::npos) << text;
    EXPECT_NE(text.find("the key"), std::string::npos) << text;
    begun.cancel();
    EXPECT_FALSE(begun.try_get());
}

TEST(cpp_group_requests, peer_errors_can_arrive_at_the_queue_of_the_loads) {
    coord::runtime runtime;
    coord::queue loop(runtime);
    const coord::peer broken(runtime,
                             "broken",
                             {.get = [](coord::peer_request&) -> std::string {
                                  throw coord::error(status::unavailable, "away");
                              },
                              .remove = [](coord::peer_request&) {}});
    const coord::picker all(runtime, {.pick = [&](std::string_view) { return &broken; }});
    coord::group group(
        runtime, "g", {.picker = &all, .requests = &loop, .peer_errors_to_requests = true});
    auto begun = group.start_get("k");
    loop.run_one(coord::forever, [](coord::event came) {
        auto asked = came.take_request();
        EXPECT_EQ(asked.kind(), coord::request_kind::peer_error);
        EXPECT_EQ(asked.error()->status(), status::unavailable);
        coord::default_peer_error(std::move(asked));
    });
    loop.run_one(coord::forever, [](coord::event came) {
        auto asked = came.take_request();
        EXPECT_EQ(asked.kind(), coord::request_kind::load);
        asked.succeed("here");
    });
    EXPECT_EQ(begun.get(), "here");
}

}  // namespace
