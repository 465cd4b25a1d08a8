// HTTP messages in C++: what a peer asked, and what it is answered with.
#pragma once

#include <coord/handle.hpp>
#include <coord/http.h>

#include <cstddef>
#include <string_view>

namespace coord {
inline namespace v0 {

/// One message, given to libcoord, which copies what it needs. A request has method and target, a
/// response has status.
struct http_message {
    /// Of a response: 200 to 599.
    int status = 0;
    /// Of a request: "GET".
    std::string_view method{};
    /// Of a request: path and query as they were on the wire.
    std::string_view target{};
    /// "Name: value" lines, each ending in CRLF or LF.
    std::string_view headers{};
    std::string_view body{};

    coord_http_message native() const noexcept {
        coord_http_message native{};
        native.size = sizeof native;
        native.status = status;
        native.method = method.data();
        native.method_len = method.size();
        native.target = target.data();
        native.target_len = target.size();
        native.headers = headers.data();
        native.headers_len = headers.size();
        native.body = body.data();
        native.body_len = body.size();
        return native;
    }
};

/// An answer to a request of a peer, for the HTTP server it came to. Move-only; what it gives is
/// valid as long as it lives.
class response {
  public:
    /// No answer.
    response() noexcept = default;
    /// Takes over a C handle.
    explicit response(coord_response* owned) noexcept : handle_(owned) {}

    int status() const noexcept { return coord_response_status(native_handle()); }
    /// "Name: value" lines, each with CRLF; those of the connection (Content-Length, Date, ...) are
    /// your server's.
    std::string_view headers() const noexcept {
        std::size_t size = 0;
        const auto* text = coord_response_headers(native_handle(), &size);
        return {text, size};
    }
    std::string_view body() const noexcept {
        std::size_t size = 0;
        const auto* start = static_cast<const char*>(coord_response_body(native_handle(), &size));
        return {start, size};
    }

    /// BORROWED.
    coord_response* native_handle() const noexcept { return handle_.get(); }

  private:
    detail::handle<coord_response, coord_response_free> handle_;
};

}  // namespace v0
}  // namespace coord
