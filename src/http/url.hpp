// Addresses of peers: "http://host:port", with a path before the base path if need be.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace coord::http {

struct url {
    std::string text;         // as it was given: what the ring hashes
    std::string host;         // without brackets
    std::string port;         // digits; that of the scheme when none was given
    std::string prefix;       // "" or "/sub/path", never ending in '/'
    std::string host_header;  // "10.0.0.1:8080", "[::1]:8080", as spelled
    bool is_https = false;    // nothing here speaks it: for who has a way of their own
};

enum class schemes : std::uint8_t { http, http_and_https };

// COORD_INVALID_ARGUMENT with a message that shows the url and says what is wrong with it;
// COORD_UNSUPPORTED for https unless it is allowed.
result<url> parse_url(std::string_view text, schemes allowed = schemes::http);

// Two spellings of one place give one text: case, "localhost", default port, brackets, zeros.
std::string place_of(const url& of);

// "127.0.0.1:8080", "[::1]:8080", "localhost:8080".
struct host_and_port {
    std::string host;
    std::string port;
};
result<host_and_port> parse_listen(std::string_view text);

// An address of this machine that other machines cannot reach.
bool is_loopback(std::string_view host) noexcept;
// 0.0.0.0 or ::, which is no address to call.
bool is_wildcard(std::string_view host) noexcept;

}  // namespace coord::http
