// A request to the host that also ends by itself: at its deadline, or when who asked is closed.
//
// Ends exactly once, in ended(); what the host answers after that is dropped. What setters leave
// belongs to the thread that holds the request, so ended() may read it only when the host ended it.
#pragma once

#include <atomic>

#include "base/clock.hpp"
#include "runtime/queue.hpp"
#include "runtime/request.hpp"
#include "runtime/runtime.hpp"
#include "runtime/timers.hpp"
#include "runtime/work_context.hpp"

struct coord_request;

namespace coord {

// Where requests go: a callback on a worker or lent thread, or a queue.
struct host_handler {
    using callback = void (*)(void* user, ::coord_request* request);
    callback call = nullptr;
    void* user = nullptr;
    queue* requests = nullptr;  // instead of call; kept by whoever owns the handler
    std::uint64_t token = 0;

    explicit operator bool() const noexcept { return call != nullptr || requests != nullptr; }
};

class host_question : public request, public timer {
  public:
    // Once. Keeps itself alive until it ended and the host has let go. `to` is copied.
    void put(runtime& by, const host_handler& to, time_point deadline) noexcept;
    // Ends it unless it has ended.
    void cut(error why) noexcept { end(std::move(why), ended_by::us); }

    load_frame frame(const load_frame* outer) const noexcept override {
        return {nullptr, nullptr, outer};
    }
    context* work_context() noexcept override;
    std::size_t count() const noexcept override { return 0; }
    std::string_view key(std::size_t) const noexcept override { return {}; }
    std::string_view group_name() const noexcept override { return {}; }
    result<> set(std::size_t, std::string_view, const value_terms&) noexcept override {
        return not_for_this_kind();
    }
    result<> set_error(std::size_t, error) noexcept override { return not_for_this_kind(); }
    bool is_answered() const noexcept override { return true; }
    void succeed() noexcept override { host_ends({}); }
    void fail(error why) noexcept override { host_ends(std::move(why)); }

  protected:
    enum class ended_by : std::uint8_t { host, us };
    // Without locks, on any thread, perhaps before put() returned.
    virtual void ended(result<> outcome, ended_by who) noexcept = 0;
    time_point deadline() const noexcept { return deadline_; }

  private:
    friend class open_questions;
    struct call_task final : task {
        explicit call_task(host_question& of) noexcept : me(of) {}
        void run() noexcept override;
        void discard() noexcept override;
        host_question& me;
    };
    void taken() noexcept override;
    void on_timer() noexcept override;
    void host_ends(result<> outcome) noexcept;
    void end(result<> outcome, ended_by who) noexcept;
    bool offer() noexcept;

    ref<runtime> runtime_;
    host_handler to_;
    time_point put_at_{};
    // Under the lock of the runtime's list of open questions.
    host_question* older_ = nullptr;
    host_question* newer_ = nullptr;
    bool is_listed_ = false;
    std::atomic<bool> may_be_listed_{
        false};                           // seq_cst with over_: who ends it, or put(), unlists it
    std::atomic<bool> was_given_{false};  // relaxed: only shown
    time_point deadline_ = never;
    coord::work_context context_;
    std::atomic<bool> over_{false};   // the first one ends it
    std::atomic<bool> armed_{false};  // release once the timer has its reference
    call_task task_{*this};
};

}  // namespace coord
