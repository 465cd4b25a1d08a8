#include "http/reply_writer.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <sys/socket.h>
#include <sys/uio.h>
#include <utility>

#include "base/assert.hpp"

namespace coord::http {
namespace {

constexpr std::string_view crlf = "\r\n";
// A large reply to a fast reader lets others have their turn.
constexpr std::uint64_t most_at_once = 4 << 20;

// One space or nothing of the parts before `from` is left to send.
void skip(iovec*& part, std::size_t& count, std::uint64_t from) noexcept {
    while (count > 0 && from >= part->iov_len) {
        from -= part->iov_len;
        ++part;
        --count;
    }
    if (count == 0) return;
    part->iov_base = static_cast<char*>(part->iov_base) + from;
    part->iov_len -= from;
}

bool has_no_body(int status) noexcept {
    return status < 200 || status == 204 || status == 304;
}

}  // namespace

void reply_writer::begin(reply&& what, after then, std::int64_t unix_ns) noexcept {
    what_ = std::move(what);
    closes_ = what_.close || then == after::close;
    bodiless_ = has_no_body(what_.status);
    put_head(what_.status, unix_ns);
    if (what_.content_type != nullptr) {
        put("Content-Type: ");
        put(what_.content_type);
        put(crlf);
    }
    if (what_.fixed_headers != nullptr) put(what_.fixed_headers);
    if (!bodiless_) put_length(what_.body_bytes());
    put_connection(closes_ ? after::close : then);
    if (what_.headers.empty()) put(crlf);
    written_ = 0;
    size_ = head_size_ + (bodiless_ ? 0 : what_.body_bytes());
    if (!what_.headers.empty()) size_ += what_.headers.size() + crlf.size();
}

void reply_writer::begin_refusal(refusal why,
                                 bool with_body,
                                 std::string_view allow,
                                 std::int64_t unix_ns) noexcept {
    what_ = {};
    closes_ = true;
    bodiless_ = true;
    put_head(why.status, unix_ns);
    put("Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n");
    if (why.status == 405) {
        put("Allow: ");
        put(allow);
        put(crlf);
    }
    put_length(why.text.size() + 1);
    put_connection(after::close);
    put(crlf);
    if (with_body) {
        put(why.text);
        put("\n");
    }
    written_ = 0;
    size_ = head_size_;
}

reply_writer::progress reply_writer::write(int fd) noexcept {
    for (const auto before = written_; written_ < size_;) {
        if (written_ - before >= most_at_once) return progress::blocked;
        std::array<iovec, 6> parts;
        auto count = gather(parts);
        auto* first = parts.data();
        skip(first, count, written_);
        msghdr message{};
        message.msg_iov = first;
        message.msg_iovlen = count;
        const auto sent = ::sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) written_ += static_cast<std::uint64_t>(sent);
        if (sent >= 0 || errno == EINTR) continue;
        return errno == EAGAIN || errno == EWOULDBLOCK ? progress::blocked : progress::broken;
    }
    return progress::done;
}

reply reply_writer::take() noexcept {
    return std::exchange(what_, {});
}

std::size_t reply_writer::gather(std::array<iovec, 6>& parts) const noexcept {
    std::size_t count = 0;
    const auto add = [&](std::string_view text) {
        if (!text.empty()) parts[count++] = {const_cast<char*>(text.data()), text.size()};
    };
    add({head_.data(), head_size_});
    add(what_.headers);
    if (!what_.headers.empty()) add(crlf);
    if (bodiless_) return count;
    add(what_.before);
    if (what_.value) add(what_.value->value());
    add(what_.after);
    return count;
}

void reply_writer::put(std::string_view text) noexcept {
    COORD_ASSERT(text.size() <= head_.size() - head_size_);
    std::memcpy(head_.data() + head_size_, text.data(), text.size());
    head_size_ += text.size();
}

void reply_writer::put_number(std::uint64_t number) noexcept {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    put({digits.data(), static_cast<std::size_t>(end - digits.data())});
}

void reply_writer::put_head(int status, std::int64_t unix_ns) noexcept {
    head_size_ = 0;
    put("HTTP/1.1 ");
    put_number(static_cast<std::uint64_t>(status));
    put(" ");
    put(reason_of(status));
    put("\r\nDate: ");
    if (const auto second = unix_ns / 1'000'000'000; second != date_second_) render_date(second);
    put({date_.data(), date_.size()});
    put(crlf);
}

void reply_writer::put_length(std::uint64_t bytes) noexcept {
    put("Content-Length: ");
    put_number(bytes);
    put(crlf);
}

void reply_writer::put_connection(after then) noexcept {
    if (then == after::close) put("Connection: close\r\n");
    if (then == after::go_on_old) put("Connection: keep-alive\r\n");
}

void reply_writer::render_date(std::int64_t second) noexcept {
    using namespace std::chrono;
    constexpr std::string_view days = "SunMonTueWedThuFriSat";
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const sys_seconds when{seconds(second)};
    const auto day = floor<std::chrono::days>(when);
    const year_month_day date(day);
    const hh_mm_ss time(when - day);
    const auto two = [this](std::size_t at, unsigned number) {
        date_[at] = static_cast<char>('0' + number / 10 % 10);
        date_[at + 1] = static_cast<char>('0' + number % 10);
    };
    constexpr std::string_view frame = "Xxx, 00 Xxx 0000 00:00:00 GMT";
    std::copy(frame.begin(), frame.end(), date_.begin());
    days.copy(date_.data(), 3, 3 * weekday(day).c_encoding());
    two(5, unsigned(date.day()));
    months.copy(date_.data() + 8, 3, 3 * (unsigned(date.month()) - 1));
    const auto year = static_cast<unsigned>(int(date.year()));
    two(12, year / 100);
    two(14, year % 100);
    two(17, static_cast<unsigned>(time.hours().count()));
    two(20, static_cast<unsigned>(time.minutes().count()));
    two(23, static_cast<unsigned>(time.seconds().count()));
    date_second_ = second;
}

}  // namespace coord::http
