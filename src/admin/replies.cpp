#include "admin/replies.hpp"

#include <fmt/format.h>
#include <utility>

#include "base/status.hpp"

namespace coord::admin {
namespace {

constexpr const char* plain = "text/plain; charset=utf-8";

// Nothing here is ever to be rendered, guessed at or kept.
http::reply bare(int status, const char* content_type) {
    http::reply made;
    made.status = status;
    made.content_type = content_type;
    made.headers =
        "X-Content-Type-Options: nosniff\r\n"
        "Content-Security-Policy: default-src 'none'\r\n"
        "Cache-Control: no-store\r\n";
    return made;
}

int status_of_get(coord_status why) noexcept {
    switch (why) {
        case COORD_NOT_FOUND:
            return 404;
        case COORD_TIMED_OUT:
            return 504;
        case COORD_EXHAUSTED:
        case COORD_UNAVAILABLE:
        case COORD_CANCELLED:
        case COORD_CLOSED:
        case COORD_NO_MEMORY:
            return 503;
        case COORD_INTERNAL:
            return 500;
        default:
            return 502;
    }
}

int status_of_removal(coord_status why) noexcept {
    switch (why) {
        case COORD_CANCELLED:
        case COORD_CLOSED:
        case COORD_NO_MEMORY:
            return 503;
        default:
            return 502;
    }
}

http::reply failure(int status, const error& why) {
    const auto* const name = status_name(why.status());
    auto made = error_reply(status, name, why.message().empty() ? name : why.message());
    if (why.status() == COORD_EXHAUSTED) made.headers += "Retry-After: 1\r\n";
    return made;
}

}  // namespace

http::reply text_reply(int status, std::string_view text) {
    auto made = bare(status, plain);
    made.before.reserve(text.size() + 1);
    made.before += text;
    made.before += '\n';
    return made;
}

http::reply lines_reply(std::string text) {
    auto made = bare(200, plain);
    made.before = std::move(text);
    return made;
}

http::reply metrics_reply(std::string text) {
    auto made = bare(200, "text/plain; version=0.0.4; charset=utf-8");
    made.before = std::move(text);
    return made;
}

http::reply json_reply(std::string document) {
    auto made = bare(200, "application/json");
    made.before = std::move(document);
    made.before += '\n';
    return made;
}

http::reply value_reply(const bytes_ref& value) {
    auto made = bare(200, "application/octet-stream");
    if (value->expire_unix_ns() != 0)
        made.headers += fmt::format("Coord-Expires-Unix-Ns: {}\r\n", value->expire_unix_ns());
    made.value = value;
    return made;
}

http::reply empty_reply() {
    return bare(204, nullptr);
}

http::reply error_reply(int status, std::string_view type, std::string_view text) {
    auto made = text_reply(status, text);
    made.headers += fmt::format("Coord-Error-Type: {}\r\n", type);
    return made;
}

http::reply failed_get(const error& why) {
    return failure(status_of_get(why.status()), why);
}

http::reply failed_removal(const error& why) {
    return failure(status_of_removal(why.status()), why);
}

}  // namespace coord::admin
