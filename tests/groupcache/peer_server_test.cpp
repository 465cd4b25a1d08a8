// What a peers' port answers, row by row, over sockets.
#include <future>
#include <gtest/gtest.h>

#include "groupcache/wire.hpp"
#include "support/fake_peer.hpp"
#include "support/node.hpp"
#include "support/raw_http.hpp"

namespace coord::groupcache {
namespace {

using namespace std::string_literals;
using testing::node;
using testing::raw_client;
using testing::raw_reply;

// Fails as the key says, or echoes it.
void load(request& mine) {
    const auto key = mine.key(0);
    const auto fail = [&](coord_status status, std::string_view message) {
        mine.fail(error(status, "test", message));
    };
    if (key == "broken") return fail(COORD_HOST_FAILED, "the disk is on fire");
    if (key == "missing") return fail(COORD_NOT_FOUND, "no such user");
    if (key == "busy") return fail(COORD_EXHAUSTED, "too many loads");
    if (key == "silent") return mine.fail(error(COORD_TIMED_OUT));
    value_terms terms;
    if (key == "past") terms.expire_unix_ns = 5;
    static_cast<void>(
        mine.set(0, key == "large" ? std::string(8 << 20, 'L') : "go:" + std::string(key), terms));
    mine.succeed();
}

peers_options speaking(dialect speaks) {
    auto wanted = node::served();
    wanted.speaks = speaks;
    return wanted;
}

class answers : public ::testing::TestWithParam<dialect> {
  protected:
    node here{speaking(GetParam()), load};
    raw_client client{here.port()};
    bool is_seed() const { return GetParam() == dialect::seed; }

