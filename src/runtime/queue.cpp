#include "runtime/queue.hpp"

#include <cerrno>
#include <optional>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "runtime/request.hpp"
#include "runtime/runtime.hpp"
#include "runtime/this_thread.hpp"

namespace coord {

queue::queue(ref<runtime> owner) noexcept
    : handle_object(handle_kind::queue), owner_(std::move(owner)) {}

result<ref<queue>> queue::make_polled(ref<runtime> owner) {
    ref<queue> made(new queue(std::move(owner)));
    made->event_fd_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (made->event_fd_ < 0)
        return error(COORD_EXHAUSTED, "queue", "no file descriptor left for a queue")
            .native("errno", errno);
    made->owner_->add_handle();
    return made;
}

ref<queue> queue::make_callback(ref<runtime> owner,
                                callback fn,
                                void* user,
                                void (*user_free)(void*)) {
    ref<queue> made(new queue(std::move(owner)));
    made->fn_ = fn;
    made->user_ = user;
    made->user_free_ = user_free;
    made->owner_->add_handle();
    return made;
}

queue::~queue() {
    while (first_ != nullptr) {
        event_node* node = first_;
        first_ = node->next_event;
        clear(node->what);
        node->taken();
    }
    if (event_fd_ >= 0) ::close(event_fd_);
    if (notify_write_ >= 0) ::close(notify_write_);
    if (user_free_ != nullptr) user_free_(user_);
}

void queue::on_last_handle() noexcept {
    close();
    event_node* unseen = nullptr;
    {
        const std::lock_guard lock(mutex_);
        forsaken_ = true;
        unseen = first_;
        first_ = last_ = nullptr;
    }
    while (unseen != nullptr) {
        event_node* node = unseen;
        unseen = node->next_event;
        clear(node->what);
        node->taken();
    }
    owner_->drop_handle();
}

void queue::push(event_node& node) noexcept {
    {
        const std::lock_guard lock(mutex_);
        if (!forsaken_ && fn_ == nullptr) return append(node);
        if (!forsaken_) {
            intrusive_ptr_add_ref(this);
            node.callback_queue_ = this;
            owner_->work().begin();
        }
    }
    if (node.callback_queue_ != nullptr) return owner_->callbacks().post(node);
    // Ends unseen. The node may hold the last reference of this queue: nothing may follow.
    clear(node.what);
    node.taken();
}

bool queue::push_if_open(event_node& node) noexcept {
    if (fn_ != nullptr) {
        if (is_closed()) return false;
        push(node);
        return true;
    }
    const std::lock_guard lock(mutex_);
    if (closed_.load(std::memory_order_relaxed)) return false;
    append(node);
    return true;
}

void queue::append(event_node& node) noexcept {
    node.next_event = nullptr;
    (last_ != nullptr ? last_->next_event : first_) = &node;
    const bool was_empty = last_ == nullptr;
    last_ = &node;
    if (was_empty) {
        signal();
        nudge();
    }
    arrived_.notify_one();
}

event_node* queue::pop(std::span<event> room, std::size_t& count) noexcept {
    event_node* const taken = first_;
    event_node* end = nullptr;
    while (count < room.size() && first_ != nullptr) {
        room[count++] = std::exchange(first_->what, event{});
        end = first_;
        first_ = first_->next_event;
    }
    if (end == nullptr) return nullptr;
    end->next_event = nullptr;
    if (first_ == nullptr) {
        last_ = nullptr;
        unsignal();
    } else {
        nudge();
    }
    return taken;
}

queue::drained queue::hand_over(event_node* taken, drained outcome) noexcept {
    while (taken != nullptr) {
        event_node* const node = taken;
        taken = node->next_event;
        node->taken();
    }
    return outcome;
}

queue::drained queue::drain(std::span<event> room) noexcept {
    drainer_.store(std::this_thread::get_id(), std::memory_order_relaxed);
    drained outcome;
    event_node* taken = nullptr;
    {
        const std::lock_guard lock(mutex_);
        taken = pop(room, outcome.count);
        outcome.closed =
            first_ == nullptr && outcome.count == 0 && closed_.load(std::memory_order_relaxed);
    }
    return hand_over(taken, outcome);
}

queue::drained queue::wait(std::span<event> room, time_point deadline) noexcept {
    drainer_.store(std::this_thread::get_id(), std::memory_order_relaxed);
    drained outcome;
    event_node* taken = nullptr;
    {
        std::unique_lock lock(mutex_);
        clock& time = owner_->time();
        std::optional<workers::blocked> replaced;
        if (first_ == nullptr) replaced.emplace();
        waiting_.fetch_add(1, std::memory_order_relaxed);
        while (first_ == nullptr && !closed_.load(std::memory_order_relaxed) &&
               time.now() < deadline)
            time.wait(lock, arrived_, deadline);
        waiting_.fetch_sub(1, std::memory_order_relaxed);
        taken = pop(room, outcome.count);
        outcome.closed = outcome.count == 0 && closed_.load(std::memory_order_relaxed);
        // One notify woke us for possibly many events: pass it on.
        if (first_ != nullptr) arrived_.notify_one();
    }
    return hand_over(taken, outcome);
}

void queue::close() noexcept {
    const std::lock_guard lock(mutex_);
    if (closed_.exchange(true, std::memory_order_release)) return;
    signal();
    nudge();
    arrived_.notify_all();
}

result<int> queue::open_notify() noexcept {
    const std::lock_guard lock(mutex_);
    if (notify_given_)
        return error(COORD_ALREADY_EXISTS, "queue", "the queue has a notify descriptor already");
    // A socket pair and not a pipe: writing to it after the host closed its end must not raise
    // SIGPIPE in the host.
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0)
        return error(COORD_EXHAUSTED, "queue", "no file descriptor left to notify with")
            .native("errno", errno);
    ::shutdown(ends[0], SHUT_WR);
    notify_given_ = true;
    notify_write_ = ends[1];
    if (first_ != nullptr || closed_.load(std::memory_order_relaxed)) nudge();
    const int given = ends[0];
    return result<int>(boost::system::in_place_value, given);
}

void queue::signal() noexcept {
    if (event_fd_ < 0) return;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(event_fd_, &one, sizeof one);
}

void queue::unsignal() noexcept {
    // A closed queue stays readable.
    if (event_fd_ < 0 || closed_.load(std::memory_order_relaxed)) return;
    std::uint64_t seen = 0;
    [[maybe_unused]] const auto got = ::read(event_fd_, &seen, sizeof seen);
}

void queue::nudge() noexcept {
    // When it is full, it is readable already.
    if (notify_write_ < 0) return;
    const char byte = 1;
    [[maybe_unused]] const auto sent = ::send(notify_write_, &byte, 1, MSG_NOSIGNAL);
}

void event_node::run() noexcept {
    queue* const through = std::exchange(callback_queue_, nullptr);
    event mine = std::exchange(what, event{});
    taken();
    auto& thread = this_thread();
    load_frame frame{nullptr, nullptr, thread.loads};
    if (mine.kind == event_kind::request)
        frame = static_cast<request*>(static_cast<handle*>(mine.value))->frame(thread.loads);
    thread.loads = &frame;
    through->fn_(through->user_, reinterpret_cast<::coord_event*>(&mine));
    thread.loads = frame.outer;
    clear(mine);
    through->owner().work().end();
    intrusive_ptr_release(through);
}

void event_node::discard() noexcept {
    queue* const through = std::exchange(callback_queue_, nullptr);
    clear(what);
    taken();
    through->owner().work().end();
    intrusive_ptr_release(through);
}

}  // namespace coord
