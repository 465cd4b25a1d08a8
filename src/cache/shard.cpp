#include "cache/shard.hpp"

#include <utility>

#include "cache/lru.hpp"
#include "cache/s3fifo.hpp"

namespace coord::cache {
namespace {

std::uint64_t payload_of(const bytes& entry) noexcept {
    return entry.key().size() + entry.value().size();
}

// Copies from other peers may take an eighth of what is our own; beyond that they leave first.
constexpr std::uint64_t hot_share = 8;

std::unique_ptr<eviction_order> make_order(order policy) {
    switch (policy) {
        case order::lru:
            return std::make_unique<lru>();
        case order::s3fifo:
            break;
    }
    return std::make_unique<s3fifo>();
}

}  // namespace

void shard::open(order policy, std::uint64_t seed) {
    policy_ = policy;
    table_.seed(seed);
    for (auto& each : parts_) each.entries = make_order(policy);
}

void shard::touch(bytes* entry) noexcept {
    if (policy_ == order::s3fifo)
        s3fifo::count_use(*entry);
    else
        part_of(section_of(*entry)).entries->touch(entry);
}

void shard::count_in(part& in, const bytes& entry) noexcept {
    in.memory += entry.memory_bytes();
    in.payload += payload_of(entry);
    ++in.items;
}

void shard::count_out(part& from, const bytes& entry, leaving why) noexcept {
    from.memory -= entry.memory_bytes();
    from.payload -= payload_of(entry);
    --from.items;
    ++from.left[static_cast<std::size_t>(why)];
}

bool shard::reserve(std::uint64_t hash, section where) noexcept {
    return table_.reserve() && part_of(where).entries->reserve(hash);
}

bool shard::link(std::uint64_t hash, bytes* entry, section where) noexcept {
    if (!reserve(hash, where)) return false;
    auto& in = part_of(where);
    marks::set(*entry, where == section::hot ? marks::hot : std::uint8_t{0}, marks::all);
    in.entries->push(hash, entry);
    table_.add(hash, entry);
    count_in(in, *entry);
    return true;
}

void shard::replace(std::uint64_t hash, bytes* old, bytes* entry, departures& gone) noexcept {
    auto& in = part_of(section_of(*old));
    marks::set(*entry, marks::of(*old), marks::all);
    in.entries->replace(old, entry);
    table_.replace(hash, old, entry);
    count_out(in, *old, leaving::replaced);
    count_in(in, *entry);
    gone.add(old, leaving::replaced);
}

void shard::recommend(std::uint64_t hash, bytes* old, section where) noexcept {
    if (section_of(*old) == where) part_of(where).entries->recommend(old, hash);
}

void shard::unlink(std::uint64_t hash, bytes* entry, leaving why, departures& gone) noexcept {
    auto& from = part_of(section_of(*entry));
    from.entries->remove(entry);
    table_.remove(hash, entry);
    count_out(from, *entry, why);
    gone.add(entry, why);
}

bool shard::evict(moment& now, departures& gone) noexcept {
    const bool hot_first = part_of(section::hot).memory > part_of(section::main).memory / hot_share;
    return evict_from(hot_first ? section::hot : section::main, now, gone);
}

bool shard::evict_from(section which, moment& now, departures& gone, leaving why) noexcept {
    auto& from = part_of(which);
    auto* victim = from.entries->victim(now);
    if (victim == nullptr) return false;
    const auto hash = table_.hash_of(*victim);
    if (why == leaving::full && now.expired(*victim)) why = leaving::expired;
    if (why == leaving::full) from.entries->remember(victim, hash);
    unlink(hash, victim, why, gone);
    shrink();
    return true;
}

void shard::shrink() noexcept {
    table_.shrink();
    for (auto& each : parts_) each.entries->shrink();
}

table shard::take_all() noexcept {
    for (auto& each : parts_) {
        each.entries->reset();
        each.left[static_cast<std::size_t>(leaving::removed)] += each.items;
        each.memory = each.payload = each.items = 0;
    }
    return std::move(table_);
}

std::uint64_t shard::memory_bytes() const noexcept {
    auto sum = static_cast<std::uint64_t>(table_.memory_bytes());
    for (const auto& each : parts_) sum += each.memory + each.entries->memory_bytes();
    return sum;
}

void shard::settle(budget& total) noexcept {
    const auto bytes_now = memory_bytes();
    const auto items_now = static_cast<std::uint64_t>(table_.size());
    // Unsigned differences: what left is added as its complement.
    if (bytes_now != settled_bytes_)
        total.used.fetch_add(bytes_now - settled_bytes_, std::memory_order_relaxed);
    if (items_now != settled_items_)
        total.items.fetch_add(items_now - settled_items_, std::memory_order_relaxed);
    settled_bytes_ = bytes_now;
    settled_items_ = items_now;
}

void shard::add_to(counters& sum, section which) const noexcept {
    const auto& from = part_of(which);
    sum.bytes += from.payload;
    sum.items += from.items;
    sum.memory_bytes += from.memory + from.entries->memory_bytes();
    if (which == section::main) sum.memory_bytes += table_.memory_bytes();
    for (const auto count : from.left) sum.evictions += count;
    sum.evicted_full += from.left[static_cast<std::size_t>(leaving::full)];
    sum.evicted_expired += from.left[static_cast<std::size_t>(leaving::expired)];
    sum.removed += from.left[static_cast<std::size_t>(leaving::removed)];
}

}  // namespace coord::cache
