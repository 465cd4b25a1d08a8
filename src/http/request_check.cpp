#include "http/request_check.hpp"

#include <algorithm>
#include <charconv>

#include "http/header_text.hpp"

namespace coord::http {
namespace {

// Every value of a header that may be there once.
struct once {
    std::size_t count = 0;
    std::string_view value;
    void see(std::string_view seen) noexcept {
        value = seen;
        ++count;
    }
};

struct telling {
    once host;
    once content_length;
    once transfer_encoding;
    once expect;
};

telling what_tells(std::span<const header> headers) noexcept {
    telling found;
    for (const auto& [name, value] : headers) {
        if (same_name(name, "host")) found.host.see(value);
        if (same_name(name, "content-length")) found.content_length.see(value);
        if (same_name(name, "transfer-encoding")) found.transfer_encoding.see(value);
        if (same_name(name, "expect")) found.expect.see(value);
    }
    return found;
}

bool is_target_byte(char c) noexcept {
    return static_cast<unsigned char>(c) > 0x20 && c != 0x7F && c != '#';
}

bool is_host_byte(char c) noexcept {
    return static_cast<unsigned char>(c) > 0x20 && c != 0x7F &&
           std::string_view("/@,#?\\").find(c) == std::string_view::npos;
}

method verb_of(std::string_view text) noexcept {
    if (text == "GET") return method::get;
    if (text == "PUT") return method::put;
    if (text == "DELETE") return method::remove;
    if (text == "HEAD") return method::head;
    if (text == "POST") return method::post;
    return method::other;
}

bool takes_no_body(method verb) noexcept {
    return verb == method::get || verb == method::remove;
}

std::optional<refusal> check_length(std::string_view digits,
                                    std::uint64_t& length,
                                    std::uint64_t max) noexcept {
    const char* const end = digits.data() + digits.size();
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_digit))
        return refusal{400, "the Content-Length is no number"};
    const auto [at, why] = std::from_chars(digits.data(), end, length);
    if (why != std::errc() || length > max) return refusal{413, "the body is too large"};
    return std::nullopt;
}

std::optional<refusal> check_body(const request& what,
                                  const telling& found,
                                  const request_limits& within,
                                  body_shape& shape) noexcept {
    if (found.content_length.count > 1) return refusal{400, "more than one Content-Length"};
    if (found.transfer_encoding.count > 0) {
        if (found.content_length.count > 0)
            return refusal{400, "Transfer-Encoding and Content-Length"};
        if (found.transfer_encoding.count > 1 ||
            !same_name(found.transfer_encoding.value, "chunked"))
            return refusal{400, "the only Transfer-Encoding known is chunked"};
        shape.how = body_shape::kind::chunked;
    } else if (found.content_length.count > 0) {
        const auto wrong =
            check_length(found.content_length.value, shape.length, within.max_body_bytes);
        if (wrong) return wrong;
        if (shape.length > 0) shape.how = body_shape::kind::length;
    }
    const bool has_body = shape.how != body_shape::kind::none;
    if (has_body && takes_no_body(what.verb)) return refusal{400, "a body where none belongs"};
    return std::nullopt;
}

std::optional<refusal> check_target(const request& what, const request_limits& within) noexcept {
    if (what.target.size() > within.max_target_bytes) return refusal{414, "the target is too long"};
    if (what.headers.size() > within.max_headers) return refusal{431, "too many headers"};
    if (what.target.empty() || what.target.front() != '/' ||
        !std::all_of(what.target.begin(), what.target.end(), is_target_byte))
        return refusal{400, "the target is no path"};
    return std::nullopt;
}

bool is_host(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), is_host_byte);
}

bool is_served(method verb) noexcept {
    return verb == method::get || verb == method::remove || verb == method::put;
}

// As it would have been over a connection of ours.
std::size_t head_bytes(const request& what) noexcept {
    constexpr std::string_view around = "  HTTP/1.1\r\n\r\n";
    auto size = what.verb_text.size() + what.target.size() + around.size();
    for (const auto& [name, value] : what.headers) size += name.size() + value.size() + 4;
    return size;
}

}  // namespace

std::optional<refusal> check_request(request& what,
                                     int minor,
                                     const request_limits& within,
                                     body_shape& shape) noexcept {
    shape = {};
    what.verb = verb_of(what.verb_text);
    if (const auto wrong = check_target(what, within)) return wrong;
    const auto found = what_tells(what.headers);
    if (found.host.count != 1) return refusal{400, "exactly one Host is needed"};
    if (!is_host(found.host.value)) return refusal{400, "the Host is no host"};
    if (const auto wrong = check_body(what, found, within, shape)) return wrong;
    if (shape.how == body_shape::kind::chunked && minor == 0)
        return refusal{400, "chunks in HTTP/1.0"};
    if (!is_served(what.verb)) return refusal{405, "this method is not served here"};
    if (found.expect.count > 0 && minor > 0) {
        if (found.expect.count > 1 || !same_name(found.expect.value, "100-continue"))
            return refusal{417, "the only expectation known is 100-continue"};
        shape.awaits_continue = shape.how != body_shape::kind::none;
    }
    return std::nullopt;
}

std::optional<refusal> check_framed_request(request& what, const request_limits& within) noexcept {
    what.verb = verb_of(what.verb_text);
    if (!is_token(what.verb_text)) return refusal{400, "the request line is malformed"};
    if (const auto wrong = check_target(what, within)) return wrong;
    if (head_bytes(what) > within.max_header_bytes) return refusal{431, "the headers are too long"};
    const auto found = what_tells(what.headers);
    if (found.host.count > 1) return refusal{400, "more than one Host"};
    if (!is_host(found.host.value)) return refusal{400, "the Host is no host"};
    if (what.body.size() > within.max_body_bytes) return refusal{413, "the body is too large"};
    if (!what.body.empty() && takes_no_body(what.verb))
        return refusal{400, "a body where none belongs"};
    if (!is_served(what.verb)) return refusal{405, "this method is not served here"};
    return std::nullopt;
}

}  // namespace coord::http
