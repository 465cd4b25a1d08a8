// result<T>: what the `try_` verbs return instead of throwing.
#pragma once

#include <coord/error.hpp>

#include <type_traits>
#include <utility>
#include <variant>

namespace coord {
inline namespace v0 {

/// A value or an error. Test it, then use `*r` or `r.error()`; or let `value()` throw the error.
template <class T>
class [[nodiscard]] result {
    using stored = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

  public:
    result() requires std::is_void_v<T>
    = default;
    result(stored value) : outcome_(std::in_place_index<0>, std::move(value)) {}
    result(coord::error why) noexcept : outcome_(std::in_place_index<1>, std::move(why)) {}

    bool has_value() const noexcept { return outcome_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    /// Only when there is a value.
    auto& operator*() & noexcept { return *std::get_if<0>(&outcome_); }
    const auto& operator*() const& noexcept { return *std::get_if<0>(&outcome_); }
    stored&& operator*() && noexcept { return std::move(*std::get_if<0>(&outcome_)); }
    auto* operator->() noexcept { return std::get_if<0>(&outcome_); }
    const auto* operator->() const noexcept { return std::get_if<0>(&outcome_); }

    /// Only when there is none.
    const coord::error& error() const noexcept { return *std::get_if<1>(&outcome_); }

    /// The value; throws the error when there is none.
    T value() && {
        if (!has_value()) throw error();
        if constexpr (!std::is_void_v<T>) return std::move(**this);
    }
    T value() const& {
        if (!has_value()) throw error();
        if constexpr (!std::is_void_v<T>) return **this;
    }

  private:
    std::variant<stored, coord::error> outcome_;
};

namespace detail {

/// Runs `body`, which gives a result<T> and may throw; nothing leaves but a result.
template <class T, class Body>
result<T> guarded(Body&& body) noexcept {
    try {
        return body();
    } catch (...) {
        return current_failure();
    }
}

/// What a C function that gives no value came to; takes over `owned`.
inline result<void> outcome(coord_status what, coord_error* owned) noexcept {
    if (what != COORD_OK) return failure(what, owned);
    return {};
}

}  // namespace detail
}  // namespace v0
}  // namespace coord
