#include "groupcache/accept_hook.hpp"

#include <utility>

#include "groupcache/http_peers.hpp"
#include "groupcache/peer_server.hpp"

namespace coord::groupcache {

void accept_hook::ask(ref<http_peers> by, ref<http::exchange> about) {
    const auto& whom = by->options().accept;
    const ref<accept_hook> made(new accept_hook(std::move(by), std::move(about)));
    made->peer_hook::ask(whom);
}

result<> accept_hook::set_user(ref<host_user> sender) noexcept {
    sender_ = std::move(sender);
    return {};
}

void accept_hook::answered(result<> outcome, ended_by who, ref<http::exchange> about) noexcept {
    if (outcome) return serve_accepted(by(), std::move(about), std::move(sender_));
    if (who == ended_by::host) return turn_away(by(), std::move(about), outcome.error());
    // That the host did not answer is no fault of the peer's.
    turn_away(
        by(),
        std::move(about),
        error(COORD_UNAVAILABLE, "peers", outcome.error().message()).because(outcome.error()));
}

}  // namespace coord::groupcache
