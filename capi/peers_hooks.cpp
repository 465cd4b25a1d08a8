#include "capi/peers_hooks.hpp"

#include <array>

#include "capi/arguments.hpp"
#include "capi/kinds.hpp"
#include "capi/operations.hpp"

namespace coord::capi {
namespace {

constexpr const char* component = "peers";
constexpr std::uint32_t all_hooks =
    COORD_PEERS_EXCHANGE | COORD_PEERS_ACCEPT | COORD_PEERS_SERVER_ERROR;

struct hook {
    const char* name;
    std::uint32_t flag;
    coord_request_fn call;
    host_handler& to;
};

result<ref<queue>> read_queue(const coord_peers_options& given) {
    const bool has_flags = (given.flags & all_hooks) != 0;
    if (given.requests == nullptr && has_flags)
        return invalid(component, "options.flags: a kind for requests, but requests is NULL");
    if (given.requests == nullptr) return ref<queue>();
    if (!has_flags)
        return invalid(component, "options.requests: no flag says which kinds arrive there");
    return read_requests_queue(given.requests);
}

}  // namespace

result<> read_hooks(const coord_peers_options& given,
                    const ref<host_user>& user,
                    groupcache::peers_options& wanted) {
    const auto requests = read_queue(given);
    if (!requests) return requests.error();
    const std::array<hook, 3> hooks = {
        hook{"exchange", COORD_PEERS_EXCHANGE, given.exchange, wanted.exchange},
        hook{"accept", COORD_PEERS_ACCEPT, given.accept, wanted.accept},
        hook{"server_error", COORD_PEERS_SERVER_ERROR, given.server_error, wanted.server_error},
    };
    for (const auto& [name, flag, call, to] : hooks) {
        const bool is_event = (given.flags & flag) != 0;
        if (is_event && call != nullptr)
            return refusal(COORD_INVALID_ARGUMENT,
                           component,
                           "options.{}: flags say that its requests are events",
                           name);
        to.call = call;
        to.user = user->get();
        if (is_event) to.requests = requests->get();
        to.token = given.requests_token;
    }
    wanted.requests = *requests;
    wanted.user = user;
    return {};
}

}  // namespace coord::capi
