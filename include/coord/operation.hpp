// What a pending and the thread that brings its event share. Part of the C++ wrapper, not for use
// by itself.
//
// Who brings the event keeps the operation alive until then, so that a pending may be dropped at
// any time.
#pragma once

#include <coord/error.hpp>
#include <coord/queue.h>

#include <condition_variable>
#include <coroutine>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace coord {
inline namespace v0 {
namespace detail {

class operation {
  public:
    operation() noexcept = default;
    operation(const operation&) = delete;
    operation& operator=(const operation&) = delete;
    ~operation() { coord_event_clear(&event_); }

    /// The one completion: takes over what the event owns, and resumes who awaits on this thread.
    void complete(coord_event& event) noexcept {
        std::coroutine_handle<> next;
        {
            const std::lock_guard lock(mutex_);
            event_ = std::exchange(event, coord_event{});
            done_ = true;
            next = std::exchange(waiter_, nullptr);
            arrived_.notify_all();
        }
        if (next) next.resume();
    }

    bool is_done() const noexcept {
        const std::lock_guard lock(mutex_);
        return done_;
    }
    void wait() noexcept {
        std::unique_lock lock(mutex_);
        arrived_.wait(lock, [this] { return done_; });
    }
    /// False when it is done already: there is nothing to wait for.
    bool resume_later(std::coroutine_handle<> waiter) noexcept {
        const std::lock_guard lock(mutex_);
        if (done_) return false;
        waiter_ = waiter;
        return true;
    }
    /// Nobody is there any more to be resumed.
    void forget_waiter() noexcept {
        const std::lock_guard lock(mutex_);
        waiter_ = nullptr;
    }
    void cancel() noexcept { coord_op_cancel(op_.get()); }

    /// Once, after it is done: gives up the event. False when that happened before.
    bool take(coord_event& event) noexcept {
        const std::lock_guard lock(mutex_);
        if (!done_ || taken_) return false;
        taken_ = true;
        event = std::exchange(event_, coord_event{});
        return true;
    }

    void set_op(coord_op* owned) noexcept { op_.reset(owned); }
    bool is_drained_by_host() const noexcept { return drained_by_host_; }
    void set_drained_by_host() noexcept { drained_by_host_ = true; }

  private:
    mutable std::mutex mutex_;
    std::condition_variable arrived_;
    coord_event event_{};
    bool done_ = false;
    bool taken_ = false;
    bool drained_by_host_ = false;
    std::coroutine_handle<> waiter_;
    handle<coord_op, coord_op_free> op_;
};

/// Operations whose events a host thread drains. They end with `closed` when their queue is
/// destroyed first.
class mailbox {
  public:
    std::uint64_t enlist(std::shared_ptr<operation> started) {
        const std::lock_guard lock(mutex_);
        const auto token = next_token_++;
        under_way_.emplace(token, std::move(started));
        return token;
    }
    std::shared_ptr<operation> strike(std::uint64_t token) noexcept {
        const std::lock_guard lock(mutex_);
        const auto found = under_way_.find(token);
        if (found == under_way_.end()) return nullptr;
        auto operation = std::move(found->second);
        under_way_.erase(found);
        return operation;
    }
    /// False when the event is none of these operations'.
    bool deliver(coord_event& event) noexcept {
        const bool ends_one = event.kind == COORD_EVENT_DONE || event.kind == COORD_EVENT_BYTES ||
                              event.kind == COORD_EVENT_MANY || event.kind == COORD_EVENT_RESPONSE;
        if (!ends_one) return false;
        const auto ended = strike(event.token);
        if (ended == nullptr) return false;
        ended->complete(event);
        return true;
    }
    void close() noexcept {
        decltype(under_way_) left;
        {
            const std::lock_guard lock(mutex_);
            left.swap(under_way_);
        }
        for (auto& [token, operation] : left) {
            coord_event event{};
            event.kind = COORD_EVENT_DONE;
            event.status = COORD_CLOSED;
            operation->complete(event);
        }
    }

  private:
    std::mutex mutex_;
    std::unordered_map<std::uint64_t, std::shared_ptr<operation>> under_way_;
    std::uint64_t next_token_ = 1;
};

/// A callback queue that completes operations on threads of the runtime. An operation under way
/// keeps it.
class completions {
  public:
    explicit completions(coord_runtime* runtime) {
        coord_queue* queue = nullptr;
        coord_error* err = nullptr;
        check(coord_queue_new_callback(runtime, arrive, nullptr, nullptr, &queue, &err), err);
        queue_.reset(queue);
    }

    /// `start` gets a queue, a token and where to put the coord_op, and returns the status.
    template <class Start>
    void run(const std::shared_ptr<operation>& begun, Start&& start) {
        auto flight = std::make_unique<in_flight>();
        flight->begun = begun;
        flight->queue.reset(coord_queue_ref(queue_.get()));
        coord_op* op = nullptr;
        coord_error* err = nullptr;
        const auto token = reinterpret_cast<std::uintptr_t>(flight.get());
        check(start(queue_.get(), std::uint64_t{token}, &op, &err), err);
        flight.release();  // arrive() has it, perhaps already
        begun->set_op(op);
    }

  private:
    struct in_flight {
        std::shared_ptr<operation> begun;
        handle<coord_queue, coord_queue_free> queue;
    };
    static void arrive(void*, coord_event* event) noexcept {
        const std::unique_ptr<in_flight> ended(
            reinterpret_cast<in_flight*>(static_cast<std::uintptr_t>(event->token)));
        ended->begun->complete(*event);
    }

    handle<coord_queue, coord_queue_free> queue_;
};

}  // namespace detail
}  // namespace v0
}  // namespace coord
