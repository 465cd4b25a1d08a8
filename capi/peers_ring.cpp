#include <coord/peers.h>

#include "capi/guard.hpp"
#include "capi/kinds.hpp"

using coord::ref;
using coord::result;
using coord::groupcache::http_peers;
using coord::ring::placer;
using namespace coord::capi;

extern "C" {

coord_status coord_peers_ring(coord_peers* of, coord_ring** out, coord_error** err) {
    if (out != nullptr) *out = nullptr;
    return guard(err, [&]() -> result<> {
        const auto found = need<http_peers>(of);
        if (!found) return found.error();
        if (out == nullptr) return invalid("peers", "ring: must not be NULL");
        const auto& made_with = (*found)->options();
        auto where = coord::ring::placement_of(made_with.profile);
        if (made_with.hash) where.hash = made_with.hash;
        auto copy = std::make_shared<const coord::ring::ring>((*found)->owners());
        *out = hand_out<coord_ring>(
            ref<placer>(new placer(std::move(where), made_with.replicas, std::move(copy))));
        return {};
    });
}
}
