#include "runtime/log.hpp"

#include <array>
#include <chrono>
#include <fmt/format.h>

#include "base/limits.hpp"

namespace coord {

bool logger::within_rate() noexcept {
    const auto second =
        std::chrono::duration_cast<std::chrono::seconds>(clock_.now().time_since_epoch()).count();
    // Two threads at the turn of a second may both reset: a few lines more, nothing worse.
    if (second_.exchange(second, std::memory_order_relaxed) != second)
        lines_.store(0, std::memory_order_relaxed);
    return lines_.fetch_add(1, std::memory_order_relaxed) < limits::max_log_lines_per_second;
}

void logger::write(log_level level, const char* component, std::string_view text) noexcept {
    if (!wants(level)) return;
    if (!within_rate()) {
        dropped_.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    if (const auto dropped = dropped_.exchange(0, std::memory_order_relaxed); dropped != 0) {
        std::array<char, 64> line{};
        const auto end =
            fmt::format_to_n(line.data(), line.size() - 1, "{} lines were left out here", dropped);
        wanted_.fn(
            wanted_.user, static_cast<std::int32_t>(log_level::warn), "log", line.data(), end.size);
    }
    wanted_.fn(wanted_.user, static_cast<std::int32_t>(level), component, text.data(), text.size());
}

}  // namespace coord
