// COORD_ASSERT: for defects of our own, in all builds. Never for user input or bytes from outside.
#pragma once

namespace coord {
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line) noexcept;
}

#define COORD_ASSERT(condition) \
    ((condition) ? static_cast<void>(0) : ::coord::assertion_failed(#condition, __FILE__, __LINE__))
