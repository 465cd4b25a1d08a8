// A list of peers as it is at one time: who owns what, and somebody to ask for each of the others.
// Immutable once made, so that a new list is a new one.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "groupcache/peer_client.hpp"
#include "ring/ring.hpp"

namespace coord::groupcache {

struct membership {
    ring::ring owners;
    // Beside owners.peers(); null for this process.
    std::vector<ref<http_peer>> others;

    const std::string* owner_of(std::string_view key) const { return owners.owner(key); }
    // Null for keys of this process, which are all when the list is empty.
    ref<http_peer> pick(std::string_view key) const;
    bool has_self() const noexcept;
};

struct membership_rules {
    std::shared_ptr<peer_terms> terms;
    ring::profile profile;
    std::function<std::uint64_t(std::string_view)> hash;  // instead of the profile's
    std::uint32_t replicas;
    std::optional<http::url> self;  // nothing: not known
    bool needs_self_url;            // it listens everywhere, which is no address to call
};

// Peers of `before` that are in the list again stay the same objects. Errors show the url at fault.
// Throws bad_alloc.
result<std::shared_ptr<const membership>> make_membership(std::string_view list,
                                                          const membership_rules& rules,
                                                          const membership* before);

}  // namespace coord::groupcache
