// What hooks of peers see and decide: exchange, accept, server_error.
#include <coord/coord.hpp>

#include <atomic>
#include <chrono>
#include <gtest/gtest.h>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "cpp/status_of.hpp"

namespace {

using namespace std::chrono_literals;
using coord::status;

// The body of a reply with a value and no expiry.
std::string reply_of(std::string_view value) {
    return std::string("\x0a") + static_cast<char>(value.size()) + std::string(value) +
           std::string("\x18\0", 2);
}

// One that asks, and one that owns every key that is asked.
struct pair_of_nodes {
    pair_of_nodes(coord::peers_options asking, coord::peers_options owning) {
        owning.listen = "127.0.0.1:0";
        there.emplace(its_runtime, std::move(owning));
        its_group.emplace(
            its_runtime,
            "g",
            coord::group_options{.peers = &*there, .load = [this](coord::request ask) {
                                     const auto* who = ask.user<std::string>();
                                     asked_by = who == nullptr ? "nobody" : *who;
                                     if (ask.key() == "missing")
                                         return ask.fail(status::not_found, "no key");
                                     ask.succeed("there");
                                 }});
        const std::string url(there->self_url());
        asking.list = url;
        here.emplace(runtime, std::move(asking));
        group.emplace(runtime,
                      "g",
                      coord::group_options{.peers = &*here,
                                           .load = [](auto, auto&) { return "here"; },
                                           .peer_error =
                                               [this](const coord::error& why) {
                                                   failure = why;
                                                   return true;
                                               }});
    }

