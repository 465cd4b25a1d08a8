#include "capi/http_message.hpp"

#include "base/limits.hpp"
#include "capi/arguments.hpp"

namespace coord::capi {
namespace {

constexpr std::size_t any_length = COORD_NUL - 1;

struct names {
    const char* component;
    const char* headers;
    const char* body;
};

// What both kinds have.
result<> read_rest(const coord_http_message& given, const names& as, message_view& to) {
    const auto headers =
        read_text(given.headers, given.headers_len, any_length, as.component, as.headers);
    if (!headers) return headers.error();
    const auto body = read_memory(given.body, given.body_len, any_length, as.component, as.body);
    if (!body) return body.error();
    to.headers = *headers;
    to.body = *body;
    return {};
}

result<std::string_view> read_needed(const char* text, std::size_t size, const char* name) {
    auto read = read_text(text, size, any_length, "peers", name);
    if (read && read->empty())
        return refusal(COORD_INVALID_ARGUMENT, "peers", "{}: a request needs one", name);
    return read;
}

}  // namespace

result<message_view> read_request(const coord_http_message* given) {
    if (given == nullptr) return invalid("peers", "message: must not be NULL");
    const auto known = read_options(given, "peers", "message");
    if (!known) return known.error();
    if (known->status != 0) return invalid("peers", "message.status: a request has none");
    const auto method = read_needed(known->method, known->method_len, "message.method");
    if (!method) return method.error();
    const auto target = read_needed(known->target, known->target_len, "message.target");
    if (!target) return target.error();
    message_view made;
    made.method = *method;
    made.target = *target;
    if (auto rest = read_rest(*known, {"peers", "message.headers", "message.body"}, made); !rest)
        return rest.error();
    return made;
}

result<message_view> read_response(const coord_http_message* given) {
    if (given == nullptr) return invalid("request", "response: must not be NULL");
    const auto known = read_options(given, "request", "response");
    if (!known) return known.error();
    if (known->status < 200 || known->status > 599)
        return invalid("request", "response.status: 200 to 599");
    if (known->method != nullptr || known->target != nullptr)
        return invalid("request", "response.method, response.target: a response has none");
    message_view made;
    made.status = known->status;
    if (auto rest = read_rest(*known, {"request", "response.headers", "response.body"}, made);
        !rest)
        return rest.error();
    return made;
}

}  // namespace coord::capi
