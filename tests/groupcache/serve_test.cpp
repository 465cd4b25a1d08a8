// Requests of peers that came to a server of the host's own: the same answers as at the port, and
// an ending for each, whatever happens.
#include "groupcache/serve.hpp"

#include <algorithm>
#include <latch>
#include <thread>

#include "groupcache/peer_hooks.hpp"
#include "groupcache/set_bodies.hpp"
#include "support/fake_peer.hpp"

namespace coord::groupcache {
namespace {

using testing::hooked;
using testing::kept_requests;
using testing::node;
using testing::raw_client;
using testing::set_body;

void load(request& mine) {
    const auto key = mine.key(0);
    if (key == "broken") return mine.fail(error(COORD_HOST_FAILED, "test", "on fire"));
    if (key == "missing") return mine.fail(error(COORD_NOT_FOUND, "test", "no such user"));
    if (key == "busy") return mine.fail(error(COORD_EXHAUSTED, "test", "too many"));
    value_terms terms;
    if (key == "past") terms.expire_unix_ns = 5;
    static_cast<void>(mine.set(0, key == "large" ? std::string(1 << 20, 'L') : "value", terms));
    mine.succeed();
}

message_view asking(std::string_view method, std::string_view target) {
    return {0, method, target, {}, {}};
}

result<ref<served_response>> serve_now(const ref<http_peers>& by, const message_view& what) {
    return serve(by, what, never, nullptr);
}

// Without what belongs to the connection, in order.
std::string headers_of(std::string_view head) {
    std::vector<std::string> lines;
    for (auto at = head.find("\r\n"); at != std::string_view::npos;) {
        const auto next = head.find("\r\n", at + 2);
        const auto line = head.substr(at + 2, next - at - 2);
        at = next;
        const auto name = line.substr(0, line.find(':'));
        if (!line.empty() && name != "Date" && name != "Content-Length" && name != "Connection")
            lines.emplace_back(line);
    }
    std::sort(lines.begin(), lines.end());
    std::string text;
    for (const auto& line : lines) text += line + "\n";
    return text;
}

class serving : public hooked {
  protected:
    void open_plain() {
        open([](peers_options& wanted) { wanted.max_key_bytes = 100; }, load);
    }
};

TEST_F(serving, answers_as_the_port_does) {
    struct row {
        std::string method, target, headers, body;
    };
    const row rows[] = {
        {"GET", "/_groupcache/g/k", "", ""},
        {"GET", "/_groupcache/g/", "", ""},
        {"GET", "/_groupcache/g/a%2Fb?query", "X-Any: thing\r\n", ""},
        {"GET", "/_groupcache/g/large", "", ""},
        {"GET", "/_groupcache/g/past", "", ""},
        {"GET", "/_groupcache/g/broken", "", ""},
        {"GET", "/_groupcache/g/missing", "", ""},
        {"GET", "/_groupcache/g/busy", "", ""},
        {"GET", "/_groupcache/no/k", "", ""},
        {"GET", "/_groupcache/g", "", ""},
        {"GET", "/_groupcache/g/%zz", "", ""},
        {"GET", "/elsewhere", "", ""},
        {"GET", "/_groupcache/g/" + std::string(101, 'k'), "", ""},
        {"GET", "/" + std::string(20'000, 'k'), "", ""},
        {"GET", "/a#b", "", ""},
        {"GET", "/_groupcache/g/k", "Content-Length: 1\r\n", "x"},
        {"GET", "/_groupcache/g/k", "A: " + std::string(30'000, 'x') + "\r\n", ""},
        {"DELETE", "/_groupcache/g/k", "", ""},
        {"DELETE", "/_groupcache/no/k", "", ""},
        {"PUT", "/_groupcache/g/k", "Coord-Request: 1\r\n", set_body("k", "set")},
        {"PUT", "/_groupcache/g/k", "", "garbage"},
        {"PUT", "/_groupcache/no/k", "", set_body("k", "set")},
        {"PUT", "/_groupcache/g/k", "", set_body(std::string(101, 'k'), "set")},
        {"POST", "/_groupcache/g/k", "", ""},
        {"HEAD", "/_groupcache/g/k", "", ""},
        {"BREW", "/_groupcache/g/k", "", ""},
        {"get", "/_groupcache/g/k", "", ""},
        {"G@T", "/_groupcache/g/k", "", ""},
    };
    open_plain();
    for (const auto& each : rows) {
        raw_client fresh(here->port());
        auto framing = each.headers;
        if (each.method == "PUT")
            framing += "Content-Length: " + std::to_string(each.body.size()) + "\r\n";
        fresh.send(each.method + " " + each.target + " HTTP/1.1\r\nHost: test\r\n" + framing +
                   "\r\n" + each.body);
        const bool is_head = each.method == "HEAD";
        const auto expected =
            fresh.read(is_head ? raw_client::asked::head : raw_client::asked::anything);
        const auto got =
            serve_now(here->peers, {0, each.method, each.target, each.headers, each.body});
        const auto what = each.method + " " + each.target.substr(0, 40);
        ASSERT_TRUE(got) << what;
        EXPECT_EQ((*got)->status(), expected.status) << what;
        EXPECT_TRUE((*got)->body() == expected.body) << what;
        EXPECT_EQ(headers_of("\r\n" + (*got)->headers()), headers_of(expected.head)) << what;
    }
    const auto counted = here->peers->read();
    EXPECT_EQ(counted.server_requests % 2, 0U) << "both ways count alike";
    EXPECT_EQ(counted.server_malformed % 2, 0U);
    EXPECT_GT(counted.server_malformed, 10U);
}

TEST(serving_without_a_port, loads_its_own_keys_here) {
    const testing::reserved_port other;
    peers_options wanted;
    wanted.self_url = "http://127.0.0.1:1";
    wanted.list = wanted.self_url + " " + other.url();
    node here(wanted, load);
    const auto mine = here.own_key();
    EXPECT_EQ(here.text(mine), "value");
    EXPECT_EQ(here.peers->read().client_requests, 0U) << "it does not ask itself";
    EXPECT_EQ(here.text(here.alien_key()), "value") << "the other one cannot be reached";
    EXPECT_EQ(here.peers->read().client_requests, 1U);
    const auto got = serve_now(here.peers, asking("GET", "/_groupcache/g/" + mine));
    EXPECT_EQ((*got)->status(), 200);
    EXPECT_EQ((*got)->body(), std::string_view("\x0A\x05value\x18\0", 9));
    EXPECT_EQ(here.peers->read().server_requests, 1U);
    EXPECT_EQ(here.loads(mine), 1);
}

TEST_F(serving, passes_what_is_asked_through_the_hooks) {
    open([&](peers_options& wanted) { wanted.accept = kept.handler(); });
    std::thread asks([&] {
        const auto got = serve_now(
            here->peers, {0, "GET", "/_groupcache/g/k", "X-Any: thing\nContent-Length: 7\n", {}});
        EXPECT_EQ((*got)->status(), 403);
    });
    auto& asked = kept.take();
    EXPECT_EQ(asked.http("method"), "GET");
    EXPECT_EQ(asked.http("target"), "/_groupcache/g/k");
    EXPECT_EQ(asked.http("headers"), "X-Any: thing\r\n") << "framing is the server's business";
    asked.fail(error(COORD_DENIED, "test", "no"));
    asks.join();
}

TEST_F(serving, ends_at_its_deadline_or_when_it_is_cancelled) {
    open([](peers_options&) {},
         [&](request& mine) {
             kept_requests::keep(&kept,
                                 reinterpret_cast<::coord_request*>(static_cast<handle*>(&mine)));
         });
    const auto what = asking("GET", "/_groupcache/g/k");
    const auto now = here->time().now();
    EXPECT_EQ(serve(here->peers, what, now, nullptr).error().status(), COORD_TIMED_OUT);
    kept.take().succeed();
    const ref<context> until(new context(here->time(), never, nullptr, ""));
    request* loading = nullptr;
    std::thread cancels([&] {
        loading = &kept.take();
        until->cancel();
    });
    const auto got = serve(here->peers, asking("GET", "/_groupcache/g/other"), never, until.get());
    EXPECT_EQ(got.error().status(), COORD_CANCELLED);
    cancels.join();
    loading->succeed();
    EXPECT_EQ(serve(here->peers, what, never, until.get()).error().status(), COORD_CANCELLED)
        << "a context that was cancelled begins nothing";
}

class started : public serving {
  protected:
    void SetUp() override {
        open([](peers_options&) {},
             [&](request& mine) {
                 kept_requests::keep(
                     &kept, reinterpret_cast<::coord_request*>(static_cast<handle*>(&mine)));
             });
        answers = *queue::make_polled(here->owner);
        answers->to_host();
    }
    void TearDown() override { answers->drop_handle(); }
    ref<operation> start(std::string_view target = "/_groupcache/g/k",
                         time_point deadline = never,
                         const ref<context>& until = nullptr) {
        auto begun = start_serve(here->peers, asking("GET", target), deadline, until, answers, 5);
        EXPECT_TRUE(begun) << begun.error().message();
        return *begun;
    }
    // Its status; that of the response, or of the failure.
    int next() {
        event came;
        EXPECT_EQ(answers->wait(std::span(&came, 1), never).count, 1U);
        EXPECT_EQ(came.kind, event_kind::response);
        EXPECT_EQ(came.token, 5U);
        int status = came.status;
        if (came.value != nullptr) {
            auto* const got = static_cast<served_response*>(static_cast<handle*>(came.value));
            EXPECT_TRUE(got->is(handle_kind::response));
            status = got->status();
        }
        clear(came);
        return status;
    }

    ref<queue> answers;
};

TEST_F(started, ends_in_one_event) {
    start("/_groupcache/g/k");
    EXPECT_EQ(here->owner->pending(), 1U);
    node::echo(kept.take());
    EXPECT_EQ(next(), 200);
    start("/_groupcache/g/k");
    EXPECT_EQ(next(), 200) << "from memory, before it returned";
    start("/elsewhere");
    EXPECT_EQ(next(), 404);
    start("no path");
    EXPECT_EQ(next(), 400);
    EXPECT_EQ(here->owner->pending(), 0U);
}

TEST_F(started, is_stopped_by_whatever_comes_first) {
    start()->cancel();
    EXPECT_EQ(next(), COORD_CANCELLED);
    start("/_groupcache/g/k", here->time().now());
    EXPECT_EQ(next(), COORD_TIMED_OUT);
    const ref<context> until(new context(here->time(), never, nullptr, ""));
    start("/_groupcache/g/k", never, until);
    until->cancel();
    EXPECT_EQ(next(), COORD_CANCELLED);
    start("/_groupcache/g/unseen", never, until);
    EXPECT_EQ(next(), COORD_CANCELLED);
    node::echo(kept.take());
    EXPECT_EQ(here->loads("unseen"), 0) << "none for who came too late";
    EXPECT_EQ(here->loads(), 1) << "one load for all that wanted it";
    EXPECT_EQ(here->owner->pending(), 0U);
}

TEST_F(started, is_cut_by_a_close_and_refused_after_it) {
    start();
    auto& loading = kept.take();
    const auto closed = here->peers->close(here->time().now(), nullptr);
    EXPECT_EQ(closed.error().status(), COORD_TIMED_OUT);
    EXPECT_EQ(next(), COORD_CLOSED);
    node::echo(loading);
    const auto what = asking("GET", "/_groupcache/g/k");
    EXPECT_EQ(serve_now(here->peers, what).error().status(), COORD_CLOSED);
    EXPECT_EQ(start_serve(here->peers, what, never, nullptr, answers, 5).error().status(),
              COORD_CLOSED);
    EXPECT_EQ(here->owner->pending(), 0U);
}

TEST_F(started, is_waited_for_by_a_close) {
    start();
    auto& loading = kept.take();
    std::thread closes([&] { EXPECT_TRUE(here->peers->close(never, nullptr)); });
    while (!here->peers->is_closed()) std::this_thread::yield();
    node::echo(loading);
    closes.join();
    EXPECT_EQ(next(), 200);
}

TEST_F(started, refuses_what_would_wait_for_itself) {
    std::latch done(1);
    struct on_io final : timer {
        void on_timer() noexcept override {
            got = serve_now(of, asking("GET", "/_groupcache/g/k")).error().status();
            over->count_down();
        }
        ref<http_peers> of;
        std::latch* over = nullptr;
        coord_status got = COORD_OK;
    } asks;
    asks.of = here->peers;
    asks.over = &done;
    here->owner->timers().arm(asks, here->time().now());
    done.wait();
    EXPECT_EQ(asks.got, COORD_WOULD_DEADLOCK);
}

}  // namespace
}  // namespace coord::groupcache