    raw_reply get(std::string_view rest) {
        return client.ask("GET", "/_groupcache/" + std::string(rest));
    }
    void expect_error(const raw_reply& got,
                      int status,
                      std::string_view text,
                      std::string_view type) {
        EXPECT_EQ(got.status, status) << text;
        EXPECT_EQ(got.body, std::string(text) + "\n");
        EXPECT_EQ(got.header("Content-Type"), "text/plain; charset=utf-8") << text;
        EXPECT_EQ(got.header("X-Content-Type-Options"), "nosniff") << text;
        EXPECT_EQ(got.header("Coord-Error-Type"), type) << text;
    }
};

TEST_P(answers, a_value_comes_as_protobuf_loaded_or_from_memory) {
    for (int i = 0; i < 2; ++i) {
        const auto got = get("g/hello");
        EXPECT_EQ(got.status, 200);
        EXPECT_EQ(got.header("Content-Type"), "application/x-protobuf");
        EXPECT_EQ(got.body, "\x0A\x08go:hello\x18\0"s);
        EXPECT_EQ(got.header("Coord-Error-Type"), "");
    }
    EXPECT_EQ(here.loads("hello"), 1);
    const auto counted = here.g->read();
    EXPECT_EQ(counted.gets, 2U);
    EXPECT_EQ(counted.cache_hits, 1U);
    EXPECT_EQ(counted.server_requests, 2U);
    EXPECT_EQ(here.peers->read().server_requests, 2U);
}

TEST_P(answers, a_large_value_comes_whole) {
    const auto got = get("g/large");
    EXPECT_EQ(got.status, 200);
    EXPECT_EQ(got.body, "\x0A\x80\x80\x80\x04"s + std::string(8 << 20, 'L') + "\x18\0"s);
}

TEST_P(answers, the_empty_key_is_a_key) {
    EXPECT_EQ(get("g/").body, "\x0A\x03go:\x18\0"s);
    EXPECT_EQ(here.loads(""), 1);
}

TEST_P(answers, a_key_may_have_slashes_and_any_escaped_byte) {
    EXPECT_EQ(get("g/a/b").body, "\x0A\x06go:a/b\x18\0"s);
    EXPECT_EQ(get("g/a%2Fb").body, "\x0A\x06go:a/b\x18\0"s);
    EXPECT_EQ(here.loads("a/b"), 1) << "both spell one key";
    EXPECT_EQ(get("g/%00%FF").body, "\x0A\x05go:\0\xFF\x18\0"s);
    EXPECT_EQ(get("g/..").body, "\x0A\x05go:..\x18\0"s);
    EXPECT_EQ(get("g/a+b").body, "\x0A\x06go:a+b\x18\0"s);
}

TEST_P(answers, a_value_that_expired_already_is_given_with_its_past) {
    const auto got = get("g/past");
    EXPECT_EQ(got.status, 200);
    EXPECT_EQ(got.body, "\x0A\x07go:past\x18\x05"s);
    EXPECT_EQ(got.header("Coord-Value"), "1; ttl-ns=0");
}

TEST_P(answers, a_failed_load_is_told_with_its_message_and_kind) {
    expect_error(get("g/broken"), is_seed() ? 500 : 503, "the disk is on fire", "host_failed");
    expect_error(get("g/missing"), is_seed() ? 500 : 404, "no such user", "not_found");
    expect_error(get("g/silent"), is_seed() ? 500 : 503, "timed_out", "timed_out");
    EXPECT_EQ(get("g/again").status, 200) << "the connection lives on";
}

TEST_P(answers, overload_is_told_with_when_to_come_back) {
    const auto got = get("g/busy");
    expect_error(got, 503, "too many loads", "exhausted");
    EXPECT_EQ(got.header("Retry-After"), "1");
}

TEST_P(answers, an_unknown_group_is_no_missing_key) {
    const auto text = is_seed() ? "group not found: \"nope\"" : "no such group: nope";
    expect_error(get("nope/k"), 500, text, "group-not-found");
    expect_error(client.ask("DELETE", "/_groupcache/nope/k"), 500, text, "group-not-found");
    expect_error(
        get("/k"), 500, is_seed() ? "group not found: \"\"" : "no such group: ", "group-not-found");
    EXPECT_EQ(here.g->read().server_requests, 0U);
}

TEST_P(answers, a_group_without_these_peers_is_not_theirs_to_serve) {
    auto other = group::make(here.owner, "private", {});
    (*other)->to_host();
    EXPECT_EQ(get("private/k").status, 500);
    EXPECT_EQ(client.ask("DELETE", "/_groupcache/private/k").status, 500);
    (*other)->drop_handle();
}

TEST_P(answers, malformed_paths_are_refused_and_counted) {
    const auto text = is_seed() ? "invalid request URL (missing path parts)" : "bad request";
    expect_error(get("g"), 400, text, "bad-request");
    expect_error(get(""), 400, text, "bad-request");
    EXPECT_EQ(get("g/%zz").status, 400);
    expect_error(client.ask("GET", "/other/g/k"), 404, "404 page not found", "bad-request");
    expect_error(client.ask("GET", "/"), 404, "404 page not found", "bad-request");
    EXPECT_EQ(here.peers->read().server_malformed, 5U);
    EXPECT_EQ(here.peers->read().server_requests, 0U);
    EXPECT_EQ(here.loads(), 0);
}

TEST_P(answers, other_methods_load_nothing) {
    for (const auto* method : {"HEAD", "POST", "OPTIONS", "PATCH", "BREW"}) {
        raw_client fresh(here.port());
        fresh.send(method + " /_groupcache/g/k HTTP/1.1\r\nHost: test\r\n\r\n"s);
        const bool is_head = method == "HEAD"s;
        const auto got =
            fresh.read(is_head ? raw_client::asked::head : raw_client::asked::anything);
        EXPECT_EQ(got.status, 405) << method;
        EXPECT_EQ(got.header("Allow"), "GET, PUT, DELETE") << method;
    }
    EXPECT_EQ(here.loads(), 0);
}

TEST_P(answers, a_removal_is_done_whether_the_key_is_known_or_not) {
    static_cast<void>(get("g/k"));
    for (const auto* key : {"k", "never-heard-of"}) {
        const auto got = client.ask("DELETE", "/_groupcache/g/"s + key);
        EXPECT_EQ(got.status, 200) << key;
        EXPECT_EQ(got.body, "") << key;
        EXPECT_EQ(got.header("Content-Length"), "0") << key;
        EXPECT_EQ(got.header("Content-Type"), "") << key;
    }
    static_cast<void>(get("g/k"));
    EXPECT_EQ(here.loads("k"), 2);
    EXPECT_EQ(here.loads("never-heard-of"), 0);
}

INSTANTIATE_TEST_SUITE_P(both,
                         answers,
                         ::testing::Values(dialect::mailgun, dialect::seed),
                         [](const auto& each) {
                             return each.param == dialect::seed ? "seed" : "mailgun";
                         });

TEST(peer_server, refuses_removals_when_told_to) {
    auto wanted = node::served();
    wanted.refuse_writes = true;
    node here(wanted);
    raw_client client(here.port());
    static_cast<void>(client.ask("GET", "/_groupcache/g/k"));
    EXPECT_EQ(client.ask("DELETE", "/_groupcache/g/k").status, 403);
    static_cast<void>(client.ask("GET", "/_groupcache/g/k"));
    EXPECT_EQ(here.loads("k"), 1) << "it is still there";
}

TEST(peer_server, refuses_keys_longer_than_the_limit_with_414) {
    auto wanted = node::served();
    wanted.max_key_bytes = 10;
    node here(wanted);
    raw_client client(here.port());
    EXPECT_EQ(client.ask("GET", "/_groupcache/g/0123456789").status, 200);
    EXPECT_EQ(client.ask("GET", "/_groupcache/g/0123456789a").status, 414);
    EXPECT_EQ(here.lines.count("longer than max_key_bytes"), 1U);
    EXPECT_EQ(here.loads(), 1);
}

TEST(peer_server, takes_keys_as_long_as_the_limit_all_escaped) {
    auto wanted = node::served();
    wanted.max_key_bytes = 65'535;
    node here(wanted);
    raw_client client(here.port());
    std::string target = "/_groupcache/g/";
    for (int i = 0; i < 65'535; ++i) target += "%20";
    EXPECT_EQ(client.ask("GET", target).status, 200);
    EXPECT_EQ(here.loads(std::string(65'535, ' ')), 1);
}

TEST(peer_server, sends_a_checksum_when_told_to) {
    auto wanted = node::served();
    wanted.send_crc = true;
    node here(wanted, [](request& mine) {
        static_cast<void>(mine.set(0, "123456789", {}));
        mine.succeed();
    });
    raw_client client(here.port());
    EXPECT_EQ(client.ask("GET", "/_groupcache/g/k").header("Coord-Value"), "1; crc32c=e3069283");
}

TEST(peer_server, waits_for_a_load_no_longer_than_the_peer_does) {
    std::promise<void> let_go;
    auto released = let_go.get_future().share();
    node here(node::served(), [released](request& mine) {
        released.wait();
        node::echo(mine);
    });
    raw_client client(here.port());
    const auto got =
        client.ask("GET", "/_groupcache/g/k", "Coord-Request: 1; timeout-ns=1000000\r\n");
    EXPECT_EQ(got.status, 503);
    EXPECT_EQ(got.header("Coord-Error-Type"), "timed_out");
    let_go.set_value();
    EXPECT_EQ(client.ask("GET", "/_groupcache/g/k").status, 200) << "the load went on";
    EXPECT_EQ(here.loads("k"), 1);
}

TEST(peer_server, answers_many_gets_of_one_key_by_one_load) {
    std::promise<void> let_go;
    auto released = let_go.get_future().share();
    node here(node::served(), [released](request& mine) {
        released.wait();
        node::echo(mine);
    });
    std::vector<std::unique_ptr<raw_client>> clients;
    for (int i = 0; i < 20; ++i) {
        clients.push_back(std::make_unique<raw_client>(here.port()));
        clients.back()->send("GET /_groupcache/g/k HTTP/1.1\r\nHost: test\r\n\r\n");
    }
    while (here.g->read().waiters < 20) std::this_thread::yield();
    let_go.set_value();
    for (auto& each : clients) EXPECT_EQ(each->read().status, 200);
    EXPECT_EQ(here.loads("k"), 1);
}

TEST(peer_server, says_that_a_group_is_not_there_when_it_closes_under_a_load) {
    std::promise<void> let_go;
    auto released = let_go.get_future().share();
    node here(node::served(), [released](request& mine) {
        released.wait();
        node::echo(mine);
    });
    raw_client client(here.port());
    client.send("GET /_groupcache/g/k HTTP/1.1\r\nHost: test\r\n\r\n");
    while (here.g->read().waiters < 1) std::this_thread::yield();
    static_cast<void>(here.g->close(here.owner->time().now(), nullptr));
    EXPECT_EQ(client.read().header("Coord-Error-Type"), "group-not-found");
    let_go.set_value();
}

TEST(peer_server, answers_for_keys_of_others_itself_and_tells_of_lists_that_differ) {
    const testing::reserved_port other;
    node here;
    ASSERT_TRUE(here.peers->set(here.url() + "," + other.url()));
    const auto mine = here.own_key();
    const auto theirs = here.alien_key();
    raw_client client(here.port());
    const auto source = "X-Groupcache-Remote-Load-Source-Peer: http://elsewhere:1\r\n"s;
    EXPECT_EQ(client.ask("GET", "/_groupcache/g/" + mine, source).status, 200);
    EXPECT_EQ(here.peers->read().skewed, 0U);
    EXPECT_EQ(client.ask("GET", "/_groupcache/g/" + theirs, source).status, 200);
    EXPECT_EQ(here.loads(theirs), 1) << "loaded here, whoever owns it";
    EXPECT_EQ(here.peers->read().skewed, 1U);
    EXPECT_EQ(here.peers->read().client_requests, 0U) << "a receiver never forwards";
    EXPECT_EQ(here.lines.count("http://elsewhere:1"), 1U);
    EXPECT_EQ(here.lines.count(here.url()), 1U);
    EXPECT_EQ(here.lines.count(theirs), 0U) << "keys do not belong into logs";
    EXPECT_EQ(client.ask("GET", "/_groupcache/g/" + theirs).status, 200);
    EXPECT_EQ(here.peers->read().skewed, 1U) << "Go peers do not say who they are";
}

}  // namespace
}  // namespace coord::groupcache