    std::optional<coord::error> failure;
    std::string asked_by;
    coord::runtime runtime;
    coord::runtime its_runtime;
    std::optional<coord::peers> there;
    std::optional<coord::group> its_group;
    std::optional<coord::peers> here;
    std::optional<coord::group> group;
};

TEST(cpp_exchange, sees_the_request_and_adds_headers_that_accept_sees) {
    std::string told;
    std::string method;
    std::string headers;
    std::string target;
    std::optional<std::string> trace;
    coord::peers_options asking;
    asking.exchange = [&](coord::exchange_request& asked) {
        told = std::string(asked.method()) + ' ' + std::string(asked.peer());
        asked.set_header("X-Trace", "abc 1");
    };
    coord::peers_options owning;
    owning.accept = [&](coord::accept_request& asked) {
        method = asked.method();
        target = asked.target();
        headers = asked.headers();
        trace = asked.header("x-trace");
        EXPECT_EQ(asked.header("x-none"), std::nullopt);
        EXPECT_EQ(asked.body(), "");
    };
    pair_of_nodes nodes(std::move(asking), std::move(owning));
    EXPECT_EQ(nodes.group->get("k"), "there");
    EXPECT_EQ(told, "GET " + std::string(nodes.there->self_url()));
    EXPECT_EQ(method, "GET");
    EXPECT_EQ(target, "/_groupcache/g/k");
    EXPECT_EQ(trace, "abc 1");
    EXPECT_NE(headers.find("Host: "), std::string::npos);
    EXPECT_TRUE(headers.ends_with("\r\n"));
}

TEST(cpp_exchange, refuses_headers_that_are_none_or_frame_the_message) {
    std::atomic<int> refused{0};
    coord::peers_options asking;
    asking.exchange = [&](coord::exchange_request& asked) {
        const auto status_with = [&](std::string_view name, std::string_view value) {
            return status_of([&] { asked.set_header(name, value); });
        };
        if (status_with("Host", "x") == status::invalid_argument) ++refused;
        if (status_with("Content-Length", "3") == status::invalid_argument) ++refused;
        if (status_with("two words", "x") == status::invalid_argument) ++refused;
        if (status_with("X-Split", "a\r\nb") == status::invalid_argument) ++refused;
        if (status_of([&] { asked.set_response({.status = 99}); }) == status::invalid_argument)
            ++refused;
    };
    pair_of_nodes nodes(std::move(asking), {});
    EXPECT_EQ(nodes.group->get("k"), "there");
    EXPECT_EQ(refused, 5);
}

TEST(cpp_exchange, can_be_the_whole_exchange) {
    coord::peers_options asking;
    asking.exchange = [](coord::exchange_request& asked) {
        const auto key = asked.target().substr(asked.target().rfind('/') + 1);
        if (key == "bad")
            asked.set_response({.status = 400,
                                .headers = "Coord-Error-Type: bad-request\r\n",
                                .body = "what is this?\n"});
        else
            asked.set_response({.status = 200,
                                .headers = "Content-Type: application/x-protobuf\r\n",
                                .body = reply_of("by other means")});
    };
    pair_of_nodes nodes(std::move(asking), {});
    EXPECT_EQ(nodes.group->get("k"), "by other means");
    EXPECT_EQ(nodes.there->stats().server_requests, 0U);
    EXPECT_EQ(nodes.group->get("bad"), "here");
    ASSERT_TRUE(nodes.failure);
    EXPECT_TRUE(nodes.failure->is_bad_request());
    EXPECT_EQ(nodes.failure->remote()->http_status, 400);
    EXPECT_EQ(nodes.failure->remote()->body, "what is this?\n");
}

TEST(cpp_exchange, what_it_throws_is_a_peer_that_was_not_reached) {
    coord::peers_options asking;
    asking.exchange = [](coord::exchange_request&) { throw std::runtime_error("no certificate"); };
    pair_of_nodes nodes(std::move(asking), {});
    EXPECT_EQ(nodes.group->get("k"), "here");
    ASSERT_TRUE(nodes.failure);
    EXPECT_EQ(nodes.there->stats().server_requests, 0U);
}

TEST(cpp_exchange, decides_later_when_it_moved_the_request_away) {
    std::atomic<bool> there{false};
    std::optional<coord::exchange_request> kept;
    coord::peers_options asking;
    asking.exchange = [&](coord::exchange_request& asked) {
        kept.emplace(std::move(asked));
        there = true;
        there.notify_one();
    };
    pair_of_nodes nodes(std::move(asking), {});
    auto begun = nodes.group->start_get("k");
    there.wait(false);
    EXPECT_FALSE(begun.is_ready());
    kept->proceed();
    EXPECT_FALSE(*kept);
    EXPECT_EQ(begun.get(), "there");
}

TEST(cpp_exchange, one_that_never_answers_ends_by_the_request_timeout) {
    std::optional<coord::exchange_request> kept;
    coord::peers_options asking;
    asking.request_timeout = 1ms;
    asking.exchange = [&](coord::exchange_request& asked) { kept.emplace(std::move(asked)); };
    pair_of_nodes nodes(std::move(asking), {});
    EXPECT_EQ(nodes.group->get("k"), "here");
    ASSERT_TRUE(nodes.failure);
}

TEST(cpp_accept, attaches_a_value_that_the_loader_receives) {
    coord::peers_options owning;
    owning.accept = [](coord::accept_request& asked) {
        asked.set_user(std::string("first"));
        asked.set_user(std::string("peer at ") +
                       std::string(asked.header("Host").value_or("nowhere")));
    };
    pair_of_nodes nodes({}, std::move(owning));
    EXPECT_EQ(nodes.group->get("k"), "there");
    EXPECT_EQ("http://" + nodes.asked_by.substr(8), nodes.there->self_url());
    EXPECT_EQ(nodes.its_group->get("other"), "there");
    EXPECT_EQ(nodes.asked_by, "nobody");
}

TEST(cpp_accept, frees_what_it_attached_once_the_request_was_served) {
    const auto alive = std::make_shared<int>(0);
    coord::peers_options owning;
    owning.accept = [alive](coord::accept_request& asked) { asked.set_user(alive); };
    {
        pair_of_nodes nodes({}, std::move(owning));
        EXPECT_EQ(nodes.group->get("k"), "there");
        EXPECT_EQ(nodes.asked_by, "nobody");  // it is no std::string
    }
    owning = {};
    EXPECT_EQ(alive.use_count(), 1);
}

TEST(cpp_accept, refuses_with_a_status_that_the_asker_sees) {
    coord::peers_options owning;
    owning.accept = [](coord::accept_request& asked) {
        if (asked.target().ends_with("/busy"))
            asked.refuse(status::exhausted, "come back later");
        else if (asked.target().ends_with("/thrown"))
            throw std::runtime_error("what do you want?");
        else
            asked.refuse(status::denied, "not from you");
    };
    pair_of_nodes nodes({}, std::move(owning));
    auto peer = *nodes.here->find(nodes.there->self_url());
    const auto denied = peer.try_get("g", "k").error().remote();
    EXPECT_FALSE(nodes.its_group->lookup("k"));
    ASSERT_TRUE(denied);
    EXPECT_EQ(denied->http_status, 403);
    const auto busy = peer.try_get("g", "busy").error();
    EXPECT_EQ(busy.remote()->http_status, 503);
    EXPECT_EQ(busy.remote()->body, "come back later\n");
    EXPECT_EQ(peer.try_get("g", "thrown").error().remote()->http_status, 400);
}

TEST(cpp_server_error, replaces_what_is_sent) {
    coord::peers_options owning;
    std::optional<coord::error> seen;
    owning.server_error = [&](coord::server_error_request& asked) {
        seen = asked.error();
        if (asked.target().ends_with("/missing"))
            asked.set_response({.status = 410, .headers = "X-Why: moved\r\n", .body = "gone"});
        else
            asked.use_default();
    };
    pair_of_nodes nodes({}, std::move(owning));
    auto peer = *nodes.here->find(nodes.there->self_url());
    const auto gone = peer.try_get("g", "missing").error();
    EXPECT_EQ(gone.remote()->http_status, 410);
    EXPECT_EQ(gone.remote()->body, "gone");
    ASSERT_TRUE(seen);
    EXPECT_EQ(seen->status(), status::not_found);
    const auto no_group = peer.try_get("nope", "k").error();
    EXPECT_TRUE(no_group.is_group_not_found());
    EXPECT_TRUE(seen->is_group_not_found());
}

TEST(cpp_server_error, that_throws_or_says_nothing_leaves_the_usual_answer) {
    coord::peers_options owning;
    owning.server_error = [&](coord::server_error_request& asked) {
        if (asked.target().ends_with("/missing")) throw std::runtime_error("handler failed");
    };
    pair_of_nodes nodes({}, std::move(owning));
    auto peer = *nodes.here->find(nodes.there->self_url());
    EXPECT_EQ(peer.try_get("g", "missing").error().remote()->http_status, 404);
    EXPECT_TRUE(peer.try_get("nope", "k").error().is_group_not_found());
}

TEST(cpp_server_error, can_be_left_to_the_default_function) {
    coord::peers_options owning;
    owning.server_error = [](coord::server_error_request& asked) {
        coord::default_server_error(std::move(asked));
    };
    pair_of_nodes nodes({}, std::move(owning));
    auto peer = *nodes.here->find(nodes.there->self_url());
    EXPECT_EQ(peer.try_get("g", "missing").error().remote()->body, "no key\n");
}

TEST(cpp_hooks, requests_can_arrive_at_a_queue) {
    coord::runtime runtime;
    coord::queue loop(runtime);
    coord::peers peers(runtime,
                       {.requests = &loop, .requests_token = 9, .accepts_to_requests = true});
    coord::group group(runtime, "g", {.peers = &peers, .load = [](auto, auto&) { return "v"; }});
    auto begun = peers.start_serve({.method = "GET", .target = "/_groupcache/g/k"});
    loop.run_one(coord::forever, [](coord::event came) {
        EXPECT_EQ(came.token(), 9U);
        auto asked = came.take_request();
        EXPECT_EQ(asked.kind(), coord::request_kind::accept);
        EXPECT_EQ(asked.count(), 0U);
        coord::accept_request(std::move(asked)).refuse(status::denied, "closed today");
    });
    EXPECT_EQ(begun.get().status(), 403);
}

TEST(cpp_hooks, are_freed_with_the_peers_and_when_these_cannot_be_made) {
    const auto alive = std::make_shared<int>(0);
    coord::peers_options options;
    options.exchange = [alive](coord::exchange_request&) {};
    options.hash = [alive](std::string_view key) { return std::uint64_t{key.size()}; };
    EXPECT_EQ(alive.use_count(), 3);
    const coord::runtime runtime;
    { const coord::peers made(runtime, options); }
    EXPECT_EQ(alive.use_count(), 3);
    options.base_path = "no slash";
    EXPECT_EQ(status_of([&] { coord::peers wrong(runtime, options); }), status::invalid_argument);
    EXPECT_EQ(alive.use_count(), 3);
}

}  // namespace
