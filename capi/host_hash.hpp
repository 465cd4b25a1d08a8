// A hash of the host as the core calls it.
#pragma once

#include <coord/ring.h>

#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>

#include "runtime/host_user.hpp"

namespace coord::capi {

// Empty when there is none. Copies share `user`, which is freed with the last of them. Throws
// bad_alloc.
inline std::function<std::uint64_t(std::string_view)> host_hash(coord_hash_fn hash,
                                                                ref<host_user> user) {
    if (hash == nullptr) return {};
    return [hash, user = std::move(user)](std::string_view text) {
        return hash(user->get(), text.data() != nullptr ? text.data() : "", text.size());
    };
}

}  // namespace coord::capi
