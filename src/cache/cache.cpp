#include "cache/cache.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <utility>

#include "base/limits.hpp"
#include "base/striped_counters.hpp"
#include "cache/departures.hpp"
#include "cache/ghost.hpp"
#include "cache/hashing.hpp"
#include "cache/order_ring.hpp"
#include "cache/shard.hpp"
#include "cache/table.hpp"

namespace coord::cache {
namespace {

// What a store of one entry needs besides the entry.
constexpr std::uint64_t least_overhead = table::min_slots * sizeof(std::uint64_t) +
                                         order_ring::min_places * sizeof(bytes*) +
                                         ghost_list::bucket_size * sizeof(std::uint32_t);

// For choosing the number of shards only.
constexpr std::uint64_t usual_entry_bytes = 512;

std::uint32_t shards_for(const options& wanted) noexcept {
    std::uint64_t count = wanted.shards;
    if (count == 0) {
        auto entries = wanted.max_bytes / usual_entry_bytes;
        if (wanted.max_items != 0) entries = std::min(entries, wanted.max_items);
        count = entries / limits::min_entries_per_shard;
    }
    std::uint32_t power = 1;
    while (power * 2 <= count && power < limits::max_cache_shards) power *= 2;
    return power;
}

}  // namespace

struct store::impl {
    impl(options&& wanted, const clock& the_time)
        : time(the_time),
          seed(wanted.hash_seed),
          count(shards_for(wanted)),
          shards(std::make_unique<shard[]>(count)) {
        total.max_bytes = wanted.max_bytes;
        total.max_items = wanted.max_items;
        desk.on_leave = std::move(wanted.on_leave);
        for (std::uint32_t i = 0; i < count; ++i) shards[i].open(wanted.policy, seed);
        for (auto& account : desk.accounts) account = detached_ledger::open();
    }
    ~impl() {
        desk.on_leave = nullptr;
        clear();
        for (const auto account : desk.accounts) detached_ledger::close(account);
    }

    // Bits that neither the slot nor the tag of the table use.
    std::uint32_t shard_index(std::uint64_t hash) const noexcept {
        return static_cast<std::uint32_t>(hash >> 40) & (count - 1);
    }
    shard& shard_of(std::uint64_t hash) const noexcept { return shards[shard_index(hash)]; }

    enum class placed { yes, already, no_memory, no_room };
    enum class counting { due, done };  // whether the budget counts the new entry already
    placed place(
        shard& home, std::uint64_t hash, bytes* entry, section where, counting size) noexcept;
    int evict_some(shard& from) noexcept;
    void make_room(std::uint32_t first) noexcept;
    bool drop(std::uint64_t hash, std::string_view key, leaving why) noexcept;
    void clear() noexcept;

    enum lookups : std::size_t { main_hits, hot_hits, misses };

