#include "cache/order_ring.hpp"

#include <algorithm>
#include <new>

namespace coord::cache {

bool order_ring::reserve() noexcept {
    // A place is 32 bits; so many entries do not fit into one shard of any real machine.
    if (live_ >= UINT32_MAX / 2) return false;
    if (room_ == room::roomy && (live_ + 1) * 3 > capacity_ * 2) {
        if (resize(std::max(min_places, (live_ + 1) * 2))) return true;
    }
    if (span_ < capacity_) return true;
    if (live_ > capacity_ / 2 || capacity_ == 0) {
        // By a quarter: a ring of pointers is the second largest part of what an entry costs.
        if (resize(capacity_ == 0 ? min_places : capacity_ + std::max(min_places, capacity_ / 4)))
            return true;
        if (live_ == capacity_) return false;
    }
    compact();
    return true;
}

void order_ring::push(bytes* entry) noexcept {
    put(index(span_), entry);
    ++span_;
    ++live_;
}

void order_ring::remove(const bytes* entry) noexcept {
    places_[entry->place()] = nullptr;
    if (--live_ == 0) {
        head_ = 0;
        span_ = 0;
        return;
    }
    while (places_[head_] == nullptr) {
        head_ = index(1);
        --span_;
    }
    while (places_[index(span_ - 1)] == nullptr) --span_;
}

void order_ring::replace(const bytes* old, bytes* entry) noexcept {
    put(old->place(), entry);
}

void order_ring::move_to_back(bytes* entry) noexcept {
    if (entry->place() == index(span_ - 1)) return;
    remove(entry);
    if (span_ == capacity_) compact();
    push(entry);
}

void order_ring::compact() noexcept {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < span_; ++i) {
        auto* entry = places_[index(i)];
        if (entry == nullptr) continue;
        if (i != kept) put(index(kept), entry);
        ++kept;
    }
    span_ = kept;
}

bool order_ring::resize(std::size_t capacity) noexcept {
    std::unique_ptr<bytes*[]> bigger(new (std::nothrow) bytes*[capacity]);
    if (!bigger) return false;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < span_; ++i) {
        const auto from = index(i);
        auto* entry = places_[from];
        if (entry == nullptr) continue;
        bigger[kept] = entry;
        // While a ring only grows nothing moves, and no entry is touched.
        if (from != kept) entry->set_place(static_cast<std::uint32_t>(kept));
        ++kept;
    }
    places_ = std::move(bigger);
    capacity_ = capacity;
    head_ = 0;
    span_ = kept;
    return true;
}

void order_ring::shrink() noexcept {
    if (live_ == 0)
        reset();
    else if (capacity_ > min_places && live_ * 4 < capacity_)
        resize(std::max(min_places, live_ * 2));
}

void order_ring::reset() noexcept {
    places_.reset();
    capacity_ = head_ = span_ = live_ = 0;
}

}  // namespace coord::cache
