// One shard: a lock, a table, and an order and counts for each section. What happens under the lock
// is here; when to take it, and what the whole store may hold, is the store's.
//
// Every function needs the lock held. The shard owns one reference of each entry that is linked.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>

#include "cache/cache.hpp"
#include "cache/departures.hpp"
#include "cache/eviction_order.hpp"
#include "cache/table.hpp"

namespace coord::cache {

// Of the whole store. Changed when entries come and leave, never by a hit.
struct budget {
    std::uint64_t max_bytes = 0;
    std::uint64_t max_items = 0;
    std::atomic<std::uint64_t> used{0};   // relaxed: a sum, it orders nothing
    std::atomic<std::uint64_t> items{0};  // relaxed: likewise

    // With so much more.
    bool over(std::uint64_t more_bytes, std::uint64_t more_items) const noexcept {
        return used.load(std::memory_order_relaxed) + more_bytes > max_bytes ||
               (max_items != 0 && items.load(std::memory_order_relaxed) + more_items > max_items);
    }
};

class alignas(64) shard {
  public:
    mutable std::mutex mutex;

    shard() noexcept = default;
    void open(order policy, std::uint64_t seed);

    bytes* find(std::uint64_t hash, std::string_view key) const noexcept {
        return table_.find(hash, key);
    }
    void touch(bytes* entry) noexcept;

    // Takes over one reference of `entry`; false when memory is short, and then nothing has
    // changed.
    bool link(std::uint64_t hash, bytes* entry, section where) noexcept;
    // The same in the place of `old` and in its section; needs no memory.
    void replace(std::uint64_t hash, bytes* old, bytes* entry, departures& gone) noexcept;
    // A new value of `old` comes soon: what `old` had earned is not lost when it leaves now.
    void recommend(std::uint64_t hash, bytes* old, section where) noexcept;
    bool reserve(std::uint64_t hash, section where) noexcept;
    void unlink(std::uint64_t hash, bytes* entry, leaving why, departures& gone) noexcept;
    // The next victim leaves; false when there is none.
    bool evict(moment& now, departures& gone) noexcept;
    bool evict_from(section which,
                    moment& now,
                    departures& gone,
                    leaving why = leaving::full) noexcept;
    // Gives back what tables and rings no longer need. May allocate, so never on a lookup.
    void shrink() noexcept;
    // Everybody leaves; the caller sees off who is in the table it gets.
    table take_all() noexcept;

    // Carries what changed since the last time over to the store's budget.
    void settle(budget& total) noexcept;
    void add_to(counters& sum, section which) const noexcept;

  private:
    struct part {
        std::unique_ptr<eviction_order> entries;
        std::uint64_t memory = 0;   // of entries alone
        std::uint64_t payload = 0;  // keys and values
        std::uint64_t items = 0;
        std::array<std::uint64_t, 4> left{};  // by `leaving`
    };

    part& part_of(section which) noexcept { return parts_[static_cast<std::size_t>(which)]; }
    const part& part_of(section which) const noexcept {
        return parts_[static_cast<std::size_t>(which)];
    }
    void count_in(part& in, const bytes& entry) noexcept;
    void count_out(part& from, const bytes& entry, leaving why) noexcept;
    std::uint64_t memory_bytes() const noexcept;

    order policy_ = order::s3fifo;
    table table_;
    std::array<part, 2> parts_;
    std::uint64_t settled_bytes_ = 0;
    std::uint64_t settled_items_ = 0;
};

}  // namespace coord::cache
