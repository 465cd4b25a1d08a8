// SERVER_ERROR: errors on their way to a peer, as the host sees and rewords them.
#include "groupcache/peer_hooks.hpp"
#include "groupcache/set_bodies.hpp"

namespace coord::groupcache {
namespace {

using testing::hook;
using testing::hooked;
using testing::raw_reply;

void load(request& mine) {
    if (mine.key(0) == "broken")
        return mine.fail(error(COORD_HOST_FAILED, "test", "the disk is on fire"));
    testing::node::echo(mine);
}

std::string detail(const error_info* of, const char* name) {
    const auto* const found = of != nullptr ? of->detail(name) : nullptr;
    return found != nullptr ? std::string(found->text(), found->size) : std::string("none");
}

class rewording : public hooked {
  protected:
    void open_with(host_handler server_error) {
        open(
            [&](peers_options& wanted) {
                wanted.server_error = server_error;
                wanted.max_key_bytes = 100;
                wanted.max_value_bytes = 1'000;
            },
            load);
    }
    raw_reply put(std::string_view body) {
        client->send(testing::put_request("/_groupcache/g/k", body, testing::tells_others));
        return client->read();
    }
};

TEST_F(rewording, the_host_sees_what_went_wrong_with_which_request) {
    struct row {
        std::string target;
        coord_status status;
        const char *reason, *group, *key, *message;
    };
    const row rows[] = {
        {"/_groupcache/g/broken", COORD_HOST_FAILED, "none", "g", "broken", "the disk is on fire"},
        {"/_groupcache/no/k",
         COORD_NOT_FOUND,
         "group-not-found",
         "no",
         "none",
         "no such group: no"},
        {"/_groupcache/g", COORD_INVALID_ARGUMENT, "bad-request", "none", "none", "bad request"},
        {"/_groupcache/g/%zz",
         COORD_INVALID_ARGUMENT,
         "bad-request",
         "none",
         "none",
         "bad request: a '%' is not followed by two hex digits"},
        {"/x", COORD_INVALID_ARGUMENT, "bad-request", "none", "none", "404 page not found"},
        {"/_groupcache/g/" + std::string(101, 'k'),
         COORD_INVALID_ARGUMENT,
         "bad-request",
         "none",
         "none",
         "the key is longer than 100 bytes"},
    };
    std::string seen;
    hook looks([&](request& mine) {
        EXPECT_EQ(mine.which(), request_kind::server_error);
        const auto* const why = mine.failure();
        ASSERT_NE(why, nullptr);
        seen = std::to_string(why->status) + " " + detail(why, "reason") + " " +
               detail(why, "group") + " " + detail(why, "key") + " " + why->message() + " " +
               std::string(mine.http("target"));
        mine.succeed();
    });
    open_with(looks.handler());
    for (const auto& each : rows) {
        seen.clear();
        const auto got = client->ask("GET", each.target);
        EXPECT_EQ(got.body, std::string(each.message) + "\n") << "the usual answer";
        EXPECT_EQ(seen,
                  std::to_string(each.status) + " " + each.reason + " " + each.group + " " +
                      each.key + " " + each.message + " " + each.target);
    }
    seen.clear();
    EXPECT_EQ(put("garbage").status, 400);
    EXPECT_NE(seen.find("bad-request"), std::string::npos);
    EXPECT_EQ(put(testing::set_body("k", std::string(1'001, 'v'))).status, 413);
    EXPECT_NE(seen.find(std::to_string(COORD_EXHAUSTED)), std::string::npos);
    seen.clear();
    EXPECT_EQ(get("g/fine").status, 200);
    EXPECT_EQ(seen, "") << "no error, no question";
}

TEST_F(rewording, a_response_of_the_host_goes_out_instead) {
    hook rewords([&](request& mine) {
        EXPECT_TRUE(mine.set_response({500, {}, {}, "A: first\n", "first"}));
        EXPECT_TRUE(mine.set_response({418,
                                       {},
                                       {},
                                       "Content-Type: text/teapot\nContent-Length: 999\n"
                                       "Transfer-Encoding: chunked\nConnection: close\n"
                                       "Date: never\nX-Own: yes\n",
                                       "short and stout"}));
        mine.succeed();
    });
    open_with(rewords.handler());
    const auto got = get("g/broken");
    EXPECT_EQ(got.status, 418);
    EXPECT_EQ(got.body, "short and stout");
    EXPECT_EQ(got.header("Content-Type"), "text/teapot");
    EXPECT_EQ(got.header("X-Own"), "yes");
    EXPECT_EQ(got.header("A"), "") << "the last one wins";
    EXPECT_EQ(got.header("Content-Length"), "15");
    EXPECT_EQ(got.header("Transfer-Encoding"), "");
    EXPECT_EQ(got.head.find("never"), std::string::npos);
    EXPECT_EQ(got.header("Coord-Error-Type"), "");
    EXPECT_EQ(got.header("Coord-Peer"), "1; set");
    EXPECT_EQ(get("g/broken").status, 418) << "the connection goes on";
}

TEST_F(rewording, what_is_no_response_is_refused_and_the_usual_one_stays) {
    hook wrong([&](request& mine) {
        const auto refused = [&](std::string_view headers, std::string_view body) {
            const auto got = mine.set_response({400, {}, {}, headers, body});
            return got ? COORD_OK : got.error().status();
        };
        EXPECT_EQ(refused("no colon\n", ""), COORD_INVALID_ARGUMENT);
        EXPECT_EQ(refused("A: \x01\n", ""), COORD_INVALID_ARGUMENT);
        EXPECT_EQ(refused(std::string(30'000, 'x'), ""), COORD_INVALID_ARGUMENT);
        EXPECT_EQ(refused("", std::string(1'001, 'x')), COORD_EXHAUSTED);
        EXPECT_EQ(mine.set_header("A", "b").error().status(), COORD_UNSUPPORTED);
        EXPECT_EQ(mine.set_user(nullptr).error().status(), COORD_UNSUPPORTED);
        mine.succeed();
    });
    open_with(wrong.handler());
    EXPECT_EQ(get("g/broken").body, "the disk is on fire\n");
}

TEST_F(rewording, whatever_ends_it_without_a_response_sends_the_usual_one) {
    using ending = std::function<void(request&)>;
    const ending endings[] = {
        [](request& mine) { mine.succeed(); },
        [](request& mine) { mine.fail(error(COORD_DENIED, "test", "not said")); },
        [](request& mine) { mine.abandon(); },
        [](request& mine) { mine.decide_by_default(); },
        [](request& mine) {
            static_cast<void>(mine.set_response({500, {}, {}, "", "other"}));
            mine.decide_by_default();
        },
    };
    open_with(kept.handler());
    for (const auto& end : endings) {
        client->send("GET /_groupcache/g/broken HTTP/1.1\r\nHost: test\r\n\r\n");
        end(kept.take());
        const auto got = client->read();
        EXPECT_EQ(got.status, 503);
        EXPECT_EQ(got.body, "the disk is on fire\n");
        EXPECT_EQ(got.header("Coord-Error-Type"), "host_failed");
    }
}

TEST_F(rewording, a_host_that_never_answers_holds_nobody_up) {
    open_with(kept.handler());
    request* late = nullptr;
    EXPECT_EQ(outlast_host("no/k", late).body, "no such group: no\n");
    EXPECT_TRUE(late->set_response({200, {}, {}, "", "late"}));
    late->succeed();
    client->send("GET /_groupcache/g/fine HTTP/1.1\r\nHost: test\r\n\r\n");
    EXPECT_EQ(client->read().status, 200) << "nothing of it is left";
}

TEST_F(rewording, what_the_host_does_not_accept_comes_here_as_well) {
    hook refuses([](request& mine) { mine.fail(error(COORD_DENIED, "test", "not you")); });
    hook rewords([](request& mine) {
        EXPECT_EQ(mine.failure()->status, COORD_DENIED);
        EXPECT_TRUE(mine.set_response({302, {}, {}, "Location: /login\n", ""}));
        mine.succeed();
    });
    open([&](peers_options& wanted) {
        wanted.accept = refuses.handler();
        wanted.server_error = rewords.handler();
    });
    const auto got = get("g/k");
    EXPECT_EQ(got.status, 302);
    EXPECT_EQ(got.header("Location"), "/login");
    EXPECT_EQ(got.header("Content-Length"), "0");
}

TEST_F(rewording, closing_cuts_it) {
    open_with(kept.handler());
    client->send("GET /_groupcache/no/k HTTP/1.1\r\nHost: test\r\n\r\n");
    auto& asked = kept.take();
    EXPECT_FALSE(here->peers->close(here->time().now(), nullptr));
    EXPECT_EQ(client->read().status, 0);
    asked.succeed();
}

}  // namespace
}  // namespace coord::groupcache
