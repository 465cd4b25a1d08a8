// What a peers' port answers: gets from memory or by loading here, never by asking another peer;
// and removals from here alone.
#pragma once

#include "http/server.hpp"

namespace coord::groupcache {

class http_peers;

// Holds the peers until its server closes. Throws bad_alloc.
ref<http::handler> make_peer_server(ref<http_peers> of);

}  // namespace coord::groupcache
