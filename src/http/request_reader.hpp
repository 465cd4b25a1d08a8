// Bytes of one connection in, requests out. Knows no sockets and no time.
//
// Owns the buffers: room() is where the next bytes go. What a request points to stays where it is
// until next(). A body has a buffer of its own, which grows as bytes come, whatever length was
// announced.
#pragma once

#include <memory>
#include <span>

#include "http/body_framing.hpp"
#include "http/growing_buffer.hpp"
#include "http/head_lines.hpp"
#include "http/message.hpp"
#include "http/request_check.hpp"

namespace coord::http {

class request_reader {
  public:
    enum class progress : std::uint8_t { more, ready, refused };

    // Null when memory is short.
    static std::unique_ptr<request_reader> make(const request_limits& within) noexcept;
    ~request_reader();

    // Empty when memory is short, only then.
    std::span<char> room() noexcept;
    progress take(std::size_t arrived) noexcept;
    // Forgets the request that is there and looks at what came after it.
    progress next() noexcept;

    const request& asked() const noexcept { return asked_; }
    // Once ready: whether the client wants to go on after this one; that it speaks HTTP/1.0.
    bool keeps_alive() const noexcept { return keeps_alive_; }
    bool is_old() const noexcept { return minor_ == 0; }
    refusal why() const noexcept { return why_; }

    // No byte of a request is there.
    bool is_empty() const noexcept { return end_ == 0; }
    // More bytes are there than the request has; it is ready.
    bool has_next() const noexcept { return end_ > next_; }
    bool is_in_body() const noexcept { return part_ == part::body; }
    std::uint64_t body_bytes() const noexcept { return framing_.body_bytes(); }
    // Somewhere to read what nobody will look at; the request is over.
    std::span<char> scratch() noexcept { return {buffer_.get(), capacity_}; }
    // True once for each request whose client waits for "100 Continue".
    bool take_continue() noexcept;

  private:
    struct head_parser;
    enum class part : std::uint8_t { head, body, whole, refused };

    explicit request_reader(const request_limits& within) noexcept;
    bool grow(std::size_t wanted) noexcept;
    progress look() noexcept;
    progress take_head() noexcept;
    progress take_body() noexcept;
    progress end_body(body_framing::progress seen) noexcept;
    // Bytes go straight to where the body is kept.
    bool fills_body() const noexcept {
        return part_ == part::body && end_ == next_ && framing_.content_left() != 0;
    }
    std::span<char> body_room() noexcept;
    bool keep(std::string_view content) noexcept;
    progress refuse(refusal why) noexcept;

    const request_limits within_;
    std::unique_ptr<char[]> buffer_;
    std::size_t capacity_ = 0;
    std::size_t end_ = 0;   // of what arrived
    std::size_t next_ = 0;  // of this request; once ready, where the next one begins
    std::unique_ptr<header[]> headers_;
    std::unique_ptr<head_parser> parser_;
    head_lines lines_;
    body_framing framing_;
    growing_buffer body_;
    std::size_t kept_ = 0;  // of the body
    body_shape shape_;
    request asked_;
    refusal why_;
    part part_ = part::head;
    bool keeps_alive_ = false;
    int minor_ = 1;
};

}  // namespace coord::http
