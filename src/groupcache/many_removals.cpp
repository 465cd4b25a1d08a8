#include "groupcache/many_removals.hpp"

#include <utility>

#include "groupcache/group.hpp"
#include "runtime/protect.hpp"

namespace coord::groupcache {
namespace {

error not_begun(coord_status why) noexcept {
    return {why, "group", "the removal was not begun"};
}

}  // namespace

class many_removals::turn final : public changer {
  public:
    turn(many_removals& of, std::size_t i) noexcept : of_(&of), i_(i) {}
    void changed(const result<>& outcome) noexcept override { of_->ended(i_, outcome); }

  private:
    const ref<many_removals> of_;
    const std::size_t i_;
};

many_removals::many_removals(ref<group> of,
                             ref<many> keys,
                             time_point deadline,
                             ref<many_changer> who) noexcept
    : group_(std::move(of)), keys_(std::move(keys)), deadline_(deadline), who_(std::move(who)) {}

void many_removals::begin() noexcept {
    const ref<many_removals> keep(this);
    group_->begin_work();
    coord_status why = COORD_OK;
    {
        const std::lock_guard lock(mutex_);
        begun_ = true;
        why = stopped_;
    }
    why == COORD_OK ? go_on() : stop(why);
}

// A removal may end before it returns: a loop, so that no number of them fills the stack.
void many_removals::go_on() noexcept {
    ref<many_changer> told;
    {
        std::unique_lock lock(mutex_);
        if (going_on_ || told_) return;
        going_on_ = true;
        while (!told_ && next_ < keys_->count() && open_ < limits::max_many_rounds) {
            if (const auto why = may_not_begin(); why != COORD_OK) {
                const error rest = not_begun(why);
                for (; next_ < keys_->count(); ++next_) keys_->end(next_, rest);
                break;
            }
            const std::size_t i = next_++;
            ++open_;
            lock.unlock();
            begin_one(i);
            lock.lock();
        }
        going_on_ = false;
        if (told_ || open_ != 0 || next_ < keys_->count()) return;
        told_ = true;
        told = std::move(who_);
    }
    told->all_ended();
    group_->end_work();
}

coord_status many_removals::may_not_begin() const noexcept {
    if (group_->is_closed()) return COORD_CANCELLED;
    return group_->time().now() >= deadline_ ? COORD_TIMED_OUT : COORD_OK;
}

void many_removals::begin_one(std::size_t i) noexcept {
    const bool begun = protect([&] {
        group_->remove_everywhere(keys_->key(i), deadline_, ref<changer>(new turn(*this, i)));
    });
    if (!begun) ended(i, error(COORD_NO_MEMORY));
}

void many_removals::ended(std::size_t i, const result<>& outcome) noexcept {
    {
        const std::lock_guard lock(mutex_);
        --open_;
        if (!told_) keys_->end(i, outcome ? error() : outcome.error());
    }
    go_on();
}

void many_removals::stop(coord_status why) noexcept {
    ref<many_changer> told;
    {
        const std::lock_guard lock(mutex_);
        if (!begun_) stopped_ = why;
        if (!begun_ || told_) return;
        const error open(why, "group", "stopped while peers were told of the removal");
        const error rest = not_begun(why);
        for (std::size_t i = 0; i < keys_->count(); ++i) keys_->end(i, i < next_ ? open : rest);
        next_ = keys_->count();
        told_ = true;
        told = std::move(who_);
    }
    told->all_ended();
    group_->end_work();
}

}  // namespace coord::groupcache
