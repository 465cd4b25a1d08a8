#include "groupcache/load_gate.hpp"

namespace coord::groupcache {

bool load_gate::enter(flight& what, pace how) noexcept {
    const std::lock_guard lock(mutex_);
    if (pauses_ == 0) {
        if (how == pace::hurry) return true;
        if (taken_ < slots_) {
            ++taken_;
            what.has_slot = true;
            return true;
        }
    }
    stand_in_line(what, how);
    return false;
}

bool load_gate::leave_line(flight& what) noexcept {
    const std::lock_guard lock(mutex_);
    if (!what.in_line) return false;
    unlink(what);
    intrusive_ptr_release(&what);
    return true;
}

bool load_gate::hurry(flight& what) noexcept {
    const std::lock_guard lock(mutex_);
    if (!what.in_line) return false;
    unlink(what);
    if (pauses_ != 0) {
        stand_in_line(what, pace::hurry);
        intrusive_ptr_release(&what);  // that of its place before
        return false;
    }
    intrusive_ptr_release(&what);
    return true;
}

ref<flight> load_gate::release(flight& what) noexcept {
    const std::lock_guard lock(mutex_);
    if (!what.has_slot) return nullptr;
    what.has_slot = false;
    --taken_;
    if (pauses_ != 0) return nullptr;
    for (line& from : lines_) {
        if (from.first == nullptr) continue;
        ++taken_;
        from.first->has_slot = true;
        return pop(from);
    }
    return nullptr;
}

void load_gate::pause() noexcept {
    const std::lock_guard lock(mutex_);
    ++pauses_;
}

void load_gate::resume() noexcept {
    const std::lock_guard lock(mutex_);
    --pauses_;
}

ref<flight> load_gate::admit() noexcept {
    const std::lock_guard lock(mutex_);
    if (pauses_ != 0) return nullptr;
    if (lines_[0].first != nullptr) return pop(lines_[0]);
    for (line& from : lines_) {
        if (from.first == nullptr || taken_ >= slots_) continue;
        ++taken_;
        from.first->has_slot = true;
        return pop(from);
    }
    return nullptr;
}

bool load_gate::may_begin(flight& what, pace how) noexcept {
    const std::lock_guard lock(mutex_);
    if (pauses_ == 0) return true;
    if (what.has_slot) {
        what.has_slot = false;
        --taken_;
    }
    stand_in_line(what, how);
    return false;
}

bool load_gate::is_paused() const noexcept {
    const std::lock_guard lock(mutex_);
    return pauses_ != 0;
}

load_gate::counts load_gate::read() const noexcept {
    const std::lock_guard lock(mutex_);
    return {slots_, taken_, in_line_, pauses_ != 0};
}

void load_gate::stand_in_line(flight& what, pace how) noexcept {
    intrusive_ptr_add_ref(&what);
    what.in_line = true;
    what.hurries = how == pace::hurry;
    what.next_in_line = nullptr;
    line& in = line_of(what);
    what.previous_in_line = in.last;
    (in.last != nullptr ? in.last->next_in_line : in.first) = &what;
    in.last = &what;
    ++in_line_;
}

void load_gate::unlink(flight& what) noexcept {
    line& in = line_of(what);
    (what.previous_in_line != nullptr ? what.previous_in_line->next_in_line : in.first) =
        what.next_in_line;
    (what.next_in_line != nullptr ? what.next_in_line->previous_in_line : in.last) =
        what.previous_in_line;
    what.in_line = false;
    --in_line_;
}

ref<flight> load_gate::pop(line& from) noexcept {
    flight* const next = from.first;
    unlink(*next);
    return ref<flight>(next, false);
}

}  // namespace coord::groupcache
