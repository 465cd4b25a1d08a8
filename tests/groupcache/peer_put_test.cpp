// PUT at a peers' port, row by row, over sockets.
#include <gtest/gtest.h>

#include "groupcache/set_bodies.hpp"
#include "support/fake_peer.hpp"
#include "support/node.hpp"
#include "support/raw_http.hpp"

namespace coord::groupcache {
namespace {

using namespace std::string_literals;
using testing::fake_peer;
using testing::node;
using testing::put_request;
using testing::raw_client;
using testing::raw_reply;
using testing::reply_of;
using testing::set_body;
using testing::tells_others;

class puts : public ::testing::Test {
  protected:
    void open(peers_options wanted = node::served(), group_options options = {}) {
        here.emplace(std::move(wanted), node::loader{}, options);
        client.emplace(here->port());
    }
    raw_reply put(std::string_view body,
                  std::string_view target = "/_groupcache/g/k",
                  std::string_view headers = tells_others) {
        client->send(put_request(target, body, headers));
        return client->read();
    }
    void expect_kept(std::string_view key, std::string_view value) {
        const auto before = here->loads();
        EXPECT_EQ(here->text(key), value);
        EXPECT_EQ(here->loads(), before) << "it was there already";
    }
    static void expect_done(const raw_reply& got) {
        EXPECT_EQ(got.status, 200) << got.body;
        EXPECT_EQ(got.header("Content-Length"), "0");
        EXPECT_EQ(got.header("Content-Type"), "");
    }
    void expect_refused(const raw_reply& got, int status, std::string_view type) {
        EXPECT_EQ(got.status, status) << got.body;
        EXPECT_EQ(got.header("Coord-Error-Type"), type) << got.body;
        EXPECT_EQ(got.header("Content-Type"), "text/plain; charset=utf-8");
        EXPECT_EQ(here->g->read_cache(cache::section::main).items, 0U);
    }

