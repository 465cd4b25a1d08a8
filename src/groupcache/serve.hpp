// Answering a request of a peer that came to a server of the host's own, waiting for it or not.
#pragma once

#include "groupcache/served_response.hpp"
#include "runtime/operation.hpp"
#include "runtime/request.hpp"

namespace coord::groupcache {

class http_peers;

// Blocks. Throws bad_alloc with nothing begun.
result<ref<served_response>> serve(const ref<http_peers>& by,
                                   const message_view& what,
                                   time_point deadline,
                                   context* until);
// Throws bad_alloc with nothing begun.
result<ref<operation>> start_serve(const ref<http_peers>& by,
                                   const message_view& what,
                                   time_point deadline,
                                   ref<context> until,
                                   const ref<queue>& answers,
                                   std::uint64_t token);

}  // namespace coord::groupcache
