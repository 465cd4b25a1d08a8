// What a set is on the wire, whom it is sent to, and what a reply to it means.
#include "groupcache/asking.hpp"
#include "groupcache/wire_set.hpp"

namespace coord::groupcache {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using fault = peer_answer::fault;

constexpr const char* knows_sets = "Coord-Peer: 1; set\r\n";

// Reads whole requests, with their bodies.
fake_peer::script answering(std::function<std::string(std::string_view verb)> how,
                            std::string* body = nullptr) {
    return [how = std::move(how), body](fake_peer::session& with) {
        for (auto head = with.request(); !head.empty(); head = with.request()) {
            const auto at = head.find("Content-Length: ");
            const auto size = at == head.npos ? 0 : std::stoul(head.substr(at + 16));
            auto came = with.bytes(size);
            if (body != nullptr && size > 0) *body = std::move(came);
            with.send(how(head.substr(0, head.find(' '))));
        }
    };
}

class setting : public asking {
  protected:
    static peer_answer set(http_peer& to, std::string_view value = "VAL") {
        caller who;
        to.set({"g", "p k/1", never}, bytes_ref(bytes::make("p k/1", value, 0, 0), false), who);
        return who.outcome.get_future().get();
    }
};

TEST_F(setting, is_a_put_as_go_peers_send_it) {
    std::string body;
    const fake_peer there(answering([](auto) { return reply(200, "", ""); }, &body));
    EXPECT_EQ(set(*reach(terms(), there.url())).why, fault::none);
    EXPECT_EQ(body, "\x0A\x01g\x12\x05p k/1\x1A\x03VAL\x20\0"s);
    EXPECT_EQ(there.requests().at(0),
              "PUT /_groupcache/g/p%20k%2F1 HTTP/1.1\r\nHost: " + there.url().substr(7) +
                  "\r\nUser-Agent: coord/0.1\r\nContent-Length: 17\r\nCoord-Request: 1\r\n\r\n");
}

TEST_F(setting, the_body_always_has_value_and_expiry_and_can_be_read_again) {
    const bytes_ref empty(bytes::make("k", "", 0, 0), false);
    EXPECT_EQ(wire::set_body("g", *empty), "\x0A\x01g\x12\x01k\x1A\0\x20\0"s);
    for (const std::int64_t expire : {std::int64_t{0}, std::int64_t{1}, INT64_MAX, INT64_MIN}) {
        const std::string value(300, '\xFF');
        const bytes_ref entry(bytes::make("", value, expire, 0), false);
        const auto read = wire::read_set(wire::set_body("", *entry));
        ASSERT_TRUE(read);
        EXPECT_EQ(read->key, "");
        EXPECT_EQ(read->value, value);
        EXPECT_EQ(read->expire_unix_ns, expire);
    }
}

TEST_F(setting, a_reply_means_the_same_in_every_dialect) {
    const struct {
        std::string text;
        fault why;
        coord_status status;
    } table[] = {
        {reply(200, knows_sets, ""), fault::none, COORD_OK},
        {reply(200, "", "\x0A\x01v\x18\0"s), fault::refused, COORD_UNSUPPORTED},
        {reply(405, "", "only GET\n"), fault::refused, COORD_UNSUPPORTED},
        {reply(413, "", "too large\n"), fault::refused, COORD_EXHAUSTED},
        {reply(503, "Coord-Error-Type: exhausted\r\n", "full\n"), fault::refused, COORD_EXHAUSTED},
        {reply(403, "", "not you\n"), fault::refused, COORD_DENIED},
        {reply(404, "", "no such group: g\n"), fault::unreachable, COORD_UNAVAILABLE},
        {reply(400, "", "proto: garbage\n"), fault::unreachable, COORD_UNAVAILABLE},
        {reply(500, "", "boom\n"), fault::unreachable, COORD_UNAVAILABLE},
        {reply(204, "", ""), fault::unreachable, COORD_UNAVAILABLE},
    };
    for (const auto& row : table) {
        const fake_peer there(answering([&](auto) { return row.text; }));
        const auto got = set(*reach(terms(), there.url()));
        EXPECT_EQ(got.why, row.why) << row.text;
        if (row.status == COORD_OK) continue;
        const auto& why = got.value.error();
        EXPECT_EQ(why.status(), row.status) << row.text;
        EXPECT_EQ(why.info()->native_domain, "http"s);
        EXPECT_NE(why.message().find(there.url()), std::string::npos);
        ASSERT_NE(why.info()->detail("status"), nullptr);
    }
}

TEST_F(setting, who_took_a_put_for_a_get_is_not_sent_another) {
    int puts = 0;
    const fake_peer go(answering([&](auto verb) {
        puts += verb == "PUT" ? 1 : 0;
        return reply(200, "", "\x0A\x06loaded\x18\0"s);
    }));
    const auto by = terms();
    const auto peer = reach(by, go.url());
    EXPECT_EQ(set(*peer).value.error().status(), COORD_UNSUPPORTED);
    const auto again = set(*peer);
    EXPECT_EQ(again.why, fault::refused);
    EXPECT_EQ(again.value.error().status(), COORD_UNSUPPORTED);
    EXPECT_EQ(puts, 1);
    EXPECT_EQ(set(*reach(by, go.url())).value.error().status(), COORD_UNSUPPORTED);
    EXPECT_EQ(puts, 2) << "a new list has new peers";
}

TEST_F(setting, in_the_seed_dialect_a_peer_is_first_asked_what_loads_nothing) {
    const fake_peer ours(answering([](auto verb) {
        return verb == "PUT" ? reply(200, knows_sets, "") : reply(400, knows_sets, "bad request\n");
    }));
    const auto by = terms(dialect::seed);
    const auto peer = reach(by, ours.url());
    EXPECT_EQ(set(*peer).why, fault::none);
    EXPECT_EQ(set(*peer).why, fault::none);
    const auto seen = ours.requests();
    ASSERT_EQ(seen.size(), 3U);
    EXPECT_EQ(seen[0],
              "GET /_groupcache/ HTTP/1.1\r\nHost: " + ours.url().substr(7) +
                  "\r\nUser-Agent: coord/0.1\r\n\r\n");
    EXPECT_EQ(seen[1].find("PUT "), 0U);
    EXPECT_EQ(seen[2].find("PUT "), 0U) << "it is known now";
    EXPECT_TRUE(by->open.wait_idle(owner->time(), never, nullptr));

    const fake_peer go(answering(
        [](auto) { return reply(400, "", "invalid request URL (missing path parts)\n"); }));
    const auto old = reach(terms(dialect::seed), go.url());
    for (int i = 0; i < 2; ++i) {
        const auto got = set(*old);
        EXPECT_EQ(got.why, fault::refused);
        EXPECT_EQ(got.value.error().status(), COORD_UNSUPPORTED);
    }
    EXPECT_EQ(go.requests().size(), 1U) << "asked once, and never sent a PUT";
}

TEST_F(setting, any_reply_of_a_libcoord_peer_tells_that_it_takes_sets) {
    const fake_peer ours(answering([](auto verb) {
        return verb == "GET" ? reply(404, knows_sets, "no such key\n") : reply(200, knows_sets, "");
    }));
    const auto peer = reach(terms(dialect::seed), ours.url());
    static_cast<void>(get(*peer));
    EXPECT_EQ(set(*peer).why, fault::none);
    const auto seen = ours.requests();
    ASSERT_EQ(seen.size(), 2U) << "nothing had to be asked first";
    EXPECT_EQ(seen[1].find("PUT "), 0U);
}

TEST_F(setting, a_probe_that_fails_for_other_reasons_decides_nothing) {
    int asked = 0;
    const fake_peer there(answering([&](auto) {
        return ++asked == 1 ? reply(502, "", "bad gateway\n") : reply(200, knows_sets, "");
    }));
    const auto peer = reach(terms(dialect::seed), there.url());
    EXPECT_EQ(set(*peer).why, fault::unreachable);
    EXPECT_EQ(set(*peer).why, fault::none);
    EXPECT_EQ(asked, 3);
    const testing::reserved_port nobody;
    const auto got = set(*reach(terms(dialect::seed), nobody.url()));
    EXPECT_EQ(got.why, fault::unreachable);
    EXPECT_EQ(got.value.error().info()->native_code, ECONNREFUSED);
}

TEST_F(setting, the_header_is_read_by_its_version) {
    EXPECT_TRUE(wire::says_it_takes_sets("1; set"));
    EXPECT_TRUE(wire::says_it_takes_sets("1;more=2 ; set"));
    for (const char* other : {"", "1", "2; set", "1; sets", "set", "1; set=0"})
        EXPECT_FALSE(wire::says_it_takes_sets(other)) << other;
}

struct detailed {
    std::string text;
    const char* status;
    const char* reason;
};

TEST_F(setting, a_failure_has_the_particulars_of_the_exchange) {
    const detailed table[] = {
        {reply(503, "", "boom\n"), "503 Service Unavailable", nullptr},
        {reply(404, "", "no such group: g\n"), "404 Not Found", "group-not-found"},
        {reply(404, "", "group not found: \"g\"\n"), "404 Not Found", "group-not-found"},
        {reply(404, "Coord-Error-Type: group-not-found\r\n", "x\n"),
         "404 Not Found",
         "group-not-found"},
        {reply(400, "", "bad request\n"), "400 Bad Request", "bad-request"},
        {reply(400, "", "invalid request URL (missing path parts)\n"),
         "400 Bad Request",
         "bad-request"},
        {reply(414, "Coord-Error-Type: bad-request\r\n", "x\n"),
         "414 Request URI Too Long",
         "bad-request"},
        {reply(200, "", "garbage"), "200 OK", nullptr},
    };
    for (const auto& row : table) {
        const fake_peer there(saying(row.text));
        const error why = get(*reach(terms(), there.url())).value.error();
        const auto detail = [&](const char* name) {
            const auto* const found = why.info()->detail(name);
            return found != nullptr ? std::string(found->text(), found->size) : "(none)"s;
        };
        EXPECT_EQ(detail("group"), "g");
        EXPECT_EQ(detail("key"), "key");
        EXPECT_EQ(detail("peer"), there.url());
        EXPECT_EQ(detail("status"), row.status);
        EXPECT_EQ(detail("body"), row.text.substr(row.text.find("\r\n\r\n") + 4));
        EXPECT_EQ(detail("reason"), row.reason != nullptr ? row.reason : "(none)");
    }
    const testing::reserved_port nobody;
    const error why = get(*reach(terms(), nobody.url())).value.error();
    EXPECT_NE(why.info()->detail("peer"), nullptr);
    EXPECT_EQ(why.info()->detail("status"), nullptr);
}

}  // namespace
}  // namespace coord::groupcache
