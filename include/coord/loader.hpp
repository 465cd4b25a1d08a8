// Loaders, and what decides about failures of peers: callables made fit for the C API.
//
// No exception leaves them: a coord::error keeps its status, anything else becomes `host_failed`
// with its what().
#pragma once

#include <coord/codec.hpp>
#include <coord/context.hpp>
#include <coord/request.hpp>
#include <coord/result.hpp>

#include <concepts>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

namespace coord {
inline namespace v0 {
namespace detail {

class request_handler {
  public:
    request_handler() noexcept = default;
    request_handler(const request_handler&) = delete;
    request_handler& operator=(const request_handler&) = delete;
    virtual ~request_handler() = default;
    virtual void handle(coord_request* owned) noexcept = 0;

    /// The second one of a group: C has one user pointer for both.
    std::unique_ptr<request_handler> beside;
};

inline void run_handler(void* user, coord_request* owned) noexcept {
    static_cast<request_handler*>(user)->handle(owned);
}
inline void run_handler_beside(void* user, coord_request* owned) noexcept {
    static_cast<request_handler*>(user)->beside->handle(owned);
}
inline void free_handler(void* user) noexcept {
    delete static_cast<request_handler*>(user);
}

template <class Value>
struct is_answer : std::false_type {};
template <class Value>
struct is_answer<answer<Value>> : std::true_type {};

/// Succeeds with what a loader returned. T is void where values are bytes; coord::bytes are not
/// copied.
template <class T, class Returned>
void respond(request& asked, const Returned& returned, const value_options& keep = {}) {
    constexpr bool is_bytes = std::is_same_v<Returned, bytes>;
    if constexpr (is_answer<Returned>::value)
        respond<T>(asked, returned.value, returned.keep);
    else if constexpr (is_bytes && (std::is_void_v<T> || std::is_same_v<T, bytes>))
        asked.succeed(returned, keep);
    else if constexpr (std::is_void_v<T> && message<Returned>)
        asked.succeed(bytes::adopt(codec<Returned>::encode(returned)), keep);
    else if constexpr (std::is_void_v<T>)
        asked.succeed(std::string_view(returned), keep);
    else if constexpr (std::is_same_v<T, Returned>)
        asked.succeed(std::string_view(codec<T>::encode(returned)), keep);
    else
        asked.succeed(std::string_view(codec<T>::encode(T(returned))), keep);
}

template <class F>
concept answers_later = std::invocable<F&, request>;
template <class F>
concept answers_now = std::invocable<F&, std::string_view, const context&>;

template <class F>
concept judges_now = std::predicate<F&, const error&>;

/// Hands a request over. What was not passed on when the function throws, fails.
template <class F>
void hand_over(F& function, coord_request* owned) noexcept {
    unanswered home;
    try {
        function(request(owned, home));
        coord_request_free(home.request);
    } catch (...) {
        request(home.request).fail(current_failure());
    }
}

template <class T, class F>
class loader_of_function final : public request_handler {
  public:
    explicit loader_of_function(F function) : function_(std::move(function)) {}

    void handle(coord_request* owned) noexcept override {
        if constexpr (answers_later<F>) {
            hand_over(function_, owned);
        } else {
            request asked(owned);
            try {
                const auto work = asked.context();
                respond<T>(asked, function_(asked.key(), work));
            } catch (...) {
                asked.fail(current_failure());
            }
        }
    }

  private:
    F function_;
};

template <class F>
class judge_of_function final : public request_handler {
  public:
    explicit judge_of_function(F function) : function_(std::move(function)) {}

    void handle(coord_request* owned) noexcept override {
        if constexpr (answers_later<F>) {
            hand_over(function_, owned);
        } else {
            request asked(owned);
            try {
                const auto why = asked.error().value();
                if (function_(why))
                    asked.load_here();
                else
                    asked.fail(why);
            } catch (...) {
                asked.fail(current_failure());
            }
        }
    }

  private:
    F function_;
};

}  // namespace detail

/// Holds a loader for values of type T (bytes when T is void), made from a callable. One that takes
/// (std::string_view key, const coord::context&) returns the value, or a coord::answer with it, or
/// throws. One that takes (coord::request) answers it now or later. Called concurrently for
/// different keys. It may own what cannot be copied.
template <class T>
class loader_for {
  public:
    /// No loader.
    loader_for() noexcept = default;
    template <class F>
    requires(!std::same_as<std::remove_cvref_t<F>, loader_for>) loader_for(F&& function) {
        using callable = std::decay_t<F>;
        constexpr bool fits = detail::answers_later<callable> || detail::answers_now<callable>;
        static_assert(fits,
                      "a loader is called with (std::string_view key, const coord::context&), "
                      "or with (coord::request)");
        if constexpr (fits)
            handler_ = std::make_unique<detail::loader_of_function<T, callable>>(
                std::forward<F>(function));
    }

    /// Gives up what it holds; null for no loader.
    std::unique_ptr<detail::request_handler> release() && noexcept { return std::move(handler_); }

  private:
    std::unique_ptr<detail::request_handler> handler_;
};

/// A loader of plain bytes: it returns what converts to std::string_view, coord::bytes, which are
/// then kept without a copy, or a protobuf message.
using loader = loader_for<void>;

/// Decides what becomes of a get whose owner gave no value; made from a callable. One that takes
/// (const coord::error&) returns true to load the value here and false to give the callers that
/// error, or throws the one they are to get. One that takes (coord::request) decides now or later.
/// Called concurrently for different keys.
class peer_error_handler {
  public:
    /// By the dialect.
    peer_error_handler() noexcept = default;
    template <class F>
    requires(!std::same_as<std::remove_cvref_t<F>, peer_error_handler>)
        peer_error_handler(F&& function) {
        using callable = std::decay_t<F>;
        constexpr bool fits = detail::answers_later<callable> || detail::judges_now<callable>;
        static_assert(fits,
                      "a peer_error is called with (const coord::error&) and returns a bool, "
                      "or with (coord::request)");
        if constexpr (fits)
            handler_ =
                std::make_unique<detail::judge_of_function<callable>>(std::forward<F>(function));
    }

    /// Gives up what it holds; null for the default.
    std::unique_ptr<detail::request_handler> release() && noexcept { return std::move(handler_); }

  private:
    std::unique_ptr<detail::request_handler> handler_;
};

namespace detail {

/// Enters what a group calls into the C options, which own it from then on.
template <class NativeOptions>
void enter_handlers(NativeOptions& native,
                    std::unique_ptr<request_handler> load,
                    std::unique_ptr<request_handler> peer_error) noexcept {
    if (!load && !peer_error) return;
    native.user_free = free_handler;
    if (load) {
        native.load = run_handler;
        if (peer_error) native.peer_error = run_handler_beside;
        load->beside = std::move(peer_error);
        native.user = load.release();
    } else {
        native.peer_error = run_handler;
        native.user = peer_error.release();
    }
}

}  // namespace detail

}  // namespace v0
}  // namespace coord
