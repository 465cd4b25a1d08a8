#include "groupcache/membership.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>
#include <utility>

namespace coord::groupcache {
namespace {

error refused(std::string_view why) noexcept {
    return {COORD_INVALID_ARGUMENT, "peers", why};
}

result<std::vector<std::string>> read_list(std::string_view list, const membership_rules& rules) {
    auto urls = ring::parse_peers(list);
    if (!urls) return error(urls.error().status(), "peers", urls.error().message());
    if (!urls->empty() && rules.needs_self_url)
        return refused(
            "self_url: listening on every address, this process has to be told which url of the "
            "list is its own");
    if (urls->size() * rules.replicas > limits::max_virtual_nodes)
        return refused(
            fmt::format("list: {} peers times {} replicas are more than {} virtual nodes",
                        urls->size(),
                        rules.replicas,
                        limits::max_virtual_nodes));
    return urls;
}

}  // namespace

ref<http_peer> membership::pick(std::string_view key) const {
    const std::string* const owner = owners.owner(key);
    if (owner == nullptr) return nullptr;
    return others[static_cast<std::size_t>(owner - owners.peers().data())];
}

bool membership::has_self() const noexcept {
    return std::find(others.begin(), others.end(), nullptr) != others.end();
}

result<std::shared_ptr<const membership>> make_membership(std::string_view list,
                                                          const membership_rules& rules,
                                                          const membership* before) {
    auto urls = read_list(list, rules);
    if (!urls) return urls.error();
    std::unordered_map<std::string_view, ref<http_peer>> known;
    if (before != nullptr)
        for (const auto& one : before->others)
            if (one) known.emplace(one->url(), one);
    const std::string own_place = rules.self ? http::place_of(*rules.self) : std::string();
    auto made = std::make_shared<membership>();
    made->others.reserve(urls->size());
    for (const auto& text : *urls) {
        if (rules.self && text == rules.self->text) {
            made->others.emplace_back();
            continue;
        }
        if (const auto found = known.find(text); found != known.end()) {
            made->others.push_back(found->second);
            continue;
        }
        auto where = http::parse_url(text, rules.terms->schemes());
        if (!where)
            return error(
                where.error().status(), "peers", fmt::format("list: {}", where.error().message()));
        if (rules.self && http::place_of(*where) == own_place)
            return refused(fmt::format(
                "list: {} is this process, whose url is spelled {}; both must be the same text",
                text,
                rules.self->text));
        made->others.emplace_back(new http_peer(rules.terms, std::move(*where)));
    }
    auto where = ring::placement_of(rules.profile);
    if (rules.hash) where.hash = rules.hash;
    made->owners = ring::ring(std::move(*urls), rules.replicas, std::move(where));
    return std::shared_ptr<const membership>(std::move(made));
}

}  // namespace coord::groupcache
