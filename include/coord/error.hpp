// Failures in C++: the status, and the one exception type of the wrapper.
//
// Header-only, over the C API; part of <coord/coord.hpp>.
#pragma once

#include <coord/error.h>
#include <coord/handle.hpp>

#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

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
}

/// What the wrapper throws, and what a loader throws to fail with a status of its choice. `what()`
/// is the message.
class error : public std::runtime_error {
  public:
    /// For your own loaders: everybody who waits for the key gets this status and message.
    error(coord::status what, const std::string& message)
        : std::runtime_error(message), status_(what) {}

    coord::status status() const noexcept { return status_; }
    /// The part of libcoord that speaks: "group", "queue", ...; empty for errors you made yourself.
    std::string_view component() const noexcept { return coord_error_component(origin_.get()); }
    /// Whether the same call may succeed later without a change of yours.
    bool is_retriable() const noexcept { return coord_error_is_retriable(origin_.get()) != 0; }
    /// Whether the object the call was made on is of no further use (closed, forked).
    bool is_fatal() const noexcept { return coord_error_is_fatal(origin_.get()) != 0; }
    /// Whose number `native_code` is: "errno", or empty.
    std::string_view native_domain() const noexcept {
        return coord_error_native_domain(origin_.get());
    }
    std::int64_t native_code() const noexcept { return coord_error_native_code(origin_.get()); }
    /// The error that led to this one, if there was one.
    std::optional<error> cause() const {
        const auto* inner = coord_error_cause(origin_.get());
        if (inner == nullptr) return std::nullopt;
        // Shares the owner of the whole chain.
        return error(coord_error_status(inner), std::shared_ptr<const coord_error>(origin_, inner));
    }

  private:
    friend error detail::failure(coord_status what, coord_error* owned) noexcept;
    error(coord_status what, std::shared_ptr<const coord_error> origin)
        : std::runtime_error(origin ? coord_error_message(origin.get()) : coord_status_name(what)),
          status_(static_cast<coord::status>(what)),
          origin_(std::move(origin)) {}

    coord::status status_;
    std::shared_ptr<const coord_error> origin_;
};

namespace detail {

/// Made at start, so that a failure can be reported when no memory is left: copies of it allocate
/// nothing.
inline const error out_of_memory(status::no_memory, "out of memory");

/// Makes the C++ error from what a C function returned; takes over `owned`.
inline error failure(coord_status what, coord_error* owned) noexcept {
    handle<coord_error, coord_error_free> mine(owned);
    try {
        if (!mine) return error(what, nullptr);
        std::shared_ptr<const coord_error> origin(mine.get(), [](const coord_error* last) {
            coord_error_free(const_cast<coord_error*>(last));
        });
        mine.release();
        return error(what, std::move(origin));
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
