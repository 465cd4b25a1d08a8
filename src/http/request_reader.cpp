#include "http/request_reader.hpp"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <cstring>
#include <new>
#include <optional>
#include <utility>

#include "base/assert.hpp"

namespace coord::http {
namespace {

namespace beast = boost::beast;

// Most requests fit in; a connection that had a longer one keeps what it needed.
constexpr std::size_t first_capacity = 2 << 10;
// What there is at least for a body to pass through.
constexpr std::size_t body_room = 1 << 10;

std::string_view plain(beast::string_view from) noexcept {
    return {from.data(), from.size()};
}

// The head only: it is handed a whole one, and the body is somebody else's.
class one_head final : public beast::http::basic_parser<true> {
  public:
    one_head(std::span<header> room, std::size_t max_bytes) noexcept : room_(room) {
        skip(true);
        header_limit(static_cast<std::uint32_t>(max_bytes));
    }
    request found() const noexcept {
        return {method::other, verb_, target_, room_.first(headers_), {}};
    }
    int minor() const noexcept { return minor_; }

  private:
    using error = beast::error_code;
    using text = beast::string_view;
    void on_request_impl(beast::http::verb, text verb, text target, int version, error&) override {
        minor_ = version % 10;
        verb_ = plain(verb);
        target_ = plain(target);
    }
    void on_response_impl(int, text, int, error&) override {}
    void on_field_impl(beast::http::field, text name, text value, error& why) override {
        if (headers_ == room_.size())
            why = beast::http::error::header_limit;
        else
            room_[headers_++] = {plain(name), plain(value)};
    }
    void on_header_impl(error&) override {}
    void on_body_init_impl(boost::optional<std::uint64_t> const&, error&) override {}
    std::size_t on_body_impl(text, error&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, text, error&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, text, error&) override { return 0; }
    void on_finish_impl(error&) override {}

    const std::span<header> room_;
    std::size_t headers_ = 0;
    int minor_ = 1;
    std::string_view verb_;
    std::string_view target_;
};

refusal refusal_of(beast::error_code why) noexcept {
    using beast::http::error;
    if (why == error::bad_version) return {505, "only HTTP/1.0 and HTTP/1.1 are served"};
    if (why == error::header_limit) return {431, "the headers are too long"};
    if (why == error::bad_target) return {400, "the target is no path"};
    if (why == error::bad_method) return {400, "the request line is malformed"};
    return {400, "a header is malformed"};
}

}  // namespace

struct request_reader::head_parser {
    std::optional<one_head> now;
};

std::unique_ptr<request_reader> request_reader::make(const request_limits& within) noexcept {
    std::unique_ptr<request_reader> made(new (std::nothrow) request_reader(within));
    if (!made) return nullptr;
    made->headers_.reset(new (std::nothrow) header[within.max_headers]);
    made->parser_.reset(new (std::nothrow) head_parser);
    if (!made->headers_ || !made->parser_ || !made->grow(first_capacity)) return nullptr;
    return made;
}

request_reader::request_reader(const request_limits& within) noexcept : within_(within) {}

request_reader::~request_reader() = default;

bool request_reader::grow(std::size_t wanted) noexcept {
    std::unique_ptr<char[]> larger(new (std::nothrow) char[wanted]);
    if (!larger) return false;
    if (end_ != 0) std::memcpy(larger.get(), buffer_.get(), end_);
    buffer_ = std::move(larger);
    capacity_ = wanted;
    return true;
}

std::span<char> request_reader::room() noexcept {
    // A head is refused at max_header_bytes, so this is bounded; a body finds the room it needs.
    const auto most = within_.max_header_bytes + body_room;
    if (end_ == capacity_ && !grow(std::min(std::max(most, first_capacity), 2 * capacity_)))
        return {};
    return {buffer_.get() + end_, capacity_ - end_};
}

request_reader::progress request_reader::take(std::size_t arrived) noexcept {
    end_ += arrived;
    COORD_ASSERT(end_ <= capacity_);
    return look();
}

request_reader::progress request_reader::next() noexcept {
    COORD_ASSERT(part_ == part::whole);
    std::memmove(buffer_.get(), buffer_.get() + next_, end_ - next_);
    end_ -= next_;
    next_ = 0;
    part_ = part::head;
    lines_.begin();
    return end_ == 0 ? progress::more : look();
}

bool request_reader::take_continue() noexcept {
    return std::exchange(shape_.awaits_continue, false);
}

request_reader::progress request_reader::look() noexcept {
    switch (part_) {
        case part::head:
            return take_head();
        case part::body:
            return take_body();
        case part::whole:
            return progress::ready;
        case part::refused:
            break;
    }
    return progress::refused;
}

request_reader::progress request_reader::take_head() noexcept {
    const auto seen = lines_.look({buffer_.get(), end_}, within_);
    if (seen == head_lines::progress::more) return progress::more;
    if (seen == head_lines::progress::refused) return refuse(lines_.why());
    // A body passes through behind the head, which by then must not move.
    if (capacity_ - lines_.size() < body_room && !grow(lines_.size() + body_room))
        return refuse({500, "memory is short"});

    auto& parser = parser_->now.emplace(std::span(headers_.get(), within_.max_headers),
                                        within_.max_header_bytes);
    beast::error_code why;
    const auto used = parser.put({buffer_.get(), lines_.size()}, why);
    if (why) return refuse(refusal_of(why));
    if (!parser.is_done() || used != lines_.size()) return refuse({400, "a header is malformed"});

    asked_ = parser.found();
    minor_ = parser.minor();
    keeps_alive_ = parser.keep_alive();
    if (const auto wrong = check_request(asked_, minor_, within_, shape_)) return refuse(*wrong);
    framing_.begin(shape_, within_.max_body_bytes);
    next_ = lines_.size();
    part_ = part::body;
    return take_body();
}

request_reader::progress request_reader::take_body() noexcept {
    std::string_view rest(buffer_.get() + next_, end_ - next_);
    const auto seen = framing_.take(rest);
    if (seen == body_framing::progress::malformed) return refuse({400, "a chunk is malformed"});
    if (seen == body_framing::progress::too_large) return refuse({413, "the body is too large"});
    if (seen == body_framing::progress::more) {
        end_ = next_;  // all of it was the body's
        return progress::more;
    }
    next_ = end_ - rest.size();
    part_ = part::whole;
    return progress::ready;
}

request_reader::progress request_reader::refuse(refusal why) noexcept {
    why_ = why;
    part_ = part::refused;
    return progress::refused;
}

}  // namespace coord::http
