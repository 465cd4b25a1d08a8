#include "groupcache/open_changes.hpp"

namespace coord::groupcache {

bool open_changes::add(change& what, const std::atomic<bool>& closed) noexcept {
    const std::lock_guard lock(mutex_);
    if (closed.load()) return false;
    what.older = newest_;
    (newest_ != nullptr ? newest_->newer : oldest_) = &what;
    newest_ = &what;
    what.is_open = true;
    ++count_;
    return true;
}

bool open_changes::take(change& what) noexcept {
    const std::lock_guard lock(mutex_);
    if (!what.is_open) return false;
    unlink(what);
    return true;
}

ref<change> open_changes::take_oldest() noexcept {
    const std::lock_guard lock(mutex_);
    ref<change> found(oldest_);
    if (found) unlink(*found);
    return found;
}

void open_changes::unlink(change& what) noexcept {
    (what.older != nullptr ? what.older->newer : oldest_) = what.newer;
    (what.newer != nullptr ? what.newer->older : newest_) = what.older;
    what.older = what.newer = nullptr;
    what.is_open = false;
    --count_;
}

std::uint64_t open_changes::count() const noexcept {
    const std::lock_guard lock(mutex_);
    return count_;
}

time_point open_changes::oldest_begun() const noexcept {
    const std::lock_guard lock(mutex_);
    return oldest_ != nullptr ? oldest_->begun() : never;
}

}  // namespace coord::groupcache
