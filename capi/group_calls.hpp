// What the verbs of a group check alike, whichever file they are in.
#pragma once

#include <coord/group.h>

#include <string_view>

#include "capi/arguments.hpp"
#include "capi/kinds.hpp"
#include "capi/operations.hpp"

namespace coord::capi {

result<std::string_view> read_key(const char* key, std::size_t size);
// The object behind the handle, or why nothing can be begun with it.
result<groupcache::group*> need_open(coord_group* pointer);
groupcache::group::counted counted_by(const call& how) noexcept;
// A get that waits, with its arguments as the host gave them.
result<bytes_ref> blocking_get(coord_group* of,
                               const char* key,
                               std::size_t key_len,
                               const coord_call_options* opts,
                               groupcache::asked_by from = groupcache::asked_by::here);

// What a get was asked with.
struct get_arguments {
    coord_group* of;
    const char* key;
    std::size_t key_len;
    const coord_call_options* opts;
};
result<> start_get(const get_arguments& given,
                   coord_queue* answers,
                   std::uint64_t token,
                   coord_op** op,
                   groupcache::asked_by from);
// The value of a set, as an entry of the group that no store has.
result<groupcache::new_value> read_value(const groupcache::group& of,
                                         std::string_view key,
                                         std::string_view value,
                                         const value_terms& terms);

}  // namespace coord::capi
