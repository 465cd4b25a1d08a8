// Peers of the C++ wrapper: two nodes in one process, each in a runtime of its own.
#include <coord/coord.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <optional>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "cpp/status_of.hpp"

namespace {

using namespace std::chrono_literals;
using coord::status;

// A url of this machine where nobody listens: the socket keeps the port from others.
class silent_port {
  public:
    silent_port() {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof at;
        EXPECT_EQ(bind(socket_, reinterpret_cast<const sockaddr*>(&at), size), 0);
        EXPECT_EQ(getsockname(socket_, reinterpret_cast<sockaddr*>(&at), &size), 0);
        url_ = "http://127.0.0.1:" + std::to_string(ntohs(at.sin_port));
    }
    silent_port(const silent_port&) = delete;
    silent_port& operator=(const silent_port&) = delete;
    ~silent_port() { close(socket_); }

    const std::string& url() const { return url_; }

  private:
    int socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    std::string url_;
};

struct node {
    explicit node(coord::loader load, coord::peer_error_handler judge = {})
        : group(runtime,
                "users",
                {.peers = &peers, .load = std::move(load), .peer_error = std::move(judge)}) {}

    // The first key with this prefix that somebody owns.
    std::string key_of(std::string_view owner, std::string key = "") const {
        while (peers.owner(key) != owner) key += 'x';
        return key;
    }

    coord::runtime runtime;
    coord::peers peers{runtime, {.listen = "127.0.0.1:0"}};
    coord::group group;
};

// Two that know each other.
struct cluster {
    explicit cluster(const std::function<std::string(std::string_view)>& load)
        : here([=](std::string_view key, auto&) { return load(key); }),
          there([=](std::string_view key, auto&) { return load(key); }) {
        const auto list =
            std::string(here.peers.self_url()) + ' ' + std::string(there.peers.self_url());
        here.peers.set(list);
        there.peers.set(list);
    }

    node here;
    node there;
};

// One whose list has a peer that nobody can reach.
struct lonely {
    explicit lonely(coord::peer_error_handler judge)
        : here([](std::string_view, auto&) { return "loaded here"; }, std::move(judge)) {
        here.peers.set(std::string(here.peers.self_url()) + "," + dead.url());
        key = here.key_of(dead.url());
    }

    silent_port dead;
    node here;
    std::string key;
};

TEST(cpp_peers, a_key_is_loaded_once_by_its_owner) {
    std::atomic<int> loads{0};
    cluster two([&](std::string_view key) {
        ++loads;
        return "row/" + std::string(key);
    });
    const auto key = two.here.key_of(two.there.peers.self_url());
    EXPECT_EQ(two.here.group.get(key), "row/" + key);
    EXPECT_EQ(two.there.group.get(key), "row/" + key);
    EXPECT_EQ(two.here.group.lookup(key)->view(), "row/" + key);
    EXPECT_EQ(loads, 1);
    EXPECT_EQ(two.here.group.stats().peer_loads, 1U);
    EXPECT_EQ(two.here.group.stats().local_loads, 0U);
    EXPECT_EQ(two.there.group.stats().server_requests, 1U);
    EXPECT_EQ(two.here.group.stats(coord::section::hot).items, 1U);
    EXPECT_EQ(two.here.peers.stats().client_requests, 1U);
    EXPECT_EQ(two.there.peers.stats().server_requests, 1U);
}

TEST(cpp_peers, a_removal_is_seen_by_all) {
    cluster two([](std::string_view) { return "v"; });
    const auto key = two.here.key_of(two.there.peers.self_url());
    two.here.group.get(key);
    two.there.group.remove(key);
    EXPECT_FALSE(two.here.group.lookup(key));
    two.here.group.get(key);
    two.here.group.start_remove(key).get();
    EXPECT_FALSE(two.there.group.lookup(key));
}

TEST(cpp_peers, the_owners_error_comes_with_its_cause) {
    cluster two([](std::string_view) -> std::string {
        throw coord::error(status::not_found, "no such user");
    });
    const auto got = two.here.group.try_get(two.here.key_of(two.there.peers.self_url()));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().status(), status::not_found);
    EXPECT_STREQ(got.error().what(), "no such user");
    const auto cause = got.error().cause();
    ASSERT_TRUE(cause);
    EXPECT_EQ(cause->component(), "peers");
    EXPECT_EQ(cause->native_domain(), "http");
    EXPECT_EQ(cause->native_code(), 404);
    EXPECT_FALSE(cause->cause());
}

