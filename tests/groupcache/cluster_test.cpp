// Clusters over real sockets: who loads, who asks whom, and what reaches the caller.
#include "groupcache/cluster.hpp"

#include <future>
#include <set>
#include <thread>

#include "support/fake_peer.hpp"

namespace coord::groupcache {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using testing::reserved_port;

TEST_F(cluster, each_key_is_loaded_once_at_its_owner_whoever_asks) {
    add();
    add();
    meet();
    int alien = 0;
    for (int i = 0; i < 200; ++i) {
        const auto key = node::spread_key("key", i);
        const auto owner = *nodes[0]->peers->owner_of(key);
        EXPECT_EQ(owner, *nodes[1]->peers->owner_of(key));
        for (const auto& each : nodes) EXPECT_EQ(each->text(key), "value of " + key);
        for (const auto& each : nodes)
            EXPECT_EQ(each->loads(key), each->url() == owner ? 1 : 0) << key;
        alien += nodes[0]->url() == owner ? 0 : 1;
    }
    EXPECT_GT(alien, 20) << "both own a share";
    const auto counted = nodes[0]->g->read();
    EXPECT_EQ(counted.peer_loads, static_cast<std::uint64_t>(alien));
    EXPECT_EQ(counted.peer_errors, 0U);
    EXPECT_EQ(nodes[0]->peers->read().client_requests, static_cast<std::uint64_t>(alien));
    EXPECT_EQ(nodes[0]->peers->read().client_failures, 0U);
    EXPECT_EQ(nodes[0]->peers->read().skewed + nodes[1]->peers->read().skewed, 0U);
}

TEST_F(cluster, what_an_owner_gave_is_kept_as_a_hot_copy) {
    auto& here = add();
    auto& there = add();
    meet();
    const auto key = key_of(there);
    for (int i = 0; i < 10; ++i) EXPECT_EQ(here.text(key), "value of " + key);
    EXPECT_EQ(there.loads(key), 1);
    EXPECT_EQ(here.peers->read().client_requests, 1U);
    EXPECT_EQ(here.g->read_cache(cache::section::hot).items, 1U);
    EXPECT_EQ(here.g->read_cache(cache::section::main).items, 0U);
}

TEST_F(cluster, many_who_ask_through_all_nodes_at_once_cause_one_load) {
    std::promise<void> let_go;
    auto released = let_go.get_future().share();
    const auto slow = [released](request& mine) {
        released.wait();
        node::echo(mine);
    };
    add(node::served(), slow);
    add(node::served(), slow);
    add(node::served(), slow);
    meet();
    std::vector<std::future<std::string>> all;
    for (int i = 0; i < 30; ++i)
        all.push_back(std::async(std::launch::async, [&, i] {
            return nodes[static_cast<std::size_t>(i % 3)]->text("k");
        }));
    const auto& owner = **std::find_if(
        nodes.begin(), nodes.end(), [](const auto& one) { return one->peers->owns("k"); });
    // Ten of its own, and one from each of the others.
    while (owner.g->read().waiters < 12) std::this_thread::yield();
    let_go.set_value();
    for (auto& each : all) EXPECT_EQ(each.get(), "value of k");
    EXPECT_EQ(nodes[0]->loads() + nodes[1]->loads() + nodes[2]->loads(), 1);
}

TEST_F(cluster, any_bytes_are_a_key) {
    auto& here = add();
    add();
    meet();
    for (const auto& key : {"a b/c,d"s,
                            "a//b"s,
                            ".."s,
                            "."s,
                            ""s,
                            "100%"s,
                            "a+b"s,
                            "\0\xFF"s,
                            "?q=1#x"s,
                            "\xE6\x97\xA5"s,
                            "line\r\nfeed"s,
                            std::string(4'096, ' ')}) {
        EXPECT_EQ(here.text(key), "value of " + key);
        EXPECT_EQ(nodes[0]->loads(key) + nodes[1]->loads(key), 1) << key;
    }
}

TEST_F(cluster, a_removal_is_seen_by_all_and_the_next_get_loads_again) {
    add();
    add();
    add();
    meet();
    for (std::size_t from = 0; from < 3; ++from) {
        const auto key = "removed-from-" + std::to_string(from);
        for (const auto& each : nodes) EXPECT_EQ(each->text(key), "value of " + key);
        ASSERT_TRUE(nodes[from]->g->remove(key, never, nullptr));
        for (const auto& each : nodes) {
            EXPECT_FALSE(each->g->find(key)) << each->url();
        }
        EXPECT_EQ(nodes[(from + 1) % 3]->text(key), "value of " + key);
        int loads = 0;
        for (const auto& each : nodes) loads += each->loads(key);
        EXPECT_EQ(loads, 2) << key;
    }
}

TEST_F(cluster, a_removal_names_the_peer_that_did_not_confirm) {
    const reserved_port nobody;
    auto& here = add();
    ASSERT_TRUE(here.peers->set(here.url() + " " + nobody.url()));
    const auto key = here.own_key();
    static_cast<void>(here.text(key));
    const auto removed = here.g->remove(key, never, nullptr);
    ASSERT_FALSE(removed);
    EXPECT_EQ(removed.error().status(), COORD_UNAVAILABLE);
    EXPECT_NE(removed.error().message().find(nobody.url()), std::string_view::npos);
    EXPECT_FALSE(here.g->find(key)) << "removed here all the same";
}

TEST_F(cluster, the_owners_failure_reaches_who_asked_with_kind_and_message) {
    const auto failing = [](request& mine) {
        const auto key = mine.key(0);
        if (key.find("missing") == 0)
            return mine.fail(error(COORD_NOT_FOUND, "test", "no such user\n"));
        if (key.find("denied") == 0) return mine.fail(error(COORD_DENIED, "test", "not yours"));
        mine.fail(error(COORD_HOST_FAILED, "test", "the disk is on fire"));
    };
    auto& here = add(node::served(), failing);
    auto& there = add(node::served(), failing);
    meet();
    const auto missing = here.get(key_of(there, "missing"));
    EXPECT_EQ(missing.error().status(), COORD_NOT_FOUND);
    EXPECT_EQ(missing.error().message(), "no such user");
    const auto broken = here.get(key_of(there, "broken"));
    EXPECT_EQ(broken.error().status(), COORD_HOST_FAILED);
    EXPECT_EQ(broken.error().message(), "the disk is on fire");
    EXPECT_EQ(here.get(key_of(there, "denied")).error().status(), COORD_DENIED);
    EXPECT_EQ(here.loads(), 0) << "a failure is no reason to load again";
    EXPECT_EQ(there.loads(), 3);
    EXPECT_EQ(here.g->read().peer_errors, 0U);
}

TEST_F(cluster, in_the_seed_dialect_an_owners_failure_is_loaded_here) {
    auto seed = node::served();
    seed.speaks = dialect::seed;
    auto& here = add(seed);
    auto& there = add(seed, [](request& mine) { mine.fail(error(COORD_NOT_FOUND, "test", "no")); });
    meet();
    const auto key = key_of(there);
    EXPECT_EQ(here.text(key), "value of " + key);
    EXPECT_EQ(there.loads(key), 1);
    EXPECT_EQ(here.loads(key), 1);
    EXPECT_EQ(here.g->read().peer_errors, 1U);
}

TEST_F(cluster, lists_that_differ_cost_a_load_and_never_a_loop) {
    auto& a = add();
    auto& b = add();
    const reserved_port nobody;
    // Each believes that the other owns everything but itself.
    ASSERT_TRUE(a.peers->set(b.url()));
    ASSERT_TRUE(b.peers->set(a.url()));
    EXPECT_EQ(a.text("k"), "value of k");
    EXPECT_EQ(a.loads("k"), 0);
    EXPECT_EQ(b.loads("k"), 1);
    EXPECT_EQ(b.peers->read().skewed, 1U);
    EXPECT_EQ(b.peers->read().client_requests, 0U);
    std::vector<std::future<std::string>> all;
    for (int i = 0; i < 20; ++i)
        all.push_back(
            std::async(std::launch::async, [&, i] { return (i % 2 == 0 ? a : b).text("both"); }));
    for (auto& each : all) EXPECT_EQ(each.get(), "value of both");
    EXPECT_LE(a.loads("both") + b.loads("both"), 2);
    EXPECT_GE(a.loads("both") + b.loads("both"), 1);
}

TEST_F(cluster, a_dead_owner_is_replaced_by_loading_here_until_it_is_back) {
    auto& here = add();
    auto there = std::make_unique<node>();
    const auto url = there->url();
    ASSERT_TRUE(here.peers->set(here.url() + "," + url));
    const auto first = here.alien_key("first");
    EXPECT_EQ(here.text(first), "value of " + first);
    EXPECT_EQ(here.loads(), 0);
    there.reset();
    const auto second = here.alien_key("second");
    EXPECT_EQ(here.text(second), "value of " + second);
    EXPECT_EQ(here.loads(second), 1);
    EXPECT_EQ(here.g->read().peer_errors, 1U);
    EXPECT_EQ(here.g->read_cache(cache::section::main).items, 1U) << "loaded here, so kept as ours";
    auto again = node::served();
    again.listen = url.substr(7);
    there = std::make_unique<node>(again);
    const auto third = here.alien_key("third");
    EXPECT_EQ(here.text(third), "value of " + third);
    EXPECT_EQ(here.loads(third), 0);
    EXPECT_EQ(there->loads(third), 1);
}

TEST_F(cluster, children_serve_a_parent_that_is_none_of_them) {
    std::vector<std::string> urls;
    for (int i = 0; i < 4; ++i) {
        const auto suffix = std::to_string(i);
        urls.push_back(add(node::served(), [suffix](request& mine) {
                           const auto value = std::string(mine.key(0)) + ":" + suffix;
                           static_cast<void>(mine.set(0, value, {}));
                           mine.succeed();
                       }).url());
    }
    auto& parent = add(peers_options{});
    for (const auto& each : nodes) ASSERT_TRUE(each->peers->set(joined(urls)));
    EXPECT_EQ(parent.url(), "");
    std::set<std::string> owners;
    for (int i = 0; i < 100; ++i) {
        const auto key = node::spread_key("", i);
        const auto owner = *parent.peers->owner_of(key);
        const auto at = std::find(urls.begin(), urls.end(), owner) - urls.begin();
        EXPECT_EQ(parent.text(key), key + ":" + std::to_string(at));
        owners.insert(owner);
    }
    int loads = 0;
    for (int i = 0; i < 4; ++i) loads += nodes[static_cast<std::size_t>(i)]->loads();
    EXPECT_EQ(loads, 100);
    EXPECT_EQ(parent.loads(), 0);
    EXPECT_GT(owners.size(), 1U);
}

TEST_F(cluster, an_expiry_travels_with_the_value) {
    const auto expiring = [](request& mine) {
        value_terms terms;
        terms.ttl_ns = std::chrono::nanoseconds(1h).count();
        static_cast<void>(mine.set(0, "v", terms));
        mine.succeed();
    };
    auto& here = add(node::served(), expiring);
    auto& there = add(node::served(), expiring);
    meet();
    const auto key = key_of(there);
    const auto before = here.time().unix_ns();
    const auto got = here.get(key);
    ASSERT_TRUE(got);
    const auto left = (*got)->expire_unix_ns() - before;
    EXPECT_GT(left, std::chrono::nanoseconds(59min).count());
    EXPECT_LT(left, std::chrono::nanoseconds(61min).count());
}

TEST_F(cluster, checksums_are_sent_and_checked_between_nodes) {
    auto with = node::served();
    with.send_crc = true;
    auto& here = add(with);
    auto& there = add(with);
    meet();
    EXPECT_EQ(here.text(key_of(there)), "value of " + key_of(there));
    EXPECT_EQ(here.loads(), 0);
}

}  // namespace
}  // namespace coord::groupcache
