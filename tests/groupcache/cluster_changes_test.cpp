// Clusters over real sockets: new lists, and ends.
#include <future>
#include <thread>

#include "groupcache/cluster.hpp"
#include "support/fake_peer.hpp"
#include "support/raw_http.hpp"

namespace coord::groupcache {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using testing::fake_peer;
using testing::raw_client;
using testing::reserved_port;

TEST_F(cluster, a_new_list_moves_keys_and_keeps_the_peers_that_stay) {
    auto& a = add();
    auto& b = add();
    meet();
    const auto before = a.peers->others();
    static_cast<void>(a.text(key_of(b, "first")));
    const reserved_port nobody;
    ASSERT_TRUE(a.peers->set(joined({nobody.url(), b.url(), a.url()})));
    EXPECT_EQ(a.peers->list(), nobody.url() + "\n" + b.url() + "\n" + a.url() + "\n");
    const auto after = a.peers->others();
    ASSERT_EQ(after.size(), 2U);
    EXPECT_EQ(after[1], before[0]) << "with its connections";
    EXPECT_EQ(a.peers->pick(a.own_key()), nullptr);
    ASSERT_TRUE(a.peers->set(""));
    EXPECT_EQ(a.peers->list(), "");
    EXPECT_FALSE(a.peers->owner_of("k"));
    EXPECT_EQ(a.text("alone"), "value of alone");
    EXPECT_EQ(a.loads("alone"), 1);
}

TEST_F(cluster, the_connections_to_a_peer_that_left_the_list_are_closed) {
    auto& a = add();
    auto& b = add();
    meet();
    static_cast<void>(a.text(key_of(b)));
    EXPECT_EQ(b.peers->read().server_connections, 1U);
    ASSERT_TRUE(a.peers->set(""));
    while (b.peers->read().server_connections != 0) std::this_thread::yield();
}

TEST_F(cluster, a_get_under_way_ends_as_it_began_when_its_peer_leaves_the_list) {
    std::promise<void> let_go;
    auto released = let_go.get_future().share();
    auto& a = add();
    auto& b = add(node::served(), [released](request& mine) {
        released.wait();
        node::echo(mine);
    });
    meet();
    const auto key = key_of(b);
    auto asked = std::async(std::launch::async, [&] { return a.text(key); });
    while (b.g->read().waiters < 1) std::this_thread::yield();
    ASSERT_TRUE(a.peers->set(a.url()));
    let_go.set_value();
    EXPECT_EQ(asked.get(), "value of " + key);
    EXPECT_EQ(a.loads(key), 0);
    EXPECT_EQ(b.loads(key), 1);
}

TEST_F(cluster, closing_answers_what_is_under_way_and_then_everything_is_loaded_here) {
    std::promise<void> let_go;
    auto released = let_go.get_future().share();
    auto& a = add();
    auto& b = add(node::served(), [released](request& mine) {
        released.wait();
        node::echo(mine);
    });
    meet();
    const auto key = key_of(b);
    auto asked = std::async(std::launch::async, [&] { return a.text(key); });
    while (b.g->read().waiters < 1) std::this_thread::yield();
    auto closed = std::async(std::launch::async, [&] { return b.peers->close(never, nullptr); });
    while (!b.peers->is_closed()) std::this_thread::yield();
    let_go.set_value();
    EXPECT_TRUE(closed.get());
    EXPECT_EQ(asked.get(), "value of " + key) << "answered before the port closed";
    EXPECT_EQ(a.loads(key), 0);
    EXPECT_FALSE(raw_client(b.port()).is_connected());
    EXPECT_EQ(b.peers->set(a.url()).error().status(), COORD_CLOSED);
    const auto theirs = b.alien_key();
    EXPECT_EQ(b.text(theirs), "value of " + theirs);
    EXPECT_EQ(b.loads(theirs), 1);
    EXPECT_TRUE(b.peers->close(never, nullptr)) << "again";
}

TEST_F(cluster, closing_cuts_what_is_not_answered_by_the_deadline) {
    std::promise<void> let_go;
    auto released = let_go.get_future().share();
    auto& a = add();
    auto& b = add(node::served(), [released](request& mine) {
        released.wait();
        node::echo(mine);
    });
    meet();
    const auto key = key_of(b);
    auto asked = std::async(std::launch::async, [&] { return a.text(key); });
    while (b.g->read().waiters < 1) std::this_thread::yield();
    EXPECT_EQ(b.peers->close(b.time().now(), nullptr).error().status(), COORD_TIMED_OUT);
    EXPECT_EQ(asked.get(), "value of " + key) << "loaded where it was asked for";
    EXPECT_EQ(a.loads(key), 1);
    let_go.set_value();
}

TEST_F(cluster, closing_fails_questions_that_nobody_answers) {
    const fake_peer silent([](fake_peer::session& with) {
        static_cast<void>(with.request());
        with.await_end();
    });
    auto& here = add(peers_options{});
    ASSERT_TRUE(here.peers->set(silent.url()));
    auto asked = std::async(std::launch::async, [&] { return here.text("k"); });
    silent.await_requests(1);
    EXPECT_EQ(here.peers->close(here.time().now(), nullptr).error().status(), COORD_TIMED_OUT);
    EXPECT_EQ(asked.get(), "value of k");
    EXPECT_EQ(here.loads("k"), 1);
}

TEST_F(cluster, a_loader_must_not_wait_for_the_peers_it_loads_for) {
    coord_status seen = COORD_OK;
    http_peers* peers = nullptr;
    auto& here = add(node::served(), [&](request& mine) {
        seen = peers->close(never, nullptr).error().status();
        node::echo(mine);
    });
    peers = here.peers.get();
    static_cast<void>(here.text("k"));
    EXPECT_EQ(seen, COORD_WOULD_DEADLOCK);
}

TEST_F(cluster, a_slow_owner_costs_its_callers_no_more_than_their_deadline) {
    const fake_peer silent([](fake_peer::session& with) {
        static_cast<void>(with.request());
        with.await_end();
    });
    auto& here = add(peers_options{});
    ASSERT_TRUE(here.peers->set(silent.url()));
    const auto got = here.get("k", here.time().now() + 20ms);
    EXPECT_EQ(got.error().status(), COORD_TIMED_OUT);
}

TEST_F(cluster, the_runtime_closes_its_peers) {
    auto& here = add();
    const auto port = here.port();
    ASSERT_TRUE(here.owner->close(never, nullptr));
    EXPECT_FALSE(raw_client(port).is_connected());
    EXPECT_TRUE(here.peers->is_closed());
}

TEST_F(cluster, counters_are_shown_as_metrics) {
    auto& here = add();
    raw_client client(here.port());
    static_cast<void>(client.ask("GET", "/_groupcache/g/k"));
    const auto text = here.owner->metrics();
    const auto label = "{self=\"" + here.url() + "\"}";
    EXPECT_NE(text.find("coord_peers_server_requests_total" + label + " 1\n"), std::string::npos)
        << text;
    EXPECT_NE(text.find("coord_peers_server_connections" + label + " 1\n"), std::string::npos);
    EXPECT_NE(text.find("coord_peers_skewed_total" + label + " 0\n"), std::string::npos);
}

TEST_F(cluster, the_runtime_answers_what_is_under_way_before_it_closes) {
    std::promise<void> let_go;
    auto released = let_go.get_future().share();
    auto& here = add(node::served(), [released](request& mine) {
        released.wait();
        node::echo(mine);
    });
    raw_client client(here.port());
    client.send("GET /_groupcache/g/k HTTP/1.1\r\nHost: test\r\n\r\n");
    while (here.g->read().waiters < 1) std::this_thread::yield();
    auto closed = std::async(std::launch::async, [&] { return here.owner->close(never, nullptr); });
    while (!here.peers->is_closed()) std::this_thread::yield();
    let_go.set_value();
    EXPECT_TRUE(closed.get());
    EXPECT_EQ(client.read().status, 200);
}

}  // namespace
}  // namespace coord::groupcache
