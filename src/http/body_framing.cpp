#include "http/body_framing.hpp"

#include <algorithm>

namespace coord::http {
namespace {

// Sizes, extensions and trailers may take this much, and beyond it no more than the body itself.
constexpr std::uint64_t free_framing_bytes = 4 << 10;

int hex_of(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool is_text(char c) noexcept {
    return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
}

}  // namespace

void body_framing::begin(const body_shape& shape, std::uint64_t max_bytes) noexcept {
    chunked_ = shape.how == body_shape::kind::chunked;
    last_ = false;
    left_ = shape.length;
    max_bytes_ = max_bytes;
    body_bytes_ = 0;
    framing_bytes_ = 0;
    part_ = part::end;
    if (chunked_) part_ = part::size_first;
    if (shape.how == body_shape::kind::length) part_ = part::content;
}

body_framing::progress body_framing::take(std::string_view& bytes,
                                          std::string_view& content) noexcept {
    content = {};
    while (part_ != part::end) {
        if (bytes.empty()) return progress::more;
        if (part_ == part::content) {
            content = bytes.substr(0, take_content(bytes.size()));
            bytes.remove_prefix(content.size());
            return part_ == part::end ? progress::done : progress::more;
        }
        const char c = bytes.front();
        bytes.remove_prefix(1);
        if (++framing_bytes_ > free_framing_bytes + body_bytes_) return progress::malformed;
        const auto seen = take_framing(c);
        if (seen != progress::more) return seen;
    }
    return progress::done;
}

std::size_t body_framing::take_content(std::size_t available) noexcept {
    const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(available, left_));
    left_ -= taken;
    body_bytes_ += taken;
    if (left_ == 0) part_ = chunked_ ? part::content_cr : part::end;
    return taken;
}

body_framing::progress body_framing::take_framing(char c) noexcept {
    switch (part_) {
        case part::size_first:
        case part::size:
            return take_size(c);
        case part::extension:
            if (c == '\r') return expect(c, '\r', part::size_lf);
            return is_text(c) ? progress::more : progress::malformed;
        case part::size_lf:
            return expect(c, '\n', last_ ? part::trailer_first : part::content);
        case part::content_cr:
            return expect(c, '\r', part::content_lf);
        case part::content_lf:
            return expect(c, '\n', part::size_first);
        case part::trailer_first:
        case part::trailer:
            return take_trailer(c);
        case part::trailer_lf:
            return expect(c, '\n', part::trailer_first);
        case part::last_lf:
            return expect(c, '\n', part::end);
        case part::content:
        case part::end:
            break;
    }
    return progress::malformed;
}

body_framing::progress body_framing::take_size(char c) noexcept {
    if (const int digit = hex_of(c); digit >= 0) {
        left_ = part_ == part::size_first ? 0 : left_;
        part_ = part::size;
        left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
        // At once, so that no number of digits overflows.
        return left_ > max_bytes_ - body_bytes_ ? progress::too_large : progress::more;
    }
    if (part_ == part::size_first) return progress::malformed;
    last_ = left_ == 0;
    if (c == ';') return expect(c, ';', part::extension);
    return expect(c, '\r', part::size_lf);
}

body_framing::progress body_framing::take_trailer(char c) noexcept {
    if (c == '\r')
        return expect(c, '\r', part_ == part::trailer_first ? part::last_lf : part::trailer_lf);
    part_ = part::trailer;
    return is_text(c) ? progress::more : progress::malformed;
}

body_framing::progress body_framing::expect(char c, char wanted, part then) noexcept {
    if (c != wanted) return progress::malformed;
    part_ = then;
    return progress::more;
}

}  // namespace coord::http
