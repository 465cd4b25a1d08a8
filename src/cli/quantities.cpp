#include "cli/quantities.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <fmt/format.h>
#include <utility>

namespace coord::cli {
namespace {

struct unit {
    std::string_view name;
    std::uint64_t worth;
};

constexpr std::array<unit, 10> size_units{{{"", 1},
                                           {"B", 1},
                                           {"KiB", 1ULL << 10},
                                           {"MiB", 1ULL << 20},
                                           {"GiB", 1ULL << 30},
                                           {"TiB", 1ULL << 40},
                                           {"kB", 1'000},
                                           {"MB", 1'000'000},
                                           {"GB", 1'000'000'000},
                                           {"TB", 1'000'000'000'000}}};

constexpr std::array<unit, 6> time_units{{{"ns", 1},
                                          {"us", 1'000},
                                          {"ms", 1'000'000},
                                          {"s", 1'000'000'000},
                                          {"m", 60'000'000'000},
                                          {"h", 3'600'000'000'000}}};

// The number at the front, which is cut off.
std::optional<std::uint64_t> take_number(std::string_view& text) noexcept {
    std::uint64_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

template <std::size_t Count>
std::optional<std::uint64_t> worth(const std::array<unit, Count>& units,
                                   std::string_view name,
                                   std::uint64_t number) noexcept {
    for (const auto& one : units) {
        if (one.name != name) continue;
        std::uint64_t product = 0;
        if (__builtin_mul_overflow(number, one.worth, &product)) return std::nullopt;
        return product;
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> parse_size(std::string_view text) noexcept {
    const auto number = take_number(text);
    if (!number) return std::nullopt;
    if (text.starts_with(' ')) text.remove_prefix(1);
    return worth(size_units, text, *number);
}

std::optional<std::int64_t> parse_duration(std::string_view text) noexcept {
    std::int64_t total = 0;
    while (!text.empty()) {
        const auto number = take_number(text);
        if (!number) return std::nullopt;
        const auto end = text.find_first_of("0123456789");
        const auto part = worth(time_units, text.substr(0, end), *number);
        if (!part || __builtin_add_overflow(total, *part, &total)) return std::nullopt;
        text.remove_prefix(end == std::string_view::npos ? text.size() : end);
    }
    if (total <= 0 || total == INT64_MAX) return std::nullopt;
    return total;
}

std::string size_text(std::uint64_t bytes) {
    constexpr std::array<std::string_view, 6> names{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    if (bytes < 1024) return fmt::format("{} B", bytes);
    std::size_t step = 0;
    while (step + 1 < names.size() && bytes >> (10 * (step + 2)) != 0) ++step;
    const std::uint64_t one = 1ULL << (10 * (step + 1));
    if (bytes % one == 0) return fmt::format("{} {}", bytes / one, names[step]);
    const double shown = static_cast<double>(bytes) / static_cast<double>(one);
    return fmt::format("{:.1f} {}", shown, names[step]);
}

std::string duration_text(std::int64_t nanoseconds) {
    const std::int64_t milliseconds = nanoseconds / 1'000'000;
    if (milliseconds < 1'000) return fmt::format("{}ms", milliseconds);
    const std::int64_t seconds = milliseconds / 1'000;
    if (seconds < 60) return fmt::format("{}s", seconds);
    if (seconds < 3'600) return fmt::format("{}m{:02}s", seconds / 60, seconds % 60);
    return fmt::format("{}h{:02}m", seconds / 3'600, seconds / 60 % 60);
}

std::string grouped(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (auto at = text.size(); at > 3;) text.insert(at -= 3, 1, ' ');
    return text;
}

}  // namespace coord::cli
