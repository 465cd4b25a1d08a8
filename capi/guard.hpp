// The edge between C and C++: every entry runs inside guard(), the project's only try/catch.
#pragma once

#include <coord/error.h>

#include <new>
#include <utility>

#include "base/result.hpp"

namespace coord::capi {

// Gives `why` to the host: its status as the result, the rest through err.
inline coord_status report(error why, coord_error** err) noexcept {
    const auto status = why.status();
    if (err != nullptr)
        *err = reinterpret_cast<coord_error*>(const_cast<error_info*>(why.release()));
    return status;
}

// Runs `body`, which gives a result<>. *err is NULL on success.
template <class Body>
coord_status guard(coord_error** err, Body body) noexcept {
    if (err != nullptr) *err = nullptr;
    try {
        result<> outcome = body();
        return outcome ? COORD_OK : report(outcome.error(), err);
    } catch (const std::bad_alloc&) {
        return COORD_NO_MEMORY;
    } catch (const std::exception& failure) {
        return report(error(COORD_INTERNAL, "coord", failure.what()), err);
    }
}

}  // namespace coord::capi
