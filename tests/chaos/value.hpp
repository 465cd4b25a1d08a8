// Values that tell who loaded them, when, and until when they hold, and that show a single wrong
// byte.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coord::chaos {

struct origin {
    std::string loader;
    std::int64_t loaded_unix_ns = 0;
    std::int64_t expires_unix_ns = 0;
};

// From some bytes to 16 KiB, by the key.
std::string make_value(std::string_view key, const origin& from);
// Nothing when it is not, to the byte, a value of this key.
std::optional<origin> read_value(std::string_view key, std::string_view value);

}  // namespace coord::chaos
