// What groups and caches have in common, in C++.
#pragma once

#include <coord/group.h>

#include <cstdint>

namespace coord {
inline namespace v0 {

/// How a full cache chooses what to evict.
enum class policy : std::int32_t { s3fifo = COORD_POLICY_S3FIFO, lru = COORD_POLICY_LRU };

using cache_stats = coord_cache_stats;

}  // namespace v0
}  // namespace coord
