// Entries on their way out: collected under a shard's lock, given back to the host after it.
//
// Declare one before taking the lock; its destructor tells the host, books what is still held
// elsewhere, and lets go.
#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "base/limits.hpp"
#include "cache/cache.hpp"
#include "cache/eviction_order.hpp"

namespace coord::cache {

// Where departures go: the same for the whole life of a store.
struct exit_desk {
    std::function<void(const bytes&, leaving)> on_leave;
    std::array<std::uint32_t, 2> accounts{};  // of the detached ledger, by section
};

// Gives up the store's reference. Nobody can get a first reference any more, so one holder is us,
// and then there is nothing to book.
inline void see_off(const exit_desk& desk, bytes* entry, leaving why) noexcept {
    if (desk.on_leave) desk.on_leave(*entry, why);
    if (entry->references() > 1) {
        const auto account = desk.accounts[static_cast<std::size_t>(section_of(*entry))];
        entry->set_place(account);
        detached_ledger::add(account, entry->memory_bytes());
        // Ordered before the holders' last release by our own release, which comes next.
        entry->cache_marks().fetch_or(bytes::detached, std::memory_order_relaxed);
    }
    entry->release();
}

class departures {
  public:
    static constexpr std::size_t capacity = limits::max_evictions_per_hold + 2;

    explicit departures(const exit_desk& desk) noexcept : desk_(desk) {}
    departures(const departures&) = delete;
    departures& operator=(const departures&) = delete;
    ~departures() { see_all_off(); }

    void add(bytes* entry, leaving why) noexcept {
        COORD_ASSERT(count_ < capacity);
        list_[count_].entry = entry;
        list_[count_++].why = why;
    }
    // Not under a lock.
    void see_all_off() noexcept {
        for (std::size_t i = 0; i < count_; ++i) see_off(desk_, list_[i].entry, list_[i].why);
        count_ = 0;
    }

  private:
    struct departure {
        bytes* entry;
        leaving why;
    };

    const exit_desk& desk_;
    std::size_t count_ = 0;
    departure list_[capacity];  // uninitialised: a hit makes one of these and adds nobody
};

}  // namespace coord::cache
