// ACCEPT: what the host sees of a peer's request before it is served, and what it can do about it.
#include <thread>

#include "groupcache/peer_hooks.hpp"
#include "groupcache/set_bodies.hpp"

namespace coord::groupcache {
namespace {

using testing::hook;
using testing::hooked;
using testing::node;
using testing::raw_client;
using testing::raw_reply;

class accepting : public hooked {
  protected:
    void open_with(host_handler accept, node::loader load = {}) {
        open([&](peers_options& wanted) { wanted.accept = accept; }, std::move(load));
    }
};

TEST_F(accepting, the_host_sees_each_request_and_lets_it_through) {
    std::vector<std::string> seen;
    hook all([&](request& mine) {
        EXPECT_EQ(mine.which(), request_kind::accept);
        EXPECT_EQ(mine.count(), 0U);
        seen.push_back(std::string(mine.http("method")) + " " + std::string(mine.http("target")) +
                       " [" + std::string(mine.http("body")) + "]");
        EXPECT_NE(mine.http("headers").find("Host: test\r\n"), std::string_view::npos);
        EXPECT_EQ(mine.http("nothing").data(), nullptr);
        EXPECT_EQ(mine.failure(), nullptr);
        EXPECT_FALSE(mine.set(0, "v", {}));
        EXPECT_FALSE(mine.set_response({}));
        EXPECT_FALSE(mine.set_header("a", "b"));
        mine.succeed();
    });
    open_with(all.handler());
    EXPECT_EQ(get("g/a%20b?q", "X-Any: thing\r\n").status, 200);
    const auto body = testing::set_body("k", "v");
    client->send(testing::put_request("/_groupcache/g/k", body, testing::tells_others));
    EXPECT_EQ(client->read().status, 200);
    EXPECT_EQ(client->ask("DELETE", "/_groupcache/g/k").status, 200);
    EXPECT_EQ(get("no-key").status, 400) << "what is wrong is found after it";
    EXPECT_EQ(client->ask("GET", "/elsewhere").status, 404);
    const std::vector<std::string> expected = {"GET /_groupcache/g/a%20b?q []",
                                               "PUT /_groupcache/g/k [" + body + "]",
                                               "DELETE /_groupcache/g/k []",
                                               "GET /_groupcache/no-key []",
                                               "GET /elsewhere []"};
    EXPECT_EQ(seen, expected);
    raw_client fresh(here->port());
    fresh.send("POST /_groupcache/g/k HTTP/1.1\r\nHost: test\r\n\r\n");
    EXPECT_EQ(fresh.read().status, 405);
    EXPECT_EQ(seen.size(), 5U) << "what the parser refuses never gets here";
}

TEST_F(accepting, a_refusal_says_what_the_host_says) {
    struct row {
        coord_status why;
        int status;
        const char* type;
        const char* retry;
    };
    const row rows[] = {
        {COORD_DENIED, 403, "denied", ""},
        {COORD_EXHAUSTED, 503, "exhausted", "1"},
        {COORD_UNAVAILABLE, 503, "unavailable", ""},
        {COORD_HOST_FAILED, 400, "host_failed", ""},
        {COORD_TIMED_OUT, 400, "timed_out", ""},
        {COORD_ABANDONED, 400, "abandoned", ""},
        {9'999, 400, "host_failed", ""},
    };
    coord_status why = COORD_OK;
    hook refuses([&](request& mine) { mine.fail(error(why, "test", "not for you")); });
    open_with(refuses.handler());
    for (const auto& each : rows) {
        why = each.why;
        const auto got = get();
        EXPECT_EQ(got.status, each.status) << each.why;
        EXPECT_EQ(got.body, "not for you\n");
        EXPECT_EQ(got.header("Coord-Error-Type"), each.type);
        EXPECT_EQ(got.header("Retry-After"), each.retry);
        EXPECT_EQ(got.header("Coord-Peer"), "1; set");
    }
    EXPECT_EQ(here->loads(), 0);
    EXPECT_EQ(here->peers->read().server_malformed, std::size(rows));
    EXPECT_EQ(here->peers->read().server_requests, 0U);
}

TEST_F(accepting, what_the_host_attaches_reaches_the_load_and_is_freed_once) {
    static std::atomic<int> freed;
    freed = 0;
    const auto attach = [](request& to, int* what) {
        return to.set_user(ref<host_user>(
            new host_user(what, [](void* user) { freed += *static_cast<int*>(user); })));
    };
    int first = 1;
    int second = 100;
    void* seen = nullptr;
    hook attaches([&](request& mine) {
        EXPECT_TRUE(attach(mine, &first));
        EXPECT_TRUE(attach(mine, &second));
        EXPECT_EQ(freed, 1) << "the last one counts";
        if (mine.http("target").find("secret") != std::string_view::npos)
            return mine.fail(error(COORD_DENIED, "test", "no"));
        mine.succeed();
    });
    open_with(attaches.handler(), [&](request& mine) {
        seen = mine.user(0);
        EXPECT_EQ(freed, 1) << "still needed";
        node::echo(mine);
    });
    EXPECT_EQ(get("g/k").status, 200);
    EXPECT_EQ(seen, &second);
    while (freed < 101) std::this_thread::yield();
    freed = 0;
    EXPECT_EQ(get("g/secret").status, 403);
    while (freed < 101) std::this_thread::yield();
    freed = 0;
    EXPECT_EQ(get("g/k").status, 200) << "a hit has no load";
    while (freed < 101) std::this_thread::yield();
    here.reset();
    EXPECT_EQ(freed, 101);
}

TEST_F(accepting, an_answer_may_come_later_from_anywhere) {
    open_with(kept.handler());
    client->send("GET /_groupcache/g/k HTTP/1.1\r\nHost: test\r\n\r\n");
    auto& asked = kept.take();
    EXPECT_EQ(here->loads(), 0) << "nothing happens before";
    asked.succeed();
    EXPECT_EQ(client->read().status, 200);
}

TEST_F(accepting, a_host_that_never_answers_is_no_fault_of_the_peer) {
    open_with(kept.handler());
    request* late = nullptr;
    const auto got = outlast_host("g/k", late);
    EXPECT_EQ(got.status, 503);
    EXPECT_EQ(got.header("Coord-Error-Type"), "unavailable");
    EXPECT_EQ(late->http("target"), "/_groupcache/g/k") << "copies, for as long as it is held";
    late->succeed();
    EXPECT_EQ(here->loads(), 0) << "too late";
    client->send("DELETE /_groupcache/g/k HTTP/1.1\r\nHost: test\r\n\r\n");
    for (bool is_it = false; !is_it;) {
        auto& next = kept.take();
        is_it = next.http("method") == "DELETE";
        next.succeed();
    }
    EXPECT_EQ(client->read().status, 200) << "the connection lives on";
}

TEST_F(accepting, a_request_freed_unanswered_is_refused) {
    open_with(kept.handler());
    client->send("GET /_groupcache/g/k HTTP/1.1\r\nHost: test\r\n\r\n");
    kept.take().abandon();
    EXPECT_EQ(client->read().status, 400);
}

TEST_F(accepting, a_peer_that_went_away_meanwhile_disturbs_nobody) {
    open_with(kept.handler());
    client->send("GET /_groupcache/g/k HTTP/1.1\r\nHost: test\r\n\r\n");
    auto& asked = kept.take();
    client.emplace(here->port());
    asked.succeed();
    client->send("GET /_groupcache/g/k HTTP/1.1\r\nHost: test\r\n\r\n");
    kept.take().succeed();
    EXPECT_EQ(client->read().status, 200);
}

TEST_F(accepting, closing_cuts_what_the_host_has_not_answered) {
    open_with(kept.handler());
    client->send("GET /_groupcache/g/k HTTP/1.1\r\nHost: test\r\n\r\n");
    auto& asked = kept.take();
    const auto closed = here->peers->close(here->time().now(), nullptr);
    EXPECT_EQ(closed.error().status(), COORD_TIMED_OUT) << "something was cut";
    EXPECT_EQ(client->read().status, 0);
    while (!asked.work_context()->was_cancelled()) std::this_thread::yield();
    asked.succeed();
    EXPECT_EQ(here->loads(), 0);
}

TEST(accepting_events, arrive_in_a_queue_while_it_is_open) {
    auto in = *runtime::make({});
    in->to_host();
    auto requests = *queue::make_polled(in);
    requests->to_host();
    auto wanted = node::served();
    wanted.accept = {nullptr, nullptr, requests.get(), 7};
    wanted.requests = requests;
    {
        node here(wanted);
        raw_client client(here.port());
        client.send("GET /_groupcache/g/k HTTP/1.1\r\nHost: test\r\n\r\n");
        event came;
        ASSERT_EQ(requests->wait(std::span(&came, 1), never).count, 1U);
        EXPECT_EQ(came.kind, event_kind::request);
        EXPECT_EQ(came.token, 7U);
        static_cast<request*>(static_cast<handle*>(came.value))->succeed();
        EXPECT_EQ(client.read().status, 200);
        requests->close();
        EXPECT_EQ(client.ask("GET", "/_groupcache/g/k").status, 503);
    }
    requests->drop_handle();
    static_cast<void>(in->close(never, nullptr));
    in->drop_handle();
}

}  // namespace
}  // namespace coord::groupcache
