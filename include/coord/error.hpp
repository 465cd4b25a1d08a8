// Failures in C++: the status, and the one exception type of the wrapper.
//
// Header-only, over the C API; part of <coord/coord.hpp>.
#pragma once

#include <coord/error.h>
#include <coord/handle.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coord {
inline namespace v0 {

/// What a call came to; the same numbers as `COORD_*`. Treat one you do not know as `internal`.
enum class status : std::int32_t {
    ok = COORD_OK,
    cancelled = COORD_CANCELLED,
    invalid_argument = COORD_INVALID_ARGUMENT,
    timed_out = COORD_TIMED_OUT,
    not_found = COORD_NOT_FOUND,
    already_exists = COORD_ALREADY_EXISTS,
    denied = COORD_DENIED,
    exhausted = COORD_EXHAUSTED,
    conflict = COORD_CONFLICT,
    unavailable = COORD_UNAVAILABLE,
    unsupported = COORD_UNSUPPORTED,
    internal = COORD_INTERNAL,
    no_memory = COORD_NO_MEMORY,
    would_deadlock = COORD_WOULD_DEADLOCK,
    abandoned = COORD_ABANDONED,
    closed = COORD_CLOSED,
    forked = COORD_FORKED,
    lost = COORD_LOST,
    host_failed = COORD_HOST_FAILED,
};

/// The name of a status in lower case, such as "not_found".
inline std::string_view to_string(status what) noexcept {
    return coord_status_name(static_cast<coord_status>(what));
}

class error;
namespace detail {
error failure(coord_status what, coord_error* owned) noexcept;
error copy_of(coord_status what, const coord_error* borrowed);
}  // namespace detail

/// Where a load or a change failed at another peer. Valid as long as the error, or a copy of it,
/// lives.
struct remote_load {
    std::string_view group;
    std::string_view key;
    /// The peer's url.
    std::string_view peer;
    /// Zero when it did not answer over HTTP.
    int http_status = 0;
    /// Such as "503 Service Unavailable"; empty when it did not answer over HTTP.
    std::string_view status_text;
    /// What it sent with that status, 1 MiB at most.
    std::string_view body;
};

/// What the wrapper throws, and what a loader throws to fail with a status of its choice. `what()`
/// is the message.
class error : public std::runtime_error {
  public:
    /// For your own loaders: everybody who waits for the key gets this status and message.
    error(coord::status what, const std::string& message)
        : std::runtime_error(message), status_(what) {}

    coord::status status() const noexcept { return status_; }
    /// The part of libcoord that speaks: "group", "queue", ...; empty for errors you made yourself.
    std::string_view component() const noexcept { return component_; }
    /// Whether the same call may succeed later without a change of yours.
    bool is_retriable() const noexcept { return retriable_; }
    /// Whether the object the call was made on is of no further use (closed, forked).
    bool is_fatal() const noexcept { return fatal_; }
    /// Whose number `native_code` is: "errno", "http" for a peer's status, or empty.
    std::string_view native_domain() const noexcept { return native_domain_; }
    std::int64_t native_code() const noexcept { return native_code_; }
    /// The error that led to this one, if there was one.
    std::optional<error> cause() const {
        if (cause_ == nullptr) return std::nullopt;
        return *cause_;
    }

    /// A particular by its name, such as "key" or "peer": see coord_error_detail. Valid as long as
    /// this error, or a copy of it, lives.
    std::optional<std::string_view> detail(std::string_view name) const noexcept {
        if (particulars_ == nullptr) return std::nullopt;
        for (const auto& [its_name, text] : *particulars_)
            if (its_name == name) return text;
        return std::nullopt;
    }
    /// What is known of the other peer, when it was one that failed.
    std::optional<remote_load> remote() const noexcept {
        for (const auto* at = this; at != nullptr; at = at->cause_.get()) {
            const auto peer = at->detail("peer");
            if (!peer) continue;
            const auto text = [at](std::string_view name) {
                return at->detail(name).value_or(std::string_view());
            };
            return remote_load{
                text("group"), text("key"), *peer, at->http_status(), text("status"), text("body")};
        }
        return std::nullopt;
    }
    /// Whether a peer's endpoint refused a request because it could not make sense of it.
    bool is_bad_request() const noexcept { return has_reason("bad-request"); }
    /// Whether a peer's endpoint does not know the group; `not_found` alone may be a key's.
    bool is_group_not_found() const noexcept { return has_reason("group-not-found"); }

  private:
    using particulars = std::vector<std::pair<const char*, std::string>>;

    friend error detail::failure(coord_status what, coord_error* owned) noexcept;
    friend error detail::copy_of(coord_status what, const coord_error* borrowed);
    error(coord_status what, const coord_error* borrowed)
        : std::runtime_error(borrowed != nullptr ? coord_error_message(borrowed)
                                                 : coord_status_name(what)),
          status_(static_cast<coord::status>(what)),
          component_(coord_error_component(borrowed)),
          native_domain_(coord_error_native_domain(borrowed)),
          native_code_(coord_error_native_code(borrowed)),
          retriable_(coord_error_is_retriable(borrowed) != 0),
          fatal_(coord_error_is_fatal(borrowed) != 0),
          particulars_(particulars_of(borrowed)) {}

    static std::shared_ptr<const particulars> particulars_of(const coord_error* borrowed) {
        particulars found;
        for (const auto* name : {"group", "key", "peer", "status", "body", "reason"}) {
            std::size_t size = 0;
            const auto* text = coord_error_detail(borrowed, name, COORD_NUL, &size);
            if (text != nullptr) found.emplace_back(name, std::string(text, size));
        }
        if (found.empty()) return nullptr;
        return std::make_shared<const particulars>(std::move(found));
    }
    int http_status() const noexcept {
        for (const auto* at = this; at != nullptr; at = at->cause_.get())
            if (at->native_domain() == "http") return static_cast<int>(at->native_code_);
        return 0;
    }
    bool has_reason(std::string_view reason) const noexcept {
        for (const auto* at = this; at != nullptr; at = at->cause_.get())
            if (at->detail("reason") == reason) return true;
        return false;
    }

    coord::status status_;
    const char* component_ = "";
    const char* native_domain_ = "";
    std::int64_t native_code_ = 0;
    bool retriable_ = false;
    bool fatal_ = false;
    std::shared_ptr<const particulars> particulars_;
    std::shared_ptr<const error> cause_;
};

namespace detail {

/// Made at start, so that a failure can be reported when no memory is left: copies of it allocate
/// nothing.
inline const error out_of_memory(status::no_memory, "out of memory");

/// The whole chain, which then outlives what it was read from.
inline error copy_of(coord_status what, const coord_error* borrowed) {
    error copy(what, borrowed);
    if (const auto* inner = coord_error_cause(borrowed))
        copy.cause_ = std::make_shared<const error>(copy_of(coord_error_status(inner), inner));
    return copy;
}

/// Makes the C++ error from what a C function returned; takes over `owned`.
inline error failure(coord_status what, coord_error* owned) noexcept {
    const handle<coord_error, coord_error_free> mine(owned);
    try {
        return copy_of(what, owned);
    } catch (...) {
        error bare(out_of_memory);
        bare.status_ = static_cast<coord::status>(what);
        return bare;
    }
}

/// Throws what a C function returned, unless that was COORD_OK; takes over `owned`. By reference,
/// because it may be written by the very call that is the first argument.
inline void check(coord_status what, coord_error* const& owned) {
    if (what != COORD_OK) throw failure(what, owned);
}

/// Inside a catch block: the exception as a coord::error. What is not one becomes `host_failed`
/// with its what().
inline error current_failure() noexcept {
    try {
        try {
            throw;
        } catch (const error& mine) {
            return mine;
        } catch (const std::exception& theirs) {
            return error(status::host_failed, theirs.what());
        } catch (...) {
            return error(status::host_failed, "an exception of unknown type");
        }
    } catch (...) {
        return out_of_memory;
    }
}

}  // namespace detail
}  // namespace v0
}  // namespace coord
