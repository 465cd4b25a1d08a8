#include "ring/hashes.hpp"

#include <boost/crc.hpp>
#include <boost/uuid/detail/md5.hpp>

namespace coord::ring {
namespace {

constexpr std::uint64_t fnv_offset = 14'695'981'039'346'656'037ULL;
constexpr std::uint64_t fnv_prime = 1'099'511'628'211ULL;

}  // namespace

std::uint64_t fnv1_64(std::string_view bytes) noexcept {
    std::uint64_t hash = fnv_offset;
    for (const char c : bytes) hash = (hash * fnv_prime) ^ static_cast<unsigned char>(c);
    return hash;
}

std::uint64_t fnv1a_64(std::string_view bytes) noexcept {
    std::uint64_t hash = fnv_offset;
    for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * fnv_prime;
    return hash;
}

std::uint64_t crc32_ieee(std::string_view bytes) noexcept {
    boost::crc_32_type crc;
    crc.process_bytes(bytes.data(), bytes.size());
    return crc.checksum();
}

std::array<char, 32> md5_hex(std::string_view bytes) {
    boost::uuids::detail::md5 md5;
    md5.process_bytes(bytes.data(), bytes.size());
    boost::uuids::detail::md5::digest_type digest;
    md5.get_digest(digest);
    // Boost gives words whose most significant byte comes first, newer versions plain bytes; this
    // reads both.
    constexpr std::string_view digits = "0123456789abcdef";
    std::array<char, 32> hex{};
    static_assert(sizeof digest * 2 == sizeof hex);
    auto* out = hex.data();
    for (const auto unit : digest)
        for (int shift = 8 * int{sizeof unit} - 4; shift >= 0; shift -= 4)
            *out++ = digits[(unit >> shift) & 0x0FU];
    return hex;
}

}  // namespace coord::ring
