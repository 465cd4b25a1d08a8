#include "groupcache/own_questions.hpp"

#include <utility>

namespace coord::groupcache {
namespace {

error cancelled() noexcept {
    return {COORD_CANCELLED, "peer", "closed before the host answered"};
}

}  // namespace

void own_question::ended(result<> outcome, ended_by who) noexcept {
    list_->leave(*this);
    concluded(std::move(outcome), who);
}

void own_questions::put(own_question& what,
                        runtime& by,
                        const host_handler& to,
                        time_point deadline) noexcept {
    const ref<own_question> keep(&what);
    what.list_ = this;
    what.put(by, to, deadline);
    // Listed only now: what is cut must have been put entirely. It may have ended meanwhile.
    bool too_late = false;
    {
        const std::lock_guard lock(mutex_);
        if (what.place_ == own_question::place::gone) return;
        too_late = is_cut_;
        if (!too_late) {
            what.place_ = own_question::place::listed;
            what.next_ = first_;
            if (first_ != nullptr) first_->previous_ = &what;
            first_ = &what;
        }
    }
    if (too_late) what.cut(cancelled());
}

std::size_t own_questions::cut() noexcept {
    for (std::size_t count = 0;; ++count) {
        ref<own_question> next;
        {
            const std::lock_guard lock(mutex_);
            is_cut_ = true;
            if (first_ == nullptr) return count;
            next = ref<own_question>(first_);  // whoever ends one holds it until it has left
            unlink(*next);
        }
        next->cut(cancelled());
    }
}

void own_questions::leave(own_question& what) noexcept {
    const std::lock_guard lock(mutex_);
    if (what.place_ == own_question::place::listed) unlink(what);
    what.place_ = own_question::place::gone;
}

void own_questions::unlink(own_question& what) noexcept {
    (what.previous_ != nullptr ? what.previous_->next_ : first_) = what.next_;
    if (what.next_ != nullptr) what.next_->previous_ = what.previous_;
    what.previous_ = what.next_ = nullptr;
    what.place_ = own_question::place::outside;
}

}  // namespace coord::groupcache
