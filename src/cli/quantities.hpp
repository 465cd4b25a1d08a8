// Sizes and durations as they are typed and shown.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coord::cli {

// "1000", "64MiB", "2GB": bytes. Nothing when it is no size, or too large for 64 bits.
std::optional<std::uint64_t> parse_size(std::string_view text) noexcept;
// "100ms", "30s", "1h30m": nanoseconds, more than zero.
std::optional<std::int64_t> parse_duration(std::string_view text) noexcept;

std::string size_text(std::uint64_t bytes);           // "64 MiB", "18.2 KiB", "812 B"
std::string duration_text(std::int64_t nanoseconds);  // "4m58s", "1h02m", "350ms"
std::string grouped(std::uint64_t number);            // "1 204"

}  // namespace coord::cli
