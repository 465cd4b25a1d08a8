// Bytes as people, JSON and urls can take them.
#pragma once

#include <string>
#include <string_view>

namespace coord::cli {

bool is_word(char one) noexcept;  // a letter or digit of ASCII

// For terminals: control bytes and what is no UTF-8 as \x1b.
std::string printable(std::string_view bytes);
// For JSON: what is no UTF-8 as U+FFFD.
std::string as_utf8(std::string_view bytes);
bool is_utf8(std::string_view bytes) noexcept;
std::string base64(std::string_view bytes);
// All but letters, digits and -._~ as %XX.
std::string percent_encoded(std::string_view bytes);
// Each `{key}` replaced.
std::string with_key(std::string_view text, std::string_view key);

inline constexpr std::string_view key_mark = "{key}";

}  // namespace coord::cli
