// Who leaves next: the port between a shard and its policies, and the bits of an entry that they
// share.
//
// An order holds no references and does not decide when somebody leaves. Guarded by the shard's
// lock.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "cache/cache.hpp"

namespace coord::cache {

// Bits 2 to 6 of bytes::cache_marks(). All are changed under the shard's lock only: plain loads and
// stores do.
namespace marks {
inline constexpr std::uint8_t frequency_shift = 2;
inline constexpr std::uint8_t frequency = 0x0C;  // hits since it was queued, up to 3
inline constexpr std::uint8_t hot = 0x10;
inline constexpr std::uint8_t in_protected = 0x20;
inline constexpr std::uint8_t of_queue = frequency | in_protected;
inline constexpr std::uint8_t all = 0x7C;

inline std::uint8_t of(bytes& entry) noexcept {
    return entry.cache_marks().load(std::memory_order_relaxed);
}
inline void set(bytes& entry, std::uint8_t wanted, std::uint8_t among) noexcept {
    const auto kept = static_cast<std::uint8_t>(of(entry) & ~among);
    entry.cache_marks().store(static_cast<std::uint8_t>(kept | (wanted & among)),
                              std::memory_order_relaxed);
}
}  // namespace marks

inline section section_of(bytes& entry) noexcept {
    return (marks::of(entry) & marks::hot) != 0 ? section::hot : section::main;
}

// The time of one call: the clock is read once, and only if an entry asks.
class moment {
  public:
    explicit moment(const clock& time) noexcept : time_(time) {}
    bool expired(const bytes& entry) noexcept {
        if (entry.expire_unix_ns() == 0) return false;
        if (!known_) {
            now_ = time_.unix_ns();
            known_ = true;
        }
        return entry.expire_unix_ns() < now_;
    }

  private:
    const clock& time_;
    std::int64_t now_ = 0;
    bool known_ = false;
};

class eviction_order {
  public:
    eviction_order() noexcept = default;
    eviction_order(const eviction_order&) = delete;
    eviction_order& operator=(const eviction_order&) = delete;
    virtual ~eviction_order() = default;

    // Room for one push of a key with that hash; false when memory is short.
    virtual bool reserve(std::uint64_t hash) noexcept = 0;
    virtual void push(std::uint64_t hash, bytes* entry) noexcept = 0;
    // A new value of the same key, with the same marks; counts as a use.
    virtual void replace(bytes* old, bytes* entry) noexcept = 0;
    virtual void touch(bytes* entry) noexcept = 0;
    virtual void remove(const bytes* entry) noexcept = 0;
    // Who leaves next; stays until removed. Null when there is nobody.
    virtual bytes* victim(moment& now) noexcept = 0;
    // The victim is about to be removed because room is needed.
    virtual void remember(bytes* victim, std::uint64_t hash) noexcept = 0;
    // It is about to be removed, and its key comes back with a new value.
    virtual void recommend(bytes* entry, std::uint64_t hash) noexcept = 0;
    virtual void shrink() noexcept = 0;
    virtual void reset() noexcept = 0;
    virtual std::size_t memory_bytes() const noexcept = 0;
};

}  // namespace coord::cache
