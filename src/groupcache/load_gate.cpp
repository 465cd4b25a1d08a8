#include "groupcache/load_gate.hpp"

namespace coord::groupcache {

bool load_gate::enter(flight& what) noexcept {
    const std::lock_guard lock(mutex_);
    if (taken_ < slots_) {
        ++taken_;
        what.has_slot = true;
        return true;
    }
    intrusive_ptr_add_ref(&what);
    what.in_line = true;
    what.next_in_line = nullptr;
    line& in = line_of(what);
    what.previous_in_line = in.last;
    (in.last != nullptr ? in.last->next_in_line : in.first) = &what;
    in.last = &what;
    return false;
}

bool load_gate::leave_line(flight& what) noexcept {
    const std::lock_guard lock(mutex_);
    if (!what.in_line) return false;
    line& in = line_of(what);
    (what.previous_in_line != nullptr ? what.previous_in_line->next_in_line : in.first) =
        what.next_in_line;
    (what.next_in_line != nullptr ? what.next_in_line->previous_in_line : in.last) =
        what.previous_in_line;
    what.in_line = false;
    intrusive_ptr_release(&what);
    return true;
}

ref<flight> load_gate::release(flight& what) noexcept {
    const std::lock_guard lock(mutex_);
    if (!what.has_slot) return nullptr;
    what.has_slot = false;
    if (ref<flight> next = pop()) {
        next->has_slot = true;
        return next;
    }
    --taken_;
    return nullptr;
}

ref<flight> load_gate::pop() noexcept {
    for (line& in : lines_) {
        flight* const next = in.first;
        if (next == nullptr) continue;
        in.first = next->next_in_line;
        (in.first != nullptr ? in.first->previous_in_line : in.last) = nullptr;
        next->in_line = false;
        return ref<flight>(next, false);
    }
    return nullptr;
}

}  // namespace coord::groupcache