    const clock& time;
    const std::uint64_t seed;
    const std::uint32_t count;
    const std::unique_ptr<shard[]> shards;
    budget total;
    exit_desk desk;
    striped_counters<3> looked_up;
    std::array<std::atomic<std::uint64_t>, 2> refused{};  // relaxed: counts order nothing
    std::atomic<std::uint32_t> next_victim{0};            // relaxed: any start is good
};

// One hold of the lock: replaces, or makes room within the limit of a hold, and links.
store::impl::placed store::impl::place(
    shard& home, std::uint64_t hash, bytes* entry, section where, counting size) noexcept {
    departures gone(desk);
    moment now(time);
    const std::lock_guard hold(home.mutex);
    if (auto* old = home.find(hash, entry->key()); old != nullptr) {
        if (old == entry) return placed::already;
        const auto before = old->memory_bytes();
        const auto after = entry->memory_bytes();
        const bool fits =
            after <= before || size == counting::done || !total.over(after - before, 0);
        if (fits && section_of(*old) == where) {
            home.replace(hash, old, entry, gone);
            home.settle(total);
            return placed::yes;
        }
        // From here on as a new one, so that others leave for it and not it for others.
        home.recommend(hash, old, where);
        home.unlink(hash, old, leaving::replaced, gone);
    }
    for (int left = limits::max_evictions_per_hold;; --left) {
        // First: when memory is short nobody has to leave. Again each time: who leaves may have
        // given the room back.
        const bool room = home.reserve(hash, where);
        home.settle(total);
        if (!room) return placed::no_memory;
        if (size == counting::done || !total.over(entry->memory_bytes(), 1)) break;
        if (left == 0 || !home.evict(now, gone)) return placed::no_room;
        home.settle(total);
    }
    home.link(hash, entry, where);
    home.settle(total);
    return placed::yes;
}

// One hold of the lock; how many left.
int store::impl::evict_some(shard& from) noexcept {
    departures gone(desk);
    moment now(time);
    int left = 0;
    const std::lock_guard hold(from.mutex);
    while (left < limits::max_evictions_per_hold && total.over(0, 0) && from.evict(now, gone)) {
        ++left;
        from.settle(total);
    }
    if (left == 0) {
        from.shrink();
        from.settle(total);
    }
    return left;
}

// From the first shard while it has anything, then round the others, until the budget holds.
void store::impl::make_room(std::uint32_t first) noexcept {
    while (total.over(0, 0) && evict_some(shards[first]) != 0) continue;
    for (std::uint32_t i = 1, idle = 0; total.over(0, 0) && idle < count; ++i)
        idle = evict_some(shards[(first + i) & (count - 1)]) != 0 ? 0 : idle + 1;
}

bool store::impl::drop(std::uint64_t hash, std::string_view key, leaving why) noexcept {
    departures gone(desk);
    auto& home = shard_of(hash);
    const std::lock_guard hold(home.mutex);
    auto* entry = home.find(hash, key);
    if (entry == nullptr) return false;
    home.unlink(hash, entry, why, gone);
    home.shrink();
    home.settle(total);
    return true;
}

void store::impl::clear() noexcept {
    for (std::uint32_t i = 0; i < count; ++i) {
        const table left = [&] {
            const std::lock_guard hold(shards[i].mutex);
            auto all = shards[i].take_all();
            shards[i].settle(total);
            return all;
        }();
        left.for_each([&](bytes* entry) { see_off(desk, entry, leaving::removed); });
    }
}

store::store(options wanted, const clock& time)
    : impl_(std::make_unique<impl>(std::move(wanted), time)) {}

store::~store() = default;

std::uint64_t store::hash(std::string_view key) const noexcept {
    return hash_key(key, impl_->seed);
}

bytes_ref store::find(std::uint64_t hash, std::string_view key) noexcept {
    auto& self = *impl_;
    bytes_ref found;
    auto counted = impl::misses;
    {
        departures gone(self.desk);
        auto& home = self.shard_of(hash);
        const std::lock_guard hold(home.mutex);
        auto* entry = home.find(hash, key);
        if (entry != nullptr && moment(self.time).expired(*entry)) {
            home.unlink(hash, entry, leaving::expired, gone);
            home.settle(self.total);
        } else if (entry != nullptr) {
            home.touch(entry);
            found.reset(entry);
            counted = section_of(*entry) == section::main ? impl::main_hits : impl::hot_hits;
        }
    }
    self.looked_up.add(counted);
    return found;
}

bytes_ref store::peek(std::uint64_t hash, std::string_view key) noexcept {
    auto& self = *impl_;
    auto& home = self.shard_of(hash);
    const std::lock_guard hold(home.mutex);
    auto* entry = home.find(hash, key);
    if (entry != nullptr && moment(self.time).expired(*entry)) entry = nullptr;
    return bytes_ref(entry);
}

bool store::insert(std::uint64_t hash, bytes_ref entry, section where) noexcept {
    auto& self = *impl_;
    auto& total = self.total;
    // One that left already belongs to the ledger; its place is taken.
    if (!entry || (marks::of(*entry) & bytes::detached) != 0) return false;
    const auto size = entry->memory_bytes();
    if (!fits(*entry)) {
        self.refused[static_cast<std::size_t>(where)].fetch_add(1, std::memory_order_relaxed);
        // The value it had is not its value any more.
        self.drop(hash, entry->key(), leaving::replaced);
        return false;
    }
    const auto index = self.shard_index(hash);
    auto& home = self.shards[index];
    auto placed = self.place(home, hash, entry.get(), where, impl::counting::due);
    if (placed == impl::placed::no_room) {
        // Counted before it comes, so that others leave for it and not it for others.
        total.used.fetch_add(size + least_overhead, std::memory_order_relaxed);
        total.items.fetch_add(1, std::memory_order_relaxed);
        self.make_room(index);
        placed = self.place(home, hash, entry.get(), where, impl::counting::done);
        total.used.fetch_sub(size + least_overhead, std::memory_order_relaxed);
        total.items.fetch_sub(1, std::memory_order_relaxed);
    }
    if (placed == impl::placed::no_memory) {
        self.refused[static_cast<std::size_t>(where)].fetch_add(1, std::memory_order_relaxed);
        return false;
    }
    if (placed == impl::placed::yes) entry.detach();  // the shard's reference from now on
    if (total.over(0, 0)) self.make_room(index);
    return true;
}

bool store::remove(std::uint64_t hash, std::string_view key) noexcept {
    return impl_->drop(hash, key, leaving::removed);
}

bool store::evict_one(leaving why) noexcept {
    auto& self = *impl_;
    const auto first = self.next_victim.fetch_add(1, std::memory_order_relaxed);
    for (std::uint32_t i = 0; i < self.count; ++i) {
        departures gone(self.desk);
        moment now(self.time);
        auto& from = self.shards[(first + i) & (self.count - 1)];
        const std::lock_guard hold(from.mutex);
        if (!from.evict_from(section::main, now, gone, why)) continue;
        from.settle(self.total);
        return true;
    }
    return false;
}

void store::clear() noexcept {
    impl_->clear();
}

bool store::fits(const bytes& entry) const noexcept {
    return entry.memory_bytes() + least_overhead <= impl_->total.max_bytes;
}

counters store::read(section which) const noexcept {
    const auto& self = *impl_;
    counters sum;
    for (std::uint32_t i = 0; i < self.count; ++i) {
        const std::lock_guard hold(self.shards[i].mutex);
        self.shards[i].add_to(sum, which);
    }
    const auto at = static_cast<std::size_t>(which);
    sum.detached_bytes = detached_ledger::read(self.desk.accounts[at]);
    sum.refused = self.refused[at].load(std::memory_order_relaxed);
    // Who looks for a copy has missed main first: one lookup of the table answers both.
    sum.hits = self.looked_up.sum(which == section::main ? impl::main_hits : impl::hot_hits);
    sum.gets = self.looked_up.sum(impl::hot_hits) + self.looked_up.sum(impl::misses);
    if (which == section::main) sum.gets += self.looked_up.sum(impl::main_hits);
    return sum;
}

std::uint32_t store::shards() const noexcept {
    return impl_->count;
}

}  // namespace coord::cache
