// UTF-8, for texts that are shown: names may be any bytes, what shows them may not.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace coord {

// Length of the valid sequence at the front of a text that is not empty; 0 when there is none.
std::size_t utf8_sequence(std::string_view text) noexcept;

// Each byte that belongs to no valid sequence becomes U+FFFD.
std::string to_valid_utf8(std::string_view text);

}  // namespace coord
