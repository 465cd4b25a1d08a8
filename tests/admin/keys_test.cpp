// Keys over the admin endpoint: gets, removals, and who may ask for them.
#include "admin/asked.hpp"
#include "support/fake_peers.hpp"

namespace coord::admin {
namespace {

using namespace std::chrono_literals;
using groupcache::group;
using groupcache::peer_answer;
using http::method;
using testing::asked;
using testing::asked_peer;
using testing::fake_peers;

class admin_keys : public asked {};

TEST_F(admin_keys, a_get_is_answered_when_its_load_ends_and_not_before) {
    make();
    const auto sent = get("/v1/groups/g/keys/user:42");
    EXPECT_FALSE(sent->reply);
    ASSERT_EQ(loads.requests.size(), 1U);
    EXPECT_EQ(loads.requests[0]->key(0), "user:42");
    loads.succeed(0, std::string_view("raw\0bytes", 9));
    EXPECT_EQ(sent->status(), 200);
    EXPECT_EQ(sent->body(), std::string("raw\0bytes", 9));
    EXPECT_EQ(sent->type(), "application/octet-stream");
    EXPECT_EQ(sent->header("Coord-Expires-Unix-Ns"), "");
    EXPECT_EQ(get("/v1/groups/g/keys/user:42")->body(), sent->body()) << "from memory now";
}

TEST_F(admin_keys, a_value_that_expires_says_when) {
    make();
    const auto sent = get("/v1/groups/g/keys/k");
    value_terms terms;
    terms.ttl_ns = duration(5s).count();
    loads.succeed(0, "v", terms);
    EXPECT_EQ(sent->header("Coord-Expires-Unix-Ns"),
              std::to_string(world.clock.unix_ns() + duration(5s).count()));
}

TEST_F(admin_keys, two_gets_of_one_key_make_one_load) {
    make();
    const auto first = get("/v1/groups/g/keys/k");
    const auto second = get("/v1/groups/g/keys/%6B");
    ASSERT_EQ(loads.requests.size(), 1U);
    loads.succeed(0, "v");
    EXPECT_EQ(first->body(), "v");
    EXPECT_EQ(second->body(), "v");
}

TEST_F(admin_keys, a_get_goes_to_the_owner_of_the_key) {
    const ref<fake_peers> cluster(new fake_peers);
    const auto owner = cluster->add("http://owner");
    auto wanted = loads.options();
    wanted.peers = cluster.get();
    make(wanted);
    const auto sent = get("/v1/groups/g/keys/k");
    ASSERT_EQ(owner->open.size(), 1U);
    EXPECT_EQ(owner->open[0].key, "k");
    owner->answer(0, asked_peer::value("k", "from there"));
    EXPECT_EQ(sent->body(), "from there");
    EXPECT_TRUE(loads.requests.empty());
}

TEST_F(admin_keys, a_key_reaches_the_loader_byte_by_byte) {
    make();
    const std::pair<const char*, std::string> table[] = {
        {"", ""},
        {"..", ".."},
        {"a/../b//", "a/../b//"},
        {"%2F", "/"},
        {"%252F", "%2F"},
        {"a%20b+c", "a b+c"},
        {"%00", std::string("\0", 1)},
        {"%ff%FE", "\xff\xfe"},
    };
    for (const auto& [path, key] : table) {
        const auto sent = get(std::string("/v1/groups/g/keys/") + path);
        ASSERT_EQ(loads.requests.size(), 1U) << path;
        EXPECT_EQ(loads.requests[0]->key(0), key);
        loads.succeed(0, key);
        EXPECT_EQ(sent->body(), key);
    }
}

struct failed {
    coord_status status;
    int http;
    const char* type;
};
class a_failed_load : public asked, public ::testing::WithParamInterface<failed> {};

TEST_P(a_failed_load, is_told_with_its_status_and_message) {
    make();
    const auto sent = get("/v1/groups/g/keys/k");
    loads.fail(0, GetParam().status, "the disk is away");
    EXPECT_EQ(sent->status(), GetParam().http);
    EXPECT_EQ(sent->header("Coord-Error-Type"), GetParam().type);
    EXPECT_EQ(sent->body(), "the disk is away\n");
    EXPECT_EQ(sent->type(), "text/plain; charset=utf-8");
    EXPECT_EQ(sent->header("Retry-After"), GetParam().status == COORD_EXHAUSTED ? "1" : "");
}

INSTANTIATE_TEST_SUITE_P(table,
                         a_failed_load,
                         ::testing::Values(failed{COORD_NOT_FOUND, 404, "not_found"},
                                           failed{COORD_HOST_FAILED, 502, "host_failed"},
                                           failed{COORD_DENIED, 502, "denied"},
                                           failed{COORD_TIMED_OUT, 504, "timed_out"},
                                           failed{COORD_EXHAUSTED, 503, "exhausted"},
                                           failed{COORD_UNAVAILABLE, 503, "unavailable"}));

TEST_F(admin_keys, a_load_that_does_not_end_is_given_up_in_time) {
    auto patient = loads.options();
    patient.load_timeout = duration::max();
    make(patient, "patient");
    make("g");
    const auto by_load = get("/v1/groups/g/keys/k");
    const auto by_us = get("/v1/groups/patient/keys/k");
    world.advance(limits::default_load_timeout);
    EXPECT_EQ(by_load->status(), 504);
    EXPECT_EQ(by_load->header("Coord-Error-Type"), "timed_out");
    EXPECT_FALSE(by_us->reply);
    world.advance(limits::admin_request_timeout - limits::default_load_timeout);
    EXPECT_EQ(by_us->status(), 504);
    while (!loads.requests.empty()) loads.succeed(0, "too late");
}

TEST_F(admin_keys, a_group_without_a_loader_is_unavailable) {
    make({}, "bare");
    EXPECT_EQ(get("/v1/groups/bare/keys/k")->status(), 503);
}

TEST_F(admin_keys, a_group_that_is_not_there_is_named_as_far_as_it_can_be_shown) {
    for (const char* const what : {"keys/k", "owners/k", "stats"}) {
        const auto sent = get(std::string("/v1/groups/no%ffne/") + what);
        EXPECT_EQ(sent->status(), 404);
        EXPECT_EQ(sent->header("Coord-Error-Type"), "group-not-found");
        EXPECT_EQ(sent->body(), "no such group: no\xEF\xBF\xBDne\n");
    }
    EXPECT_EQ(remove("/v1/groups/none/keys/k")->status(), 404);
}

TEST_F(admin_keys, who_waits_when_the_host_frees_the_group_is_told) {
    const auto g = make();
    const auto sent = get("/v1/groups/g/keys/k");
    forget(g);
    EXPECT_EQ(sent->status(), 503);
    EXPECT_EQ(sent->header("Coord-Error-Type"), "cancelled");
    loads.succeed(0, "too late");
    EXPECT_EQ(get("/v1/groups/g/keys/k")->status(), 404);
}

TEST_F(admin_keys, a_removal_makes_the_next_get_load_again) {
    make();
    fill("/v1/groups/g/keys/k", "old");
    const auto sent = remove("/v1/groups/g/keys/k");
    EXPECT_EQ(sent->status(), 204);
    EXPECT_EQ(sent->body(), "");
    EXPECT_EQ(sent->type(), "");
    fill("/v1/groups/g/keys/k", "new");
}

TEST_F(admin_keys, a_removal_waits_for_peers_and_says_who_did_not_confirm) {
    const ref<fake_peers> cluster(new fake_peers);
    const auto owner = cluster->add("http://owner");
    const auto other = cluster->add("http://other");
    auto wanted = loads.options();
    wanted.peers = cluster.get();
    make(wanted);
    const auto confirmed = remove("/v1/groups/g/keys/k");
    ASSERT_EQ(owner->open.size(), 1U);
    EXPECT_FALSE(confirmed->reply);
    owner->answer(0, {});
    ASSERT_EQ(other->open.size(), 1U);
    other->answer(0, {});
    EXPECT_EQ(confirmed->status(), 204);

    const auto unconfirmed = remove("/v1/groups/g/keys/k");
    owner->answer(0, {});
    other->answer(0,
                  asked_peer::fault(peer_answer::fault::unreachable, COORD_UNAVAILABLE, "is away"));
    EXPECT_EQ(unconfirmed->status(), 502);
    EXPECT_EQ(unconfirmed->header("Coord-Error-Type"), "unavailable");
    EXPECT_NE(unconfirmed->body().find("http://other: is away"), std::string::npos);
}

TEST_F(admin_keys, a_page_in_a_browser_may_not_remove) {
    make();
    fill("/v1/groups/g/keys/k", "v");
    for (const char* const origin : {"http://evil.example", "http://127.0.0.1:9090", "null", ""}) {
        const auto sent = send(method::remove,
                               "/v1/groups/g/keys/k",
                               {{"Host", "127.0.0.1:9090"}, {"oRIGIN", origin}});
        EXPECT_EQ(sent->status(), 403) << origin;
        EXPECT_EQ(sent->header("Coord-Error-Type"), "denied");
    }
    EXPECT_EQ(get("/v1/groups/g/keys/k")->body(), "v") << "it is still there";
}

TEST_F(admin_keys, a_host_that_is_not_known_gets_nothing) {
    make();
    fill("/v1/groups/g/keys/k", "v");
    for (const char* const path :
         {"/v1/groups", "/v1/groups/g/keys/k", "/v1/peers", "/v1/dump", "/metrics", "/nowhere"}) {
        const auto sent = send(method::get, path, {{"Host", "evil.example:9090"}});
        EXPECT_EQ(sent->status(), 403) << path;
        EXPECT_EQ(sent->header("Coord-Error-Type"), "denied");
    }
    EXPECT_EQ(send(method::remove, "/v1/groups/g/keys/k", {{"Host", "evil.example"}})->status(),
              403);
    EXPECT_EQ(send(method::get, "/healthz", {})->status(), 403);
    EXPECT_EQ(get("/v1/groups/g/keys/k")->body(), "v") << "it is still there";
}

TEST_F(admin_keys, other_methods_are_told_what_is_possible) {
    make();
    EXPECT_EQ(send(method::put, "/v1/groups/g/keys/k")->header("Allow"), "GET, DELETE");
    for (const char* const path :
         {"/v1/groups", "/v1/groups/g/owners/k", "/v1/groups/g/stats", "/v1/dump", "/metrics"})
        for (const auto verb : {method::remove, method::put}) {
            const auto sent = send(verb, path);
            EXPECT_EQ(sent->status(), 405) << path;
            EXPECT_EQ(sent->header("Allow"), "GET");
        }
    EXPECT_TRUE(loads.requests.empty());
}

TEST_F(admin_keys, wrong_paths_are_refused) {
    make();
    EXPECT_EQ(get("/v1/groups/g/keys/%zz")->status(), 400);
    EXPECT_EQ(get("/v1/groups/g/keys/%zz")->header("Coord-Error-Type"), "bad-request");
    EXPECT_EQ(get("/v1/groups/g/../g/keys/k")->status(), 404);
    EXPECT_EQ(get("/")->status(), 404);
    EXPECT_TRUE(loads.requests.empty());
}

}  // namespace
}  // namespace coord::admin
