#include "http/response_reader.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <cstring>
#include <functional>
#include <new>
#include <optional>
#include <string_view>

#include "http/growing_buffer.hpp"

namespace coord::http {
namespace {

namespace beast = boost::beast;
using boost::system::error_code;

constexpr std::size_t first_room = 4 << 10;
// Less than this left is not worth a system call.
constexpr std::size_t least_room = 512;
// A body's announced length is believed in steps, so that an announcement alone costs nothing.
constexpr std::size_t room_step = 1 << 20;
// What an idle connection may keep.
constexpr std::size_t kept_room = 64 << 10;

constexpr std::string_view beginning = "HTTP/";
constexpr std::string_view end_of_header = "\r\n\r\n";
// "0\r\n\r\n": at least so much is still to come wherever chunked framing is incomplete. Beast
// asserts that it is not asked about less once it has seen the first three bytes of it.
constexpr std::size_t least_framing = 5;

// Where the parser's callbacks note what they saw, as offsets: the buffer moves when it grows.
struct sight {
    struct place {
        std::size_t name, name_size, value, value_size;
    };
    growing_buffer buffer;
    std::size_t filled = 0;    // bytes received
    std::size_t parsed = 0;    // bytes the parser is through with
    std::size_t scanned = 0;   // searched for the end of the header block
    std::size_t body = 0;      // where the body begins
    std::size_t body_end = 0;  // and how far it is in one piece
    std::size_t unit = 0;      // where the framing between two pieces of a body begins
    std::array<place, limits::max_headers> fields;
    std::size_t field_count = 0;
    bool in_header = true;
    bool has_length = false;

    std::size_t offset_of(const char* at) const noexcept {
        return static_cast<std::size_t>(at - buffer.data());
    }
    bool holds(beast::string_view text) const noexcept {
        const std::less<> before;
        return !before(text.data(), buffer.data()) &&
               !before(buffer.data() + filled, text.data() + text.size());
    }
};

class reply_parser final : public beast::http::basic_parser<false> {
  public:
    explicit reply_parser(sight& notes) noexcept : notes_(notes) {}
    int status = 0;
    bool http_1_1 = false;

  private:
    using field_name = beast::http::field;
    static error_code refusal(beast::http::error why) noexcept { return make_error_code(why); }

    void on_request_impl(
        beast::http::verb, beast::string_view, beast::string_view, int, error_code&) override {}

    void on_response_impl(int code, beast::string_view, int version, error_code& ec) override {
        if (code < 100) ec = refusal(beast::http::error::bad_status);
        status = code;
        http_1_1 = version == 11;
    }

    void on_field_impl(field_name known,
                       beast::string_view name,
                       beast::string_view value,
                       error_code& ec) override {
        if (!notes_.in_header) return;  // trailers say nothing we want to know
        if (notes_.field_count == notes_.fields.size()) {
            ec = refusal(beast::http::error::header_limit);
            return;
        }
        // Beast joins folded lines elsewhere; nobody may send them any more.
        if (!notes_.holds(value)) {
            ec = refusal(beast::http::error::bad_value);
            return;
        }
        // What Beast lets pass could be framed otherwise by somebody between us and the peer.
        if (known == field_name::transfer_encoding && !beast::iequals(value, "chunked"))
            ec = refusal(beast::http::error::bad_transfer_encoding);
        if (known == field_name::content_length) {
            const bool plain = std::all_of(
                value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
            if (!plain || notes_.has_length) ec = refusal(beast::http::error::bad_content_length);
            notes_.has_length = true;
        }
        auto& place = notes_.fields[notes_.field_count++];
        place = {notes_.offset_of(name.data()), name.size(), 0, value.size()};
        place.value = value.empty() ? place.name : notes_.offset_of(value.data());
    }

    void on_header_impl(error_code&) override { notes_.in_header = false; }
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}

    std::size_t on_body_impl(beast::string_view piece, error_code&) override {
        notes_.body_end += piece.size();
        return piece.size();
    }