TEST(cpp_peers, list_and_owner_and_own_url_are_as_they_were_given) {
    const coord::runtime runtime;
    coord::peers peers(runtime);
    EXPECT_EQ(peers.list(), "");
    EXPECT_EQ(peers.owner("k"), std::nullopt);
    EXPECT_EQ(peers.self_url(), "");
    peers.set("http://a.example:1, http://b.example:2");
    EXPECT_EQ(peers.list(), "http://a.example:1\nhttp://b.example:2\n");
    EXPECT_EQ(peers.owner("k"), coord::ring("http://a.example:1 http://b.example:2").owner("k"));
    EXPECT_EQ(status_of([&] { peers.set("no url"); }), status::invalid_argument);
    EXPECT_EQ(peers.list(), "http://a.example:1\nhttp://b.example:2\n");
}

TEST(cpp_peers, options_reach_the_library) {
    const coord::runtime runtime;
    const auto refused = [&](const coord::peers_options& options) {
        return status_of([&] { coord::peers peers(runtime, options); });
    };
    EXPECT_EQ(refused({.listen = "0.0.0.0:0"}), status::invalid_argument);
    EXPECT_EQ(refused({.listen = "0.0.0.0:0", .allow_insecure_bind = true}), status::ok);
    EXPECT_EQ(refused({.list = "https://a.example:1"}), status::unsupported);
    EXPECT_EQ(refused({.base_path = "no slash"}), status::invalid_argument);
    EXPECT_EQ(refused({.max_key_bytes = 65'536}), status::invalid_argument);
    EXPECT_EQ(refused({.ring = static_cast<coord::ring_profile>(99)}), status::invalid_argument);
    EXPECT_EQ(refused({.dialect = static_cast<coord::dialect>(99)}), status::invalid_argument);
    const coord::peers taken(runtime, {.listen = "127.0.0.1:0"});
    EXPECT_EQ(refused({.listen = taken.self_url().substr(sizeof "http://" - 1)}),
              status::already_exists);
    const std::string self("http://127.0.0.1:1");
    EXPECT_EQ(coord::peers(runtime, {.self_url = self, .list = self}).self_url(), self);
}

TEST(cpp_peers, copies_are_the_same_and_groups_keep_them) {
    coord::runtime runtime;
    std::optional<coord::peers> first(std::in_place, runtime, coord::peers_options{});
    auto second = *first;
    first->set("http://a.example:1");
    EXPECT_EQ(second.list(), "http://a.example:1\n");
    coord::group group(runtime, "g", {.peers = &second, .load = [](auto, auto&) { return "v"; }});
    second = coord::peers(runtime);
    first.reset();
    EXPECT_EQ(status_of([&] { group.remove("k"); }), status::unavailable);  // nobody is there
}

TEST(cpp_peers, once_closed_they_are_asked_no_more) {
    cluster two([](std::string_view key) { return std::string(key); });
    const auto key = two.here.key_of(two.there.peers.self_url());
    two.there.peers.close();
    EXPECT_EQ(two.here.group.get(key), key);
    EXPECT_EQ(two.here.group.stats().local_loads, 1U);
    EXPECT_EQ(two.here.group.stats().peer_errors, 1U);
    EXPECT_EQ(status_of([&] { two.there.peers.set(""); }), status::closed);
}

TEST(cpp_peer_error, by_default_an_unreachable_owner_means_loading_here) {
    lonely node({});
    EXPECT_EQ(node.here.group.get(node.key), "loaded here");
}

TEST(cpp_peer_error, true_loads_here) {
    std::optional<coord::error> seen;
    lonely node([&](const coord::error& why) {
        seen = why;
        return true;
    });
    EXPECT_EQ(node.here.group.get(node.key), "loaded here");
    ASSERT_TRUE(seen);
    EXPECT_EQ(seen->status(), status::unavailable);
    ASSERT_TRUE(seen->cause());
    EXPECT_EQ(seen->cause()->native_domain(), "errno");
    EXPECT_EQ(seen->cause()->native_code(), ECONNREFUSED);
}

TEST(cpp_peer_error, false_gives_the_callers_the_error) {
    lonely node([](const coord::error&) { return false; });
    EXPECT_EQ(status_of([&] { node.here.group.get(node.key); }), status::unavailable);
    EXPECT_EQ(node.here.group.stats().local_loads, 0U);
}

TEST(cpp_peer_error, what_it_throws_reaches_the_callers) {
    lonely node([](const coord::error&) -> bool {
        throw coord::error(status::denied, "only the owner may");
    });
    const auto got = node.here.group.try_get(node.key);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().status(), status::denied);
    EXPECT_STREQ(got.error().what(), "only the owner may");
}

TEST(cpp_peer_error, a_request_can_be_decided_later) {
    std::optional<coord::request> kept;
    std::string key;
    std::string peer;
    std::atomic<bool> there{false};
    lonely node([&](coord::request asked) {
        key = asked.key();
        peer = asked.peer();
        EXPECT_EQ(asked.kind(), coord::request_kind::peer_error);
        EXPECT_EQ(asked.group_name(), "users");
        EXPECT_EQ(asked.error()->status(), status::unavailable);
        kept = std::move(asked);
        there = true;
        there.notify_one();
    });
    auto first = node.here.group.start_get(node.key);
    there.wait(false);
    EXPECT_EQ(key, node.key);
    EXPECT_EQ(peer, node.dead.url());
    kept->load_here();
    EXPECT_EQ(first.get(), "loaded here");
}

TEST(cpp_peer_error, the_rest_can_be_left_to_the_dialect) {
    lonely node([](coord::request asked) { asked.decide_by_default(); });
    EXPECT_EQ(node.here.group.get(node.key), "loaded here");
}

TEST(cpp_peer_error, a_request_that_is_dropped_is_abandoned) {
    lonely node([](coord::request) {});
    EXPECT_EQ(status_of([&] { node.here.group.get(node.key); }), status::abandoned);
}

TEST(cpp_peer_error, works_without_a_loader) {
    const silent_port dead;
    const coord::runtime runtime;
    const coord::peers peers(runtime, {.list = dead.url()});
    coord::group group(runtime, "bare", {.peers = &peers, .peer_error = [](const coord::error&) {
                                             return false;
                                         }});
    EXPECT_EQ(status_of([&] { group.get("k"); }), status::unavailable);
}

TEST(cpp_runtime, the_admin_endpoint_listens_where_it_says) {
    const coord::runtime none;
    EXPECT_EQ(none.admin_address(), "");
    const coord::runtime runtime({.admin_listen = "127.0.0.1:0"});
    const std::string address(runtime.admin_address());
    ASSERT_TRUE(address.starts_with("127.0.0.1:")) << address;
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    at.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(10))));
    const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(connect(client, reinterpret_cast<const sockaddr*>(&at), sizeof at), 0);
    close(client);
    EXPECT_EQ(status_of([&] { coord::runtime second({.admin_listen = address}); }),
              status::already_exists);
    EXPECT_EQ(status_of([] { coord::runtime open({.admin_listen = "0.0.0.0:0"}); }),
              status::invalid_argument);
}

}  // namespace
