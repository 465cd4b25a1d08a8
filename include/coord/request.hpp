// Requests in C++: work that libcoord asks of you, answered now or later, from any thread.
#pragma once

#include <coord/context.hpp>
#include <coord/error.hpp>
#include <coord/peers.h>
#include <coord/request.h>

#include <any>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace coord {
inline namespace v0 {

enum class request_kind : std::int32_t {
    load = COORD_REQUEST_LOAD,
    peer_error = COORD_REQUEST_PEER_ERROR,
    exchange = COORD_REQUEST_EXCHANGE,
    accept = COORD_REQUEST_ACCEPT,
    server_error = COORD_REQUEST_SERVER_ERROR,
    peer_get = COORD_REQUEST_PEER_GET,
    peer_set = COORD_REQUEST_PEER_SET,
    peer_remove = COORD_REQUEST_PEER_REMOVE,
};

namespace detail {
/// Where a loader's request goes back to when the loader throws before it passed it on.
struct unanswered {
    coord_request* request = nullptr;
};
}  // namespace detail

/// One piece of work. End it with succeed() or fail(); the destructor of one that was not ended
/// fails it with `abandoned`.
class request {
  public:
    /// No request.
    request() noexcept = default;
    /// Takes over a C handle.
    explicit request(coord_request* owned) noexcept : native_(owned) {}
    request(coord_request* owned, detail::unanswered& home) noexcept
        : native_(owned), home_(&home) {}
    // A request that was passed on no longer knows its way home: whoever has it may outlive the
    // loader's call.
    request(request&& other) noexcept : native_(other.release()) {}
    request& operator=(request&& other) noexcept {
        coord_request_free(std::exchange(native_, other.release()));
        home_ = nullptr;
        return *this;
    }
    ~request() {
        if (home_ != nullptr)
            home_->request = native_;
        else
            coord_request_free(native_);
    }

    request_kind kind() const noexcept {
        return static_cast<request_kind>(coord_request_kind(native_));
    }
    /// Items of the request: one for those with a key, else none.
    std::size_t count() const noexcept { return coord_request_count(native_); }
    /// The key of an item; valid until the request is ended.
    std::string_view key(std::size_t item = 0) const noexcept {
        std::size_t size = 0;
        const auto* text = coord_request_key(native_, item, &size);
        return {text, size};
    }
    /// The name of the group that asks; valid until the request is ended.
    std::string_view group_name() const noexcept {
        std::size_t size = 0;
        const auto* text = coord_request_group(native_, &size);
        return {text, size};
    }
    /// The value an item has now, with its expiry: what a peer_set is about. Else no bytes.
    bytes value(std::size_t item = 0) const noexcept {
        const auto* now = coord_request_value(native_, item);
        return bytes(coord_bytes_ref(const_cast<coord_bytes*>(now)));
    }
    /// For a load that serves a peer: what accept_request::set_user() attached. Valid until the
    /// request is ended; nullptr when nothing was, or something of another type.
    template <class T>
    const T* user(std::size_t item = 0) const noexcept {
        return std::any_cast<T>(static_cast<const std::any*>(coord_request_user(native_, item)));
    }
    /// The deadline of the work; cancelled when nobody wants the answer any more.
    coord::context context() const noexcept {
        return coord::context(coord_context_ref(coord_request_context(native_)));
    }

    /// For a peer_error or server_error: what went wrong. Its cause has the native domain "http"
    /// with the peer's status, or "errno". Nothing for every other kind.
    std::optional<coord::error> error() const {
        const auto* why = coord_request_error(native_);
        if (why == nullptr) return std::nullopt;
        return detail::copy_of(coord_error_status(why), why);
    }
    /// The url of the peer that a peer_error, an exchange or a peer_... is about; valid until the
    /// request is ended.
    std::string_view peer() const noexcept {
        std::size_t size = 0;
        const auto* url = coord_request_peer(native_, &size);
        return {url, size};
    }

    /// Ends a peer_error: the value is loaded here.
    void load_here() noexcept { coord_request_succeed(release(), nullptr, 0, nullptr); }
    /// Ends a peer_error as a group without a handler of its own would.
    void decide_by_default() noexcept { coord_peers_default_peer_error(nullptr, release()); }

    /// Ends it well, for kinds that take no value.
    void succeed() noexcept { coord_request_succeed(release(), nullptr, 0, nullptr); }
    /// Ends it well. COPIES the value of a load or a peer_get.
    void succeed(std::string_view value, const value_options& keep = {}) noexcept {
        const auto native = keep.native();
        coord_request_succeed(release(), value.data(), value.size(), &native);
    }
    /// The same without a copy: what is kept and handed out are these bytes themselves.
    void succeed(const bytes& value, const value_options& keep = {}) noexcept {
        if (value.native_handle() == nullptr) return succeed(std::string_view(), keep);
        const auto native = keep.native();
        coord_error* err = nullptr;
        const auto what = coord_request_set_bytes(native_, 0, value.native_handle(), &native, &err);
        if (what == COORD_OK) return succeed();
        fail(detail::failure(what, err));
    }
    /// Ends it with a failure, which everybody who waits gets.
    void fail(coord::status what, std::string_view message) noexcept {
        coord_request_fail(
            release(), static_cast<coord_status>(what), message.data(), message.size());
    }
    void fail(const coord::error& why) noexcept { fail(why.status(), why.what()); }

    /// False once it was ended or passed on.
    explicit operator bool() const noexcept { return native_ != nullptr; }
    /// BORROWED.
    coord_request* native_handle() const noexcept { return native_; }
    /// Gives up the C handle.
    coord_request* release() noexcept { return std::exchange(native_, nullptr); }

  private:
    coord_request* native_ = nullptr;
    detail::unanswered* home_ = nullptr;
};

/// Ends a peer_error as a group without a handler of its own would.
inline void default_peer_error(request asked) noexcept {
    asked.decide_by_default();
}

}  // namespace v0
}  // namespace coord
