// For code that must not throw but has to allocate: requests are handled on threads of ours, where
// nobody could catch.
#pragma once

#include <new>

namespace coord {

// False when memory ran short inside `body`.
template <class Body>
[[nodiscard]] bool protect(Body&& body) noexcept {
    try {
        body();
        return true;
    } catch (const std::bad_alloc&) {
        return false;
    }
}

}  // namespace coord
