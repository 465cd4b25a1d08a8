#include "http/head_lines.hpp"

#include <algorithm>

namespace coord::http {
namespace {

// Around the target: a method and the version.
constexpr std::size_t around_target = 64;

}  // namespace

head_lines::progress head_lines::look(std::string_view all, const request_limits& within) noexcept {
    for (;;) {
        const auto feed = all.find('\n', looked_);
        const bool ends = feed != std::string_view::npos;
        looked_ = ends ? feed + 1 : all.size();
        // A line that is not over yet has at least one more byte to come.
        if (is_too_long(ends ? looked_ : looked_ + 1, within))
            return lines_ == 0 ? refuse(414, "the target is too long")
                               : refuse(431, "the headers are too long");
        if (!ends) return progress::more;
        const auto line = all.substr(line_, feed - line_);
        line_ = looked_;
        const auto seen = end_line(line, within);
        if (seen != progress::more) return seen;
    }
}

bool head_lines::is_too_long(std::size_t end, const request_limits& within) const noexcept {
    const auto first_line = within.max_target_bytes + around_target;
    return end > within.max_header_bytes || (lines_ == 0 && end > first_line);
}

head_lines::progress head_lines::end_line(std::string_view line,
                                          const request_limits& within) noexcept {
    if (line.empty() || line.back() != '\r') return refuse(400, "a line feed by itself");
    line.remove_suffix(1);
    if (line.empty()) {
        if (lines_ == 0) return refuse(400, "no request line");
        return progress::complete;
    }
    if (lines_ > 0 && (line.front() == ' ' || line.front() == '\t'))
        return refuse(400, "a folded header");
    if (lines_ > within.max_headers) return refuse(431, "too many headers");
    ++lines_;
    return progress::more;
}

head_lines::progress head_lines::refuse(int status, std::string_view text) noexcept {
    why_ = {status, text};
    return progress::refused;
}

}  // namespace coord::http
