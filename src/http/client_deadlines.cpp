// The part of the pool that keeps time.
#include <algorithm>
#include <utility>

#include "http/client_core.hpp"
#include "runtime/protect.hpp"

namespace coord::http {

void client_core::watch(time_point when) noexcept {
    if (when >= watched_ && is_armed_) return;
    watched_ = std::min(watched_, when);
    if (!is_armed_) return arm();
    // When it fires just now this does nothing, and on_timer() looks at everything after us.
    around_.timers->hasten(*this, when);
}

// When memory is short the next call tries again.
void client_core::arm() noexcept {
    is_armed_ = protect([&] { around_.timers->arm(*this, watched_); });
}

void client_core::on_timer() noexcept {
    verdict late;
    idle_connections dead;
    std::shared_ptr<client_core> self;
    {
        const std::lock_guard lock(mutex_);
        self = self_;
        if (closed_) {
            self_.reset();
            return;
        }
        const auto now = around_.time.now();
        watched_ = std::min({sweep_connections(now, late),
                             sweep_line(waiting_, now, late),
                             sweep_line(again_, now, late),
                             sweep_idle(now, dead)});
        counters_.failures += late.calls.size();
        late.why = failure(COORD_TIMED_OUT, 0, "no answer before the deadline");
        is_armed_ = false;
        arm();
    }
    late.tell();
    drop(dead);
}

time_point client_core::sweep_connections(time_point now, verdict& late) noexcept {
    auto next = never;
    for (auto& each : all_) {
        if (each.place.connecting && each.place.until <= now) {
            each.place.until = never;
            each.place.too_late = true;
            each.cut();
        } else if (each.place.connecting) {
            next = std::min(next, each.place.until);
        } else if (each.place.serves != nullptr && each.place.serves->deadline <= now) {
            late.calls.push(*leave(each));
            each.cut();
        } else if (each.place.serves != nullptr) {
            next = std::min(next, each.place.serves->deadline);
        }
    }
    return next;
}

time_point client_core::sweep_line(line& of, time_point now, verdict& late) noexcept {
    auto next = never;
    for (call* each = of.first(); each != nullptr;) {
        call* const following = line::after(*each);
        if (each->deadline <= now) {
            of.take(*each);
            late.calls.push(*each);
        } else {
            next = std::min(next, each->deadline);
        }
        each = following;
    }
    return next;
}

time_point client_core::sweep_idle(time_point now, idle_connections& dead) noexcept {
    while (!idle_.empty() && idle_.back().place.until <= now) {
        auto& oldest = idle_.back();
        idle_.pop_back();
        oldest.place.listed = false;
        all_.erase(all_.iterator_to(oldest));
        dead.push_back(oldest);
    }
    return idle_.empty() ? never : idle_.back().place.until;
}

}  // namespace coord::http
