// Peers in C++: the other processes of a cluster, over HTTP.
#pragma once

#include <coord/bytes.hpp>
#include <coord/peers.h>
#include <coord/result.hpp>
#include <coord/ring.hpp>
#include <coord/runtime.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coord {
inline namespace v0 {

/// How failures look on the wire, and what they mean when they come back.
enum class dialect : std::int32_t {
    /// Callers get what the owner's loader failed with; the value is loaded here only when the
    /// owner cannot be reached.
    mailgun = COORD_DIALECT_MAILGUN,
    /// The value is loaded here whatever the owner's failure.
    seed = COORD_DIALECT_SEED,
};

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
    /// The same on all peers, as the next two; empty = "/_groupcache/".
    std::string_view base_path{};
    ring_profile ring = ring_profile::v2_fnv1_md5;
    std::uint32_t replicas = 0;
    coord::dialect dialect = coord::dialect::mailgun;
    /// Listen beyond loopback, where anybody can read, load and remove.
    bool allow_insecure_bind = false;
    /// Peers may not remove.
    bool refuse_writes = false;
    /// Sends a checksum with each value, which libcoord peers check.
    bool crc = false;
    std::uint32_t max_connections = 0;
    std::uint64_t max_value_bytes = 0;
    std::uint32_t max_key_bytes = 0;

    coord_peers_options native() const noexcept {
        const auto start = [](std::string_view text) {
            return text.empty() ? nullptr : text.data();
        };
        coord_peers_options native{};
        native.size = sizeof native;
        if (allow_insecure_bind) native.flags |= COORD_PEERS_ALLOW_INSECURE_BIND;
        if (refuse_writes) native.flags |= COORD_PEERS_REFUSE_WRITES;
        if (crc) native.flags |= COORD_PEERS_CRC;
        native.listen = start(listen);
        native.listen_len = listen.size();
        native.self_url = start(self_url);
        native.self_url_len = self_url.size();
        native.list = start(list);
        native.list_len = list.size();
        native.base_path = start(base_path);
        native.base_path_len = base_path.size();
        native.ring_profile = static_cast<std::int32_t>(ring);
        native.ring_replicas = replicas;
        native.dialect = static_cast<std::int32_t>(dialect);
        native.max_connections = max_connections;
        native.max_value_bytes = max_value_bytes;
        native.max_key_bytes = max_key_bytes;
        return native;
    }
};

using peers_stats = coord_peers_stats;

/// This process's place in a cluster: a list of peers, who owns which key, and the port where the
/// others ask. Give it to groups; they keep it. Copies are the same peers. Safe from any thread.
class peers {
  public:
    /// In the process-wide runtime, or in one of yours. Begins to listen; peers that are not up yet
    /// are no error.
    explicit peers(const peers_options& options = {}) : peers(detail::default_runtime(), options) {}
    explicit peers(const runtime& owner, const peers_options& options = {})
        : peers(owner.native_handle(), options) {}
    peers(const peers& other) noexcept : handle_(coord_peers_ref(other.native_handle())) {}
    peers(peers&&) noexcept = default;
    peers& operator=(peers other) noexcept {
        handle_ = std::move(other.handle_);
        return *this;
    }
    ~peers() = default;

    /// Replaces the list: urls separated by commas or white space. On failure the old one stays.
    void set(std::string_view list) {
        coord_error* err = nullptr;
        detail::check(coord_peers_set(native_handle(), list.data(), list.size(), &err), err);
    }
    /// The list as it is now, one url per line.
    std::string list() const {
        coord_bytes* text = nullptr;
        coord_error* err = nullptr;
        detail::check(coord_peers_list(native_handle(), &text, &err), err);
        return bytes(text).str();
    }
    /// Who owns a key, this process included, as it stands in the list; nothing when that is empty.
    std::optional<std::string> owner(std::string_view key) const {
        coord_bytes* url = nullptr;
        coord_error* err = nullptr;
        const auto what = coord_peers_owner(native_handle(), key.data(), key.size(), &url, &err);
        if (what == COORD_NOT_FOUND) {
            coord_error_free(err);
            return std::nullopt;
        }
        detail::check(what, err);
        return bytes(url).str();
    }
    /// This process's own url, with the real port; empty when it has none. Valid as long as this
    /// object, or a copy of it, lives.
    std::string_view self_url() const noexcept {
        std::size_t size = 0;
        const auto* url = coord_peers_self_url(native_handle(), &size);
        return {url, size};
    }
    peers_stats stats() const {
        peers_stats stats{};
        stats.size = sizeof stats;
        coord_error* err = nullptr;
        detail::check(coord_peers_stats_read(native_handle(), &stats, &err), err);
        return stats;
    }

    /// Leaves the cluster: answers requests under way until the deadline (10 s), then cuts. Blocks.
    /// Groups go on by themselves.
    void close(const call_options& call = {}) { try_close(call).value(); }
    result<void> try_close(const call_options& call = {}) noexcept {
        const auto native = call.native();
        coord_error* err = nullptr;
        const auto what = coord_peers_close(native_handle(), &native, &err);
        return detail::outcome(what, err);
    }

    /// BORROWED.
    coord_peers* native_handle() const noexcept { return handle_.get(); }

  private:
    peers(coord_runtime* owner, const peers_options& options) {
        const auto native = options.native();
        coord_error* err = nullptr;
        detail::check(coord_peers_new(owner, &native, handle_.out(), &err), err);
    }

    detail::handle<coord_peers, coord_peers_free> handle_;
};

}  // namespace v0
}  // namespace coord
