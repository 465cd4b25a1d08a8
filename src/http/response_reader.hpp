// One reply after another from the bytes of one connection: header block, then a body of known
// length, in chunks, or until the end. The body ends up in one piece, whatever its framing.
//
// Reads into room(), then says received(). Never throws, and never holds more than its bounds. The
// outcome does not depend on how the bytes were cut. Used by one thread at a time.
#pragma once

#include <coord/status.h>

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "base/limits.hpp"
#include "http/message.hpp"

namespace coord::http {

class response_reader {
  public:
    struct bounds {
        std::size_t header_bytes = limits::max_header_bytes;
        std::uint64_t body_bytes = limits::max_response_body_bytes;
    };
    enum class progress : std::uint8_t { more, done, failed };

    explicit response_reader(const bounds& wanted) noexcept;
    ~response_reader();

    // Forgets the last reply, and expects another.
    void begin() noexcept;
    // Where to read the next bytes to; empty when memory is short.
    std::span<char> room() noexcept;
    progress received(std::size_t bytes) noexcept;
    // The other side will send no more.
    progress ended() noexcept;

    bool began() const noexcept;  // a byte of this reply has come
    // Of a reply that is done; views are valid until begin().
    const response& reply() const noexcept { return reply_; }
    // The connection may carry another: it was not closed, said nothing against it, and sent
    // nothing beyond the reply.
    bool may_be_followed() const noexcept { return may_be_followed_; }
    // Of one that failed: COORD_EXHAUSTED, COORD_CONFLICT or, cut short, COORD_UNAVAILABLE.
    coord_status failure() const noexcept { return failure_; }
    const char* why() const noexcept { return why_; }

  private:
    struct parts;
    bool make_parts() noexcept;
    progress read_header() noexcept;
    progress read_body() noexcept;
    progress finish() noexcept;
    progress fail(coord_status status, const char* why) noexcept;

    const bounds bounds_;
    std::unique_ptr<parts> parts_;
    response reply_;
    std::array<header, limits::max_headers> headers_;
    const char* why_ = "";
    coord_status failure_ = COORD_OK;
    bool may_be_followed_ = false;
};

}  // namespace coord::http
