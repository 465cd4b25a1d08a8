// A PUT of a peer: a value to be kept here.
#pragma once

#include "groupcache/group.hpp"
#include "http/server.hpp"

namespace coord::groupcache {

class http_peers;

// One that comes from a peer of the Go line leaves old copies at all others, so they are told to
// drop theirs, and the answer waits for that a while. Throws bad_alloc with nothing answered.
void answer_put(const ref<http_peers>& by,
                ref<group> of,
                std::string_view key,
                ref<http::exchange> what);

void note_long_key(http_peers& by);

}  // namespace coord::groupcache
