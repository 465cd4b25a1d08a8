// Something that was started and ends in exactly one event; coord_op is this.
//
// It lives until its event was taken and the host let go of its handle. finish() may be called from
// anywhere and any number of times: the first call counts.
#pragma once

#include <atomic>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "runtime/context.hpp"
#include "runtime/event.hpp"
#include "runtime/queue.hpp"
#include "runtime/timers.hpp"

namespace coord {

class runtime;

class operation : public handle_object, public event_node, public timer, public context::listener {
  public:
    operation(ref<queue> answers, std::uint64_t token) noexcept;
    ~operation() override;

    // Counts it as pending, arms its deadline, listens to the context. After this one event will
    // come, whatever happens, once finish() was called; stop() asks for that. Throws bad_alloc, or
    // gives COORD_EXHAUSTED, with nothing begun.
    result<> begin(time_point deadline, ref<context> owner);

    void finish_done(const result<>& outcome) noexcept;
    void finish_bytes(const result<bytes_ref>& outcome) noexcept;
    // The host gets its first reference of `value`, which may be null, beside what went wrong.
    void finish_object(event_kind as, const ref<handle_object>& value, error why) noexcept;

    // An earlier deadline than it began with; nothing when it began without one, or has ended.
    void hasten(time_point deadline) noexcept;
    void cancel() noexcept { stop_because(COORD_CANCELLED); }
    // What asked it to stop first; COORD_OK = nothing yet.
    coord_status stopped_by() const noexcept { return stopped_.load(std::memory_order_acquire); }

  protected:
    // Leave what is waited for, and finish. Called without locks, on any thread, maybe more than
    // once.
    virtual void stop() noexcept = 0;

    runtime& owner() const noexcept;

  private:
    void stop_because(coord_status why) noexcept;
    void on_timer() noexcept final;
    void on_cancel() noexcept final { stop_because(COORD_CANCELLED); }
    void taken() noexcept final;
    bool end() noexcept;

    const ref<queue> answers_;
    ref<context> context_;
    bool armed_ = false;
    std::atomic<bool> finished_{false};
    std::atomic<coord_status> stopped_{COORD_OK};  // release in stop_because, acquire in stopped_by
};

}  // namespace coord
