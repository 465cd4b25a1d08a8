#include "groupcache/peer_reply.hpp"

#include <fmt/format.h>
#include <string>

#include "base/status.hpp"
#include "groupcache/wire.hpp"

namespace coord::groupcache::peer_reply {
namespace {

http::reply typed(int status, std::string_view text, std::string_view type) {
    auto made = http::plain_error(status, text);
    made.headers.append(wire::error_header).append(": ").append(type).append("\r\n");
    return made;
}

http::reply malformed(int status, std::string_view text) {
    return typed(status, text, "bad-request");
}

}  // namespace

http::reply failed(const error& why, dialect in) {
    const bool is_known = why.status() > COORD_OK && why.status() <= COORD_HOST_FAILED;
    const char* const type = status_name(is_known ? why.status() : COORD_HOST_FAILED);
    const auto text = why.message().empty() ? std::string_view(type) : why.message();
    if (why.status() == COORD_EXHAUSTED) {
        auto made = typed(503, text, type);
        made.headers += "Retry-After: 1\r\n";
        return made;
    }
    if (in == dialect::seed) return typed(500, text, type);
    return typed(why.status() == COORD_NOT_FOUND ? 404 : 503, text, type);
}

http::reply no_such_group(std::string_view name, dialect in) {
    const auto text = in == dialect::seed
                          ? fmt::format("group not found: {}", wire::go_quoted(name))
                          : fmt::format("no such group: {}", name);
    return typed(500, text, "group-not-found");
}

http::reply no_key(dialect in) {
    return malformed(
        400, in == dialect::seed ? "invalid request URL (missing path parts)" : "bad request");
}

http::reply bad_escape() {
    return malformed(400, "bad request: a '%' is not followed by two hex digits");
}

http::reply elsewhere() {
    return malformed(404, "404 page not found");
}

http::reply key_too_long(std::size_t limit) {
    return malformed(414, fmt::format("the key is longer than {} bytes", limit));
}

http::reply other_method() {
    auto made = malformed(405, "only GET and DELETE are supported");
    made.headers += "Allow: GET, DELETE\r\n";
    return made;
}

http::reply may_not_remove() {
    return typed(403, "peers may not remove here", status_name(COORD_DENIED));
}

http::reply removed() {
    return {};
}

}  // namespace coord::groupcache::peer_reply
