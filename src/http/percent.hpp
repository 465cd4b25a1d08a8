// Percent-encoding exactly as Go's url.PathEscape writes it and its server reads it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace coord::http {

// Bytewise; what is not a letter, a digit or one of -_.~$&+=:@ becomes %XX.
void append_path_escaped(std::string& to, std::string_view raw);

// Every %XX once; '+' stays. Nothing for a '%' without two hex digits.
std::optional<std::string> percent_decoded(std::string_view text);

// The path of a request target, without query; a '#' and what follows is part of it.
std::string_view path_of(std::string_view target) noexcept;

}  // namespace coord::http
