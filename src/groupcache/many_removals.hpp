// The removals of one call about many keys: some at a time, all by one deadline.
#pragma once

#include <mutex>

#include "base/clock.hpp"
#include "groupcache/asker.hpp"
#include "groupcache/many.hpp"

namespace coord::groupcache {

// Who waits for all of them: told exactly once, on any thread.
class many_changer : public shared {
  public:
    virtual void all_ended() noexcept = 0;
};

class many_removals final : public shared {
  public:
    many_removals(ref<group> of,
                  ref<many> keys,
                  time_point deadline,
                  ref<many_changer> who) noexcept;
    void begin() noexcept;
    // No more begin; what has not ended does so now, with this status, and `who` is told: at once,
    // or by begin().
    void stop(coord_status why) noexcept;

  private:
    class turn;

    void go_on() noexcept;
    void begin_one(std::size_t i) noexcept;
    void ended(std::size_t i, const result<>& outcome) noexcept;
    coord_status may_not_begin() const noexcept;

    const ref<group> group_;
    const ref<many> keys_;
    const time_point deadline_;
    ref<many_changer> who_;

    std::mutex mutex_;  // for all below and keys_ until who_ was told
    std::size_t next_ = 0;
    std::size_t open_ = 0;
    bool going_on_ = false;  // a thread is inside go_on(): it sees what others change
    bool begun_ = false;
    coord_status stopped_ = COORD_OK;  // before it was begun
    bool told_ = false;
};

}  // namespace coord::groupcache
