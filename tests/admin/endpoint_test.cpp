// The admin endpoint over real sockets: how it begins, how it ends, and what ends with it.
#include "admin/endpoint.hpp"

#include <atomic>
#include <future>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

#include "admin/raw_client.hpp"
#include "groupcache/group.hpp"

namespace coord::admin {
namespace {

using namespace std::chrono_literals;
using groupcache::group;
using groupcache::group_options;
using testing::port_of;
using testing::raw_client;

// A loader that gives the key, but keeps requests for "slow".
struct loader {
    static void load(void* user, ::coord_request* given) {
        auto* const mine = static_cast<request*>(reinterpret_cast<handle*>(given));
        if (mine->key(0) == "slow") return static_cast<loader*>(user)->slow.set_value(mine);
        const bool large = mine->key(0) == "large";
        static_cast<void>(
            mine->set(0, large ? std::string(32 << 20, 'x') : std::string(mine->key(0)), {}));
        mine->succeed();
    }
    std::promise<request*> slow;
};

void succeed(request* what) {
    static_cast<void>(what->set(0, "at last", {}));
    what->succeed();
}

class endpoints : public ::testing::Test {
  protected:
    endpoints() {
        owner->to_host();
        auto made = endpoint::start(*owner, "127.0.0.1:0", reach::loopback);
        EXPECT_TRUE(made) << made.error().message();
        owner->attach(std::move(*made));
        port = port_of(owner->attached()->address());
        group_options wanted;
        wanted.load = &loader::load;
        wanted.user = &loads;
        g = *group::make(owner, "g", wanted);
        g->to_host();
    }
    ~endpoints() override { free_all(); }
    void free_all() {
        if (const auto last = std::move(g)) last->drop_handle();
        if (const auto last = std::move(owner)) last->drop_handle();
    }
    time_point in(duration wait) const { return after(owner->time().now(), wait); }

    loader loads;
    ref<runtime> owner = *runtime::make({});
    ref<group> g;
    std::uint16_t port = 0;
};

TEST_F(endpoints, one_connection_gets_removes_and_looks) {
    raw_client client(port);
    const auto got = client.ask("GET", "/v1/groups/g/keys/a%2Fb%00");
    EXPECT_EQ(got.status, 200);
    EXPECT_EQ(got.body, std::string("a/b\0", 4));
    EXPECT_NE(got.head.find("Content-Type: application/octet-stream\r\n"), std::string::npos);
    const auto removed = client.ask("DELETE", "/v1/groups/g/keys/a%2Fb%00");
    EXPECT_EQ(removed.status, 204);
    EXPECT_EQ(removed.head.find("Content-Length"), std::string::npos) << removed.head;
    EXPECT_EQ(removed.head.find("Content-Type:"), std::string::npos) << removed.head;
    EXPECT_EQ(client.ask("GET", "/v1/groups/g/stats").body.find(R"({"group":"g","gets":1,)"), 0U);
    EXPECT_EQ(client.ask("GET", "/v1/groups").body, "{\"groups\":[\"g\"]}\n");
    EXPECT_EQ(client.ask("GET", "/healthz").body, "ok\n");
    EXPECT_EQ(client.ask("GET", "/v1/groups/g/keys/").status, 200) << "the empty key";
    EXPECT_EQ(client.ask("DELETE", "/v1/groups/g/keys/", "Origin: http://a\r\n").status, 403);
    EXPECT_EQ(client.ask("PUT", "/v1/groups/g/keys/k", "Content-Length: 0\r\n").status, 405);
    EXPECT_NE(client.ask("GET", "/metrics").body.find("coord_group_gets_total"), std::string::npos);
}

TEST_F(endpoints, a_slow_load_keeps_nobody_else_waiting) {
    raw_client patient(port);
    patient.send("GET", "/v1/groups/g/keys/slow");
    request* const kept = loads.slow.get_future().get();
    raw_client other(port);
    EXPECT_EQ(other.ask("GET", "/v1/groups/g/keys/quick").body, "quick");
    succeed(kept);
    EXPECT_EQ(patient.receive().body, "at last");
}

TEST_F(endpoints, an_address_is_taken_once) {
    const auto second = endpoint::start(*owner, owner->attached()->address(), reach::loopback);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().status(), COORD_ALREADY_EXISTS);
}

TEST_F(endpoints, beyond_loopback_is_for_those_who_insist) {
    const auto refused = endpoint::start(*owner, "0.0.0.0:0", reach::loopback);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().status(), COORD_INVALID_ARGUMENT);
    const auto allowed = endpoint::start(*owner, "0.0.0.0:0", reach::everywhere);
    ASSERT_TRUE(allowed) << allowed.error().message();
    raw_client client(port_of((*allowed)->address()));
    EXPECT_EQ(client.ask("GET", "/healthz").status, 200);
}

