#include "ring/placer.hpp"

#include <fmt/format.h>
#include <unordered_set>
#include <utility>

namespace coord::ring {
namespace {

std::vector<std::string> joined(const std::vector<std::string>& before,
                                std::vector<std::string> added) {
    const std::unordered_set<std::string_view> again(added.begin(), added.end());
    std::vector<std::string> all;
    all.reserve(before.size() + added.size());
    for (const auto& peer : before)
        if (!again.contains(peer)) all.push_back(peer);
    for (auto& peer : added) all.push_back(std::move(peer));
    return all;
}

}  // namespace

result<std::shared_ptr<const ring>> placer::make(std::vector<std::string> peers) const {
    if (peers.size() > limits::max_peers)
        return error(COORD_INVALID_ARGUMENT,
                     "ring",
                     fmt::format("list: with those there more than {} peers", limits::max_peers));
    if (peers.size() * replicas_ > limits::max_virtual_nodes)
        return error(
            COORD_INVALID_ARGUMENT, "ring", "list: peers times replicas is above 10,000,000");
    return std::make_shared<const ring>(std::move(peers), replicas_, where_);
}

result<> placer::set(std::string_view list) {
    auto peers = parse_peers(list);
    if (!peers) return peers.error();
    auto fresh = make(std::move(*peers));
    if (!fresh) return fresh.error();
    const std::lock_guard lock(mutex_);
    ring_.swap(*fresh);
    return {};
}

result<> placer::add(std::string_view list) {
    const auto peers = parse_peers(list);
    if (!peers) return peers.error();
    // Again only when another list came meanwhile: somebody has got on.
    while (true) {
        const auto before = now();
        auto fresh = make(joined(before->peers(), *peers));
        if (!fresh) return fresh.error();
        const std::lock_guard lock(mutex_);
        if (ring_ != before) continue;
        ring_.swap(*fresh);
        return {};
    }
}

}  // namespace coord::ring
