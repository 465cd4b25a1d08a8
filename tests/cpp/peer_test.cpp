// Peers asked directly, and peers of one's own.
#include <coord/coord.hpp>

#include <atomic>
#include <chrono>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "cpp/status_of.hpp"

namespace {

using namespace std::chrono_literals;
using coord::status;

// A peer that keeps a map instead of being a process.
struct map_peer {
    coord::peer_options options() {
        coord::peer_options made;
        made.get = [this](coord::peer_request& asked) -> coord::answer<std::string> {
            EXPECT_EQ(asked.kind(), coord::request_kind::peer_get);
            EXPECT_EQ(asked.peer(), "a map");
            const std::lock_guard lock(mutex);
            const auto found = values.find(std::string(asked.key()));
            if (found == values.end()) throw coord::error(status::not_found, "not in the map");
            return {found->second, {.ttl = 1h}};
        };
        made.set = [this](coord::peer_request& asked) {
            EXPECT_EQ(asked.kind(), coord::request_kind::peer_set);
            expires = asked.value().expires().has_value();
            const std::lock_guard lock(mutex);
            values[std::string(asked.key())] = asked.value().str();
        };
        made.remove = [this](coord::peer_request& asked) {
            EXPECT_EQ(asked.kind(), coord::request_kind::peer_remove);
            EXPECT_EQ(asked.group(), "g");
            EXPECT_FALSE(asked.context().is_cancelled());
            const std::lock_guard lock(mutex);
            values.erase(std::string(asked.key()));
        };
        return made;
    }

    std::mutex mutex;
    std::map<std::string, std::string> values;
    bool expires = false;
};

TEST(cpp_peer, of_your_own_is_asked_set_and_told_to_remove) {
    const coord::runtime runtime;
    map_peer kept;
    coord::peer peer(runtime, "a map", kept.options());
    EXPECT_EQ(peer.url(), "a map");
    EXPECT_EQ(peer.try_get("g", "k").error().status(), status::not_found);
    peer.set("g", "k", "v", {.ttl = 1h});
    EXPECT_TRUE(kept.expires);
    EXPECT_EQ(peer.get("g", "k"), "v");
    EXPECT_TRUE(peer.get("g", "k").expires());
    peer.start_set("g", "k", "w").get();
    EXPECT_FALSE(kept.expires);
    EXPECT_EQ(peer.start_get("g", "k").get(), "w");
    peer.remove("g", "k");
    peer.start_remove("g", "k").get();
    EXPECT_EQ(status_of([&] { peer.get("g", "k"); }), status::not_found);
    EXPECT_TRUE(peer.try_set("g", "k", "v"));
    EXPECT_TRUE(peer.try_remove("g", "k"));
}

TEST(cpp_peer, carries_a_group_over_any_transport) {
    const coord::runtime runtime;
    const coord::runtime elsewhere;
    coord::group there(
        elsewhere, "g", {.load = [](auto key, auto&) { return "there/" + std::string(key); }});
    const coord::peer link(
        runtime,
        "link",
        {.get = [&](coord::peer_request& asked) { return there.local_get(asked.key()); },
         .set = [&](coord::peer_request& asked) { there.local_set(asked.key(), asked.value()); },
         .remove = [&](coord::peer_request& asked) { there.local_remove(asked.key()); }});
    const coord::picker all(runtime, {.pick = [&](std::string_view) { return &link; }});
    coord::group here(runtime, "g", {.picker = &all});
    EXPECT_EQ(here.get("k"), "there/k");
    here.set("k", "set");
    EXPECT_EQ(there.lookup("k")->view(), "set");
    EXPECT_EQ(here.get("k"), "set");
    here.remove("k");
    EXPECT_FALSE(there.lookup("k"));
    EXPECT_FALSE(here.lookup("k"));
}

TEST(cpp_peer, without_set_takes_no_values) {
    const coord::runtime runtime;
    coord::peer peer(
        runtime,
        "reader",
        {.get = [](coord::peer_request&) { return "v"; }, .remove = [](coord::peer_request&) {}});
    EXPECT_EQ(peer.try_set("g", "k", "v").error().status(), status::unsupported);
    const coord::picker all(runtime, {.pick = [&](std::string_view) { return &peer; }});
    coord::group group(runtime, "g", {.picker = &all});
    EXPECT_EQ(group.try_set("k", "v").error().status(), status::unsupported);
}

TEST(cpp_peer, answers_later_or_never_and_each_question_ends_once) {
    const coord::runtime runtime;
    std::atomic<bool> there{false};
    std::optional<coord::request> kept;
    coord::peer peer(runtime,
                     "slow",
                     {.get =
                          [&](coord::request asked) {
                              kept = std::move(asked);
                              there = true;
                              there.notify_one();
                          },
                      .remove = [](coord::request) {}});
    auto begun = peer.start_get("g", "k");
    there.wait(false);
    EXPECT_FALSE(begun.is_ready());
    kept->succeed(coord::bytes::adopt(std::string("at last")));
    EXPECT_EQ(begun.get(), "at last");

    there = false;
    EXPECT_EQ(peer.try_get("g", "k", {.timeout = 1ms}).error().status(), status::timed_out);
    there.wait(false);
    kept->succeed("nobody waits any more");
    EXPECT_EQ(peer.try_remove("g", "k").error().status(), status::unavailable);  // was dropped
}

TEST(cpp_peer, its_requests_can_arrive_at_a_queue) {
    const coord::runtime runtime;
    coord::queue loop(runtime);
    coord::peer peer(runtime, "loop", {.requests = &loop, .requests_token = 5, .takes_set = true});
    auto begun = peer.start_set("g", "k", "v");
    std::string value;
    loop.run_one(coord::forever, [&](coord::event came) {
        EXPECT_EQ(came.token(), 5U);
        auto asked = came.take_request();
        EXPECT_EQ(asked.kind(), coord::request_kind::peer_set);
        value = asked.value().str();
        asked.succeed();
    });
    begun.get();
    EXPECT_EQ(value, "v");
}

TEST(cpp_peer, needs_get_and_remove_and_frees_its_handlers) {
    const coord::runtime runtime;
    const auto alive = std::make_shared<int>(0);
    const auto get = [alive](coord::peer_request&) { return "v"; };
    EXPECT_EQ(status_of([&] { coord::peer half(runtime, "half", {.get = get}); }),
              status::invalid_argument);
    EXPECT_EQ(alive.use_count(), 2);
    {
        coord::peer peer(runtime, "p", {.get = get, .remove = [](coord::peer_request&) {}});
        auto same = peer;
        EXPECT_EQ(same.get("g", "k"), "v");
        EXPECT_EQ(same.native_handle(), peer.native_handle());
    }
    EXPECT_EQ(alive.use_count(), 2);
}

struct node {
    std::string key_of(std::string_view owner, std::string key = "") const {
        while (peers.owner(key) != owner) key += 'x';
        return key;
    }

