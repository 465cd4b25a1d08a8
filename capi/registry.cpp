#include "groupcache/registry.hpp"

#include <coord/registry.h>

#include "capi/guard.hpp"
#include "capi/kinds.hpp"
#include "capi/user_guard.hpp"

using coord::error;
using coord::host_user;
using coord::ref;
using coord::result;
using coord::runtime;
using coord::groupcache::registry;
using namespace coord::capi;

namespace {

constexpr const char* component = "runtime";

// `set` is called with the registry and the user, which it lets go of when it fails.
template <class Function, class Set>
result<> set_hook(
    coord_runtime* of, Function fn, void* user, coord_user_free_fn user_free, Set set) {
    user_guard undo(user_free, user);
    const auto found = need<runtime>(of);
    if (!found) return found.error();
    if (fn == nullptr) return invalid(component, "fn: must not be NULL");
    if ((*found)->is_closing()) return error(COORD_CLOSED, component, "the runtime was closed");
    ref<host_user> kept(new host_user(user, user_free));
    undo.taken();
    return set(*registry::of(**found), std::move(kept));
}

}  // namespace

extern "C" {

coord_status coord_runtime_set_new_group(coord_runtime* of,
                                         coord_group_fn fn,
                                         void* user,
                                         coord_user_free_fn user_free,
                                         coord_error** err) {
    return guard(err, [&] {
        return set_hook(of, fn, user, user_free, [&](registry& in, ref<host_user> kept) {
            return in.set_new_group(fn, std::move(kept));
        });
    });
}

coord_status coord_runtime_set_server_start(coord_runtime* of,
                                            coord_start_fn fn,
                                            void* user,
                                            coord_user_free_fn user_free,
                                            coord_error** err) {
    return guard(err, [&] {
        return set_hook(of, fn, user, user_free, [&](registry& in, ref<host_user> kept) {
            return in.set_server_start(fn, std::move(kept));
        });
    });
}

coord_status coord_runtime_set_picker(coord_runtime* of,
                                      coord_group_picker_fn fn,
                                      void* user,
                                      coord_user_free_fn user_free,
                                      coord_error** err) {
    return guard(err, [&] {
        return set_hook(of, fn, user, user_free, [&](registry& in, ref<host_user> kept) {
            return in.set_picker(fn, std::move(kept));
        });
    });
}
}
