// Setting and removing: here, everywhere, and many keys at once.
#include <coord/coord.hpp>

#include <array>
#include <chrono>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <vector>

#include "cpp/status_of.hpp"

namespace {

using namespace std::chrono_literals;
using coord::status;

std::string loaded(std::string_view key, const coord::context&) {
    return "loaded/" + std::string(key);
}

struct node {
    // The first key that somebody owns.
    std::string key_of(std::string_view owner, std::string key = "") const {
        while (peers.owner(key) != owner) key += 'x';
        return key;
    }

    coord::runtime runtime;
    coord::peers peers{runtime, {.listen = "127.0.0.1:0"}};
    coord::group group{runtime, "g", {.peers = &peers, .load = loaded}};
};

struct ring_of_three {
    ring_of_three() {
        std::string list;
        for (const auto& one : nodes) list += std::string(one.peers.self_url()) + ' ';
        for (auto& one : nodes) one.peers.set(list);
    }
    std::array<node, 3> nodes;
    node& a = nodes[0];
    node& b = nodes[1];
    node& c = nodes[2];
};

TEST(cpp_set, alone_keeps_the_value_as_asked) {
    const coord::runtime runtime;
    coord::group group(runtime, "g", {.load = loaded});
    group.set("k", "set");
    EXPECT_EQ(group.get("k"), "set");
    EXPECT_EQ(group.get("k").expires(), std::nullopt);
    group.set("k", "", {.ttl = 1h});
    EXPECT_EQ(group.get("k"), "");
    EXPECT_TRUE(group.get("k").expires());
    group.start_set("k", "started").get();
    EXPECT_EQ(group.get("k"), "started");
    EXPECT_EQ(group.try_set("k", "v", {.store = false}).error().status(), status::invalid_argument);
    EXPECT_EQ(group.get("k"), "started");
    group.close();
    EXPECT_EQ(group.try_set("k", "v").error().status(), status::closed);
}

TEST(cpp_set, is_seen_by_all_three_and_so_is_the_next_one_of_another_node) {
    ring_of_three ring;
    auto& a = ring.a;
    auto& b = ring.b;
    auto& c = ring.c;
    const auto key = a.key_of(b.peers.self_url());
    for (auto& one : ring.nodes) EXPECT_EQ(one.group.get(key), "loaded/" + key);
    a.group.set(key, "first");
    for (auto& one : ring.nodes) EXPECT_EQ(one.group.get(key), "first");
    c.group.set(key, "second", {.hot = true});
    EXPECT_EQ(c.group.lookup(key)->view(), "second");
    for (auto& one : ring.nodes) EXPECT_EQ(one.group.get(key), "second");
    b.group.remove(key);
    for (auto& one : ring.nodes) EXPECT_EQ(one.group.get(key), "loaded/" + key);
}

TEST(cpp_set, keeps_no_copy_at_the_setter_unless_asked_for_a_hot_one) {
    ring_of_three ring;
    auto& a = ring.a;
    auto& b = ring.b;
    auto& c = ring.c;
    const auto key = a.key_of(b.peers.self_url());
    a.group.set(key, "cold");
    EXPECT_FALSE(a.group.lookup(key));
    EXPECT_EQ(b.group.lookup(key)->view(), "cold");
    a.group.set(key, "hot", {.hot = true});
    EXPECT_EQ(a.group.lookup(key)->view(), "hot");
    EXPECT_FALSE(c.group.lookup(key));
}

TEST(cpp_remove_many, removes_each_key_everywhere_and_tells_of_each) {
    ring_of_three ring;
    const std::vector<std::string> keys{"1", "2", "3"};
    for (auto& one : ring.nodes)
        for (const auto& key : keys) one.group.get(key);
    const auto done = ring.nodes[0].group.remove_many(keys);
    ASSERT_EQ(done.count(), 3U);
    EXPECT_TRUE(done.all_ok());
    EXPECT_EQ(done.key(1), "2");
    EXPECT_EQ(done.status(1), status::ok);
    EXPECT_EQ(done.error(1), std::nullopt);
    EXPECT_EQ(done.status(3), status::invalid_argument);
    for (auto& one : ring.nodes)
        for (const auto& key : keys) EXPECT_FALSE(one.group.lookup(key));
}

TEST(cpp_remove_many, takes_any_range_of_texts_and_none) {
    const coord::runtime runtime;
    coord::group group(runtime, "g", {.load = loaded});
    EXPECT_EQ(group.remove_many({}).count(), 0U);
    EXPECT_EQ(group.remove_many({"a", "b"}).count(), 2U);
    const char* const words[] = {"a", "", "c"};
    const auto done = group.start_remove_many(words).get();
    ASSERT_EQ(done.count(), 3U);
    EXPECT_EQ(done.key(1), "");
    EXPECT_EQ(done.key(2), "c");
    EXPECT_EQ(coord::many().count(), 0U);
    EXPECT_TRUE(coord::many().all_ok());
}

TEST(cpp_remove_many, that_fails_throws_the_first_failure_but_its_twin_tells_of_each) {
    ring_of_three ring;
    auto& a = ring.a;
    auto& c = ring.c;
    const auto gone = std::string(c.peers.self_url());
    c.peers.close();
    const std::vector<std::string> keys{"1", "2"};
    EXPECT_EQ(status_of([&] { a.group.remove_many(keys); }), status::unavailable);
    const auto told = a.group.try_remove_many(keys);
    ASSERT_TRUE(told);
    EXPECT_FALSE(told->all_ok());
    EXPECT_EQ(told->status(0), status::unavailable);
    ASSERT_TRUE(told->error(0));
    EXPECT_NE(std::string_view(told->error(0)->what()).find(gone), std::string_view::npos);
    auto begun = a.group.start_remove_many(keys);
    const auto later = begun.try_get();
    ASSERT_TRUE(later);
    EXPECT_EQ(later->count(), 2U);
    EXPECT_EQ(status_of([&] { a.group.start_remove_many(keys).get(); }), status::unavailable);
    a.group.close();
    EXPECT_EQ(a.group.try_remove_many(keys).error().status(), status::closed);
}

TEST(cpp_remove_many, ends_in_an_event_that_a_queue_brings) {
    const coord::runtime runtime;
    coord::queue loop(runtime);
    coord::group group(runtime, "g", {.load = loaded});
    auto begun = group.start_remove_many(std::vector<std::string>{"a", "b"}, {.queue = &loop});
    while (!begun.is_ready()) loop.run_one();
    EXPECT_EQ(begun.get().count(), 2U);
}

TEST(cpp_local, get_set_and_remove_ask_and_tell_nobody) {
    ring_of_three ring;
    auto& a = ring.a;
    auto& b = ring.b;
    const auto key = a.key_of(b.peers.self_url());
    EXPECT_EQ(a.group.local_get(key), "loaded/" + key);
    EXPECT_EQ(a.group.stats().peer_loads, 0U);
    EXPECT_EQ(a.group.stats().local_loads, 1U);
    EXPECT_EQ(a.group.start_local_get(key).get(), "loaded/" + key);
    a.group.local_set(key, "mine", {.ttl = 1h});
    EXPECT_EQ(a.group.local_get(key), "mine");
    EXPECT_EQ(b.group.get(key), "loaded/" + key);
    b.group.local_set(key, "theirs");
    a.group.local_remove(key);
    EXPECT_FALSE(a.group.lookup(key));
    EXPECT_EQ(b.group.lookup(key)->view(), "theirs");
    a.group.close();
    EXPECT_EQ(a.group.try_local_get(key).error().status(), status::closed);
    EXPECT_EQ(status_of([&] { a.group.local_set(key, "v"); }), status::closed);
    EXPECT_EQ(status_of([&] { a.group.local_remove(key); }), status::closed);
}

}  // namespace
