// Where completions and requests arrive: a list under a short lock with a descriptor that can be
// polled, or a callback.
//
// coord_queue is this. Unbounded in itself: every node is part of an operation, a request or a
// post, and those are counted.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <span>
#include <thread>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "runtime/event.hpp"

struct coord_event;  // an event as the host sees it

namespace coord {

class runtime;

class queue final : public handle_object {
  public:
    using callback = void (*)(void* user, ::coord_event* what);

    // Opens an eventfd; fails with COORD_EXHAUSTED.
    static result<ref<queue>> make_polled(ref<runtime> owner);
    static ref<queue> make_callback(ref<runtime> owner,
                                    callback fn,
                                    void* user,
                                    void (*user_free)(void*));
    ~queue() override;

    // Completions always get in. A closed queue still delivers them.
    void push(event_node& node) noexcept;
    // Requests get in only while the queue is open.
    bool push_if_open(event_node& node) noexcept;

    // How many came. `closed` when there is nothing left and nothing new may come.
    struct drained {
        std::size_t count = 0;
        bool closed = false;
    };
    drained drain(std::span<event> room) noexcept;
    drained wait(std::span<event> room, time_point deadline) noexcept;

    void close() noexcept;
    bool is_closed() const noexcept { return closed_.load(std::memory_order_acquire); }
    bool has_callback() const noexcept { return fn_ != nullptr; }
    int descriptor() const noexcept { return event_fd_; }
    result<int> open_notify() noexcept;

    // The thread that drained last, while no other waits: it must not wait for what only this queue
    // can bring.
    bool is_drained_by_this_thread() const noexcept {
        return drainer_.load(std::memory_order_relaxed) == std::this_thread::get_id() &&
               waiting_.load(std::memory_order_relaxed) == 0;
    }
    runtime& owner() const noexcept { return *owner_; }

  private:
    friend class event_node;
    explicit queue(ref<runtime> owner) noexcept;
    void on_last_handle() noexcept override;
    void append(event_node& node) noexcept;                               // under the lock
    event_node* pop(std::span<event> room, std::size_t& count) noexcept;  // under the lock
    drained hand_over(event_node* taken, drained outcome) noexcept;
    void signal() noexcept;
    void unsignal() noexcept;
    void nudge() noexcept;

    const ref<runtime> owner_;
    callback fn_ = nullptr;
    void* user_ = nullptr;
    void (*user_free_)(void*) = nullptr;
    int event_fd_ = -1;

    std::mutex mutex_;
    std::condition_variable arrived_;
    event_node* first_ = nullptr;
    event_node* last_ = nullptr;
    int notify_write_ = -1;
    bool notify_given_ = false;
    bool forsaken_ = false;                   // the host holds no handle: nobody will drain
    std::atomic<bool> closed_{false};         // written under the lock; read anywhere
    std::atomic<std::thread::id> drainer_{};  // a hint, relaxed
    std::atomic<std::uint32_t> waiting_{0};   // threads inside wait(); relaxed, a hint as well
};

}  // namespace coord
