// A deadline and a cancel switch for many calls; coord_context is this.
//
// Listeners are told of a cancel once, outside the lock, on the thread that cancels. forget()
// returns only when the listener will not be called any more, so listeners may live on a stack.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "base/clock.hpp"
#include "base/handle.hpp"

namespace coord {

class context final : public handle_object {
  public:
    class listener {
      public:
        virtual void on_cancel() noexcept = 0;

      protected:
        virtual ~listener() = default;

      private:
        friend class context;
        listener* previous_ = nullptr;
        listener* next_ = nullptr;
        bool listening_ = false;
    };

    // A pointer of the host; null = the parent's.
    struct host_value {
        void* user;
        void (*user_free)(void*);
    };
    // `deadline` is cut to the parent's. Takes over `value` unless it throws.
    context(const clock& time,
            time_point deadline,
            ref<context> parent,
            std::string_view trace,
            host_value value);
    context(const clock& time, time_point deadline, ref<context> parent, std::string_view trace)
        : context(time, deadline, std::move(parent), trace, host_value{nullptr, nullptr}) {}
    ~context() override;

    void cancel() noexcept;
    bool was_cancelled() const noexcept { return cancelled_.load(std::memory_order_acquire); }
    bool is_over() const noexcept;
    duration remaining() const noexcept;  // duration::max() without a deadline
    time_point deadline() const noexcept { return deadline_; }
    const std::string& trace() const noexcept { return trace_; }
    int depth() const noexcept { return depth_; }
    void* user() const noexcept {
        return value_.user != nullptr || !parent_ ? value_.user : parent_->user();
    }

    // False when it was cancelled already: the listener is then not called.
    bool listen(listener& who) noexcept;
    void forget(listener& who) noexcept;

  private:
    struct parent_link final : listener {
        explicit parent_link(context& child) noexcept : me(child) {}
        void on_cancel() noexcept override { me.cancel(); }
        context& me;
    };
    void unlink(listener& who) noexcept;

    const clock& clock_;
    time_point deadline_;
    const ref<context> parent_;
    const std::string trace_;
    const int depth_;
    const host_value value_;
    parent_link link_{*this};

    std::atomic<bool> cancelled_{false};  // release here, acquire in was_cancelled
    std::mutex mutex_;
    std::condition_variable told_;
    listener* first_ = nullptr;
    listener* telling_ = nullptr;
    std::thread::id teller_;
};

}  // namespace coord
