// How the host wants a value to be kept.
#pragma once

#include <cstdint>

#include "base/clock.hpp"

namespace coord {

struct value_terms {
    std::uint32_t flags = 0;
    std::int64_t ttl_ns = 0;          // 0 = the component's default
    std::int64_t expire_unix_ns = 0;  // 0 = use ttl_ns

    // Unix time in ns; 0 = never. The clock is read only when it matters.
    std::int64_t expiry(duration default_ttl, const clock& time) const noexcept {
        if (expire_unix_ns != 0) return expire_unix_ns;
        const auto ttl = ttl_ns != 0 ? duration(ttl_ns) : default_ttl;
        if (ttl == duration::max()) return 0;
        const auto now = time.unix_ns();
        return ttl.count() < INT64_MAX - now ? now + ttl.count() : 0;
    }
};

}  // namespace coord
