// A queue of entries, oldest first, in one circular array; any entry can leave it at once, because
// it knows its place.
//
// An entry that leaves from the middle leaves a gap (null), and gaps go when they are half of the
// ring. Holds no references. Guarded by the shard's lock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/bytes.hpp"

namespace coord::cache {

class order_ring {
  public:
    static constexpr std::size_t min_places = 8;

    // tight: as little memory as pushes need. roomy: a third stays free, so that move_to_back()
    // never allocates and rarely compacts.
    enum class room { tight, roomy };
    explicit order_ring(room wanted) noexcept : room_(wanted) {}

    // Room for one push; false when memory is short, and then nothing has changed.
    bool reserve() noexcept;
    void push(bytes* entry) noexcept;
    void remove(const bytes* entry) noexcept;
    void replace(const bytes* old, bytes* entry) noexcept;
    void move_to_back(bytes* entry) noexcept;
    // The oldest; null when there is none.
    bytes* front() const noexcept { return live_ == 0 ? nullptr : places_[head_]; }
    // Gives memory back when most of the ring is empty.
    void shrink() noexcept;
    void reset() noexcept;

    std::size_t size() const noexcept { return live_; }
    std::size_t memory_bytes() const noexcept { return capacity_ * sizeof(bytes*); }

  private:
    // Of the i-th place from the head.
    std::size_t index(std::size_t i) const noexcept {
        return head_ + i < capacity_ ? head_ + i : head_ + i - capacity_;
    }
    void put(std::size_t at, bytes* entry) noexcept {
        places_[at] = entry;
        entry->set_place(static_cast<std::uint32_t>(at));
    }
    bool resize(std::size_t capacity) noexcept;
    void compact() noexcept;

    std::unique_ptr<bytes*[]> places_;
    std::size_t capacity_ = 0;
    std::size_t head_ = 0;
    std::size_t span_ = 0;  // places from head to tail, gaps included; both ends are entries
    std::size_t live_ = 0;
    room room_;
};

}  // namespace coord::cache