TEST_F(endpoints, a_close_lets_requests_end_and_tells_who_asks_meanwhile) {
    raw_client patient(port);
    patient.send("GET", "/v1/groups/g/keys/slow");
    request* const kept = loads.slow.get_future().get();
    auto closing = std::async(std::launch::async, [&] { return owner->close(in(30s), nullptr); });
    raw_client watcher(port);
    raw_client::reply health;
    while ((health = watcher.ask("GET", "/healthz")).status == 200) std::this_thread::yield();
    EXPECT_EQ(health.status, 503);
    EXPECT_EQ(health.body, "closing\n");
    EXPECT_EQ(watcher.ask("GET", "/v1/groups/g/keys/new").status, 503);
    succeed(kept);
    EXPECT_EQ(patient.receive().body, "at last");
    EXPECT_TRUE(closing.get());
    EXPECT_FALSE(raw_client(port).connected) << "the port is free";
    EXPECT_EQ(watcher.receive().status, 0) << "the connection was cut";
    EXPECT_TRUE(owner->close(in(0s), nullptr)) << "closing again is fine";
}

TEST_F(endpoints, a_close_at_once_cancels_and_cuts) {
    raw_client patient(port);
    patient.send("GET", "/v1/groups/g/keys/slow");
    request* const kept = loads.slow.get_future().get();
    EXPECT_FALSE(owner->close(in(0s), nullptr));
    const auto got = patient.receive();
    EXPECT_TRUE(got.status == 503 || got.status == 0) << got.status;
    succeed(kept);
}

TEST_F(endpoints, a_client_that_does_not_read_does_not_hold_up_a_close) {
    raw_client deaf(port);
    deaf.send("GET", "/v1/groups/g/keys/large");
    raw_client other(port);
    while (other.ask("GET", "/v1/groups/g/stats").body.find("\"local_loads\":1") ==
           std::string::npos)
        std::this_thread::yield();
    const auto begun = in(0s);
    EXPECT_TRUE(owner->close(in(50ms), nullptr)) << "nothing of the host was cancelled";
    EXPECT_LT(in(0s), begun + limits::body_timeout) << "the server's own patience";
    EXPECT_FALSE(raw_client(port).connected);
}

TEST_F(endpoints, freeing_everything_ends_what_is_under_way) {
    raw_client patient(port);
    patient.send("GET", "/v1/groups/g/keys/slow");
    request* const kept = loads.slow.get_future().get();
    raw_client idle(port);
    EXPECT_EQ(idle.ask("GET", "/healthz").status, 200);
    free_all();
    const auto got = patient.receive();
    EXPECT_TRUE(got.status == 503 || got.status == 0) << got.status;
    EXPECT_EQ(idle.receive().status, 0);
    EXPECT_FALSE(raw_client(port).connected);
    succeed(kept);  // after all is gone
}

TEST_F(endpoints, an_endpoint_ends_under_requests_of_every_kind) {
    std::atomic<int> answered{0};
    std::vector<std::thread> clients;
    for (const char* const path : {"/v1/groups/g/keys/a",
                                   "/v1/groups/g/keys/b",
                                   "/v1/groups/g/stats",
                                   "/v1/groups",
                                   "/v1/peers",
                                   "/v1/dump",
                                   "/metrics"})
        clients.emplace_back([path, to = port, &answered] {
            // Until the port is closed.
            for (;;) {
                raw_client client(to);
                if (!client.connected) return;
                for (;;) {
                    if (client.ask("GET", path).status == 0) break;
                    ++answered;
                    if (client.ask("DELETE", path).status == 0) break;
                }
            }
        });
    while (answered < 200) std::this_thread::yield();
    free_all();
    for (auto& each : clients) each.join();
}

TEST(endpoint, a_runtime_that_a_test_drives_has_none) {
    const auto owner = runtime::make_driven({}, {&machine_clock(), nullptr, 1});
    const auto made = endpoint::start(*owner, "127.0.0.1:0", reach::loopback);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().status(), COORD_UNSUPPORTED);
}

}  // namespace
}  // namespace coord::admin
