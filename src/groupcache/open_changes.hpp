// The changes of a group whose callers wait, in the order they began.
#pragma once

#include <atomic>
#include <mutex>

#include "groupcache/change.hpp"

namespace coord::groupcache {

class open_changes {
  public:
    // False when the group is closed: nothing was added. `closed` is set before take_oldest() is
    // called, and read under the lock: one of the two sees the other.
    bool add(change& what, const std::atomic<bool>& closed) noexcept;
    // True for the one who is to tell its caller.
    bool take(change& what) noexcept;
    // The same for whichever is the oldest; null = none.
    ref<change> take_oldest() noexcept;

    std::uint64_t count() const noexcept;
    // `never` when there is none.
    time_point oldest_begun() const noexcept;
    // With the lock held: `look` must be quick.
    template <class Look>
    void each(Look look) const {
        const std::lock_guard lock(mutex_);
        for (const change* next = oldest_; next != nullptr; next = next->newer) look(*next);
    }

  private:
    void unlink(change& what) noexcept;

    mutable std::mutex mutex_;
    change* oldest_ = nullptr;
    change* newest_ = nullptr;
    std::uint64_t count_ = 0;
};

}  // namespace coord::groupcache
