// Headers as the host writes them, "Name: value" lines, and as it gets to see them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace coord::http {

bool is_token(std::string_view text) noexcept;
// Visible characters, bytes beyond ASCII, spaces and tabs.
bool is_field_value(std::string_view text) noexcept;
// Content-Length and the like: they belong to one connection, not to what is said over it.
bool frames_a_message(std::string_view name) noexcept;

// Lines that end in CRLF or LF, the last one maybe in neither, without those that frame a message.
// The views are into `text`. Gives what is wrong with it (static), or null. Throws bad_alloc.
const char* read_headers(std::string_view text, std::vector<header>& to);
// Each with its CRLF. Throws bad_alloc.
std::string written_headers(std::span<const header> all);

}  // namespace coord::http
