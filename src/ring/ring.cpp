#include "ring/ring.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <string>
#include <unordered_set>
#include <utility>

#include "base/assert.hpp"
#include "ring/hashes.hpp"

namespace coord::ring {
namespace {

constexpr std::string_view separators = ", \t\r\n\v\f";

struct node {
    std::uint64_t hash;
    std::uint32_t peer;
};

std::vector<node> place(const std::vector<std::string>& peers,
                        std::uint32_t replicas,
                        const placement& where) {
    std::vector<node> nodes;
    nodes.reserve(peers.size() * replicas);
    std::string label;
    for (std::uint32_t peer = 0; peer < peers.size(); ++peer) {
        std::string_view name = peers[peer];
        if (where.name == placement::names::host_and_port) name = host_and_port(name);
        for (std::uint32_t replica = 0; replica < replicas; ++replica) {
            label = std::to_string(replica);
            label += name;
            if (where.label == placement::labels::md5_hex) {
                const auto hex = md5_hex(label);
                nodes.push_back({where.hash({hex.data(), hex.size()}), peer});
            } else {
                nodes.push_back({where.hash(label), peer});
            }
        }
    }
    return nodes;
}

// Of nodes with the same hash one stays, in front of the sorted rest.
void settle_collisions(std::vector<node>& nodes, placement::collisions rule) {
    if (rule == placement::collisions::last_wins) std::reverse(nodes.begin(), nodes.end());
    std::stable_sort(
        nodes.begin(), nodes.end(), [](const node& a, const node& b) { return a.hash < b.hash; });
    const auto same_place = [](const node& a, const node& b) { return a.hash == b.hash; };
    nodes.erase(std::unique(nodes.begin(), nodes.end(), same_place), nodes.end());
}

}  // namespace

std::optional<profile> profile_from(std::int32_t number) noexcept {
    if (number == 0) return profile::v2_fnv1_md5;
    const auto chosen = static_cast<profile>(number);
    if (chosen < profile::v2_fnv1_md5 || chosen > profile::v3_hostport) return std::nullopt;
    return chosen;
}

placement placement_of(profile chosen) {
    using labels = placement::labels;
    using names = placement::names;
    using collisions = placement::collisions;
    switch (chosen) {
        case profile::v2_fnv1_md5:
            return {fnv1_64, labels::md5_hex, names::as_spelled, collisions::last_wins};
        case profile::v2_fnv1a_md5:
            return {fnv1a_64, labels::md5_hex, names::as_spelled, collisions::last_wins};
        case profile::v2_crc32_md5:
            return {crc32_ieee, labels::md5_hex, names::as_spelled, collisions::last_wins};
        case profile::golang_crc32:
            return {crc32_ieee, labels::raw, names::as_spelled, collisions::last_wins};
        case profile::v3_hostport:
            // v3 keeps colliding nodes side by side and takes the first; their order there is only
            // fixed in small rings.
            return {fnv1_64, labels::md5_hex, names::host_and_port, collisions::first_wins};
    }
    COORD_ASSERT(false);
}

std::string_view host_and_port(std::string_view peer) noexcept {
    if (const auto scheme = peer.find("://"); scheme != std::string_view::npos)
        peer.remove_prefix(scheme + 3);
    return peer.substr(0, peer.find_first_of("/?#"));
}

result<std::vector<std::string>> parse_peers(std::string_view list) {
    std::vector<std::string> peers;
    std::unordered_set<std::string_view> seen;
    // From the end, so that the place kept is the last one.
    while (true) {
        const auto last = list.find_last_not_of(separators);
        if (last == std::string_view::npos) break;
        const auto before = list.find_last_of(separators, last);
        const auto first = before == std::string_view::npos ? 0 : before + 1;
        const auto peer = list.substr(first, last + 1 - first);
        list = list.substr(0, first);
        if (!seen.insert(peer).second) continue;
        if (peers.size() == limits::max_peers)
            return error(COORD_INVALID_ARGUMENT,
                         "ring",
                         fmt::format("list: more than {} peers", limits::max_peers));
        peers.emplace_back(peer);
    }
    std::reverse(peers.begin(), peers.end());
    return peers;
}

ring::ring(std::vector<std::string> peers, std::uint32_t replicas, placement where)
    : peers_(std::move(peers)), where_(std::move(where)) {
    auto nodes = place(peers_, replicas, where_);
    settle_collisions(nodes, where_.collision);
    hashes_.reserve(nodes.size());
    owners_.reserve(nodes.size());
    for (const auto& each : nodes) {
        hashes_.push_back(each.hash);
        owners_.push_back(each.peer);
    }
}

const std::string* ring::owner(std::string_view key) const {
    if (hashes_.empty()) return nullptr;
    const auto at = std::lower_bound(hashes_.begin(), hashes_.end(), where_.hash(key));
    const auto index = at == hashes_.end() ? 0 : at - hashes_.begin();
    return &peers_[owners_[static_cast<std::size_t>(index)]];
}

std::string ring::dump() const {
    std::string text;
    for (std::size_t i = 0; i < hashes_.size(); ++i)
        fmt::format_to(std::back_inserter(text), "{:016x} {}\n", hashes_[i], peers_[owners_[i]]);
    return text;
}

}  // namespace coord::ring
