#include "cache/table.hpp"

#include <new>
#include <utility>

#include "base/assert.hpp"
#include "cache/hashing.hpp"

namespace coord::cache {

table::table(table&& other) noexcept
    : slots_(std::move(other.slots_)),
      capacity_(std::exchange(other.capacity_, 0)),
      size_(std::exchange(other.size_, 0)),
      seed_(other.seed_) {}

std::uint64_t table::hash_of(const bytes& entry) const noexcept {
    return hash_key(entry.key(), seed_);
}

std::uint64_t table::slot_of(std::uint64_t tag, const bytes* entry, std::size_t away) noexcept {
    const auto address = reinterpret_cast<std::uintptr_t>(entry);
    COORD_ASSERT((address & ~pointer_mask) == 0);
    return (tag & tag_mask) | address | (away < far ? away : far);
}

std::size_t table::away_from_home(std::uint64_t slot, std::size_t at) const noexcept {
    const auto away = slot & far;
    if (away != far) return away;
    return (at - hash_of(*entry_of(slot))) & mask();
}

bytes* table::find(std::uint64_t hash, std::string_view key) const noexcept {
    if (size_ == 0) return nullptr;
    for (auto i = hash & mask();; i = (i + 1) & mask()) {
        const auto slot = slots_[i].load(std::memory_order_relaxed);
        if (slot == 0) return nullptr;
        if (((slot ^ hash) & tag_mask) != 0) continue;
        auto* entry = entry_of(slot);
        if (entry->key() == key) return entry;
    }
}

std::size_t table::position_of(std::uint64_t hash, const bytes* entry) const noexcept {
    COORD_ASSERT(size_ != 0);
    auto i = hash & mask();
    while (entry_of(slots_[i].load(std::memory_order_relaxed)) != entry) i = (i + 1) & mask();
    return i;
}

bool table::reserve() noexcept {
    if ((size_ + 1) * 8 <= capacity_ * 7) return true;
    return rebuild(capacity_ == 0 ? min_slots : capacity_ * 2);
}

void table::add(std::uint64_t hash, bytes* entry) noexcept {
    std::size_t away = 0;
    auto i = hash & mask();
    while (slots_[i].load(std::memory_order_relaxed) != 0) {
        i = (i + 1) & mask();
        ++away;
    }
    slots_[i].store(slot_of(hash, entry, away), std::memory_order_relaxed);
    ++size_;
}

void table::replace(std::uint64_t hash, const bytes* old, bytes* entry) noexcept {
    const auto i = position_of(hash, old);
    const auto slot = slots_[i].load(std::memory_order_relaxed);
    slots_[i].store(slot_of(slot, entry, slot & far), std::memory_order_relaxed);
}

void table::remove(std::uint64_t hash, const bytes* entry) noexcept {
    auto hole = position_of(hash, entry);
    // Whoever may stand nearer to its home moves into the hole, so that no probe ends too early.
    for (auto i = hole;;) {
        i = (i + 1) & mask();
        const auto slot = slots_[i].load(std::memory_order_relaxed);
        if (slot == 0) break;
        const auto away = away_from_home(slot, i);
        const auto gap = (i - hole) & mask();
        if (away < gap) continue;
        slots_[hole].store(slot_of(slot, entry_of(slot), away - gap), std::memory_order_relaxed);
        hole = i;
    }
    slots_[hole].store(0, std::memory_order_relaxed);
    --size_;
}

void table::shrink() noexcept {
    if (size_ == 0) {
        slots_.reset();
        capacity_ = 0;
        return;
    }
    if (capacity_ <= min_slots || size_ * 8 >= capacity_) return;
    auto capacity = min_slots;
    while (capacity < size_ * 4) capacity *= 2;
    rebuild(capacity);
}

bool table::rebuild(std::size_t capacity) noexcept {
    std::unique_ptr<slot_type[]> old(new (std::nothrow) slot_type[capacity]());
    if (!old) return false;
    old.swap(slots_);
    const auto old_capacity = std::exchange(capacity_, capacity);
    size_ = 0;
    // The keys are read for their hashes: fetched some slots ahead, they come side by side.
    constexpr std::size_t ahead = 8;
    for (std::size_t i = 0; i < old_capacity; ++i) {
        if (i + ahead < old_capacity)
            __builtin_prefetch(entry_of(old[i + ahead].load(std::memory_order_relaxed)));
        const auto slot = old[i].load(std::memory_order_relaxed);
        if (slot != 0) add(hash_of(*entry_of(slot)), entry_of(slot));
    }
    return true;
}

}  // namespace coord::cache