    coord::runtime runtime;
    coord::peers peers{runtime, {.listen = "127.0.0.1:0"}};
    coord::group group{runtime, "g", {.peers = &peers, .load = [](std::string_view key, auto&) {
                                          if (key.starts_with('!'))
                                              throw coord::error(status::not_found, "no such key");
                                          return "row/" + std::string(key);
                                      }}};
};

struct two {
    two() {
        const auto list =
            std::string(here.peers.self_url()) + ' ' + std::string(there.peers.self_url());
        here.peers.set(list);
        there.peers.set(list);
    }
    node here;
    node there;
};

TEST(cpp_peers_directly, pick_and_find_give_the_peers_of_the_list) {
    two nodes;
    const auto there = nodes.there.peers.self_url();
    const auto here = nodes.here.peers.self_url();
    const auto key = nodes.here.key_of(there);
    auto owner = nodes.here.peers.pick(key);
    ASSERT_TRUE(owner);
    EXPECT_TRUE(owner->url().starts_with(there));
    EXPECT_FALSE(nodes.here.peers.pick(nodes.here.key_of(here)));
    EXPECT_TRUE(nodes.here.peers.find(there));
    EXPECT_FALSE(nodes.here.peers.find(here));
    EXPECT_FALSE(nodes.here.peers.find("http://a.example:1"));
    EXPECT_EQ(owner->get("g", key), "row/" + key);
    EXPECT_FALSE(nodes.here.group.lookup(key));
    EXPECT_EQ(owner->start_get("g", key).get(), "row/" + key);
    owner->set("g", key, "set");
    EXPECT_EQ(nodes.there.group.lookup(key)->view(), "set");
    owner->remove("g", key);
    EXPECT_FALSE(nodes.there.group.lookup(key));
}

TEST(cpp_peers_directly, an_error_tells_of_the_peer_it_came_from) {
    two nodes;
    const auto there = std::string(nodes.there.peers.self_url());
    auto owner = *nodes.here.peers.find(there);
    const auto refused = owner.try_get("g", "!no").error();
    EXPECT_EQ(refused.status(), status::not_found);
    const auto remote = refused.remote();
    ASSERT_TRUE(remote);
    EXPECT_EQ(remote->group, "g");
    EXPECT_EQ(remote->key, "!no");
    EXPECT_EQ(remote->http_status, 404);
    EXPECT_EQ(remote->status_text, "404 Not Found");
    EXPECT_EQ(remote->body, "no such key\n");
    EXPECT_TRUE(std::string_view(remote->peer).starts_with(there));
    EXPECT_EQ(refused.detail("key"), "!no");
    EXPECT_EQ(refused.detail("no such detail"), std::nullopt);
    EXPECT_FALSE(refused.is_group_not_found());
    EXPECT_FALSE(refused.is_bad_request());

    const auto no_group = owner.try_get("nope", "k").error();
    EXPECT_TRUE(no_group.is_group_not_found());
    EXPECT_FALSE(no_group.is_bad_request());
    ASSERT_TRUE(no_group.remote());
    EXPECT_EQ(no_group.remote()->group, "nope");

    nodes.there.peers.close();
    const auto away = owner.try_get("g", "k").error();
    EXPECT_EQ(away.status(), status::unavailable);
    ASSERT_TRUE(away.remote());
    EXPECT_EQ(away.remote()->http_status, 0);
    EXPECT_FALSE(coord::error(status::internal, "mine").remote());
}

}  // namespace
