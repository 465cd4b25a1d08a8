#include "admin/documents.hpp"

#include <boost/json.hpp>
#include <optional>

#include "base/utf8.hpp"
#include "groupcache/http_peers.hpp"

namespace coord::admin {
namespace {

namespace json = boost::json;
using groupcache::http_peers;

json::string shown(std::string_view text) {
    return json::string(to_valid_utf8(text));
}

json::object numbers_of(const cache::counters& now) {
    return {{"bytes", now.bytes},
            {"memory_bytes", now.memory_bytes},
            {"detached_bytes", now.detached_bytes},
            {"items", now.items},
            {"gets", now.gets},
            {"hits", now.hits},
            {"evictions", now.evictions},
            {"evicted_full", now.evicted_full},
            {"evicted_expired", now.evicted_expired},
            {"removed", now.removed},
            {"refused", now.refused}};
}

json::object numbers_of(const groupcache::peers_counters& now) {
    return {{"server_requests", now.server_requests},
            {"server_malformed", now.server_malformed},
            {"server_timed_out", now.server_timed_out},
            {"client_requests", now.client_requests},
            {"client_failures", now.client_failures},
            {"client_retries", now.client_retries},
            {"skewed", now.skewed},
            {"server_connections", now.server_connections}};
}

json::object pool_document(const http_peers& of) {
    json::object pool;
    if (of.self_url().empty())
        pool["self"] = nullptr;
    else
        pool["self"] = shown(of.self_url());
    json::array& urls = pool["peers"].emplace_array();
    const auto lines = of.list();
    std::string_view rest = lines;
    while (!rest.empty()) {
        const auto line = rest.substr(0, rest.find('\n'));
        if (!line.empty()) urls.emplace_back(shown(line));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    }
    pool["stats"] = numbers_of(of.read());
    return pool;
}

struct ownership {
    std::optional<std::string> url;
    bool self = true;
};

ownership owner_of(groupcache::picker& peers, std::string_view key) {
    if (const auto* const known = dynamic_cast<http_peers*>(&peers)) {
        auto url = known->owner_of(key);
        const bool self = !url || *url == known->self_url();
        return {std::move(url), self};
    }
    const auto owner = peers.pick(key);
    if (!owner) return {};
    return {owner->url(), false};
}

}  // namespace

std::string groups_document(const runtime& of) {
    json::array names;
    for (const auto& name : of.names()) names.emplace_back(shown(name));
    return json::serialize(json::object{{"groups", std::move(names)}});
}

std::string stats_document(const groupcache::group& of) {
    const auto now = of.read();
    json::object all{{"group", shown(of.name())},
                     {"gets", now.gets},
                     {"cache_hits", now.cache_hits},
                     {"loads", now.loads},
                     {"loads_deduped", now.flights},
                     {"local_loads", now.local_loads},
                     {"local_load_errors", now.local_load_errors},
                     {"late_answers", now.late_answers},
                     {"flights_active", now.flights_active},
                     {"flight_oldest_ns", now.flight_oldest_ns},
                     {"waiters", now.waiters},
                     {"peer_loads", now.peer_loads},
                     {"peer_errors", now.peer_errors},
                     {"server_requests", now.server_requests},
                     {"peer_slowest_ns", now.peer_slowest_ns},
                     {"changes_active", now.changes_active},
                     {"change_oldest_ns", now.change_oldest_ns},
                     {"remove_many_calls", now.remove_many_calls},
                     {"remove_many_keys", now.remove_many_keys}};
    all["main"] = numbers_of(of.read_cache(cache::section::main));
    all["hot"] = numbers_of(of.read_cache(cache::section::hot));
    return json::serialize(all);
}

std::string owner_document(const groupcache::group& of, std::string_view key) {
    const auto owner = of.peers() != nullptr ? owner_of(*of.peers(), key) : ownership();
    json::object all;
    if (owner.url)
        all["owner"] = shown(*owner.url);
    else
        all["owner"] = nullptr;
    all["self"] = owner.self;
    return json::serialize(all);
}

std::string peers_document(const runtime& of) {
    json::array pools;
    of.visit([&](component& each) {
        if (const auto* const peers = dynamic_cast<const http_peers*>(&each))
            pools.emplace_back(pool_document(*peers));
    });
    return json::serialize(json::object{{"pools", std::move(pools)}});
}

}  // namespace coord::admin
