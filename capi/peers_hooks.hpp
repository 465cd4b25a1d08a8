// The hooks among the options of peers.
#pragma once

#include <coord/peers.h>

#include "groupcache/http_peers.hpp"

namespace coord::capi {

// `user` is what the callbacks are handed. Throws bad_alloc.
result<> read_hooks(const coord_peers_options& given,
                    const ref<host_user>& user,
                    groupcache::peers_options& wanted);

}  // namespace coord::capi
