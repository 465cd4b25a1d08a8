// What a peers' port answers, or a server of the host's own that these requests come to: gets from
// memory or by loading here, never by asking another peer; sets and removals here alone.
#pragma once

#include "http/server.hpp"
#include "runtime/host_user.hpp"

namespace coord::groupcache {

class http_peers;

// Holds the peers until its server closes. Throws bad_alloc.
ref<http::handler> make_peer_server(ref<http_peers> of);

// --- for the host's accept, which comes first
// `sender`: what the host attached, if anything.
void serve_accepted(const ref<http_peers>& by,
                    ref<http::exchange> what,
                    ref<host_user> sender) noexcept;
void turn_away(const ref<http_peers>& by, ref<http::exchange> what, const error& why) noexcept;

}  // namespace coord::groupcache
