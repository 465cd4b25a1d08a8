// What a reply of a peer to a get means, row by row, over sockets: the peer says exactly these
// bytes.
#include "groupcache/asking.hpp"

namespace coord::groupcache {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using fault = peer_answer::fault;

TEST_F(asking, sends_a_get_as_go_peers_do_and_what_libcoord_peers_understand_besides) {
    const fake_peer there(saying(reply(200, "", "")));
    const auto by = terms();
    by->self_url = "http://me:1";
    const auto peer = reach(by, there.url());
    static_cast<void>(get(*peer));
    static_cast<void>(get(*peer, owner->time().now() + 1h));
    static_cast<void>(remove(*peer));
    const auto seen = there.requests();
    const auto host = "Host: " + there.url().substr(7) +
                      "\r\nUser-Agent: coord/0.1\r\n"
                      "X-Groupcache-Remote-Load-Source-Peer: http://me:1\r\n";
    ASSERT_EQ(seen.size(), 3U);
    EXPECT_EQ(seen[0], "GET /_groupcache/g/key HTTP/1.1\r\n" + host + "\r\n");
    EXPECT_EQ(seen[1].find("GET /_groupcache/g/key HTTP/1.1\r\n" + host +
                           "Coord-Request: 1; timeout-ns=35"),
              0U)
        << seen[1];
    EXPECT_EQ(seen[2], "DELETE /_groupcache/g/key HTTP/1.1\r\n" + host + "\r\n");
}

TEST_F(asking, a_body_that_can_be_decoded_is_a_value_whatever_else_the_reply_says) {
    struct row {
        const char* name;
        std::string text;
        std::string value;
    };
    const row table[] = {
        {"as go writes it",
         reply(200, "Content-Type: application/x-protobuf\r\n", "\x0A\x01v\x18\0"s),
         "v"},
        {"no expire", reply(200, "", "\x0A\x01v"s), "v"},
        {"minute_qps", reply(200, "", "\x0A\x01v\x11\0\0\0\0\0\0\xF0\x3F"s), "v"},
        {"an unknown field", reply(200, "", "\x0A\x01v\x20\x05"s), "v"},
        {"another content type", reply(200, "Content-Type: text/html\r\n", "\x0A\x01v"s), "v"},
        {"an empty body", reply(200, "", ""), ""},
        {"only expire", reply(200, "", "\x18\0"s), ""},
        {"chunked",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n\x0A\x01v\r\n0\r\n\r\n",
         "v"},
    };
    for (const auto speaks : {dialect::mailgun, dialect::seed})
        for (const auto& row : table) {
            const auto got = get_of(row.text, speaks);
            ASSERT_EQ(got.why, fault::none) << row.name << ": " << got.value.error().message();
            EXPECT_EQ((*got.value)->value(), row.value) << row.name;
            EXPECT_EQ((*got.value)->key(), "key") << row.name;
        }
}

TEST_F(asking, a_200_without_a_usable_value_counts_as_unreachable) {
    const std::pair<std::string, const char*> table[] = {
        {reply(200, "", "\x0A\x01v\x18\x05"s), "expired"},
        {reply(200, "", "\x0A\x01v\x18\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"s), "expired"},
        {reply(200, "Coord-Value: 1; ttl-ns=0\r\n", "\x0A\x01v"s), "expired"},
        {reply(200, "Coord-Value: 1; crc32c=00000000\r\n", "\x0A\x01v"s), "checksum"},
        {reply(200, "", "garbage"), "decoded"},
        {reply(200, "", "\x0A\x05v"s), "decoded"},
    };
    for (const auto speaks : {dialect::mailgun, dialect::seed})
        for (const auto& [text, part] : table) {
            const auto got = get_of(text, speaks);
            EXPECT_EQ(got.why, fault::unreachable) << part;
            const auto& why = got.value.error();
            EXPECT_EQ(why.status(), COORD_UNAVAILABLE) << part;
            EXPECT_NE(std::string(why.message()).find(part), std::string::npos) << why.message();
            ASSERT_NE(why.info()->cause, nullptr);
            EXPECT_EQ(std::string(why.info()->cause->message()).find("http 200 from http://"), 0U);
        }
}

struct failing {
    const char* name;
    int status;
    std::string headers;
    std::string body;
    fault in_mailgun;
    coord_status mailgun_status;
    coord_status seed_status;  // always unreachable there
};

const failing failures[] = {
    {"404", 404, "", "no such user\n", fault::refused, COORD_NOT_FOUND, COORD_UNAVAILABLE},
    {"404 of libcoord",
     404,
     "Coord-Error-Type: not_found\r\n",
     "no such user\n",
     fault::refused,
     COORD_NOT_FOUND,
     COORD_NOT_FOUND},
    {"404 for want of the group, as go says it",
     404,
     "",
     "no such group: g\n",
     fault::unreachable,
     COORD_UNAVAILABLE,
     COORD_UNAVAILABLE},
    {"404 for want of another group",
     404,
     "",
     "no such group: h\n",
     fault::refused,
     COORD_NOT_FOUND,
     COORD_UNAVAILABLE},
    {"404 for want of the group",
     404,
     "Coord-Error-Type: group-not-found\r\n",
     "x\n",
     fault::unreachable,
     COORD_UNAVAILABLE,
     COORD_UNAVAILABLE},
    {"404 for another base path",
     404,
     "Coord-Error-Type: bad-request\r\n",
     "404 page not found\n",
     fault::unreachable,
     COORD_UNAVAILABLE,
     COORD_UNAVAILABLE},
    {"503", 503, "", "the disk is on fire\n", fault::refused, COORD_HOST_FAILED, COORD_UNAVAILABLE},
    {"503 of libcoord",
     503,
     "Coord-Error-Type: timed_out\r\n",
     "slow\n",
     fault::refused,
     COORD_TIMED_OUT,
     COORD_TIMED_OUT},
    {"503 for overload",
     503,
     "Coord-Error-Type: exhausted\r\nRetry-After: 1\r\n",
     "full\n",
     fault::refused,
     COORD_EXHAUSTED,
     COORD_EXHAUSTED},
    {"503 that would close a handle",
     503,
     "Coord-Error-Type: closed\r\n",
     "x\n",
     fault::refused,
     COORD_HOST_FAILED,
     COORD_HOST_FAILED},
    {"503 that says ok",
     503,
     "Coord-Error-Type: ok\r\n",
     "x\n",
     fault::refused,
     COORD_HOST_FAILED,
     COORD_HOST_FAILED},
    {"500", 500, "", "boom\n", fault::unreachable, COORD_UNAVAILABLE, COORD_UNAVAILABLE},
    {"500 for want of the group",
     500,
     "Coord-Error-Type: group-not-found\r\n",
     "no such group: g\n",
     fault::unreachable,
     COORD_UNAVAILABLE,
     COORD_UNAVAILABLE},
    {"500 of libcoord's seed dialect",
     500,
     "Coord-Error-Type: not_found\r\n",
     "no such user\n",
     fault::unreachable,
     COORD_UNAVAILABLE,
     COORD_NOT_FOUND},
    {"201", 201, "", "x\n", fault::unreachable, COORD_UNAVAILABLE, COORD_UNAVAILABLE},
    {"301",
     301,
     "Location: http://127.0.0.1:1/\r\n",
     "",
     fault::unreachable,
     COORD_UNAVAILABLE,
     COORD_UNAVAILABLE},
    {"307",
     307,
     "Location: /_groupcache/g/other\r\n",
     "x\n",
     fault::unreachable,
     COORD_UNAVAILABLE,
     COORD_UNAVAILABLE},
    {"400", 400, "", "bad request\n", fault::unreachable, COORD_UNAVAILABLE, COORD_UNAVAILABLE},
    {"403", 403, "", "x\n", fault::unreachable, COORD_UNAVAILABLE, COORD_UNAVAILABLE},
    {"429", 429, "", "x\n", fault::unreachable, COORD_UNAVAILABLE, COORD_UNAVAILABLE},
    {"502", 502, "", "x\n", fault::unreachable, COORD_UNAVAILABLE, COORD_UNAVAILABLE},
};

TEST_F(asking, a_failure_means_what_the_dialect_says) {
    for (const auto& row : failures) {
        const auto text = reply(row.status, row.headers, row.body);
        for (const auto speaks : {dialect::mailgun, dialect::seed}) {
            const bool is_seed = speaks == dialect::seed;
            const auto got = get_of(text, speaks);
            EXPECT_EQ(got.why, is_seed ? fault::unreachable : row.in_mailgun) << row.name;
            const auto& why = got.value.error();
            EXPECT_EQ(why.status(), is_seed ? row.seed_status : row.mailgun_status) << row.name;
            EXPECT_EQ(why.info()->component, "peers"s);
            EXPECT_EQ(why.info()->native_domain, "http"s);
            EXPECT_EQ(why.info()->native_code, row.status);
            if (!row.body.empty()) {
                EXPECT_EQ(why.message(), row.body.substr(0, row.body.size() - 1)) << row.name;
            }
            ASSERT_NE(why.info()->cause, nullptr) << row.name;
            EXPECT_EQ(std::string(why.info()->cause->message())
                          .find("http " + std::to_string(row.status) + " from http://127.0.0.1:"),
                      0U);
        }
    }
}

TEST_F(asking, a_204_is_no_value) {
    const auto got = get_of("HTTP/1.1 204 No Content\r\n\r\n");
    EXPECT_EQ(got.why, fault::unreachable);
    EXPECT_EQ(std::string(got.value.error().message()).find("http 204 from http://"), 0U);
}

TEST_F(asking, line_feeds_around_a_message_are_not_part_of_it_and_a_long_one_is_cut) {
    EXPECT_EQ(get_of(reply(503, "", "\n\ntwo\nlines\n\n")).value.error().message(), "two\nlines");
    const auto long_one = get_of(reply(503, "", std::string(2 << 20, 'x')));
    EXPECT_EQ(long_one.why, fault::refused);
    EXPECT_EQ(long_one.value.error().message().size(), limits::max_message_bytes);
}

TEST_F(asking, a_value_larger_than_allowed_counts_as_unreachable) {
    const auto by = terms();
    by->max_value_bytes = 100;
    const auto sized = [](char size) {
        return "\x0A"s + size + std::string(static_cast<std::size_t>(size), 'v');
    };
    const fake_peer fits(saying(reply(200, "", sized(100))));
    EXPECT_EQ(get(*reach(by, fits.url())).why, fault::none);
    const fake_peer is_too_large(saying(reply(200, "", sized(101))));
    EXPECT_EQ(get(*reach(by, is_too_large.url())).why, fault::unreachable);
}

TEST_F(asking, nobody_there_is_said_with_the_url_and_the_reason_of_the_system) {
    const testing::reserved_port nobody;
    const auto by = terms();
    const auto peer = reach(by, nobody.url());
    for (const auto& got : {get(*peer), remove(*peer)}) {
        EXPECT_EQ(got.why, fault::unreachable);
        const auto& why = got.value.error();
        EXPECT_EQ(why.status(), COORD_UNAVAILABLE);
        EXPECT_EQ(std::string(why.message()).find(nobody.url() + ": "), 0U) << why.message();
        EXPECT_EQ(why.message().rfind(nobody.url()), 0U) << "once: " << why.message();
        EXPECT_EQ(why.info()->native_domain, "errno"s);
        EXPECT_EQ(why.info()->native_code, ECONNREFUSED);
    }
    EXPECT_EQ(by->counters.sum(peer_terms::asked), 2U);
    EXPECT_EQ(by->counters.sum(peer_terms::failed), 2U);
    EXPECT_TRUE(by->open.wait_idle(owner->time(), never, nullptr));
}

TEST_F(asking, a_connection_that_breaks_or_speaks_no_http_is_unreachable) {
    for (const auto& text : {""s,
                             "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n\x0A\x01v"s,
                             "HTTP/1.1 200"s,
                             "SSH-2.0-server\r\n\r\n"s}) {
        const fake_peer there([text](fake_peer::session& with) {
            static_cast<void>(with.request());
            with.send(text);
        });
        const auto got = get(*reach(terms(), there.url()));
        EXPECT_EQ(got.why, fault::unreachable) << text;
        EXPECT_EQ(got.value.error().status(), COORD_UNAVAILABLE) << text;
        EXPECT_EQ(there.requests().size(), 1U) << text;
    }
}

TEST_F(asking, the_deadline_of_a_question_ends_it_as_timed_out) {
    const fake_peer silent([](fake_peer::session& with) {
        static_cast<void>(with.request());
        with.await_end();
    });
    const auto peer = reach(terms(), silent.url());
    const auto got = get(*peer, owner->time().now() + 20ms);
    EXPECT_EQ(got.why, fault::timed_out);
    EXPECT_EQ(got.value.error().status(), COORD_TIMED_OUT);
    EXPECT_EQ(get(*peer, owner->time().now() - 1s).why, fault::timed_out);
}

TEST_F(asking, peers_that_were_cut_fail_what_is_open_and_all_that_comes_later) {
    const fake_peer silent([](fake_peer::session& with) {
        static_cast<void>(with.request());
        with.await_end();
    });
    const auto by = terms();
    const auto peer = reach(by, silent.url());
    caller who;
    peer->get({"g", "key", never}, who);
    silent.await_requests(1);
    by->cut();
    EXPECT_EQ(who.outcome.get_future().get().why, fault::unreachable);
    EXPECT_EQ(get(*peer).why, fault::unreachable);
    EXPECT_EQ(silent.requests().size(), 1U);
    EXPECT_TRUE(by->open.wait_idle(owner->time(), never, nullptr));
}

TEST_F(asking, retries_are_counted_also_of_peers_that_are_gone) {
    const fake_peer forgetful([](fake_peer::session& with) {
        static_cast<void>(with.request());
        with.send(reply(200, "", ""));
        if (with.number == 0) {
            static_cast<void>(with.request());  // and dies without a word
            return;
        }
        static_cast<void>(with.request());
    });
    const auto by = terms();
    {
        const auto peer = reach(by, forgetful.url());
        EXPECT_EQ(get(*peer).why, fault::none);
        EXPECT_EQ(get(*peer).why, fault::none);
        EXPECT_EQ(by->retries(), 1U);
    }
    EXPECT_EQ(by->retries(), 1U);
}

}  // namespace
}  // namespace coord::groupcache
