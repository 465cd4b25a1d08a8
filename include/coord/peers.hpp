// Peers in C++: the other processes of a cluster, over HTTP.
#pragma once

#include <coord/bytes.hpp>
#include <coord/http.hpp>
#include <coord/peer.hpp>
#include <coord/peers.h>
#include <coord/peers_options.hpp>
#include <coord/pending.hpp>
#include <coord/picker.hpp>
#include <coord/result.hpp>
#include <coord/ring.hpp>
#include <coord/runtime.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace coord {
inline namespace v0 {

using peers_stats = coord_peers_stats;

/// This process's place in a cluster: a list of peers, who owns which key, and the port where the
/// others ask. Give it to groups; they keep it. Copies are the same peers. Safe from any thread.
class peers {
  public:
    /// In the process-wide runtime, or in one of yours. Begins to listen; peers that are not up yet
    /// are no error.
    explicit peers(peers_options options = {})
        : peers(detail::default_runtime(), std::move(options)) {}
    explicit peers(const runtime& owner, peers_options options = {})
        : peers(owner.native_handle(), std::move(options)) {}
    peers(const peers& other) noexcept
        : handle_(coord_peers_ref(other.native_handle())), completions_(other.completions_) {}
    peers(peers&&) noexcept = default;
    peers& operator=(peers other) noexcept {
        handle_ = std::move(other.handle_);
        completions_ = std::move(other.completions_);
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
    /// The peer that owns a key, to be asked directly; nothing when that is this process.
    std::optional<peer> pick(std::string_view key) const noexcept {
        return peer_of(coord_peers_pick(native_handle(), key.data(), key.size()));
    }
    /// A peer by its url as it stands in the list; nothing when it is not there, or is this
    /// process.
    std::optional<peer> find(std::string_view url) const noexcept {
        return peer_of(coord_peers_find(native_handle(), url.data(), url.size()));
    }
    /// The ring of the list as it is now; later lists do not change it.
    coord::ring ring() const {
        coord_ring* made = nullptr;
        coord_error* err = nullptr;
        detail::check(coord_peers_ring(native_handle(), &made, &err), err);
        return coord::ring(made);
    }
    /// These peers as a picker, for runtime::set_picker() or another group.
    coord::picker picker() const noexcept {
        return coord::picker(coord_peers_picker(native_handle()));
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

    /// Answers one request of a peer that came to an HTTP server of yours: what comes below the
    /// base path. What is wrong with the request is an answer too. Blocks while a value is loaded.
    response serve(const http_message& asked, const call_options& call = {}) {
        return try_serve(asked, call).value();
    }
    result<response> try_serve(const http_message& asked, const call_options& call = {}) noexcept {
        const auto message = asked.native();
        const auto native = call.native();
        coord_response* answer = nullptr;
        coord_error* err = nullptr;
        const auto what = coord_peers_serve(native_handle(), &message, &native, &answer, &err);
        if (what != COORD_OK) return detail::failure(what, err);
        return response(answer);
    }
    pending<response> start_serve(const http_message& asked, const start_options& options = {}) {
        const auto message = asked.native();
        return detail::launch<response>(
            *completions_,
            options,
            [&](const coord_call_options* call,
                coord_queue* queue,
                std::uint64_t token,
                coord_op** op,
                coord_error** err) {
                return coord_peers_serve_start(
                    native_handle(), &message, call, queue, token, op, err);
            });
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
    peers(coord_runtime* owner, peers_options options)
        : completions_(std::make_shared<detail::completions>(owner)) {
        const auto native = std::move(options).native();
        coord_error* err = nullptr;
        detail::check(coord_peers_new(owner, &native, handle_.out(), &err), err);
    }

    std::optional<peer> peer_of(coord_peer* owned) const noexcept {
        if (owned == nullptr) return std::nullopt;
        return peer(owned, completions_);
    }

    detail::handle<coord_peers, coord_peers_free> handle_;
    std::shared_ptr<detail::completions> completions_;
};

}  // namespace v0
}  // namespace coord
