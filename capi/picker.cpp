#include <coord/peers.h>

#include "capi/arguments.hpp"
#include "capi/guard.hpp"
#include "capi/kinds.hpp"
#include "capi/user_guard.hpp"
#include "groupcache/host_picker.hpp"

using coord::host_user;
using coord::ref;
using coord::result;
using coord::runtime;
using coord::groupcache::dialect;
using coord::groupcache::host_picker;
using coord::groupcache::host_picker_options;
using coord::groupcache::picker_handle;
using namespace coord::capi;

namespace {

constexpr const char* component = "picker";

result<> make(coord_runtime* in, const coord_picker_options* opts, coord_picker** out) {
    const auto known = known_part(opts);
    user_guard undo(known.user_free, known.user);
    const auto given = read_options(opts, component);
    if (!given) return given.error();
    const auto owner = need<runtime>(in);
    if (!owner) return owner.error();
    if (out == nullptr) return invalid(component, "picker: must not be NULL");
    if (given->flags != 0) return invalid(component, "options.flags: must be 0");
    if (given->reserved != 0) return invalid(component, "options.reserved: must be 0");
    if (given->dialect < 0 || given->dialect > COORD_DIALECT_SEED)
        return invalid(component, "options.dialect: not a COORD_DIALECT_ value");
    host_picker_options wanted;
    wanted.pick = given->pick;
    wanted.pick_all = given->pick_all;
    if (given->dialect == COORD_DIALECT_SEED) wanted.speaks = dialect::seed;
    wanted.user = ref<host_user>(new host_user(given->user, given->user_free));
    undo.taken();
    const auto made = host_picker::make(ref<runtime>(*owner), std::move(wanted));
    if (!made) return made.error();
    *out = hand_out<coord_picker>(*made);
    return {};
}

}  // namespace

extern "C" {

coord_status coord_picker_new(coord_runtime* in,
                              const coord_picker_options* opts,
                              coord_picker** out,
                              coord_error** err) {
    if (out != nullptr) *out = nullptr;
    return guard(err, [&] { return make(in, opts, out); });
}

coord_picker* coord_picker_ref(coord_picker* from) {
    return add_reference<picker_handle>(from);
}

void coord_picker_free(coord_picker* from) {
    drop_reference<picker_handle>(from);
}
}
