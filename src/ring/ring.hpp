// Who owns a key: consistent hashing exactly as groupcache peers compute it.
//
// A ring never changes once made, so lookups need no lock; a new list of peers is a new ring. Every
// peer has `replicas` virtual nodes, at the hash of a label made of the replica's number and the
// peer's name. A key belongs to the first virtual node at or after its own hash, past the end to
// the first of all.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.hpp"
#include "base/result.hpp"

namespace coord::ring {

// The same numbers as COORD_RING_* of the C header.
enum class profile : std::int32_t {
    v2_fnv1_md5 = 1,
    v2_fnv1a_md5 = 2,
    v2_crc32_md5 = 3,
    golang_crc32 = 4,
    v3_hostport = 5,
};

// COORD_RING_* as the host gives it; 0 is the default profile, nothing comes back for a number that
// is no profile.
std::optional<profile> profile_from(std::int32_t number) noexcept;

// Where nodes and keys are placed; what a profile stands for.
struct placement {
    enum class labels : std::uint8_t { raw, md5_hex };
    enum class names : std::uint8_t { as_spelled, host_and_port };
    enum class collisions : std::uint8_t { last_wins, first_wins };

    std::function<std::uint64_t(std::string_view)> hash;
    labels label = labels::raw;
    names name = names::as_spelled;
    collisions collision = collisions::last_wins;
};

placement placement_of(profile chosen);

// "http://10.0.0.1:80/x" -> "10.0.0.1:80".
std::string_view host_and_port(std::string_view peer) noexcept;

// Splits at commas and white space. A repeated peer keeps its last place, as if added again.
result<std::vector<std::string>> parse_peers(std::string_view list);

class ring {
  public:
    ring() = default;  // no peers, no owners
    // Throws std::bad_alloc. `replicas` is at least 1, `peers` at most limits::max_peers.
    ring(std::vector<std::string> peers, std::uint32_t replicas, placement where);
    ring(std::vector<std::string> peers, std::uint32_t replicas, profile chosen)
        : ring(std::move(peers), replicas, placement_of(chosen)) {}

    // As spelled in the list; nullptr when there are no peers. Lives as long as the ring.
    const std::string* owner(std::string_view key) const;
    const std::vector<std::string>& peers() const noexcept { return peers_; }
    std::size_t virtual_nodes() const noexcept { return hashes_.size(); }

    // A line "hash in hex, peer" per virtual node, in their order; for comparing two rings that
    // disagree.
    std::string dump() const;

  private:
    std::vector<std::string> peers_;
    placement where_;
    // Sorted, without repetition; apart from their owners so that a search touches fewer cache
    // lines.
    std::vector<std::uint64_t> hashes_;
    std::vector<std::uint32_t> owners_;
};

}  // namespace coord::ring
