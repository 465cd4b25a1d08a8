// The open-addressing table of one shard: 8-byte slots that point to entries.
//
// A slot is | 16 bits of the hash | 48-bit pointer |, and the four low bits of the pointer, always
// zero, keep how far the slot is from its home. So a lookup reads an entry only when its tag fits,
// and a removal shifts its followers back without reading any. Knows nothing of order, budget and
// expiry, and holds no references. Guarded by the shard's lock; slots are atomics so that readers
// without a lock can come later.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/bytes.hpp"

namespace coord::cache {

class table {
  public:
    static constexpr std::size_t min_slots = 8;

    table() noexcept = default;
    table(table&& other) noexcept;
    table& operator=(table&&) = delete;

    void seed(std::uint64_t seed) noexcept { seed_ = seed; }

    bytes* find(std::uint64_t hash, std::string_view key) const noexcept;
    // Room for one entry more; false when memory is short, and then nothing has changed.
    bool reserve() noexcept;
    // Room is reserved, and the key is not in the table.
    void add(std::uint64_t hash, bytes* entry) noexcept;
    void replace(std::uint64_t hash, const bytes* old, bytes* entry) noexcept;
    void remove(std::uint64_t hash, const bytes* entry) noexcept;
    // Gives memory back when nearly everything has left. Goes on as before when memory is short.
    void shrink() noexcept;

    template <class Visit>
    void for_each(Visit visit) const {
        for (std::size_t i = 0; i < capacity_; ++i)
            if (const auto slot = slots_[i].load(std::memory_order_relaxed); slot != 0)
                visit(entry_of(slot));
    }

    std::size_t size() const noexcept { return size_; }
    std::uint64_t hash_of(const bytes& entry) const noexcept;
    std::size_t memory_bytes() const noexcept { return capacity_ * sizeof(std::uint64_t); }

  private:
    using slot_type = std::atomic<std::uint64_t>;  // relaxed: the shard's lock orders everything

    static constexpr std::uint64_t tag_mask = 0xFFFF'0000'0000'0000ULL;
    static constexpr std::uint64_t pointer_mask = 0x0000'FFFF'FFFF'FFF0ULL;
    static constexpr std::uint64_t far = 15;  // this far from home or farther: ask the key

    static bytes* entry_of(std::uint64_t slot) noexcept {
        return reinterpret_cast<bytes*>(slot & pointer_mask);
    }
    static std::uint64_t slot_of(std::uint64_t tag, const bytes* entry, std::size_t away) noexcept;

    std::size_t mask() const noexcept { return capacity_ - 1; }
    std::size_t away_from_home(std::uint64_t slot, std::size_t at) const noexcept;
    std::size_t position_of(std::uint64_t hash, const bytes* entry) const noexcept;
    bool rebuild(std::size_t capacity) noexcept;

    std::unique_ptr<slot_type[]> slots_;
    std::size_t capacity_ = 0;
    std::size_t size_ = 0;
    std::uint64_t seed_ = 0;
};

}  // namespace coord::cache
