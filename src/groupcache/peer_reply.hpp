// Replies to peers that carry no value: failures as each dialect words them.
#pragma once

#include <string_view>

#include "base/error.hpp"
#include "groupcache/peer_client.hpp"
#include "http/message.hpp"

// Each may throw bad_alloc.
namespace coord::groupcache::peer_reply {

// What the peer is told, and what the host is, should it have other words for it.
struct failure {
    http::reply usual;
    error why;
};

// A group that gave no value.
failure failed(const error& why, std::string_view group, std::string_view key, dialect in);
failure no_such_group(std::string_view name, dialect in);
// The path of a target has no second part.
failure no_key(dialect in);
failure bad_escape();
failure elsewhere();  // not below the base path
failure key_too_long(std::size_t limit);
failure no_set_request();  // the body of a PUT
failure other_key();       // than in the path
failure too_large(std::string_view text);
failure other_method();
failure may_not_write();
// The host did not accept the request.
failure not_accepted(const error& why);
http::reply done();

}  // namespace coord::groupcache::peer_reply
