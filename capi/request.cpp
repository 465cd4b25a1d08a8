#include <coord/request.h>

#include "base/limits.hpp"
#include "capi/arguments.hpp"
#include "capi/bytes.hpp"
#include "capi/guard.hpp"
#include "capi/kinds.hpp"
#include "capi/user_guard.hpp"

using coord::bytes_ref;
using coord::error;
using coord::host_user;
using coord::ref;
using coord::request;
using coord::result;
using namespace coord::capi;

namespace {

constexpr const char* component = "request";

// What the host says went wrong; too much text is cut by error itself.
error host_error(coord_status status, const char* message, std::size_t size) {
    const std::string_view text = message == nullptr  ? std::string_view()
                                  : size == COORD_NUL ? std::string_view(message)
                                                      : std::string_view(message, size);
    return {status > COORD_OK ? status : COORD_HOST_FAILED,
            "loader",
            text.empty() ? "the loader failed, and gave no reason" : text};
}

result<> set(request& on,
             std::size_t item,
             const void* data,
             std::size_t len,
             const coord_value_options* opts) {
    const auto memory = read_memory(data, len, coord::limits::max_value_bytes, component, "data");
    if (!memory) return memory.error();
    const auto terms = read_terms(opts, component);
    if (!terms) return terms.error();
    return on.set(item, *memory, *terms);
}

// What a setter gave stands, unless there is data now; terms are checked in any case.
result<> take_answer(request& on,
                     const void* data,
                     std::size_t len,
                     const coord_value_options* opts) {
    if (data != nullptr || len != 0 || !on.is_answered()) return set(on, 0, data, len, opts);
    const auto terms = read_terms(opts, component);
    if (!terms) return terms.error();
    return {};
}

}  // namespace

extern "C" {

int32_t coord_request_kind(const coord_request* of) {
    const auto* const found = inside<request>(of);
    return found != nullptr ? static_cast<int32_t>(found->which()) : 0;
}

size_t coord_request_count(const coord_request* of) {
    const auto* const found = inside<request>(of);
    return found != nullptr ? found->count() : 0;
}

const char* coord_request_key(const coord_request* of, size_t item, size_t* len) {
    const auto* const found = inside<request>(of);
    const auto key = found != nullptr ? found->key(item) : std::string_view();
    if (len != nullptr) *len = key.size();
    return key.data() != nullptr ? key.data() : "";
}

const coord_bytes* coord_request_value(const coord_request* of, size_t item) {
    const auto* const found = inside<request>(of);
    return reinterpret_cast<const coord_bytes*>(found != nullptr ? found->value(item) : nullptr);
}

void* coord_request_user(const coord_request* of, size_t item) {
    const auto* const found = inside<request>(of);
    return found != nullptr ? found->user(item) : nullptr;
}

coord_context* coord_request_context(const coord_request* of) {
    auto* const found = inside<request>(of);
    return found != nullptr ? outside<coord_context>(found->work_context()) : nullptr;
}

const char* coord_request_group(const coord_request* of, size_t* len) {
    const auto* const found = inside<request>(of);
    const auto name = found != nullptr ? found->group_name() : std::string_view();
    if (len != nullptr) *len = name.size();
    return name.data() != nullptr ? name.data() : "";
}

const coord_error* coord_request_error(const coord_request* of) {
    const auto* const found = inside<request>(of);
    return found != nullptr ? reinterpret_cast<const coord_error*>(found->failure()) : nullptr;
}

const char* coord_request_peer(const coord_request* of, size_t* len) {
    const auto* const found = inside<request>(of);
    const auto url = found != nullptr ? found->peer_url() : std::string_view();
    if (len != nullptr) *len = url.size();
    return url.data() != nullptr ? url.data() : "";
}

coord_status coord_request_set(coord_request* of,
                               size_t item,
                               const void* data,
                               size_t len,
                               const coord_value_options* opts,
                               coord_error** err) {
    return guard(err, [&]() -> result<> {
        const auto found = need<request>(of);
        if (!found) return found.error();
        return set(**found, item, data, len, opts);
    });
}

coord_status coord_request_set_bytes(coord_request* of,
                                     size_t item,
                                     coord_bytes* value,
                                     const coord_value_options* opts,
                                     coord_error** err) {
    return guard(err, [&]() -> result<> {
        const auto found = need<request>(of);
        if (!found) return found.error();
        const bytes_ref given(inside_bytes(value));
        if (!given) return invalid(component, "value: must be bytes, not NULL");
        if (given->value().size() > coord::limits::max_value_bytes)
            return invalid(component, "value: more than 4,294,967,295 bytes");
        const auto terms = read_terms(opts, component);
        if (!terms) return terms.error();
        return (*found)->set_bytes(item, given, *terms);
    });
}

coord_status coord_request_set_user(coord_request* of,
                                    void* user,
                                    coord_user_free_fn user_free,
                                    coord_error** err) {
    user_guard undo(user_free, user);
    return guard(err, [&]() -> result<> {
        const auto found = need<request>(of);
        if (!found) return found.error();
        const ref<host_user> held(new host_user(user, user_free));
        undo.taken();
        return (*found)->set_user(held);
    });
}

coord_status coord_request_set_error(coord_request* of,
                                     size_t item,
                                     coord_status status,
                                     const char* message,
                                     size_t message_len,
                                     coord_error** err) {
    return guard(err, [&]() -> result<> {
        const auto found = need<request>(of);
        if (!found) return found.error();
        if (status == COORD_OK)
            return invalid(component, "status: an error needs a status other than ok");
        if (message == nullptr && message_len != 0)
            return invalid(component, "message: NULL with a length");
        return (*found)->set_error(item, host_error(status, message, message_len));
    });
}

void coord_request_succeed(coord_request* of,
                           const void* data,
                           size_t len,
                           const coord_value_options* opts) {
    auto* const found = inside<request>(of);
    if (found == nullptr || found->forked()) return;
    result<> answered;
    coord_error* unsaid = nullptr;
    const auto status =
        guard(&unsaid, [&] { return answered = take_answer(*found, data, len, opts); });
    if (status != COORD_OK) {
        // The callers of the load see what is wrong with its answer.
        found->fail(answered.has_error() ? answered.error() : error(status));
        coord_error_free(unsaid);
        return;
    }
    found->succeed();
}

void coord_request_fail(coord_request* of,
                        coord_status status,
                        const char* message,
                        size_t message_len) {
    auto* const found = inside<request>(of);
    if (found == nullptr || found->forked()) return;
    found->fail(host_error(status, message, message == nullptr ? 0 : message_len));
}

void coord_request_free(coord_request* of) {
    auto* const found = inside<request>(of);
    if (found != nullptr && !found->forked()) found->abandon();
}
}
