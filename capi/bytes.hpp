// coord_bytes and what it is inside: it has no handle header, only a tag of its own.
#pragma once

#include <coord/bytes.h>

#include "base/bytes.hpp"

namespace coord::capi {

inline bytes* inside_bytes(const coord_bytes* pointer) noexcept {
    auto* const found = reinterpret_cast<bytes*>(const_cast<coord_bytes*>(pointer));
    return found != nullptr && found->is_bytes() ? found : nullptr;
}

// Gives the reference to the host.
inline coord_bytes* hand_out(bytes_ref value) noexcept {
    return reinterpret_cast<coord_bytes*>(value.detach());
}

}  // namespace coord::capi
