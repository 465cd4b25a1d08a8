// What the admin endpoint shows: lists, owners, counters, health and metrics.
#include <boost/json.hpp>
#include <fmt/format.h>
#include <map>
#include <set>

#include "admin/asked.hpp"
#include "groupcache/http_peers.hpp"
#include "support/fake_peers.hpp"

namespace coord::admin {
namespace {

namespace json = boost::json;
using testing::asked;
using testing::fake_peers;

class admin_documents : public asked {
  protected:
    json::value document(std::string target) {
        const auto sent = get(std::move(target));
        EXPECT_EQ(sent->status(), 200);
        EXPECT_EQ(sent->type(), "application/json");
        EXPECT_EQ(sent->body().back(), '\n');
        return json::parse(sent->body());
    }
};

// The fields of the C structs, but those that say their size.
std::map<std::string, std::set<std::string>> c_fields() {
    std::map<std::string, std::set<std::string>> all;
#define STRUCT(name) all[#name];
#define FIELD(name, field) all[#name].insert(#field);
#define CONSTANT(name)
#include "abi/layout.inc"
#undef CONSTANT
#undef FIELD
#undef STRUCT
    for (auto& [name, fields] : all) {
        fields.erase("size");
        fields.erase("reserved");
    }
    return all;
}

std::set<std::string> names_in(const json::value& of) {
    std::set<std::string> all;
    for (const auto& each : of.as_object()) all.insert(each.key());
    return all;
}

TEST_F(admin_documents, groups_are_listed_by_name_whatever_their_bytes) {
    EXPECT_EQ(document("/v1/groups"), json::parse(R"({"groups":[]})"));
    make("thumbs");
    make("q\"\\\n");
    make("no\xffutf");
    make("\xC3\xA9");
    EXPECT_EQ(document("/v1/groups"),
              json::parse(R"({"groups":["no\ufffdutf","q\"\\\n","thumbs","\u00e9"]})"));
}

TEST_F(admin_documents, the_counters_of_a_group_have_the_names_of_the_c_api) {
    make("g");
    fill("/v1/groups/g/keys/k", "value");
    static_cast<void>(get("/v1/groups/g/keys/k"));
    const auto stats = document("/v1/groups/g/stats");
    auto expected = c_fields()["coord_group_stats"];
    expected.insert({"group", "main", "hot"});
    EXPECT_EQ(names_in(stats), expected);
    EXPECT_EQ(stats.at("group"), "g");
    EXPECT_EQ(stats.at("gets"), 2);
    EXPECT_EQ(stats.at("cache_hits"), 1);
    EXPECT_EQ(stats.at("loads"), 1);
    EXPECT_EQ(stats.at("loads_deduped"), 1);
    EXPECT_EQ(stats.at("local_loads"), 1);
    EXPECT_EQ(stats.at("flights_active"), 0);
    for (const char* const part : {"main", "hot"})
        EXPECT_EQ(names_in(stats.at(part)), c_fields()["coord_cache_stats"]);
    EXPECT_EQ(stats.at("main").at("items"), 1);
    EXPECT_EQ(stats.at("main").at("bytes"), 6);
    EXPECT_EQ(stats.at("hot").at("items"), 0);
}

TEST_F(admin_documents, without_peers_a_key_has_no_owner_but_this_process) {
    make("g");
    EXPECT_EQ(document("/v1/groups/g/owners/k"), json::parse(R"({"owner":null,"self":true})"));
    EXPECT_TRUE(loads.requests.empty()) << "asking for the owner loads nothing";
}

TEST_F(admin_documents, the_owner_of_a_key_is_shown_as_it_is_spelled) {
    const ref<fake_peers> cluster(new fake_peers);
    const auto other = cluster->add("http://10.0.0.2:8080");
    cluster->owner = [&](std::string_view key) {
        return key == "a/b" ? other : ref<testing::asked_peer>();
    };
    auto wanted = loads.options();
    wanted.peers = cluster.get();
    make(wanted, "g");
    EXPECT_EQ(document("/v1/groups/g/owners/a%2Fb"),
              json::parse(R"({"owner":"http://10.0.0.2:8080","self":false})"));
    EXPECT_EQ(document("/v1/groups/g/owners/a/b").at("self"), false);
    EXPECT_EQ(document("/v1/groups/g/owners/mine").at("self"), true);
    EXPECT_EQ(other->gets, 0U) << "nobody is asked";
}

TEST_F(admin_documents, health_says_when_the_runtime_closes) {
    const auto well = get("/healthz");
    EXPECT_EQ(well->status(), 200);
    EXPECT_EQ(well->body(), "ok\n");
    world.owner->stop_intake();
    const auto closing = get("/healthz");
    EXPECT_EQ(closing->status(), 503);
    EXPECT_EQ(closing->body(), "closing\n");
}

TEST_F(admin_documents, metrics_are_those_of_the_runtime) {
    make("g");
    const auto sent = get("/metrics");
    EXPECT_EQ(sent->status(), 200);
    EXPECT_EQ(sent->type().substr(0, 25), "text/plain; version=0.0.4");
    EXPECT_EQ(sent->body(), world.owner->metrics());
    EXPECT_NE(sent->body().find("coord_group_gets_total{group=\"g\"} 0\n"), std::string::npos);
}

TEST_F(admin_documents, a_dump_is_that_of_the_runtime) {
    make("g");
    const auto sent = get("/v1/dump");
    EXPECT_EQ(sent->status(), 200);
    EXPECT_EQ(sent->type(), "text/plain; charset=utf-8");
    EXPECT_EQ(sent->body(), world.owner->dump());
    EXPECT_NE(sent->body().find("\ngroup \"g\": flights 0"), std::string::npos);
}

TEST_F(admin_documents, nothing_is_to_be_rendered_guessed_at_or_kept) {
    make("g");
    fill("/v1/groups/g/keys/k", "<script>");
    for (const char* const path : {"/v1/groups",
                                   "/v1/groups/g/keys/k",
                                   "/v1/groups/g/stats",
                                   "/v1/groups/<b>/stats",
                                   "/v1/groups/g/owners/k",
                                   "/v1/peers",
                                   "/v1/dump",
                                   "/healthz",
                                   "/metrics",
                                   "/nowhere",
                                   "/v1/groups/g/keys/%"}) {
        const auto sent = get(path);
        EXPECT_EQ(sent->header("Content-Security-Policy"), "default-src 'none'") << path;
        EXPECT_EQ(sent->header("X-Content-Type-Options"), "nosniff") << path;
        EXPECT_EQ(sent->header("Cache-Control"), "no-store") << path;
    }
}

TEST_F(admin_documents, without_peers_there_are_no_pools) {
    EXPECT_EQ(document("/v1/peers"), json::parse(R"({"pools":[]})"));
}

// Real peers want a runtime with threads.
class admin_peers : public ::testing::Test {
  protected:
    admin_peers() { owner->to_host(); }
    ~admin_peers() override { owner->drop_handle(); }
    ref<groupcache::http_peers> join(std::string self, std::string list) {
        groupcache::peers_options wanted;
        wanted.self_url = std::move(self);
        wanted.list = std::move(list);
        auto made = groupcache::http_peers::make(owner, wanted);
        EXPECT_TRUE(made) << made.error().message();
        (*made)->to_host();
        return *made;
    }
    json::value document(std::string target) {
        const ref<testing::kept_exchange> sent(new testing::kept_exchange(
            http::method::get, std::move(target), {{"Host", "localhost"}}));
        serves->handle(sent);
        EXPECT_EQ(sent->status(), 200);
        return json::parse(sent->body());
    }
    ref<runtime> owner = *runtime::make({});
    ref<answerer> serves{new answerer(*owner, known_hosts("127.0.0.1:0"))};
};

TEST_F(admin_peers, each_pool_is_shown_with_its_list_and_counters) {
    const auto peers = join("http://10.0.0.1:8080", "http://10.0.0.1:8080,http://10.0.0.2:8080");
    const auto shown = document("/v1/peers");
    ASSERT_EQ(shown.at("pools").as_array().size(), 1U);
    const auto& pool = shown.at("pools").at(0);
    EXPECT_EQ(pool.at("self"), "http://10.0.0.1:8080");
    EXPECT_EQ(pool.at("peers"), json::parse(R"(["http://10.0.0.1:8080","http://10.0.0.2:8080"])"));
    EXPECT_EQ(names_in(pool.at("stats")), c_fields()["coord_peers_stats"]);
    EXPECT_EQ(pool.at("stats").at("client_requests"), 0);
    peers->drop_handle();
    EXPECT_EQ(document("/v1/peers"), json::parse(R"({"pools":[]})"));
}

TEST_F(admin_peers, the_owner_may_be_this_process_by_its_own_url) {
    const auto peers = join("http://10.0.0.1:8080", "http://10.0.0.1:8080,http://10.0.0.2:8080");
    groupcache::group_options wanted;
    wanted.peers = peers.get();
    auto made = groupcache::group::make(owner, "g", wanted);
    ASSERT_TRUE(made);
    (*made)->to_host();
    std::set<std::string> owners;
    for (int i = 0; i < 50; ++i) {
        const auto key = fmt::format("{}/thumbs/{}", i * 7919, i);
        const auto shown = document("/v1/groups/g/owners/" + key);
        EXPECT_EQ(shown.at("owner").as_string(), *peers->owner_of(key));
        EXPECT_EQ(shown.at("self").as_bool(), peers->owns(key));
        owners.emplace(shown.at("owner").as_string());
    }
    EXPECT_EQ(owners.size(), 2U);
    (*made)->drop_handle();
    peers->drop_handle();
}

TEST_F(admin_peers, who_only_asks_has_no_url_of_its_own) {
    const auto peers = join("", "http://10.0.0.2:8080");
    EXPECT_TRUE(document("/v1/peers").at("pools").at(0).at("self").is_null());
    peers->drop_handle();
}

}  // namespace
}  // namespace coord::admin
