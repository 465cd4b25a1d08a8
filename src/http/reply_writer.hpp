// One reply on its way out: head and body are gathered from where they are, and written as far as
// the socket takes them. Knows no Asio; never blocks, never allocates.
#pragma once

#include <array>
#include <cstdint>

#include "http/message.hpp"
#include "http/request_check.hpp"

struct iovec;

namespace coord::http {

class reply_writer {
  public:
    enum class progress : std::uint8_t { done, blocked, broken };
    enum class after : std::uint8_t { go_on, go_on_old, close };  // old: tell HTTP/1.0 so

    void begin(reply&& what, after then, std::int64_t unix_ns) noexcept;
    // Closes afterwards. `with_body` is false for HEAD, which has none.
    // `allow`: the methods there are, should it be about the method.
    void begin_refusal(refusal why,
                       bool with_body,
                       std::string_view allow,
                       std::int64_t unix_ns) noexcept;
    progress write(int fd) noexcept;

    bool closes() const noexcept { return closes_; }
    std::uint64_t written() const noexcept { return written_; }
    // What was sent, so that whoever gets it decides where it is freed.
    reply take() noexcept;

  private:
    void put(std::string_view text) noexcept;
    void put_number(std::uint64_t number) noexcept;
    void put_head(int status, std::int64_t unix_ns) noexcept;
    void put_length(std::uint64_t bytes) noexcept;
    void put_connection(after then) noexcept;
    void render_date(std::int64_t second) noexcept;
    std::size_t gather(std::array<iovec, 6>& parts) const noexcept;

    reply what_;
    bool bodiless_ = false;
    bool closes_ = false;
    std::uint64_t written_ = 0;
    std::uint64_t size_ = 0;
    // Longest: status line, date, type, length, connection, and the text of a refusal.
    std::array<char, 512> head_{};
    std::size_t head_size_ = 0;
    std::array<char, 29> date_{};
    std::int64_t date_second_ = INT64_MIN;
};

}  // namespace coord::http
