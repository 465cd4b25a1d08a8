// Loaders: any callable that gives the value of a key, made fit for the C API.
//
// No exception leaves a loader: a coord::error keeps its status, anything else becomes
// `host_failed` with its what().
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

class load_handler {
  public:
    load_handler() noexcept = default;
    load_handler(const load_handler&) = delete;
    load_handler& operator=(const load_handler&) = delete;
    virtual ~load_handler() = default;
    virtual void handle(coord_request* owned) noexcept = 0;
};

inline void run_loader(void* user, coord_request* owned) noexcept {
    static_cast<load_handler*>(user)->handle(owned);
}
inline void free_loader(void* user) noexcept {
    delete static_cast<load_handler*>(user);
}

template <class Value>
struct is_answer : std::false_type {};
template <class Value>
struct is_answer<answer<Value>> : std::true_type {};

/// Succeeds with what a loader returned. T is void where values are bytes.
template <class T, class Returned>
void respond(request& asked, const Returned& returned, const value_options& keep = {}) {
    if constexpr (is_answer<Returned>::value)
        respond<T>(asked, returned.value, returned.keep);
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

template <class T, class F>
class loader_of_function final : public load_handler {
  public:
    explicit loader_of_function(F function) : function_(std::move(function)) {}

    void handle(coord_request* owned) noexcept override {
        if constexpr (answers_later<F>) {
            unanswered home;
            try {
                function_(request(owned, home));
                coord_request_free(home.request);
            } catch (...) {
                request(home.request).fail(current_failure());
            }
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

    /// Enters the loader into the C options, which own it from then on.
    template <class NativeOptions>
    void move_into(NativeOptions& native) && noexcept {
        if (!handler_) return;
        native.load = detail::run_loader;
        native.user = handler_.release();
        native.user_free = detail::free_loader;
    }

  private:
    std::unique_ptr<detail::load_handler> handler_;
};

/// A loader of plain bytes: what it returns converts to std::string_view.
using loader = loader_for<void>;

}  // namespace v0
}  // namespace coord
