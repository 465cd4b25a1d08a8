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
#include "runtime/this_thread.hpp"

namespace coord {

enum class request_kind : std::int32_t { load = 1, peer_error = 2 };

// How the host wants a value to be kept.
struct value_terms {
    std::uint32_t flags = 0;
    std::int64_t ttl_ns = 0;          // 0 = the component's default
    std::int64_t expire_unix_ns = 0;  // 0 = use ttl_ns
};

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

    // Of a PEER_ERROR.
    virtual const error_info* failure() const noexcept { return nullptr; }
    virtual std::string_view peer_url() const noexcept { return {}; }
    // Ends it.
    virtual void decide_by_default() noexcept {
        fail(error(COORD_UNSUPPORTED, "request", "only a PEER_ERROR has a default decision"));
    }

    // Exactly one of these; the request is then no longer the host's.
    virtual void succeed() noexcept = 0;
    virtual void fail(error why) noexcept = 0;
    void abandon() noexcept {
        fail(error(COORD_ABANDONED, "request", "the request was freed unanswered"));
    }
};

}  // namespace coord
