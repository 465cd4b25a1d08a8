// Duplicate suppression alone; coord_flight is this: a group that nobody can find, that asks no
// peers and keeps nothing.
#pragma once

#include <memory>
#include <utility>

#include "groupcache/group.hpp"
#include "runtime/this_thread.hpp"

namespace coord::groupcache {

class flight_handle final : public handle_object {
  public:
    // Takes over `user` only when it succeeds. Throws bad_alloc.
    static result<ref<flight_handle>> make(ref<runtime> owner, group_options wanted) {
        wanted.max_bytes = 0;
        wanted.nameless = true;
        auto fresh = std::unique_ptr<flight_handle>(new flight_handle);
        auto made = group::make(std::move(owner), {}, std::move(wanted));
        if (!made) return made.error();
        (*made)->to_host();
        fresh->loads_ = std::move(*made);
        return ref<flight_handle>(fresh.release());
    }

    group& loads() const noexcept { return *loads_; }
    // While `body` runs, no load begins; it runs on this thread.
    template <class Body>
    void lock(Body body) noexcept {
        const ref<flight_handle> keep(this);
        auto& thread = this_thread();
        const load_frame frame{this, nullptr, thread.loads};
        thread.loads = &frame;
        loads_->pause_loads();
        body();
        loads_->resume_loads();
        thread.loads = frame.outer;
    }
    bool is_locked_by_this_thread() const noexcept { return inside_flight(this); }

  private:
    flight_handle() noexcept : handle_object(handle_kind::flight) {}
    // Who still waits is told that it was cancelled.
    void on_last_handle() noexcept override { loads_->drop_handle(); }

    ref<group> loads_;  // not changed once made
};

}  // namespace coord::groupcache
