// What the admin endpoint shows, as JSON. Numbers are named as the fields of the C API are. Bytes
// of names and urls that are no UTF-8 become U+FFFD. All of it may throw bad_alloc.
#pragma once

#include <string>
#include <string_view>

#include "groupcache/group.hpp"

namespace coord::admin {

// {"groups":["thumbs"]}
std::string groups_document(const runtime& of);
// {"group":"thumbs","gets":1,...,"main":{...},"hot":{...}}
std::string stats_document(const groupcache::group& of);
// {"owner":"http://10.0.0.1:8080","self":true}; without peers the owner is null.
std::string owner_document(const groupcache::group& of, std::string_view key);
// {"pools":[{"self":"http://...","peers":["http://..."],"stats":{...}}]}
std::string peers_document(const runtime& of);

}  // namespace coord::admin
