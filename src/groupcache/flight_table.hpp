// Which keys are being loaded now. Sharded by hash; each shard has one lock, held for a few steps.
#pragma once

#include <array>
#include <cstddef>
#include <mutex>
#include <string_view>

#include "base/limits.hpp"
#include "groupcache/flight.hpp"

namespace coord::groupcache {

class flight_table {
  public:
    struct alignas(64) shard {
        ~shard();
        // The flight that such callers of this key may join, or null: one that loads here rather
        // than one that asks a peer, which a get of a peer never joins.
        flight* find(std::uint64_t hash, std::string_view key, asked_by who) const noexcept;
        // The same, but one whose deadline has passed is detached instead: its answer will be
        // refused, so nobody may join it.
        flight* find_living(std::uint64_t hash,
                            std::string_view key,
                            asked_by who,
                            time_point now) noexcept;
        // Takes a reference; callers may join from now on. False when memory is short.
        bool add(flight& what) noexcept;
        // Callers of its key no longer find it.
        void unlink(flight& what) noexcept;
        // Gives back the reference of add(), which the caller takes over.
        ref<flight> remove(flight& what) noexcept;

        mutable std::mutex mutex;
        flight* oldest = nullptr;  // all flights that are not over, also those nobody can join
        flight* newest = nullptr;
        std::uint64_t changes = 0;  // sets and removals here, of any key of the shard

      private:
        bool grow() noexcept;
        flight*& bucket(std::uint64_t hash) const noexcept {
            return buckets_[(hash >> 8) & (bucket_count_ - 1)];
        }
        flight** buckets_ = nullptr;
        std::size_t bucket_count_ = 0;
        std::size_t linked_ = 0;
    };

    shard& of(std::uint64_t hash) noexcept { return shards_[hash & (limits::flight_shards - 1)]; }
    std::array<shard, limits::flight_shards>& all() noexcept { return shards_; }
    const std::array<shard, limits::flight_shards>& all() const noexcept { return shards_; }

  private:
    std::array<shard, limits::flight_shards> shards_;
};

// The waiters of a flight, under its shard's lock.
void link(flight& to, waiter& who) noexcept;
void unlink(flight& from, waiter& who) noexcept;
// Takes all of them off the count, to be told by tell() once the lock is released.
waiter* take_waiters(flight& from, std::atomic<std::uint64_t>& count) noexcept;
void tell(waiter* first, const result<bytes_ref>& outcome) noexcept;

}  // namespace coord::groupcache
