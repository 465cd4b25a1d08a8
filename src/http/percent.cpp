#include "http/percent.hpp"

#include <array>

namespace coord::http {
namespace {

constexpr std::array<bool, 256> make_plain() noexcept {
    std::array<bool, 256> plain{};
    for (char c = 'a'; c <= 'z'; ++c) plain[static_cast<unsigned char>(c)] = true;
    for (char c = 'A'; c <= 'Z'; ++c) plain[static_cast<unsigned char>(c)] = true;
    for (char c = '0'; c <= '9'; ++c) plain[static_cast<unsigned char>(c)] = true;
    for (const char c : std::string_view("-_.~$&+=:@")) plain[static_cast<unsigned char>(c)] = true;
    return plain;
}

constexpr auto goes_as_it_is = make_plain();

// -1 for what is no hexadecimal digit.
int digit_of(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

void append_path_escaped(std::string& to, std::string_view raw) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (const char c : raw) {
        const auto byte = static_cast<unsigned char>(c);
        if (goes_as_it_is[byte]) {
            to += c;
        } else {
            to += '%';
            to += digits[byte >> 4U];
            to += digits[byte & 15U];
        }
    }
}

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        if (text.size() - i < 3) return std::nullopt;
        const int high = digit_of(text[i + 1]);
        const int low = digit_of(text[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        decoded += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return decoded;
}

std::string_view path_of(std::string_view target) noexcept {
    return target.substr(0, target.find('?'));
}

}  // namespace coord::http
