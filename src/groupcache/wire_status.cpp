#include "groupcache/wire_status.hpp"

#include "base/status.hpp"

namespace coord::groupcache::wire {

coord_status status_of(std::string_view name) noexcept {
    for (coord_status one = COORD_CANCELLED; one < COORD_HOST_FAILED; ++one) {
        if (one == COORD_CLOSED || one == COORD_FORKED) continue;
        if (name == status_name(one)) return one;
    }
    return COORD_HOST_FAILED;
}

}  // namespace coord::groupcache::wire
