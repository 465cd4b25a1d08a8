// The ring in C++: which peer owns which key.
#pragma once

#include <coord/bytes.hpp>
#include <coord/ring.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace coord {
inline namespace v0 {

/// How virtual nodes and keys are hashed; all peers of a cluster must use the same.
enum class ring_profile : std::int32_t {
    v2_fnv1_md5 = COORD_RING_V2_FNV1_MD5,
    v2_fnv1a_md5 = COORD_RING_V2_FNV1A_MD5,
    v2_crc32_md5 = COORD_RING_V2_CRC32_MD5,
    golang_crc32 = COORD_RING_GOLANG_CRC32,
    v3_hostport = COORD_RING_V3_HOSTPORT,
};

/// Hashes labels of virtual nodes and keys; the same bytes must give the same number on all peers.
/// Called on any thread, concurrently; must be quick, and what it throws ends the program.
using ring_hash = std::function<std::uint64_t(std::string_view)>;

/// How a ring is made.
struct ring_options {
    ring_profile profile = ring_profile::v2_fnv1_md5;
    /// Virtual nodes per peer; zero = 50.
    std::uint32_t replicas = 0;
    /// Instead of the profile's hash, which keeps its labels; empty = the profile's.
    ring_hash hash{};
};

namespace detail {

/// Enters a hash into the C options, which own it from then on.
template <class NativeOptions>
void enter_hash(NativeOptions& native, std::unique_ptr<ring_hash> hash) noexcept {
    if (hash == nullptr || !*hash) return;
    native.hash = [](void* user, const void* start, std::size_t size) noexcept {
        return (*static_cast<const ring_hash*>(user))({static_cast<const char*>(start), size});
    };
    native.hash_user_free = [](void* user) { delete static_cast<ring_hash*>(user); };
    native.hash_user = hash.release();
}

}  // namespace detail

/// Places keys on peers exactly as groupcache does. Safe from any thread.
class ring {
  public:
    /// Without peers.
    explicit ring(const ring_options& options = {}) {
        coord_ring_options native{};
        native.size = sizeof native;
        native.profile = static_cast<std::int32_t>(options.profile);
        native.replicas = options.replicas;
        detail::enter_hash(native, std::make_unique<ring_hash>(options.hash));
        coord_error* err = nullptr;
        detail::check(coord_ring_new(&native, handle_.out(), &err), err);
    }
    /// With peers: separated by commas or white space.
    explicit ring(std::string_view peers, const ring_options& options = {}) : ring(options) {
        set(peers);
    }
    /// Takes over a C handle.
    explicit ring(coord_ring* owned) noexcept : handle_(owned) {}

    /// Replaces the peers. Lookups under way see the old list or the new one.
    void set(std::string_view peers) {
        coord_error* err = nullptr;
        detail::check(coord_ring_set(native_handle(), peers.data(), peers.size(), &err), err);
    }
    /// Adds peers to those that are there.
    void add(std::string_view peers) {
        coord_error* err = nullptr;
        detail::check(coord_ring_add(native_handle(), peers.data(), peers.size(), &err), err);
    }
    /// How many peers there are.
    std::size_t count() const noexcept { return coord_ring_count(native_handle()); }
    bool empty() const noexcept { return count() == 0; }
    /// A line "hash in hex, space, peer" per virtual node, in their order: for comparing two rings
    /// that disagree.
    std::string dump() const {
        coord_bytes* text = nullptr;
        coord_error* err = nullptr;
        detail::check(coord_ring_dump(native_handle(), &text, &err), err);
        return bytes(text).str();
    }
    /// The peer that owns a key, as spelled in the list; nothing when there are no peers.
    std::optional<std::string> owner(std::string_view key) const {
        coord_bytes* peer = nullptr;
        coord_error* err = nullptr;
        const auto what = coord_ring_owner(native_handle(), key.data(), key.size(), &peer, &err);
        if (what == COORD_NOT_FOUND) {
            coord_error_free(err);
            return std::nullopt;
        }
        detail::check(what, err);
        return bytes(peer).str();
    }

    /// BORROWED.
    coord_ring* native_handle() const noexcept { return handle_.get(); }

  private:
    detail::handle<coord_ring, coord_ring_free> handle_;
};

}  // namespace v0
}  // namespace coord