    void on_chunk_header_impl(std::uint64_t,
                              beast::string_view extensions,
                              error_code& ec) override {
        const auto line_end = notes_.offset_of(extensions.data()) + extensions.size();
        if (line_end - notes_.unit > limits::max_chunk_line_bytes)
            ec = refusal(beast::http::error::bad_chunk_extension);
    }

    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view piece, error_code&) override {
        // Over the framing that was in between; never over what is still to be parsed.
        std::memmove(notes_.buffer.data() + notes_.body_end, piece.data(), piece.size());
        notes_.body_end += piece.size();
        notes_.unit = notes_.offset_of(piece.data()) + piece.size();
        return piece.size();
    }

    void on_finish_impl(error_code&) override {}

    sight& notes_;
};

}  // namespace

struct response_reader::parts : sight {
    std::optional<reply_parser> parser;
    int interim = 0;

    // The next reply begins where this one ended.
    void restart(const bounds& within) noexcept {
        if (filled > parsed) std::memmove(buffer.data(), buffer.data() + parsed, filled - parsed);
        filled -= parsed;
        parsed = scanned = body = body_end = unit = field_count = 0;
        in_header = true;
        has_length = false;
        parser.emplace(*this);
        parser->header_limit(static_cast<std::uint32_t>(within.header_bytes));
        parser->body_limit(within.body_bytes);
        parser->eager(true);
    }

    // What the buffer should hold by now, as far as that is known.
    std::size_t wanted() const noexcept {
        if (in_header || !has_length) return 2 * buffer.capacity();
        const auto left = parser->content_length_remaining().value_or(0);
        const auto all = filled + static_cast<std::size_t>(left) + least_room;
        return std::min(all, std::max(2 * buffer.capacity(), room_step));
    }
};

response_reader::response_reader(const bounds& wanted) noexcept : bounds_(wanted) {}

response_reader::~response_reader() = default;

bool response_reader::make_parts() noexcept {
    if (!parts_) {
        parts_.reset(new (std::nothrow) parts);
        if (!parts_) return false;
        parts_->restart(bounds_);
    }
    return true;
}

void response_reader::begin() noexcept {
    reply_ = {};
    may_be_followed_ = false;
    failure_ = COORD_OK;
    why_ = "";
    if (!parts_) return;
    parts_->filled = parts_->parsed = 0;
    parts_->interim = 0;
    if (parts_->buffer.capacity() > kept_room) parts_->buffer.release();
    parts_->restart(bounds_);
}

std::span<char> response_reader::room() noexcept {
    if (!make_parts()) return {};
    auto& buffer = parts_->buffer;
    if (buffer.capacity() - parts_->filled < least_room &&
        !buffer.reserve(std::max(first_room, parts_->wanted())))
        return {};
    return {buffer.data() + parts_->filled, buffer.capacity() - parts_->filled};
}

bool response_reader::began() const noexcept {
    return parts_ && (parts_->filled != 0 || parts_->interim != 0);
}

response_reader::progress response_reader::received(std::size_t bytes) noexcept {
    parts_->filled += bytes;
    while (parts_->in_header) {
        const auto went = read_header();
        if (went != progress::more || parts_->in_header) return went;
        if (!parts_->parser->is_done()) break;
        const int status = parts_->parser->status;
        if (status / 100 != 1 || status == 101) return finish();
        // "Wait for it"; what counts comes after.
        if (++parts_->interim > limits::max_interim_replies)
            return fail(COORD_CONFLICT, "too many interim replies");
        parts_->restart(bounds_);
    }
    return read_body();
}

