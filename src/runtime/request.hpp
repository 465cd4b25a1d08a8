// Work for the host, ended by exactly one of succeed, fail, abandon; coord_request is this.
//
// What asks derives from it: a flight is a LOAD request.
#pragma once

#include <coord/status.h>

#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "runtime/context.hpp"
#include "runtime/event.hpp"
#include "runtime/host_user.hpp"
#include "runtime/this_thread.hpp"
#include "runtime/value_terms.hpp"

namespace coord {

// The same numbers as COORD_REQUEST_*.
enum class request_kind : std::int32_t {
    load = 1,
    peer_error = 2,
    exchange = 9,
    accept = 10,
    server_error = 11,
    peer_get = 12,
    peer_set = 13,
    peer_remove = 14,
};

// An HTTP message as the host gives it. Views are valid during the call.
struct message_view {
    int status = 0;
    std::string_view method;
    std::string_view target;
    std::string_view headers;  // lines
    std::string_view body;
};

// Failures that anybody can give whom a kind of request does not concern.
inline error not_for_this_kind() noexcept {
    return {COORD_UNSUPPORTED, "request", "this kind of request has no use for it"};
}

class request : public handle_object, public event_node {
  public:
    request() noexcept : handle_object(handle_kind::request) {}

    virtual request_kind which() const noexcept = 0;
    // For the thread that runs it as a callback.
    virtual load_frame frame(const load_frame* outer) const noexcept = 0;
    virtual std::size_t count() const noexcept = 0;
    virtual std::string_view key(std::size_t item) const noexcept = 0;
    virtual std::string_view group_name() const noexcept = 0;
    // Made at the first call; null when memory is short.
    virtual context* work_context() noexcept = 0;

    virtual result<> set(std::size_t item,
                         std::string_view value,
                         const value_terms& terms) noexcept = 0;
    // A setter was used.
    virtual bool is_answered() const noexcept = 0;
    virtual result<> set_error(std::size_t item, error why) noexcept = 0;

    // As set, without a copy of the value.
    virtual result<> set_bytes(std::size_t, bytes_ref, const value_terms&) noexcept {
        return not_for_this_kind();
    }
    // Of a PEER_SET.
    virtual const bytes* value(std::size_t) const noexcept { return nullptr; }
    // What the host attached to the request of the peer that a LOAD serves.
    virtual void* user(std::size_t) const noexcept { return nullptr; }
    virtual result<> set_user(ref<host_user>) noexcept { return not_for_this_kind(); }
    // Of an EXCHANGE, ACCEPT or SERVER_ERROR: "method", "target", "headers", "body". Null data():
    // has none.
    virtual std::string_view http(std::string_view) const noexcept { return {}; }
    // May throw bad_alloc.
    virtual result<> set_header(std::string_view, std::string_view) { return not_for_this_kind(); }
    virtual result<> set_response(const message_view&) { return not_for_this_kind(); }

    // Of a PEER_ERROR or SERVER_ERROR.
    virtual const error_info* failure() const noexcept { return nullptr; }
    virtual std::string_view peer_url() const noexcept { return {}; }
    // Ends it.
    virtual void decide_by_default() noexcept {
        fail(error(COORD_UNSUPPORTED, "request", "this kind of request has no default decision"));
    }

    // Exactly one of these; the request is then no longer the host's.
    virtual void succeed() noexcept = 0;
    virtual void fail(error why) noexcept = 0;
    void abandon() noexcept {
        fail(error(COORD_ABANDONED, "request", "the request was freed unanswered"));
    }
};

}  // namespace coord
