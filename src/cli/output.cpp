#include "cli/output.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <unistd.h>

#include "cli/failure.hpp"

namespace coord::cli {
namespace {

// Characters, not bytes; wide ones count as one.
std::size_t width_of(std::string_view text) noexcept {
    const auto begins = [](char one) { return (static_cast<unsigned char>(one) & 0xc0U) != 0x80; };
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins));
}

bool write_all(int to, std::string_view bytes) noexcept {
    while (!bytes.empty()) {
        const auto wrote = ::write(to, bytes.data(), bytes.size());
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(wrote));
    }
    return true;
}

}  // namespace

void say(std::string_view line) {
    write_all(STDERR_FILENO, std::string(line).append("\n"));
}

void complain(std::string_view line) {
    say(std::string("coord: ").append(line));
}

void put(std::string_view bytes) {
    if (!write_all(STDOUT_FILENO, bytes))
        throw failure(exit_code::failed, fmt::format("stdout: {}", std::strerror(errno)));
}

std::string table::text() const {
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        widths.push_back(width_of(columns_[i].title));
        for (const auto& row : rows_) widths[i] = std::max(widths[i], width_of(row[i]));
    }
    std::string all;
    const auto add_line = [&](const auto& cell) {
        std::string line;
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            const std::string& shown = cell(i);
            const std::string blanks(widths[i] - width_of(shown), ' ');
            if (i != 0) line += "  ";
            line += columns_[i].to == align::right ? blanks + shown : shown + blanks;
        }
        line.erase(line.find_last_not_of(' ') + 1);
        all.append(line).push_back('\n');
    };
    add_line([&](std::size_t i) -> const std::string& { return columns_[i].title; });
    for (const auto& row : rows_)
        add_line([&](std::size_t i) -> const std::string& { return row[i]; });
    return all;
}

}  // namespace coord::cli
