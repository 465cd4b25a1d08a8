// coord_peers_serve and coord_peers_serve_start, of peers.h.
#include <coord/peers.h>

#include "base/limits.hpp"
#include "capi/arguments.hpp"
#include "capi/group_calls.hpp"
#include "capi/guard.hpp"
#include "capi/http_message.hpp"
#include "capi/kinds.hpp"
#include "groupcache/serve.hpp"

using coord::error;
using coord::queue;
using coord::ref;
using coord::result;
using coord::groupcache::http_peers;
using namespace coord::capi;

namespace {

constexpr const char* component = "peers";

result<http_peers*> need_open(coord_peers* of) {
    const auto found = need<http_peers>(of);
    if (found && (*found)->is_closed()) return http_peers::closed_error();
    return found;
}

result<call> read_serve_call(const coord_call_options* given, const http_peers& by) {
    return read_call(given, by.time(), coord::limits::max_peer_wait, off::invalid, component);
}

}  // namespace

extern "C" {

coord_status coord_peers_serve(coord_peers* of,
                               const coord_http_message* message,
                               const coord_call_options* call,
                               coord_response** response,
                               coord_error** err) {
    if (response != nullptr) *response = nullptr;
    return guard(err, [&]() -> result<> {
        const auto by = need_open(of);
        if (!by) return by.error();
        if (response == nullptr) return invalid(component, "response: must not be NULL");
        const auto given = read_request(message);
        if (!given) return given.error();
        const auto how = read_serve_call(call, **by);
        if (!how) return how.error();
        const auto made =
            coord::groupcache::serve(ref<http_peers>(*by), *given, how->deadline, how->owner.get());
        if (!made) return made.error();
        *response = hand_out<coord_response>(*made);
        return {};
    });
}

coord_status coord_peers_serve_start(coord_peers* of,
                                     const coord_http_message* message,
                                     const coord_call_options* call,
                                     coord_queue* answers,
                                     uint64_t token,
                                     coord_op** op,
                                     coord_error** err) {
    if (op != nullptr) *op = nullptr;
    return guard(err, [&]() -> result<> {
        const auto by = need_open(of);
        if (!by) return by.error();
        const auto to = coord::capi::need_open(answers);
        if (!to) return to.error();
        const auto given = read_request(message);
        if (!given) return given.error();
        const auto how = read_serve_call(call, **by);
        if (!how) return how.error();
        return hand_over(
            coord::groupcache::start_serve(
                ref<http_peers>(*by), *given, how->deadline, how->owner, ref<queue>(*to), token),
            op);
    });
}
}
