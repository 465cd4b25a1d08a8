// Replies to peers that carry no value: failures as each dialect words them.
#pragma once

#include <string_view>

#include "base/error.hpp"
#include "groupcache/peer_client.hpp"
#include "http/message.hpp"

// Each may throw bad_alloc.
namespace coord::groupcache::peer_reply {

// A group that gave no value.
http::reply failed(const error& why, dialect in);
http::reply no_such_group(std::string_view name, dialect in);
// The path of a target has no second part.
http::reply no_key(dialect in);
http::reply bad_escape();
http::reply elsewhere();  // not below the base path
http::reply key_too_long(std::size_t limit);
http::reply other_method();
http::reply may_not_remove();
http::reply removed();

}  // namespace coord::groupcache::peer_reply
