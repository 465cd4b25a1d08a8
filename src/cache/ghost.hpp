// What left probation lately: 4-byte fingerprints, so that a key that comes back soon is known.
//
// Buckets of eight, one half of a cache line, each a little ring of its own: the ninth pushes out
// the oldest of its bucket. May take a stranger for an acquaintance (about one in 250,000), which
// only puts an entry into the better queue. Guarded by the shard's lock.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace coord::cache {

class ghost_list {
  public:
    static constexpr std::size_t bucket_size = 8;

    // Keeps about as many as there are entries; without memory it keeps fewer.
    void remember(std::uint64_t hash, std::size_t entries) noexcept;
    bool has(std::uint64_t hash) const noexcept;
    void forget(std::uint64_t hash) noexcept;
    void shrink(std::size_t entries) noexcept;
    void reset() noexcept;

    std::size_t memory_bytes() const noexcept { return buckets_ * sizeof(bucket); }

  private:
    using bucket = std::array<std::uint32_t, bucket_size>;  // newest first; 0 = empty

    static std::uint32_t fingerprint(std::uint64_t hash) noexcept {
        // Both halves: parts of each are the same for all keys of a shard.
        const auto folded = static_cast<std::uint32_t>(hash ^ (hash >> 32));
        return folded == 0 ? 1 : folded;
    }
    bucket& home(std::uint32_t print) const noexcept {
        return all_[(std::uint64_t{print} * buckets_) >> 32];
    }
    void put(std::uint32_t print) noexcept;
    void resize(std::size_t buckets) noexcept;

    std::unique_ptr<bucket[]> all_;
    std::size_t buckets_ = 0;
};

}  // namespace coord::cache
