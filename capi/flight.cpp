#include <coord/flight.h>

#include "base/limits.hpp"
#include "capi/arguments.hpp"
#include "capi/bytes.hpp"
#include "capi/group_calls.hpp"
#include "capi/guard.hpp"
#include "capi/kinds.hpp"
#include "capi/user_guard.hpp"

using coord::error;
using coord::queue;
using coord::ref;
using coord::result;
using coord::runtime;
using coord::groupcache::flight_handle;
using coord::groupcache::group_options;
using namespace coord::capi;

namespace {

constexpr const char* component = "flight";

result<> read_loader(const coord_flight_options& given, group_options& wanted) {
    if ((given.load != nullptr) == (given.requests != nullptr))
        return invalid(component, "options: set either load or requests");
    wanted.load = given.load;
    wanted.user = given.user;
    wanted.requests_token = given.requests_token;
    if (given.requests == nullptr) return {};
    auto requests = read_requests_queue(given.requests);
    if (!requests) return requests.error();
    wanted.requests = std::move(*requests);
    return {};
}

result<group_options> read(const coord_flight_options& given) {
    if (given.flags != 0) return invalid(component, "options.flags: must be 0");
    if (given.load_timeout_ns < 0)
        return invalid(component, "options.load_timeout_ns: must not be negative");
    if (given.on_abandoned < 0 || given.on_abandoned > COORD_ON_ABANDONED_CANCEL)
        return invalid(component, "options.on_abandoned: not a COORD_ON_ABANDONED_ value");
    group_options wanted;
    if (given.load_timeout_ns != 0) wanted.load_timeout = coord::duration(given.load_timeout_ns);
    if (given.max_loads != 0) wanted.max_loads = given.max_loads;
    if (given.on_abandoned == COORD_ON_ABANDONED_CANCEL)
        wanted.abandoned = coord::groupcache::on_abandoned::cancel;
    if (auto loader = read_loader(given, wanted); !loader) return loader.error();
    return wanted;
}

result<> make(coord_runtime* of, const coord_flight_options* opts, coord_flight** out) {
    // Unless the flight takes it over, user is freed here.
    const auto known = known_part(opts);
    user_guard undo(known.user_free, known.user);
    const auto owner = need<runtime>(of);
    if (!owner) return owner.error();
    if (out == nullptr) return invalid(component, "flight: must not be NULL");
    if (opts == nullptr) return invalid(component, "options: must not be NULL");
    const auto given = read_options(opts, component);
    if (!given) return given.error();
    auto wanted = read(*given);
    if (!wanted) return wanted.error();
    wanted->user_free = given->user_free;
    const auto made = flight_handle::make(ref<runtime>(*owner), std::move(*wanted));
    if (!made) return made.error();
    undo.taken();
    *out = hand_out<coord_flight>(*made);
    return {};
}

// What a get was given, checked.
struct asked {
    ref<flight_handle> in;
    std::string_view key;
    call how;
};

result<asked> read_get(coord_flight* of,
                       const char* key,
                       std::size_t key_len,
                       const coord_call_options* opts) {
    const auto found = need<flight_handle>(of);
    if (!found) return found.error();
    auto& loads = (*found)->loads();
    if (loads.is_closed()) return error(COORD_CLOSED, component, "the runtime was closed");
    const auto text = read_text(key, key_len, coord::limits::max_key_bytes, component, "key");
    if (!text) return text.error();
    const auto how = read_call(opts, loads.time(), coord::duration::max(), off::invalid, component);
    if (!how) return how.error();
    return asked{ref<flight_handle>(*found), *text, *how};
}

result<> get(coord_flight* of,
             const char* key,
             std::size_t key_len,
             const coord_call_options* opts,
             coord_bytes** value) {
    const auto given = read_get(of, key, key_len, opts);
    if (!given) return given.error();
    if (value == nullptr) return invalid(component, "value: must not be NULL");
    if (given->in->is_locked_by_this_thread())
        return error(COORD_WOULD_DEADLOCK,
                     component,
                     "this thread is inside coord_flight_lock; use coord_flight_get_start");
    auto got = given->in->loads().get(
        given->key, given->how.deadline, given->how.owner.get(), counted_by(given->how));
    if (!got) return got.error();
    *value = hand_out(std::move(*got));
    return {};
}

result<> start_get(coord_flight* of,
                   const char* key,
                   std::size_t key_len,
                   const coord_call_options* opts,
                   ref<queue> answers,
                   std::uint64_t token,
                   coord_op** op) {
    const auto given = read_get(of, key, key_len, opts);
    if (!given) return given.error();
    const auto& how = given->how;
    return hand_over(
        given->in->loads().start_get(
            given->key, how.deadline, how.owner, std::move(answers), token, counted_by(how)),
        op);
}

}  // namespace

extern "C" {

coord_status coord_flight_new(coord_runtime* of,
                              const coord_flight_options* opts,
                              coord_flight** out,
                              coord_error** err) {
    if (out != nullptr) *out = nullptr;
    return guard(err, [&] { return make(of, opts, out); });
}

void coord_flight_free(coord_flight* from) {
    drop_reference<flight_handle>(from);
}

coord_status coord_flight_get(coord_flight* of,
                              const char* key,
                              size_t key_len,
                              const coord_call_options* call,
                              coord_bytes** value,
                              coord_error** err) {
    if (value != nullptr) *value = nullptr;
    return guard(err, [&] { return get(of, key, key_len, call, value); });
}

coord_status coord_flight_get_start(coord_flight* of,
                                    const char* key,
                                    size_t key_len,
                                    const coord_call_options* call,
                                    coord_queue* answers,
                                    uint64_t token,
                                    coord_op** op,
                                    coord_error** err) {
    if (op != nullptr) *op = nullptr;
    return guard(err, [&]() -> result<> {
        const auto found = need<flight_handle>(of);
        if (!found) return found.error();
        const auto to = need_open(answers);
        if (!to) return to.error();
        return start_get(of, key, key_len, call, ref<queue>(*to), token, op);
    });
}

coord_status coord_flight_lock(coord_flight* of,
                               coord_flight_fn fn,
                               void* user,
                               coord_error** err) {
    return guard(err, [&]() -> result<> {
        const auto found = need<flight_handle>(of);
        if (!found) return found.error();
        if (fn == nullptr) return invalid(component, "fn: must not be NULL");
        (*found)->lock([&] { fn(user); });
        return {};
    });
}
}
