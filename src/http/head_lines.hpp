// Looks for the end of a request's head, line by line as bytes arrive, and stops early at what no
// further byte could mend: bare line feeds, folded lines, too many or too long ones.
#pragma once

#include <optional>
#include <string_view>

#include "http/request_check.hpp"

namespace coord::http {

class head_lines {
  public:
    enum class progress : std::uint8_t { more, complete, refused };

    void begin() noexcept { *this = head_lines(); }
    // `all` is what arrived so far, from the first byte of the request.
    progress look(std::string_view all, const request_limits& within) noexcept;
    // With the empty line; once it is complete.
    std::size_t size() const noexcept { return line_; }
    refusal why() const noexcept { return why_; }

  private:
    progress refuse(int status, std::string_view text) noexcept;
    progress end_line(std::string_view line, const request_limits& within) noexcept;
    bool is_too_long(std::size_t end, const request_limits& within) const noexcept;

    std::size_t looked_ = 0;
    std::size_t line_ = 0;   // where the current line begins
    std::size_t lines_ = 0;  // before it
    refusal why_;
};

}  // namespace coord::http
