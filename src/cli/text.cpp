#include "cli/text.hpp"

#include <cstddef>
#include <cstdint>

namespace coord::cli {
namespace {

constexpr std::string_view upper_hex = "0123456789ABCDEF";
constexpr std::string_view lower_hex = "0123456789abcdef";

unsigned char byte_at(std::string_view bytes, std::size_t at) noexcept {
    return static_cast<unsigned char>(bytes[at]);
}

// Bytes of the well-formed UTF-8 character at `at`; 0 when there is none.
std::size_t character_at(std::string_view bytes, std::size_t at) noexcept {
    const unsigned first = byte_at(bytes, at);
    if (first < 0x80) return 1;
    const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || at + size > bytes.size()) return 0;
    std::uint32_t point = first & (0x7fU >> size);
    for (std::size_t i = 1; i < size; ++i) {
        const unsigned next = byte_at(bytes, at + i);
        if ((next & 0xc0U) != 0x80) return 0;
        point = point << 6 | (next & 0x3fU);
    }
    const bool overlong = (size == 3 && point < 0x800) || (size == 4 && point < 0x10000);
    const bool surrogate = point >= 0xd800 && point <= 0xdfff;
    return overlong || surrogate || point > 0x10ffff ? 0 : size;
}

// C0, DEL, and C1 as UTF-8: what a terminal may obey.
bool is_control(std::string_view bytes, std::size_t at, std::size_t size) noexcept {
    const unsigned first = byte_at(bytes, at);
    if (size == 1) return first < 0x20 || first == 0x7f;
    return size == 2 && first == 0xc2 && byte_at(bytes, at + 1) < 0xa0;
}

}  // namespace

bool is_word(char one) noexcept {
    return (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z') || (one >= '0' && one <= '9');
}

std::string printable(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size());
    for (std::size_t at = 0; at < bytes.size();) {
        const auto size = character_at(bytes, at);
        if (size != 0 && !is_control(bytes, at, size)) {
            text.append(bytes.substr(at, size));
            at += size;
            continue;
        }
        const unsigned byte = byte_at(bytes, at++);
        text.append("\\x").push_back(lower_hex[byte >> 4]);
        text.push_back(lower_hex[byte & 15U]);
    }
    return text;
}

bool is_utf8(std::string_view bytes) noexcept {
    for (std::size_t at = 0; at < bytes.size();) {
        const auto size = character_at(bytes, at);
        if (size == 0) return false;
        at += size;
    }
    return true;
}

std::string as_utf8(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size());
    for (std::size_t at = 0; at < bytes.size();) {
        const auto size = character_at(bytes, at);
        text.append(size == 0 ? std::string_view("\xef\xbf\xbd") : bytes.substr(at, size));
        at += size == 0 ? 1 : size;
    }
    return text;
}

std::string base64(std::string_view bytes) {
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const auto left = bytes.size() - at;
        std::uint32_t three = std::uint32_t{byte_at(bytes, at)} << 16;
        if (left > 1) three |= std::uint32_t{byte_at(bytes, at + 1)} << 8;
        if (left > 2) three |= byte_at(bytes, at + 2);
        text.push_back(digits[three >> 18]);
        text.push_back(digits[three >> 12 & 63U]);
        text.push_back(left > 1 ? digits[three >> 6 & 63U] : '=');
        text.push_back(left > 2 ? digits[three & 63U] : '=');
    }
    return text;
}

std::string percent_encoded(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size());
    for (const char one : bytes) {
        if (is_word(one) || one == '-' || one == '.' || one == '_' || one == '~') {
            text.push_back(one);
            continue;
        }
        const auto byte = static_cast<unsigned char>(one);
        text.push_back('%');
        text.push_back(upper_hex[byte >> 4]);
        text.push_back(upper_hex[byte & 15U]);
    }
    return text;
}

std::string with_key(std::string_view text, std::string_view key) {
    std::string whole;
    std::size_t from = 0;
    while (true) {
        const auto at = text.find(key_mark, from);
        whole.append(text.substr(from, at - from));
        if (at == std::string_view::npos) return whole;
        whole.append(key);
        from = at + key_mark.size();
    }
}

}  // namespace coord::cli
