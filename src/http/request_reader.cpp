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
// What there is at least for the framing of a body, and what comes with it, to pass through.
constexpr std::size_t framing_room = 1 << 10;
// Of a body's buffer, and what of it stays for the next one.
constexpr std::size_t first_body_capacity = 16 << 10;

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
    if (fills_body()) return body_room();
    // A head is refused at max_header_bytes, so this is bounded; a body finds the room it needs.
    const auto most = within_.max_header_bytes + framing_room;
    if (end_ == capacity_ && !grow(std::min(std::max(most, first_capacity), 2 * capacity_)))
        return {};
    return {buffer_.get() + end_, capacity_ - end_};
}

// No more than belongs to the body: what follows it is looked at elsewhere.
std::span<char> request_reader::body_room() noexcept {
    if (kept_ == body_.capacity()) {
        const auto left = kept_ + framing_.content_left();
        const auto wanted = std::max(first_body_capacity, 2 * body_.capacity());
        if (!body_.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(left, wanted))))
            return {};
    }
    const auto free = std::min<std::uint64_t>(body_.capacity() - kept_, framing_.content_left());
    return {body_.data() + kept_, static_cast<std::size_t>(free)};
}

bool request_reader::keep(std::string_view content) noexcept {
    if (content.empty()) return true;
    const auto wanted = kept_ + content.size();
    if (wanted > body_.capacity() &&
        !body_.reserve(std::max({wanted, first_body_capacity, 2 * body_.capacity()})))
        return false;
    std::memcpy(body_.data() + kept_, content.data(), content.size());
    kept_ = wanted;
    return true;
}

request_reader::progress request_reader::take(std::size_t arrived) noexcept {
    if (fills_body()) {
        std::string_view came(body_.data() + kept_, arrived);
        std::string_view content;
        kept_ += arrived;
        return end_body(framing_.take(came, content));
    }
    end_ += arrived;
    COORD_ASSERT(end_ <= capacity_);
    return look();
}

request_reader::progress request_reader::next() noexcept {
    COORD_ASSERT(part_ == part::whole);
    std::memmove(buffer_.get(), buffer_.get() + next_, end_ - next_);
    end_ -= next_;
    next_ = 0;
    kept_ = 0;
    if (body_.capacity() > first_body_capacity) body_.release();
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
    // Framing passes through behind the head, which by then must not move.
    if (capacity_ - lines_.size() < framing_room && !grow(lines_.size() + framing_room))
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
    auto seen = body_framing::progress::more;
    do {
        std::string_view content;
        seen = framing_.take(rest, content);
        if (!keep(content)) return refuse({500, "memory is short"});
    } while (seen == body_framing::progress::more && !rest.empty());
    if (seen == body_framing::progress::more)
        end_ = next_;  // all of it was the body's
    else
        next_ = end_ - rest.size();
    return end_body(seen);
}

request_reader::progress request_reader::end_body(body_framing::progress seen) noexcept {
    if (seen == body_framing::progress::malformed) return refuse({400, "a chunk is malformed"});
    if (seen == body_framing::progress::too_large) return refuse({413, "the body is too large"});
    if (seen == body_framing::progress::more) return progress::more;
    if (kept_ != 0) asked_.body = {body_.data(), kept_};
    part_ = part::whole;
    return progress::ready;
}

request_reader::progress request_reader::refuse(refusal why) noexcept {
    why_ = why;
    part_ = part::refused;
    return progress::refused;
}

}  // namespace coord::http
