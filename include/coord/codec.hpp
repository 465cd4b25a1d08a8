// codec<T>: how a type is turned into bytes and back; the one thing to write for a typed group.
#pragma once

#include <coord/bytes.hpp>

#include <concepts>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace coord {
inline namespace v0 {

/// Specialise it: `static std::string encode(const T&)` (or anything that converts to
/// std::string_view) and `static T decode(std::string_view)`. Both may throw.
template <class T>
struct codec;

template <>
struct codec<std::string> {
    static std::string_view encode(const std::string& text) noexcept { return text; }
    static std::string decode(std::string_view text) { return std::string(text); }
};

namespace detail {

/// A message of protobuf, or of whatever else has these two.
template <class T>
concept message = requires(T& to, const T& from, std::string* text, const char* start, int size) {
    { from.SerializeToString(text) } -> std::convertible_to<bool>;
    { to.ParseFromArray(start, size) } -> std::convertible_to<bool>;
};

template <message Message>
void parse(std::string_view text, Message& to) {
    const bool fits = text.size() <= std::numeric_limits<int>::max();
    if (!fits || !to.ParseFromArray(text.data(), static_cast<int>(text.size())))
        throw error(status::host_failed, "the value is no message of this type");
}

/// Bytes stay what they are; everything else goes through its codec.
template <class T>
T decode(bytes&& value) {
    if constexpr (std::is_same_v<T, bytes>)
        return std::move(value);
    else
        return codec<T>::decode(value.view());
}

/// The other way round.
template <class T>
decltype(auto) encode(const T& value) {
    if constexpr (std::is_same_v<T, bytes>)
        return value.view();
    else
        return codec<T>::encode(value);
}

}  // namespace detail

/// Messages of protobuf need no codec of yours.
template <detail::message Message>
struct codec<Message> {
    static std::string encode(const Message& from) {
        std::string text;
        bool done = true;
        if constexpr (requires { from.IsInitialized(); }) done = from.IsInitialized();
        if (!done || !from.SerializeToString(&text))
            throw error(status::host_failed, "the message cannot be serialized");
        return text;
    }
    static Message decode(std::string_view text) {
        Message to;
        detail::parse(text, to);
        return to;
    }
};

}  // namespace v0
}  // namespace coord
