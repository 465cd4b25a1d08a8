#include "runtime/dump_text.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>

namespace coord {
namespace {

constexpr std::string_view cut_off = "... the rest is left out\n";

double seconds_between(time_point from, time_point to) noexcept {
    return std::max(0.0, std::chrono::duration<double>(to - from).count());
}

}  // namespace

void dump_text::add(std::string_view indent, std::string_view line) {
    if (full_) return;
    const auto size = indent.size() + line.size() + 1;
    if (text_.size() + size + cut_off.size() > most_) {
        full_ = true;
        text_.append(cut_off);
        return;
    }
    text_.append(indent).append(line).append("\n");
}

std::string shown_key(std::string_view key) {
    std::string text = "\"";
    for (const char one : key.substr(0, limits::max_dump_key_bytes)) {
        const auto byte = static_cast<unsigned char>(one);
        if (one == '"' || one == '\\')
            text.append(1, '\\').append(1, one);
        else if (byte >= ' ' && byte < 0x7f)
            text.append(1, one);
        else
            fmt::format_to(std::back_inserter(text), "\\x{:02x}", byte);
    }
    text.append("\"");
    if (key.size() > limits::max_dump_key_bytes)
        fmt::format_to(std::back_inserter(text), "... of {} bytes", key.size());
    return text;
}

std::string shown_age(time_point since, time_point now) {
    return fmt::format("{:.3f} s", seconds_between(since, now));
}

std::string shown_deadline(time_point until, time_point now) {
    if (until == never) return "no deadline";
    if (until <= now)
        return fmt::format("{:.3f} s beyond its deadline", seconds_between(until, now));
    return fmt::format("{:.3f} s left", seconds_between(now, until));
}

}  // namespace coord
