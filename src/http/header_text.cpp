#include "http/header_text.hpp"

#include <algorithm>
#include <array>

namespace coord::http {
namespace {

bool is_token_byte(char c) noexcept {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool is_digit = c >= '0' && c <= '9';
    return is_letter || is_digit ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

// Up to its end, which is taken off as well.
std::string_view take_line(std::string_view& text) noexcept {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
}

std::string_view trimmed(std::string_view text) noexcept {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

}  // namespace

bool is_token(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_byte);
}

bool is_field_value(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
    });
}

bool frames_a_message(std::string_view name) noexcept {
    constexpr std::array<std::string_view, 8> known = {"Content-Length",
                                                       "Transfer-Encoding",
                                                       "Connection",
                                                       "Keep-Alive",
                                                       "Upgrade",
                                                       "TE",
                                                       "Trailer",
                                                       "Expect"};
    constexpr std::string_view proxy = "Proxy-";
    return same_name(name.substr(0, proxy.size()), proxy) ||
           std::any_of(known.begin(), known.end(), [&](auto one) { return same_name(name, one); });
}

const char* read_headers(std::string_view text, std::vector<header>& to) {
    while (!text.empty()) {
        const auto line = take_line(text);
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) return "a header has no colon";
        const header found{line.substr(0, colon), trimmed(line.substr(colon + 1))};
        if (!is_token(found.name)) return "a header's name is no token";
        if (!is_field_value(found.value)) return "a header's value has control characters";
        if (!frames_a_message(found.name)) to.push_back(found);
    }
    return nullptr;
}

std::string written_headers(std::span<const header> all) {
    std::string text;
    for (const auto& [name, value] : all)
        text.append(name).append(": ").append(value).append("\r\n");
    return text;
}

}  // namespace coord::http
