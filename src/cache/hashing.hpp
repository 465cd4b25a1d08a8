// The seeded hash of a key, to be inlined: include it in .cpp files only, it brings all of XXH3.
//
// The seed keeps others from choosing keys that collide; the value is never stored, sent or shown,
// so it may change with a release.
#pragma once

#define XXH_INLINE_ALL
#include <cstdint>
#include <string_view>
#include <xxhash.h>

namespace coord::cache {

inline std::uint64_t hash_key(std::string_view key, std::uint64_t seed) noexcept {
    return XXH3_64bits_withSeed(key.data(), key.size(), seed);
}

}  // namespace coord::cache
