// Queues in C++: for programs that want every line of their code to run on their own thread.
//
// Pendings that were started with a queue end on the thread that drains it; other events go to a
// handler of yours.
#pragma once

#include <coord/http.hpp>
#include <coord/many.hpp>
#include <coord/operation.hpp>
#include <coord/queue.h>
#include <coord/request.hpp>
#include <coord/runtime.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace coord {
inline namespace v0 {

enum class event_kind : std::int32_t {
    none = 0,
    done = COORD_EVENT_DONE,
    bytes = COORD_EVENT_BYTES,
    request = COORD_EVENT_REQUEST,
    post = COORD_EVENT_POST,
    many = COORD_EVENT_MANY,
    response = COORD_EVENT_RESPONSE,
};

/// What came out of a queue and belongs to no pending: a request, a post, or the end of something
/// started through the C API.
class event {
  public:
    event() noexcept = default;
    event(event&& other) noexcept : native_(std::exchange(other.native_, coord_event{})) {}
    event& operator=(event&& other) noexcept {
        coord_event_clear(&native_);
        native_ = std::exchange(other.native_, coord_event{});
        return *this;
    }
    /// Frees what was not taken; a request then fails with `abandoned`.
    ~event() { coord_event_clear(&native_); }

    event_kind kind() const noexcept { return static_cast<event_kind>(native_.kind); }
    coord::status status() const noexcept { return static_cast<coord::status>(native_.status); }
    std::uint64_t token() const noexcept { return native_.token; }
    /// The request of an event of that kind, once; else none.
    request take_request() noexcept {
        if (kind() != event_kind::request) return {};
        return request(static_cast<coord_request*>(std::exchange(native_.value, nullptr)));
    }
    /// The value of an event of that kind, once; else no bytes.
    bytes take_bytes() noexcept {
        if (kind() != event_kind::bytes) return {};
        return bytes(static_cast<coord_bytes*>(std::exchange(native_.value, nullptr)));
    }
    /// The same for what became of many keys, also when some of them failed.
    many take_many() noexcept {
        if (kind() != event_kind::many) return {};
        return many(static_cast<coord_many*>(std::exchange(native_.value, nullptr)));
    }
    /// The same for the answer to a request of a peer.
    response take_response() noexcept {
        if (kind() != event_kind::response) return {};
        return response(static_cast<coord_response*>(std::exchange(native_.value, nullptr)));
    }
    /// Only when status() is not ok.
    coord::error take_error() noexcept {
        return detail::failure(native_.status, std::exchange(native_.error, nullptr));
    }

    /// BORROWED.
    coord_event* native_handle() noexcept { return &native_; }

  private:
    coord_event native_{};
};

/// Where events wait until you drain them. Drain it from one thread; start and post from any.
class queue {
  public:
    queue() : queue(detail::default_runtime()) {}
    explicit queue(const runtime& owner) : queue(owner.native_handle()) {}
    queue(queue&&) noexcept = default;
    queue& operator=(queue&& other) noexcept {
        end();
        handle_ = std::move(other.handle_);
        pendings_ = std::move(other.pendings_);
        return *this;
    }
    /// Pendings that have not ended fail with `closed`.
    ~queue() { end(); }

    /// Poll it (poll, epoll, libuv) and call drain() when it is readable; never read or close it.
    int fd() const noexcept { return coord_queue_fd(native_handle()); }
    /// For loops that must read what they poll: the read end of a pipe. Yours to close; at most one
    /// per queue.
    int notify_fd() {
        std::int32_t fd = -1;
        coord_error* err = nullptr;
        detail::check(coord_queue_notify_fd(native_handle(), &fd, &err), err);
        return fd;
    }

    /// Handles what is there, without waiting: ends pendings, hands the rest to
    /// `on_event(coord::event)`. Gives how many.
    template <class Handler>
    std::size_t drain(Handler&& on_event) {
        // Not for ever, should the handler keep filling the queue.
        constexpr std::size_t at_most = 1'024;
        std::size_t handled = 0;
        while (handled < at_most && one(std::chrono::nanoseconds{0}, on_event) == status::ok)
            ++handled;
        return handled;
    }
    std::size_t drain() { return drain(drop); }

    /// Waits for one event and handles it as drain() does. Gives `ok`, `timed_out`, or `closed`
    /// when nothing can come any more.
    template <class Handler>
    coord::status run_one(std::chrono::nanoseconds timeout, Handler&& on_event) {
        return one(timeout, on_event);
    }
    coord::status run_one(std::chrono::nanoseconds timeout = forever) {
        return run_one(timeout, drop);
    }

    /// Puts an event of kind `post` into the queue, to wake your own loop.
    void post(std::uint64_t token) {
        coord_error* err = nullptr;
        detail::check(coord_queue_post(native_handle(), token, &err), err);
    }
    /// Nothing new can be started on it; what was started before still arrives.
    void close() noexcept { coord_queue_close(native_handle()); }

    /// BORROWED.
    coord_queue* native_handle() const noexcept { return handle_.get(); }

    /// For the `start_` verbs.
    template <class Start>
    void run(const std::shared_ptr<detail::operation>& begun, Start&& start) {
        begun->set_drained_by_host();
        const auto token = pendings_->enlist(begun);
        coord_op* op = nullptr;
        coord_error* err = nullptr;
        const auto what = start(native_handle(), token, &op, &err);
        if (what != COORD_OK) pendings_->strike(token);
        detail::check(what, err);
        begun->set_op(op);
    }

  private:
    explicit queue(coord_runtime* owner) {
        coord_error* err = nullptr;
        detail::check(coord_queue_new(owner, handle_.out(), &err), err);
    }
    static void drop(event) noexcept {}

    void end() noexcept {
        handle_.reset();
        if (pendings_) pendings_->close();
    }

    // One at a time: when the handler throws, nothing that came with it is lost. Zero = do not
    // wait.
    template <class Handler>
    coord::status one(std::chrono::nanoseconds timeout, Handler& on_event) {
        event came;
        auto* room = came.native_handle();
        std::size_t count = 0;
        coord_error* err = nullptr;
        const auto what =
            timeout.count() > 0
                ? coord_queue_wait(native_handle(), timeout.count(), room, 1, &count, &err)
                : coord_queue_drain(native_handle(), room, 1, &count, &err);
        if (what == COORD_TIMED_OUT || what == COORD_CLOSED) {
            coord_error_free(err);
            return static_cast<coord::status>(what);
        }
        detail::check(what, err);
        if (count == 0) return status::timed_out;
        if (!pendings_->deliver(*room)) on_event(std::move(came));
        return status::ok;
    }

    detail::handle<coord_queue, coord_queue_free> handle_;
    // Apart, so that a queue can be moved while operations are under way.
    std::unique_ptr<detail::mailbox> pendings_ = std::make_unique<detail::mailbox>();
};

}  // namespace v0
}  // namespace coord
