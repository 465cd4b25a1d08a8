// What a server hands to its handler, what the handler gives back, and what a client receives.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace coord::http {

struct header {
    std::string_view name;
    std::string_view value;
};

// Equal but for the case of ASCII letters.
bool same_name(std::string_view a, std::string_view b) noexcept;
// Null data() when there is none; names are compared without regard to case.
std::string_view find_header(std::span<const header> headers, std::string_view name) noexcept;

enum class method : std::uint8_t { get, head, put, post, remove, other };

// A request that passed every check. All views are valid until it is answered.
struct request {
    method verb = method::get;
    std::string_view verb_text;  // "GET"
    std::string_view target;     // as on the wire, begins with '/': never decoded or normalised
    std::span<const header> headers;
    std::string_view body;

    std::string_view find(std::string_view name) const noexcept {
        return find_header(headers, name);
    }
};

// The body is before + value + after; the server adds status line, Date, Content-Length and
// framing.
struct reply {
    int status = 200;
    const char* content_type = nullptr;   // static; null = none
    const char* fixed_headers = nullptr;  // static, short: whole lines as below; null = none
    std::string headers;                  // whole lines, each ending in CRLF
    std::string before;
    bytes_ref value;
    std::string after;
    bool close = false;  // the connection, after this

    std::size_t body_bytes() const noexcept {
        return before.size() + (value ? value->value().size() : 0) + after.size();
    }
};

// An error for a person: text/plain with nosniff, the text and one LF, as Go's http.Error writes
// it.
reply plain_error(int status, std::string_view text);

// What came back. Views are valid during the call that hands it over.
struct response {
    int status = 0;
    std::span<const header> headers;
    std::string_view body;

    std::string_view find(std::string_view name) const noexcept {
        return find_header(headers, name);
    }
};

// "Not Found" for 404; "" for a number nobody knows.
std::string_view reason_of(int status) noexcept;

}  // namespace coord::http
