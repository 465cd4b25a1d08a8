#include <coord/group.h>

#include <algorithm>
#include <cstring>

#include "capi/group_calls.hpp"
#include "capi/guard.hpp"

using coord::result;
using namespace coord::capi;

extern "C" {

coord_status coord_group_get_into(coord_group* of,
                                  const char* key,
                                  size_t key_len,
                                  const coord_call_options* opts,
                                  void* buffer,
                                  size_t cap,
                                  size_t* len,
                                  coord_error** err) {
    if (len != nullptr) *len = 0;
    return guard(err, [&]() -> result<> {
        if (buffer == nullptr && cap != 0) return invalid("group", "buffer: NULL with room in it");
        const auto got = blocking_get(of, key, key_len, opts);
        if (!got) return got.error();
        const auto value = (*got)->value();
        const auto fits = std::min(cap, value.size());
        if (fits != 0) std::memcpy(buffer, value.data(), fits);
        if (len != nullptr) *len = value.size();
        return {};
    });
}
}
