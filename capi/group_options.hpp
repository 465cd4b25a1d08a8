// Making a group from what the host gave, and giving its counters back.
#pragma once

#include <coord/group.h>

#include "capi/kinds.hpp"

namespace coord::capi {

enum class when_taken { fail, give_that };

result<> make_group(coord_runtime* of,
                    const char* name,
                    std::size_t name_len,
                    const coord_group_options* opts,
                    coord_group** out,
                    when_taken how);

// A host reference of the group of that name, or null.
coord_group* found_handle(runtime& in, std::string_view name) noexcept;

coord_group_stats as_stats(const groupcache::group_counters& now) noexcept;
coord_cache_stats as_stats(const cache::counters& now) noexcept;

}  // namespace coord::capi
