// The body of a PUT: a SetRequest, as groupcache peers of the v2 line send it. No sockets here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace coord::groupcache::wire {

struct set_reading {
    std::string group;
    std::string key;
    std::string value;
    std::int64_t expire_unix_ns = 0;  // 0 = never
};
// Group, key, value and, always, the expiry. Throws bad_alloc.
std::string set_body(std::string_view group, const bytes& entry);

// Nothing for what cannot be decoded, or lacks the group or the key. Throws bad_alloc.
std::optional<set_reading> read_set(std::string_view body);

}  // namespace coord::groupcache::wire
