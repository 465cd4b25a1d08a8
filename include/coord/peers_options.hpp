// How the peers of a cluster are made, in C++.
#pragma once

#include <coord/dialect.hpp>
#include <coord/http_requests.hpp>
#include <coord/peers.h>
#include <coord/queue.hpp>
#include <coord/ring.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

namespace coord {
inline namespace v0 {

/// How peers are made; zero and empty = the default of each. The C header peers.h tells each field
/// in full.
struct peers_options {
    /// "127.0.0.1:8080", "[::1]:0"; port 0 = any. Empty = does not serve, only asks.
    std::string_view listen{};
    /// This process as it stands in the list; empty = "http://" and what it listens on.
    std::string_view self_url{};
    /// Urls of all peers, this one too, separated by commas or white space; empty = every key is
    /// loaded here.
    std::string_view list{};
    /// The same on all peers, as the next three; empty = "/_groupcache/".
    std::string_view base_path{};
    ring_profile ring = ring_profile::v2_fnv1_md5;
    std::uint32_t replicas = 0;
    /// Instead of the profile's hash, which keeps its labels; empty = the profile's.
    ring_hash hash{};
    coord::dialect dialect = coord::dialect::mailgun;
    /// Listen beyond loopback, where anybody can read, load, set and remove.
    bool allow_insecure_bind = false;
    /// Peers may neither set nor remove.
    bool refuse_writes = false;
    /// Sends a checksum with each value, which libcoord peers check.
    bool crc = false;
    std::uint32_t max_connections = 0;
    std::uint64_t max_value_bytes = 0;
    std::uint32_t max_key_bytes = 0;
    /// Of one request to a peer; zero = as long as the caller waits.
    std::chrono::nanoseconds request_timeout{0};
    /// Before each request to a peer: adds headers, or is the whole exchange. Urls may then be
    /// https.
    exchange_hook exchange{};
    /// Before each request of a peer is served: refuses it, or attaches a value for the loader.
    accept_hook accept{};
    /// Before a request of a peer is answered with an error: answers otherwise.
    server_error_hook server_error{};
    /// Instead of hooks, for the kinds below: requests arrive here, as events with this token.
    coord::queue* requests = nullptr;
    std::uint64_t requests_token = 0;
    bool exchanges_to_requests = false;
    bool accepts_to_requests = false;
    bool server_errors_to_requests = false;

    /// For one C call, which takes over hash and hooks. May throw for want of memory.
    coord_peers_options native() && {
        auto its_hash = std::make_unique<ring_hash>(std::move(hash));
        auto hooks = std::make_unique<detail::http_hooks>(
            detail::http_hooks{std::move(exchange), std::move(accept), std::move(server_error)});
        coord_peers_options native{};
        native.size = sizeof native;
        native.flags = flags();
        enter_texts(native);
        native.ring_profile = static_cast<std::int32_t>(ring);
        native.ring_replicas = replicas;
        native.dialect = static_cast<std::int32_t>(dialect);
        native.max_connections = max_connections;
        native.max_value_bytes = max_value_bytes;
        native.max_key_bytes = max_key_bytes;
        native.request_timeout_ns = request_timeout.count();
        native.requests = requests == nullptr ? nullptr : requests->native_handle();
        native.requests_token = requests_token;
        detail::enter_hash(native, std::move(its_hash));
        if (hooks->exchange) native.exchange = detail::run_exchange;
        if (hooks->accept) native.accept = detail::run_accept;
        if (hooks->server_error) native.server_error = detail::run_server_error;
        native.user_free = [](void* user) { delete static_cast<detail::http_hooks*>(user); };
        native.user = hooks.release();
        return native;
    }

  private:
    std::uint32_t flags() const noexcept {
        std::uint32_t flags = 0;
        if (allow_insecure_bind) flags |= COORD_PEERS_ALLOW_INSECURE_BIND;
        if (refuse_writes) flags |= COORD_PEERS_REFUSE_WRITES;
        if (crc) flags |= COORD_PEERS_CRC;
        if (exchanges_to_requests) flags |= COORD_PEERS_EXCHANGE;
        if (accepts_to_requests) flags |= COORD_PEERS_ACCEPT;
        if (server_errors_to_requests) flags |= COORD_PEERS_SERVER_ERROR;
        return flags;
    }
    void enter_texts(coord_peers_options& native) const noexcept {
        const auto start = [](std::string_view text) {
            return text.empty() ? nullptr : text.data();
        };
        native.listen = start(listen);
        native.listen_len = listen.size();
        native.self_url = start(self_url);
        native.self_url_len = self_url.size();
        native.list = start(list);
        native.list_len = list.size();
        native.base_path = start(base_path);
        native.base_path_len = base_path.size();
    }
};

}  // namespace v0
}  // namespace coord
