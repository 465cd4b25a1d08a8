// EXCHANGE: the host sees each request before it goes to a peer, adds to it, answers it, or fails
// it.
#include <functional>

#include "groupcache/asking.hpp"
#include "runtime/host_question.hpp"

namespace coord::groupcache {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using fault = peer_answer::fault;

class exchanging : public asking {
  protected:
    std::shared_ptr<peer_terms> hooked(dialect speaks = dialect::mailgun) {
        auto made = terms(speaks);
        made->exchange.call = [](void* user, ::coord_request* given) {
            auto* const mine = static_cast<request*>(reinterpret_cast<handle*>(given));
            static_cast<exchanging*>(user)->hook(*mine);
        };
        made->exchange.user = this;
        return made;
    }
    static const std::string& value() {
        static const std::string body = "\x0A\x05value\x18\0"s;
        return body;
    }
    // On a worker; ends it, or keeps it.
    std::function<void(request&)> hook = [](request& mine) { mine.succeed(); };
};

std::string text(std::string_view of) {
    return std::string(of);
}

TEST_F(exchanging, the_hook_sees_the_request_and_adds_headers) {
    const fake_peer there(saying(reply(200, "", value())));
    std::vector<std::string> seen;
    hook = [&](request& mine) {
        EXPECT_EQ(mine.which(), request_kind::exchange);
        EXPECT_EQ(mine.count(), 0U);
        for (const char* field : {"method", "target", "headers", "body"})
            seen.push_back(text(mine.http(field)));
        EXPECT_EQ(mine.http("other").data(), nullptr);
        seen.push_back(text(mine.peer_url()));
        EXPECT_TRUE(mine.set_header("Authorization", "Bearer 1"));
        EXPECT_TRUE(mine.set_header("X-More", ""));
        mine.succeed();
    };
    const auto by = hooked();
    const auto got = get(*reach(by, there.url()));
    ASSERT_EQ(got.why, fault::none) << got.value.error().message();
    EXPECT_EQ((*got.value)->value(), "value");
    const auto headers = "Host: " + there.url().substr(7) + "\r\nUser-Agent: coord/0.1\r\n";
    EXPECT_EQ(seen,
              (std::vector<std::string>{"GET", "/_groupcache/g/key", headers, "", there.url()}));
    EXPECT_EQ(there.requests().at(0),
              "GET /_groupcache/g/key HTTP/1.1\r\n" + headers +
                  "Authorization: Bearer 1\r\nX-More: \r\n\r\n");
    EXPECT_TRUE(by->open.wait_idle(owner->time(), never, nullptr));
}

TEST_F(exchanging, a_response_of_the_hook_is_judged_as_if_the_peer_had_sent_it) {
    const fake_peer there(saying(reply(500, "", "must not be asked")));
    message_view given;
    hook = [&](request& mine) {
        EXPECT_TRUE(mine.set_response(given));
        mine.succeed();
    };
    const auto by = hooked();
    const auto peer = reach(by, there.url());
    given.status = 200;
    const std::string body = value();
    given.body = body;
    given.headers = "Content-Length: 1\r\nCoord-Value: 1; ttl-ns=5000000000\n";
    auto got = get(*peer);
    ASSERT_EQ(got.why, fault::none) << got.value.error().message();
    EXPECT_EQ((*got.value)->value(), "value");
    EXPECT_NE((*got.value)->expire_unix_ns(), 0) << "its headers count";
    given = {};
    given.status = 404;
    given.headers = "Coord-Error-Type: not_found";
    given.body = "no such user\n";
    got = get(*peer);
    EXPECT_EQ(got.why, fault::refused);
    EXPECT_EQ(got.value.error().status(), COORD_NOT_FOUND);
    EXPECT_EQ(got.value.error().message(), "no such user");
    given = {};
    given.status = 200;
    EXPECT_EQ(remove(*peer).why, fault::none);
    EXPECT_TRUE(there.requests().empty());
}

TEST_F(exchanging, what_a_response_must_not_be_is_refused_and_the_request_goes_on_without) {
    const fake_peer there(saying(reply(200, "", value())));
    const auto by = hooked();
    by->client.max_body_bytes = 100;
    hook = [&](request& mine) {
        const std::string large(101, 'x');
        const std::string long_headers = "A: " + std::string(limits::max_header_bytes, 'x');
        message_view wrong;
        for (const int status : {0, 199, 600}) {
            wrong.status = status;
            EXPECT_EQ(mine.set_response(wrong).error().status(), COORD_INVALID_ARGUMENT);
        }
        wrong.status = 200;
        for (const auto& headers : {"no colon"s, "a b: c"s, "a: \x01"s, long_headers}) {
            wrong.headers = headers;
            EXPECT_EQ(mine.set_response(wrong).error().status(), COORD_INVALID_ARGUMENT);
        }
        wrong.headers = {};
        wrong.body = large;
        EXPECT_EQ(mine.set_response(wrong).error().status(), COORD_EXHAUSTED);
        std::size_t lines = 0;
        while (mine.set_header("Name", "0123456789")) ++lines;
        EXPECT_EQ(lines, limits::max_added_header_bytes / 18);
        mine.succeed();
    };
    EXPECT_EQ(get(*reach(by, there.url())).why, fault::none);
    EXPECT_EQ(there.requests().size(), 1U);
}

TEST_F(exchanging, a_hook_that_fails_or_forgets_is_a_peer_out_of_reach_with_that_as_the_cause) {
    const fake_peer there(saying(reply(200, "", value())));
    const auto by = hooked();
    const auto peer = reach(by, there.url());
    hook = [](request& mine) { mine.fail(error(COORD_DENIED, "loader", "no token today")); };
    auto got = get(*peer);
    EXPECT_EQ(got.why, fault::unreachable);
    const error why = got.value.error();
    EXPECT_EQ(why.status(), COORD_UNAVAILABLE);
    EXPECT_EQ(why.message(), there.url() + " was not asked: no token today");
    EXPECT_EQ(why.info()->cause->status, COORD_DENIED);
    ASSERT_NE(why.info()->detail("key"), nullptr);
    hook = [](request& mine) { mine.abandon(); };
    got = get(*peer);
    EXPECT_EQ(got.why, fault::unreachable);
    EXPECT_EQ(got.value.error().info()->cause->status, COORD_ABANDONED);
    hook = [](request& mine) { mine.fail(error(COORD_TIMED_OUT, "loader", "the vault is slow")); };
    EXPECT_EQ(get(*peer).why, fault::unreachable) << "not our deadline";
    EXPECT_TRUE(there.requests().empty());
    EXPECT_EQ(by->counters.sum(peer_terms::failed), 3U);
}

TEST_F(exchanging, a_hook_that_never_answers_ends_at_the_deadline_and_its_late_answer_is_dropped) {
    const fake_peer there(saying(reply(200, "", value())));
    std::promise<request*> kept;
    hook = [&](request& mine) { kept.set_value(&mine); };
    const auto by = hooked();
    const auto got = get(*reach(by, there.url()), owner->time().now() + 20ms);
    EXPECT_EQ(got.why, fault::timed_out);
    EXPECT_EQ(got.value.error().status(), COORD_TIMED_OUT);
    request* const late = kept.get_future().get();
    EXPECT_EQ(late->http("method"), "GET");
    EXPECT_TRUE(late->set_header("A", "b"));
    late->succeed();
    EXPECT_TRUE(there.requests().empty());
    EXPECT_TRUE(by->open.wait_idle(owner->time(), never, nullptr));
}

TEST_F(exchanging, closing_the_peers_ends_what_the_hook_has) {
    std::promise<request*> kept;
    hook = [&](request& mine) { kept.set_value(&mine); };
    const auto by = hooked();
    const auto peer = reach(by, "http://127.0.0.1:1");
    caller who;
    peer->get({"g", "key", never}, who);
    request* const late = kept.get_future().get();
    by->cut();
    EXPECT_EQ(who.outcome.get_future().get().why, fault::unreachable);
    EXPECT_TRUE(by->open.wait_idle(owner->time(), never, nullptr));
    late->succeed();
}

TEST_F(exchanging, https_is_for_hooks_that_answer_themselves) {
    EXPECT_EQ(http::parse_url("https://a").error().status(), COORD_UNSUPPORTED);
    const auto by = hooked();
    const auto where = http::parse_url("https://a", by->schemes());
    ASSERT_TRUE(where);
    EXPECT_EQ(where->port, "443");
    const ref<http_peer> peer(new http_peer(by, *where));
    auto got = get(*peer);
    EXPECT_EQ(got.why, fault::unreachable);
    EXPECT_EQ(got.value.error().status(), COORD_UNSUPPORTED);
    hook = [&](request& mine) {
        message_view given;
        given.status = 200;
        given.body = value();
        EXPECT_TRUE(mine.set_response(given));
        mine.succeed();
    };
    got = get(*peer);
    ASSERT_EQ(got.why, fault::none);
    EXPECT_EQ((*got.value)->value(), "value");
}

TEST_F(exchanging, a_peer_that_takes_longer_than_its_own_time_is_out_of_reach_not_timed_out) {
    const fake_peer silent([](fake_peer::session& with) {
        static_cast<void>(with.request());
        with.await_end();
    });
    const auto by = terms();
    by->request_timeout = 20ms;
    const auto peer = reach(by, silent.url());
    for (const auto deadline : {never, owner->time().now() + 1h}) {
        const auto got = get(*peer, deadline);
        EXPECT_EQ(got.why, fault::unreachable);
        EXPECT_EQ(got.value.error().status(), COORD_TIMED_OUT);
    }
    EXPECT_EQ(get(*peer, owner->time().now()).why, fault::timed_out);
}

}  // namespace
}  // namespace coord::groupcache
