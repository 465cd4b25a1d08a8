// What this server accepts as a request, stricter than the parser below it: nothing that two
// implementations could frame or address in two ways.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "http/message.hpp"

namespace coord::http {

// Why a request is not served. The text is static.
struct refusal {
    int status = 0;
    std::string_view text;
};

// How the body of an accepted request ends.
struct body_shape {
    enum class kind : std::uint8_t { none, length, chunked };
    kind how = kind::none;
    std::uint64_t length = 0;
    bool awaits_continue = false;  // the client holds the body back until it is told to go on
};

struct request_limits {
    std::size_t max_header_bytes = 0;
    std::size_t max_headers = 0;
    std::size_t max_target_bytes = 0;
    std::uint64_t max_body_bytes = 0;
};

// Sets the verb, and the shape of the body when nothing is wrong. `minor` is that of HTTP/1.x.
std::optional<refusal> check_request(request& what,
                                     int minor,
                                     const request_limits& within,
                                     body_shape& shape) noexcept;
// The same for one that came to a server of the host's own: whole, framed by that server, and maybe
// without a Host. `what` has all but its verb.
std::optional<refusal> check_framed_request(request& what, const request_limits& within) noexcept;

}  // namespace coord::http
