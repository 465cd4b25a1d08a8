#include "groupcache/peer_reply.hpp"

#include <fmt/format.h>
#include <string>
#include <utility>

#include "base/status.hpp"
#include "groupcache/wire.hpp"

namespace coord::groupcache::peer_reply {
namespace {

constexpr const char* component_name = "peers";
constexpr std::string_view bad_request = "bad-request";
constexpr std::string_view group_not_found = "group-not-found";

http::reply typed(int status, std::string_view text, std::string_view type) {
    auto made = http::plain_error(status, text);
    made.headers.append(wire::error_header).append(": ").append(type).append("\r\n");
    return made;
}

failure malformed(int status, std::string_view text) {
    return {typed(status, text, bad_request),
            error(COORD_INVALID_ARGUMENT, component_name, text).with("reason", bad_request)};
}

// As other peers know it.
const char* type_of(coord_status status) noexcept {
    const bool is_known = status > COORD_OK && status <= COORD_HOST_FAILED;
    return status_name(is_known ? status : COORD_HOST_FAILED);
}

http::reply overloaded(std::string_view text, const char* type) {
    auto made = typed(503, text, type);
    made.headers += "Retry-After: 1\r\n";
    return made;
}

http::reply worded(const error& why, std::string_view text, dialect in) {
    const char* const type = type_of(why.status());
    if (why.status() == COORD_EXHAUSTED) return overloaded(text, type);
    if (in == dialect::seed) return typed(500, text, type);
    return typed(why.status() == COORD_NOT_FOUND ? 404 : 503, text, type);
}

std::string_view text_of(const error& why) noexcept {
    return why.message().empty() ? std::string_view(type_of(why.status())) : why.message();
}

}  // namespace

failure failed(const error& why, std::string_view group, std::string_view key, dialect in) {
    const auto text = text_of(why);
    return {worded(why, text, in),
            error(why.status(), component_name, text)
                .because(why)
                .with("group", group)
                .with("key", key)};
}

failure no_such_group(std::string_view name, dialect in) {
    const auto text = in == dialect::seed
                          ? fmt::format("group not found: {}", wire::go_quoted(name))
                          : fmt::format("no such group: {}", name);
    return {typed(500, text, group_not_found),
            error(COORD_NOT_FOUND, component_name, text)
                .with("reason", group_not_found)
                .with("group", name)};
}

failure no_key(dialect in) {
    return malformed(
        400, in == dialect::seed ? "invalid request URL (missing path parts)" : "bad request");
}

failure bad_escape() {
    return malformed(400, "bad request: a '%' is not followed by two hex digits");
}

failure elsewhere() {
    return malformed(404, "404 page not found");
}

failure key_too_long(std::size_t limit) {
    return malformed(414, fmt::format("the key is longer than {} bytes", limit));
}

failure no_set_request() {
    return malformed(400, "bad request: the body is no SetRequest with a group and a key");
}

failure other_key() {
    return malformed(400, "bad request: the body names another group or key than the path");
}

failure too_large(std::string_view text) {
    return {typed(413, text, status_name(COORD_EXHAUSTED)),
            error(COORD_EXHAUSTED, component_name, text)};
}

failure other_method() {
    auto made = malformed(405, "only GET, PUT and DELETE are supported");
    made.usual.headers += "Allow: GET, PUT, DELETE\r\n";
    return made;
}

failure may_not_write() {
    constexpr std::string_view text = "peers may neither set nor remove here";
    return {typed(403, text, status_name(COORD_DENIED)), error(COORD_DENIED, component_name, text)};
}

failure not_accepted(const error& why) {
    const auto text = text_of(why);
    const auto status = why.status();
    const char* const type = type_of(status);
    failure made{{}, error(status, component_name, text).because(why)};
    if (status == COORD_DENIED)
        made.usual = typed(403, text, type);
    else if (status == COORD_EXHAUSTED)
        made.usual = overloaded(text, type);
    else
        made.usual = typed(status == COORD_UNAVAILABLE ? 503 : 400, text, type);
    return made;
}

http::reply done() {
    return {};
}

}  // namespace coord::groupcache::peer_reply
