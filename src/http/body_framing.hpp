// Finds the content of a request's body between its framing, and its end.
//
// Goes byte by byte over chunks, so that the outcome does not depend on how they arrived, and keeps
// nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/request_check.hpp"

namespace coord::http {

class body_framing {
  public:
    enum class progress : std::uint8_t { more, done, malformed, too_large };

    void begin(const body_shape& shape, std::uint64_t max_bytes) noexcept;
    // Takes what belongs to the body from the front of `bytes`, up to the end of one piece of
    // content, which is then in `content`. With `more` and bytes left, there is more to take.
    progress take(std::string_view& bytes, std::string_view& content) noexcept;
    // What is certain to be content of the bytes that come next.
    std::uint64_t content_left() const noexcept { return part_ == part::content ? left_ : 0; }
    // Of the body itself, without framing.
    std::uint64_t body_bytes() const noexcept { return body_bytes_; }

  private:
    enum class part : std::uint8_t {
        size_first,
        size,
        extension,
        size_lf,
        content,
        content_cr,
        content_lf,
        trailer_first,
        trailer,
        trailer_lf,
        last_lf,
        end,
    };
    std::size_t take_content(std::size_t available) noexcept;
    progress take_framing(char c) noexcept;
    progress take_size(char c) noexcept;
    progress take_trailer(char c) noexcept;
    progress expect(char c, char wanted, part then) noexcept;

    part part_ = part::end;
    bool chunked_ = false;
    bool last_ = false;
    std::uint64_t left_ = 0;  // of the content, or of the chunk
    std::uint64_t max_bytes_ = 0;
    std::uint64_t body_bytes_ = 0;
    std::uint64_t framing_bytes_ = 0;
};

}  // namespace coord::http
