// Errors for what is refused, put together without memory: their status stays right when memory is
// short.
#pragma once

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <string_view>
#include <utility>

#include "base/error.hpp"

namespace coord::capi {

// What is beyond 160 bytes is cut off.
template <class... Args>
error refusal(coord_status status,
              const char* component,
              fmt::format_string<Args...> form,
              Args&&... args) {
    std::array<char, 160> text;
    const auto end = fmt::format_to_n(text.data(), text.size(), form, std::forward<Args>(args)...);
    return {status, component, std::string_view(text.data(), std::min(end.size, text.size()))};
}

inline error invalid(const char* component, std::string_view message) noexcept {
    return {COORD_INVALID_ARGUMENT, component, message};
}

}  // namespace coord::capi
