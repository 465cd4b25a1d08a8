// What a sanitizer cannot bear.
#pragma once

namespace coord::testing {

// UBSan's runtime looks at memory through a pipe: with no descriptor left it takes every object for
// a wrong one.
#if defined(__has_feature)
#if __has_feature(undefined_behavior_sanitizer)
#define COORD_TEST_UBSAN 1
#endif
#endif
#ifdef COORD_TEST_UBSAN
inline constexpr bool checker_needs_descriptors = true;
#else
inline constexpr bool checker_needs_descriptors = false;
#endif

}  // namespace coord::testing
