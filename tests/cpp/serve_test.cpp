// Requests of peers that came to a server of one's own.
#include <coord/coord.hpp>

#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "cpp/status_of.hpp"

namespace {

using coord::status;

struct mounted {
    coord::response ask(std::string_view method, std::string_view target) {
        return peers.serve({.method = method, .target = target});
    }

    coord::runtime runtime;
    coord::peers peers{runtime, {.base_path = "/cache/"}};
    coord::group group{runtime, "g", {.peers = &peers, .load = [](std::string_view key, auto&) {
                                          if (key == "missing")
                                              throw coord::error(status::not_found, "no such key");
                                          return "row/" + std::string(key);
                                      }}};
};

TEST(cpp_serve, answers_gets_removals_and_sets_as_the_port_would) {
    mounted here;
    const auto found = here.ask("GET", "/cache/g/a%2Fb");
    EXPECT_EQ(found.status(), 200);
    EXPECT_NE(found.headers().find("Content-Type: application/x-protobuf\r\n"),
              std::string_view::npos);
    EXPECT_NE(found.body().find("row/a/b"), std::string_view::npos);
    EXPECT_EQ(here.group.lookup("a/b")->view(), "row/a/b");
    EXPECT_EQ(here.ask("DELETE", "/cache/g/a%2Fb").status(), 200);
    EXPECT_FALSE(here.group.lookup("a/b"));
    const std::string body("\x0a\x01g\x12\x01k\x1a\x03set\x20\x00", 13);
    const auto cut = std::string_view(body).substr(0, 12);
    EXPECT_EQ(here.peers.serve({.method = "PUT", .target = "/cache/g/k", .body = cut}).status(),
              400);
    EXPECT_EQ(here.peers.serve({.method = "PUT", .target = "/cache/g/k", .body = body}).status(),
              200);
    EXPECT_EQ(here.group.lookup("k")->view(), "set");
    EXPECT_EQ(here.group.stats().server_requests, 3U);
}

TEST(cpp_serve, what_is_wrong_with_a_request_is_an_answer) {
    mounted here;
    EXPECT_EQ(here.ask("GET", "/cache/g/missing").status(), 404);
    EXPECT_EQ(here.ask("GET", "/cache/g/missing").body(), "no such key\n");
    EXPECT_EQ(here.ask("GET", "/cache/g").status(), 400);
    EXPECT_EQ(here.ask("GET", "/cache/g/%zz").status(), 400);
    EXPECT_EQ(here.ask("GET", "/elsewhere/g/k").status(), 404);
    EXPECT_EQ(here.ask("POST", "/cache/g/k").status(), 405);
    const auto long_key = "/cache/g/" + std::string(5'000, 'k');
    EXPECT_EQ(here.ask("GET", long_key).status(), 414);
    EXPECT_EQ(here.group.stats().local_loads, 0U);
}

TEST(cpp_serve, what_is_no_request_is_an_error) {
    mounted here;
    EXPECT_EQ(status_of([&] { here.ask("", "/cache/g/k"); }), status::invalid_argument);
    EXPECT_EQ(status_of([&] { here.ask("GET", ""); }), status::invalid_argument);
    here.peers.close();
    EXPECT_EQ(here.peers.try_serve({.method = "GET", .target = "/cache/g/k"}).error().status(),
              status::closed);
}

TEST(cpp_serve, begins_without_waiting_and_ends_where_it_is_told_to) {
    mounted here;
    EXPECT_EQ(here.peers.start_serve({.method = "GET", .target = "/cache/g/k"}).get().status(),
              200);
    coord::queue loop(here.runtime);
    auto begun =
        here.peers.start_serve({.method = "GET", .target = "/cache/g/k"}, {.queue = &loop});
    while (!begun.is_ready()) loop.run_one();
    const auto answer = begun.get();
    EXPECT_EQ(answer.status(), 200);
    EXPECT_NE(answer.body().find("row/k"), std::string_view::npos);
    EXPECT_EQ(coord::response().status(), 0);
    EXPECT_EQ(coord::response().headers(), "");
    EXPECT_EQ(coord::response().body(), "");
}

TEST(cpp_serve, its_caller_can_leave_earlier) {
    coord::runtime runtime;
    coord::queue nobody(runtime);
    coord::peers peers(runtime);
    coord::group group(runtime, "g", {.peers = &peers, .requests = &nobody});
    auto begun = peers.start_serve({.method = "GET", .target = "/_groupcache/g/k"});
    begun.cancel();
    EXPECT_EQ(begun.try_get().error().status(), status::cancelled);
}

}  // namespace
