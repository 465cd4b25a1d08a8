// The one place of the program that catches.
#pragma once

#include <utility>

namespace coord::cli {

// Runs `body`; a Known that it throws goes to `handle`, everything else passes.
template <class Known, class Body, class Handle>
void catching(Body&& body, Handle&& handle) {
    try {
        std::forward<Body>(body)();
    } catch (const Known& what) {
        std::forward<Handle>(handle)(what);
    }
}

}  // namespace coord::cli
