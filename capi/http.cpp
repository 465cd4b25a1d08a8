#include <coord/http.h>

#include "base/limits.hpp"
#include "capi/arguments.hpp"
#include "capi/guard.hpp"
#include "capi/http_message.hpp"
#include "capi/kinds.hpp"
#include "http/header_text.hpp"

using coord::request;
using coord::result;
using coord::groupcache::served_response;
using namespace coord::capi;

namespace {

constexpr const char* component = "request";

// Of the request itself, and those that would make another request of it.
bool is_ours(std::string_view name) noexcept {
    return coord::http::same_name(name, "Host") || coord::http::frames_a_message(name);
}

result<> set_header(
    request& on, const char* name, std::size_t name_len, const char* value, std::size_t value_len) {
    constexpr auto limit = coord::limits::max_header_bytes;
    const auto called = read_text(name, name_len, limit, component, "name");
    if (!called) return called.error();
    const auto text = read_text(value, value_len, limit, component, "value");
    if (!text) return text.error();
    if (!coord::http::is_token(*called)) return invalid(component, "name: must be a token");
    if (is_ours(*called)) return invalid(component, "name: this header is not yours to set");
    if (!coord::http::is_field_value(*text))
        return invalid(component, "value: only visible characters, spaces and tabs");
    return on.set_header(*called, *text);
}

}  // namespace

extern "C" {

int32_t coord_response_status(const coord_response* of) {
    const auto* const found = inside<served_response>(of);
    return found != nullptr ? found->status() : 0;
}

const char* coord_response_headers(const coord_response* of, size_t* len) {
    const auto* const found = inside<served_response>(of);
    if (len != nullptr) *len = found != nullptr ? found->headers().size() : 0;
    return found != nullptr ? found->headers().c_str() : "";
}

const void* coord_response_body(const coord_response* of, size_t* len) {
    const auto* const found = inside<served_response>(of);
    const auto body = found != nullptr ? found->body() : std::string_view();
    if (len != nullptr) *len = body.size();
    return body.data() != nullptr ? body.data() : "";
}

void coord_response_free(coord_response* of) {
    drop_reference<served_response>(of);
}

const char* coord_request_http(const coord_request* of,
                               const char* field,
                               size_t field_len,
                               size_t* len) {
    const auto* const found = inside<request>(of);
    std::string_view part;
    if (found != nullptr && field != nullptr)
        part = found->http(field_len == COORD_NUL ? std::string_view(field)
                                                  : std::string_view(field, field_len));
    if (len != nullptr) *len = part.size();
    return part.data();
}

coord_status coord_request_set_header(coord_request* of,
                                      const char* name,
                                      size_t name_len,
                                      const char* value,
                                      size_t value_len,
                                      coord_error** err) {
    return guard(err, [&]() -> result<> {
        const auto found = need<request>(of);
        if (!found) return found.error();
        return set_header(**found, name, name_len, value, value_len);
    });
}

coord_status coord_request_set_response(coord_request* of,
                                        const coord_http_message* response,
                                        coord_error** err) {
    return guard(err, [&]() -> result<> {
        const auto found = need<request>(of);
        if (!found) return found.error();
        const auto given = read_response(response);
        if (!given) return given.error();
        return (*found)->set_response(*given);
    });
}
}