    std::optional<node> here;
    std::optional<raw_client> client;
};

TEST_F(puts, a_value_is_kept_and_replaces_what_was_there) {
    open();
    EXPECT_EQ(here->text("k"), "value of k");
    expect_done(put(set_body("k", "set")));
    expect_kept("k", "set");
    expect_done(put(set_body("k", "")));
    expect_kept("k", "");
    EXPECT_EQ(here->g->read().server_requests, 2U);
    EXPECT_EQ(here->peers->read().server_requests, 2U);
}

TEST_F(puts, a_body_may_come_in_chunks) {
    open();
    const auto body = set_body("k", "in chunks");
    client->send(
        "PUT /_groupcache/g/k HTTP/1.1\r\nHost: test\r\nCoord-Request: 1\r\n"
        "Transfer-Encoding: chunked\r\n\r\n");
    for (const char c : body) client->send("1\r\n"s + c + "\r\n");
    client->send("0\r\n\r\n");
    expect_done(client->read());
    expect_kept("k", "in chunks");
}

// An accept hook, or a proxy, has seen the path only.
TEST_F(puts, a_body_about_another_key_or_group_than_the_path_changes_nothing) {
    open();
    expect_refused(put(set_body("inside", "v"), "/_groupcache/g/outside"), 400, "bad-request");
    expect_refused(put(set_body("k", "v", 0, "another")), 400, "bad-request");
    EXPECT_EQ(here->text("inside"), "value of inside");
}

TEST_F(puts, any_bytes_are_a_key_the_empty_one_too) {
    open();
    expect_done(put(set_body("", "of the empty key"), "/_groupcache/g/"));
    expect_kept("", "of the empty key");
    expect_done(put(set_body("\0\xFF/ "s, "of bytes"), "/_groupcache/g/%00%FF/%20"));
    expect_kept("\0\xFF/ "s, "of bytes");
}

TEST_F(puts, a_value_expires_when_it_says) {
    open();
    const auto later = here->time().unix_ns() + 3'600'000'000'000;
    expect_done(put(set_body("k", "v", later)));
    const auto got = here->get("k");
    EXPECT_EQ((*got)->expire_unix_ns(), later);
    expect_kept("k", "v");
    for (const std::int64_t past : {std::int64_t{1}, std::int64_t{-1}}) {
        expect_done(put(set_body("k", "late", past)));
        EXPECT_EQ(here->text("k"), "value of k") << "a value of the past is a removal";
    }
}

TEST_F(puts, what_cannot_be_decoded_or_lacks_what_is_required_changes_nothing) {
    open();
    const auto whole = set_body("k", "value");
    const std::string bodies[] = {
        "",
        "\xFF\xFF\xFF",
        whole.substr(0, whole.size() - 1),
        whole + "\x0A",
        testing::field('\x0A', "g") + testing::field('\x1A', "no key"),
        testing::field('\x12', "k") + testing::field('\x1A', "no group"),
    };
    for (const auto& body : bodies) {
        const auto got = put(body);
        expect_refused(got, 400, "bad-request");
    }
    EXPECT_EQ(here->peers->read().server_malformed, std::size(bodies));
    expect_done(put(testing::field('\x0A', "g") + testing::field('\x12', "k")));
    expect_kept("k", "");
}

TEST_F(puts, fields_that_nobody_knows_are_passed_over) {
    open();
    expect_done(put(set_body("k", "v") + testing::field('\x7A', "new")));
    expect_kept("k", "v");
}

TEST_F(puts, a_body_beyond_the_limit_is_refused_before_it_comes) {
    auto wanted = node::served();
    wanted.server.max_body_bytes = 1'000;
    open(wanted);
    client->send("PUT /_groupcache/g/k HTTP/1.1\r\nHost: test\r\nContent-Length: 1001\r\n\r\n");
    EXPECT_EQ(client->read().status, 413);
    client.emplace(here->port());
    expect_done(put(set_body("k", std::string(900, 'v'))));
    expect_kept("k", std::string(900, 'v'));
}

TEST_F(puts, a_large_value_comes_whole) {
    open();
    std::string value(8 << 20, ' ');
    for (std::size_t i = 0; i < value.size(); ++i) value[i] = static_cast<char>(i * 31 >> 7);
    expect_done(put(set_body("k", value)));
    const auto got = here->get("k");
    EXPECT_TRUE((*got)->value() == value);
    EXPECT_EQ(here->loads(), 0);
}

TEST_F(puts, a_value_that_fits_nowhere_is_said_and_the_old_one_is_gone) {
    group_options small;
    small.max_bytes = 1'000;
    open(node::served(), small);
    EXPECT_EQ(here->text("k"), "value of k");
    expect_refused(put(set_body("k", std::string(2'000, 'v'))), 413, "exhausted");
    EXPECT_EQ(here->text("k"), "value of k");
    EXPECT_EQ(here->loads("k"), 2);
}

TEST_F(puts, a_value_beyond_max_value_bytes_is_refused) {
    auto wanted = node::served();
    wanted.max_value_bytes = 10;
    open(wanted);
    expect_refused(put(set_body("k", "0123456789a")), 413, "exhausted");
    expect_done(put(set_body("k", "0123456789")));
}

TEST_F(puts, to_a_group_that_is_not_there_is_said) {
    open();
    const auto got = put(set_body("k", "v"), "/_groupcache/nope/k");
    expect_refused(got, 500, "group-not-found");
    EXPECT_EQ(put(set_body("k", "v"), "/_groupcache/g").status, 400);
    EXPECT_EQ(put(set_body("k", "v"), "/elsewhere/g/k").status, 404);
}

TEST_F(puts, a_key_beyond_the_limit_is_refused_wherever_it_is) {
    auto wanted = node::served();
    wanted.max_key_bytes = 10;
    open(wanted);
    expect_refused(
        put(set_body("0123456789a", "v"), "/_groupcache/g/0123456789a"), 414, "bad-request");
    EXPECT_EQ(here->lines.count("longer than max_key_bytes"), 1U);
    expect_done(put(set_body("0123456789", "v"), "/_groupcache/g/0123456789"));
}

TEST_F(puts, are_refused_where_peers_may_not_write) {
    auto wanted = node::served();
    wanted.refuse_writes = true;
    open(wanted);
    const auto got = put(set_body("k", "v"));
    expect_refused(got, 403, "denied");
    EXPECT_EQ(got.header("Coord-Peer"), "") << "nothing is promised";
    EXPECT_EQ(client->ask("GET", "/_groupcache/g/k").header("Coord-Peer"), "");
}

TEST_F(puts, every_answer_says_that_values_are_taken) {
    open();
    for (const auto* const target : {"/_groupcache/g/k", "/_groupcache/", "/_groupcache/no/k", "/"})
        EXPECT_EQ(client->ask("GET", target).header("Coord-Peer"), "1; set") << target;
    EXPECT_EQ(client->ask("DELETE", "/_groupcache/g/k").header("Coord-Peer"), "1; set");
    EXPECT_EQ(put(set_body("k", "v")).header("Coord-Peer"), "1; set");
    EXPECT_EQ(put("").header("Coord-Peer"), "1; set");
    EXPECT_EQ(here->loads(), 1) << "a look at the base path loads nothing";
}

TEST_F(puts, that_tell_nobody_else_are_told_on_before_they_are_answered) {
    fake_peer other([](fake_peer::session& with) {
        while (!with.request().empty()) with.send(reply_of(""));
    });
    open();
    ASSERT_TRUE(here->peers->set(here->url() + "," + other.url()));
    expect_done(put(set_body("k", "v"), "/_groupcache/g/k", ""));
    const auto told = other.requests();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].substr(0, told[0].find(" HTTP")), "DELETE /_groupcache/g/k");
    EXPECT_EQ(here->g->read_cache(cache::section::main).items, 1U) << "kept here all the same";
    expect_done(put(set_body("k", "v2")));
    EXPECT_EQ(other.requests().size(), 1U) << "who sends Coord-Request tells the others";
    EXPECT_EQ(here->lines.count("old copies"), 0U);
}

TEST_F(puts, are_answered_though_another_peer_cannot_be_told) {
    const testing::reserved_port nobody;
    open();
    ASSERT_TRUE(here->peers->set(here->url() + "," + nobody.url()));
    const auto key = here->own_key();
    expect_done(put(set_body(key, "v"), "/_groupcache/g/" + key, ""));
    expect_kept(key, "v");
    EXPECT_EQ(here->lines.count("old copies"), 1U);
    EXPECT_EQ(here->lines.count(nobody.url()), 1U) << "it names who";
    EXPECT_EQ(here->lines.count(key), 0U) << "keys do not belong into logs";
}

TEST_F(puts, are_answered_though_another_peer_never_answers) {
    fake_peer silent([](fake_peer::session& with) {
        static_cast<void>(with.request());
        with.await_end();
    });
    open();
    ASSERT_TRUE(here->peers->set(here->url() + "," + silent.url()));
    const auto begun = here->time().now();
    expect_done(put(set_body("k", "v"), "/_groupcache/g/k", ""));
    EXPECT_GE(here->time().now() - begun, duration(limits::max_repair_wait));
    EXPECT_EQ(here->lines.count("old copies"), 1U);
}

}  // namespace
}  // namespace coord::groupcache
