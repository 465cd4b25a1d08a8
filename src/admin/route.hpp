// Which thing of the runtime a request is about, by its path.
//
//     /v1/groups                          /v1/groups/{group}/keys/{key}
//     /v1/groups/{group}/owners/{key}     /v1/groups/{group}/stats
//     /v1/peers        /v1/dump        /healthz        /metrics
//
// A path is split as it came and each part decoded once afterwards; dots and slashes mean nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace coord::admin {

enum class resource : std::uint8_t { groups, key, owner, stats, peers, dump, health, metrics };

struct route {
    resource what = resource::health;
    std::string group;
    std::string key;  // all that follows, slashes included; may be empty
};

// COORD_NOT_FOUND for a path that names nothing, COORD_INVALID_ARGUMENT for a broken escape. May
// throw bad_alloc.
result<route> find_route(std::string_view target);

// What can be done with it, as an Allow header says it.
std::string_view methods_of(resource what) noexcept;

}  // namespace coord::admin
