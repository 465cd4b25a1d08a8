// The hashes that groupcache peers place keys with. Any bytes go in; none of them is meant to
// resist an attacker.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace coord::ring {

std::uint64_t fnv1_64(std::string_view bytes) noexcept;
std::uint64_t fnv1a_64(std::string_view bytes) noexcept;
// CRC-32 as in IEEE 802.3, widened.
std::uint64_t crc32_ieee(std::string_view bytes) noexcept;
// MD5 in lower-case hex. It spreads labels, it protects nothing.
std::array<char, 32> md5_hex(std::string_view bytes);

}  // namespace coord::ring
