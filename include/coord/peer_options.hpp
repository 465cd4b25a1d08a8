// How a peer of your own is made, in C++: callables that carry what it is asked over whatever
// transport you have.
#pragma once

#include <coord/loader.hpp>
#include <coord/peer.h>
#include <coord/queue.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

namespace coord {
inline namespace v0 {

/// What a peer of your own is asked, for a handler that answers by returning; valid until it does.
class peer_request {
  public:
    explicit peer_request(const request& asked) noexcept : asked_(&asked) {}

    request_kind kind() const noexcept { return asked_->kind(); }
    std::string_view group() const noexcept { return asked_->group_name(); }
    std::string_view key() const noexcept { return asked_->key(); }
    /// What a peer_set is about, with its expiry; else no bytes.
    bytes value() const noexcept { return asked_->value(); }
    /// The name the peer was made with.
    std::string_view peer() const noexcept { return asked_->peer(); }
    /// Until when an answer is of use; cancelled when nobody wants it any more.
    coord::context context() const noexcept { return asked_->context(); }

  private:
    const request* asked_;
};

namespace detail {

template <class F>
concept asks_now = std::invocable<F&, peer_request&>;

template <class F>
class peer_handler_of_function final : public request_handler {
  public:
    explicit peer_handler_of_function(F function) : function_(std::move(function)) {}

    void handle(coord_request* owned) noexcept override {
        if constexpr (answers_later<F>) {
            hand_over(function_, owned);
        } else {
            request asked(owned);
            try {
                peer_request question(asked);
                if constexpr (std::is_void_v<std::invoke_result_t<F&, peer_request&>>) {
                    function_(question);
                    asked.succeed();
                } else {
                    respond<void>(asked, function_(question));
                }
            } catch (...) {
                asked.fail(current_failure());
            }
        }
    }

  private:
    F function_;
};

}  // namespace detail

/// Carries one kind of request to a peer of your own; made from a callable. One that takes
/// (coord::peer_request&) answers now: a get returns the value as a loader does, a set or a removal
/// nothing; what it throws is the peer's failure. One that takes (coord::request) answers now or
/// later. `unavailable`, `timed_out`, `cancelled`, `closed` and `abandoned` say that the peer was
/// not reached; any other status is what the peer's own loader said. Called concurrently.
class peer_handler {
  public:
    /// No handler.
    peer_handler() noexcept = default;
    template <class F>
    requires(!std::same_as<std::remove_cvref_t<F>, peer_handler>) peer_handler(F&& function) {
        using callable = std::decay_t<F>;
        constexpr bool fits = detail::answers_later<callable> || detail::asks_now<callable>;
        static_assert(fits,
                      "a peer's handler is called with (coord::peer_request&), "
                      "or with (coord::request)");
        if constexpr (fits)
            handler_ = std::make_unique<detail::peer_handler_of_function<callable>>(
                std::forward<F>(function));
    }

    /// Gives up what it holds; null for no handler.
    std::unique_ptr<detail::request_handler> release() && noexcept { return std::move(handler_); }

  private:
    std::unique_ptr<detail::request_handler> handler_;
};

namespace detail {

/// What a peer of your own calls; C has one user pointer for all three.
struct peer_handlers {
    std::unique_ptr<request_handler> get;
    std::unique_ptr<request_handler> set;
    std::unique_ptr<request_handler> remove;
};

inline void run_peer_get(void* user, coord_request* owned) noexcept {
    static_cast<peer_handlers*>(user)->get->handle(owned);
}
inline void run_peer_set(void* user, coord_request* owned) noexcept {
    static_cast<peer_handlers*>(user)->set->handle(owned);
}
inline void run_peer_remove(void* user, coord_request* owned) noexcept {
    static_cast<peer_handlers*>(user)->remove->handle(owned);
}

}  // namespace detail

/// How a peer of your own is made.
struct peer_options {
    /// With remove, or requests instead of both.
    peer_handler get{};
    /// Empty = it does not take values.
    peer_handler set{};
    peer_handler remove{};
    /// Instead of handlers: requests arrive here, as events with the token below.
    coord::queue* requests = nullptr;
    std::uint64_t requests_token = 0;
    /// With requests: it takes values.
    bool takes_set = false;

    /// For one C call, which takes over the handlers. May throw for want of memory.
    coord_peer_options native() && {
        auto handlers = std::make_unique<detail::peer_handlers>();
        handlers->get = std::move(get).release();
        handlers->set = std::move(set).release();
        handlers->remove = std::move(remove).release();
        coord_peer_options native{};
        native.size = sizeof native;
        if (takes_set) native.flags |= COORD_PEER_TAKES_SET;
        if (handlers->get) native.peer_get = detail::run_peer_get;
        if (handlers->set) native.peer_set = detail::run_peer_set;
        if (handlers->remove) native.peer_remove = detail::run_peer_remove;
        native.requests = requests == nullptr ? nullptr : requests->native_handle();
        native.requests_token = requests_token;
        native.user_free = [](void* user) { delete static_cast<detail::peer_handlers*>(user); };
        native.user = handlers.release();
        return native;
    }
};

}  // namespace v0
}  // namespace coord
