// What a peer's reply means, by the dialect.
#pragma once

#include "groupcache/peer_client.hpp"

namespace coord::groupcache {

struct judged_by {
    const peer_terms& terms;
    const std::string& url;  // of the peer
    std::string_view group;
    std::string_view key;
    std::int64_t asked_unix_ns;  // when the question was put
};

// Each may throw bad_alloc.
peer_answer verdict_on_get(const http::response& what, const judged_by& by);
peer_answer verdict_on_remove(const http::response& what, const judged_by& by);
// COORD_UNSUPPORTED, refused: the peer takes no values.
peer_answer verdict_on_set(const http::response& what, const judged_by& by);
// Of one that did not say that it takes values.
peer_answer verdict_on_probe(const http::response& what, const judged_by& by);
// What the client says.
peer_answer verdict_on_failure(const error& why, const judged_by& by);
// What the hook says, before anything was sent.
peer_answer verdict_on_unsent(const error& why, peer_answer::fault as, const judged_by& by);

}  // namespace coord::groupcache
