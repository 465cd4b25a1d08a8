#include "groupcache/crc32c.hpp"

#include <array>
#include <cstddef>
#include <cstring>

namespace coord::groupcache {
namespace {

constexpr std::uint32_t reversed_polynomial = 0x82F63B78U;

using tables = std::array<std::array<std::uint32_t, 256>, 8>;

// tables[n][byte]: what a byte does to the sum n bytes later.
constexpr tables make_tables() noexcept {
    tables made{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t sum = byte;
        for (int bit = 0; bit < 8; ++bit)
            sum = (sum >> 1U) ^ ((sum & 1U) != 0 ? reversed_polynomial : 0);
        made[0][byte] = sum;
    }
    for (std::size_t later = 1; later < made.size(); ++later)
        for (std::size_t byte = 0; byte < 256; ++byte) {
            const auto sum = made[later - 1][byte];
            made[later][byte] = (sum >> 8U) ^ made[0][sum & 0xFFU];
        }
    return made;
}

constexpr tables by_byte = make_tables();

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t crc32c_sse42(std::string_view data) noexcept {
    std::uint64_t sum = 0xFFFFFFFFU;
    while (data.size() >= 8) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, data.data(), 8);
        sum = __builtin_ia32_crc32di(sum, eight);
        data.remove_prefix(8);
    }
    auto narrow = static_cast<std::uint32_t>(sum);
    for (const char one : data)
        narrow = __builtin_ia32_crc32qi(narrow, static_cast<unsigned char>(one));
    return ~narrow;
}
#endif

}  // namespace

std::uint32_t crc32c_portable(std::string_view data) noexcept {
    std::uint32_t sum = 0xFFFFFFFFU;
    const auto byte = [&](std::size_t i) {
        return std::uint32_t{static_cast<unsigned char>(data[i])};
    };
    while (data.size() >= 8) {
        sum ^= byte(0) | byte(1) << 8U | byte(2) << 16U | byte(3) << 24U;
        sum = by_byte[7][sum & 0xFFU] ^ by_byte[6][(sum >> 8U) & 0xFFU] ^
              by_byte[5][(sum >> 16U) & 0xFFU] ^ by_byte[4][sum >> 24U] ^ by_byte[3][byte(4)] ^
              by_byte[2][byte(5)] ^ by_byte[1][byte(6)] ^ by_byte[0][byte(7)];
        data.remove_prefix(8);
    }
    for (std::size_t i = 0; i < data.size(); ++i)
        sum = (sum >> 8U) ^ by_byte[0][(sum ^ byte(i)) & 0xFFU];
    return ~sum;
}

std::uint32_t crc32c(std::string_view data) noexcept {
#if defined(__x86_64__)
    static const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0;
    if (has_instruction) return crc32c_sse42(data);
#endif
    return crc32c_portable(data);
}

}  // namespace coord::groupcache
