// codec<T>: how a type is turned into bytes and back; the one thing to write for a typed group.
#pragma once

#include <coord/bytes.hpp>

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

/// Bytes stay what they are; everything else goes through its codec.
template <class T>
T decode(bytes&& value) {
    if constexpr (std::is_same_v<T, bytes>)
        return std::move(value);
    else
        return codec<T>::decode(value.view());
}

}  // namespace detail
}  // namespace v0
}  // namespace coord