// The parser sees a header block when it is complete, so that a reply is judged alike however it
// was cut.
response_reader::progress response_reader::read_header() noexcept {
    auto& now = *parts_;
    const std::string_view all(now.buffer.data(), now.filled);
    const auto compared = std::min(all.size(), beginning.size());
    if (all.substr(0, compared) != beginning.substr(0, compared))
        return fail(COORD_CONFLICT, "the reply is not HTTP");
    const auto end = all.find(end_of_header, now.scanned);
    const auto size = end == all.npos ? all.size() : end + end_of_header.size();
    if (size > bounds_.header_bytes)
        return fail(COORD_EXHAUSTED, "the headers of the reply are larger than allowed");
    if (end == all.npos) {
        now.scanned = all.size() < end_of_header.size() ? 0 : all.size() - end_of_header.size() + 1;
        return progress::more;
    }
    error_code ec;
    // Not eager here: a body must not begin before it is known where.
    now.parser->eager(false);
    now.parsed = now.parser->put(boost::asio::const_buffer(all.data(), size), ec);
    now.parser->eager(true);
    if (ec == beast::http::error::header_limit)
        return fail(COORD_EXHAUSTED, "the reply has more headers than allowed");
    if (ec == beast::http::error::body_limit)
        return fail(COORD_EXHAUSTED, "the reply is larger than allowed");
    if (ec || now.in_header) return fail(COORD_CONFLICT, "the headers of the reply are malformed");
    now.body = now.body_end = now.unit = now.parsed;
    return progress::more;
}

response_reader::progress response_reader::read_body() noexcept {
    auto& now = *parts_;
    const std::size_t least = now.parser->chunked() ? least_framing : 1;
    if (now.filled - now.parsed < least) return progress::more;
    error_code ec;
    now.unit = now.parsed;
    now.parsed += now.parser->put(
        boost::asio::const_buffer(now.buffer.data() + now.parsed, now.filled - now.parsed), ec);
    if (ec == beast::http::error::body_limit)
        return fail(COORD_EXHAUSTED, "the reply is larger than allowed");
    const bool waits = ec == beast::http::error::need_more;
    if (ec && !waits) return fail(COORD_CONFLICT, "the body of the reply is malformed");
    if (!now.parser->chunked()) return now.parser->is_done() ? finish() : progress::more;
    // From the last piece of the body on there is only framing.
    const auto framed_to = now.parser->is_done() ? now.parsed : now.filled;
    if (framed_to - now.unit > limits::max_chunk_line_bytes && (waits || now.parser->is_done()))
        return fail(COORD_CONFLICT, "the framing of the reply is larger than allowed");
    if (now.parser->is_done()) return finish();
    const auto left = now.filled - now.parsed;
    if (left != 0 && now.parsed != now.body_end)
        std::memmove(now.buffer.data() + now.body_end, now.buffer.data() + now.parsed, left);
    now.parsed = now.body_end;
    now.filled = now.body_end + left;
    return progress::more;
}

response_reader::progress response_reader::ended() noexcept {
    if (!began()) return fail(COORD_UNAVAILABLE, "the connection was closed without an answer");
    error_code ec;
    if (!parts_->in_header) {
        parts_->parser->put_eof(ec);
        if (!ec) {
            const auto went = finish();
            may_be_followed_ = false;
            return went;
        }
    }
    return fail(COORD_UNAVAILABLE, "the connection was closed within the reply");
}

response_reader::progress response_reader::finish() noexcept {
    const auto& now = *parts_;
    const char* const base = now.buffer.data();
    for (std::size_t i = 0; i < now.field_count; ++i) {
        const auto& place = now.fields[i];
        headers_[i] = {{base + place.name, place.name_size},
                       {base + place.value, place.value_size}};
    }
    reply_ = {now.parser->status,
              {headers_.data(), now.field_count},
              {base + now.body, now.body_end - now.body}};
    may_be_followed_ = now.parser->http_1_1 && now.parser->keep_alive() &&
                       now.parsed == now.filled && now.parser->status != 101;
    return progress::done;
}

response_reader::progress response_reader::fail(coord_status status, const char* why) noexcept {
    failure_ = status;
    why_ = why;
    may_be_followed_ = false;
    return progress::failed;
}

}  // namespace coord::http
