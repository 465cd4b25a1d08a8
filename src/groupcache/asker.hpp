// Somebody who is told later instead of blocking: the request of a peer, or of the admin endpoint.
#pragma once

#include <atomic>

#include "base/handle.hpp"
#include "base/result.hpp"
#include "groupcache/waiter.hpp"
#include "runtime/timers.hpp"

namespace coord::groupcache {

class group;

// Whose get it is. One that came from a peer is answered from memory or by loading here, never by
// asking a peer again.
enum class asked_by : std::uint8_t { here, peer };

// A get: group::ask() tells it exactly once, on any thread, perhaps before ask() returned.
class asker : public shared, public waiter, public timer {
  public:
    asker() noexcept;
    ~asker() override;
    virtual void told(const result<bytes_ref>& outcome) noexcept = 0;

  private:
    friend class group;
    // Holds one reference until done(). Throws bad_alloc with nothing begun.
    void begin(group& from, std::uint64_t key_hash, time_point deadline);
    void done(const result<bytes_ref>& outcome) noexcept final;
    void on_timer() noexcept final;
    coord_status wants_out() const noexcept final {
        return timed_out_.load(std::memory_order_acquire) ? COORD_TIMED_OUT : COORD_OK;
    }

    ref<group> group_;
    bool armed_ = false;
    std::atomic<bool> timed_out_{false};  // release before leaving, acquire under the shard's lock
};

// Who changes a key everywhere: told exactly once, on any thread, perhaps before the change was
// begun for good.
class changer : public shared {
  public:
    virtual void changed(const result<>& outcome) noexcept = 0;
};

}  // namespace coord::groupcache
