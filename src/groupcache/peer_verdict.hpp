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
peer_answer verdict_on_failure(const error& why);

}  // namespace coord::groupcache
