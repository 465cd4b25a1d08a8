// The bounded in-memory cache: a sharded table of entries under one byte budget, with an order per
// shard and expiry per entry.
//
// Knows no groups, no peers and no loaders. An entry *is* the bytes object that a hit hands out.
// Two sections, main and hot, share the table and the budget; each shard keeps an order for each of
// them. Safe from any thread: a shard's lock is held for the few steps of one lookup, insert or
// removal, never while memory is given back to the host.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "base/bytes.hpp"
#include "base/clock.hpp"

namespace coord::cache {

enum class section : std::uint8_t { main, hot };
enum class order : std::uint8_t { s3fifo, lru };
enum class leaving : std::uint8_t { full, expired, removed, replaced };

struct options {
    std::uint64_t max_bytes =
        0;  // with overhead (160 bytes for the first entry); 0 = nothing is ever stored
    std::uint64_t max_items = 0;  // 0 = no limit
    order policy = order::s3fifo;
    std::uint32_t shards = 0;  // power of two, at most limits::max_cache_shards; 0 = by budget
    std::uint64_t hash_seed = 0;
    // Told of every entry that leaves, outside the lock, but not of those left when the store ends.
    // Must not throw. Empty = nobody.
    std::function<void(const bytes& entry, leaving why)> on_leave;
};

struct counters {
    std::uint64_t bytes = 0, memory_bytes = 0, detached_bytes = 0, items = 0, gets = 0, hits = 0;
    std::uint64_t evictions = 0, evicted_full = 0, evicted_expired = 0, removed = 0, refused = 0;
};

class store {
  public:
    store(options wanted, const clock& time);
    ~store();
    store(const store&) = delete;
    store& operator=(const store&) = delete;

    // Of a key, seeded; the callers keep it, so that a key is hashed once per call.
    std::uint64_t hash(std::string_view key) const noexcept;

    // The entry with one reference more, or null. An expired entry is dropped and counts as a miss.
    // No allocation.
    bytes_ref find(std::uint64_t hash, std::string_view key) noexcept;
    // The same without counting or touching the order: for the second look under a flight's lock.
    bytes_ref peek(std::uint64_t hash, std::string_view key) noexcept;

    // Keeps `entry` (in-line bytes, in no other store) under its key, replacing what is there, and
    // evicts what no longer fits. False when it is not kept: larger than the whole limit or no
    // memory for the table (both count as refused), or the entry has left a store before while
    // somebody held it. The entry itself is never copied. With one thread the budget holds on
    // return; with several it holds once their inserts have returned.
    bool insert(std::uint64_t hash, bytes_ref entry, section where) noexcept;

    bool remove(std::uint64_t hash, std::string_view key) noexcept;
    // Drops the entry that would be evicted next from main, of the shard whose turn it is; false
    // when there is none. An expired one leaves as that, unless it is removed.
    bool evict_one(leaving why = leaving::full) noexcept;
    void clear() noexcept;

    // Not larger than the whole limit.
    bool fits(const bytes& entry) const noexcept;
    counters read(section which) const noexcept;
    std::uint32_t shards() const noexcept;

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

}  // namespace coord::cache
