// pending<T>: something under way. Get it, await it, cancel it, or drop it.
//
// It ends on a thread of the runtime, or on the one that drains the queue it was started with; a
// coroutine is resumed there. What a resumed coroutine lets escape ends the program, as from any
// thread.
#pragma once

#include <coord/codec.hpp>
#include <coord/operation.hpp>
#include <coord/queue.hpp>
#include <coord/result.hpp>
#include <coord/runtime.hpp>

#include <coroutine>
#include <memory>
#include <type_traits>
#include <utility>

namespace coord {
inline namespace v0 {

/// The outcome of a `start_` verb, to come: `co_await` it or get() it, once. The destructor does
/// not wait: the operation goes on unseen.
template <class T>
class pending {
  public:
    explicit pending(std::shared_ptr<detail::operation> begun) noexcept
        : operation_(std::move(begun)) {}
    pending(pending&&) noexcept = default;
    pending& operator=(pending&& other) noexcept {
        detach();
        operation_ = std::move(other.operation_);
        return *this;
    }
    ~pending() { detach(); }

    bool is_ready() const noexcept { return operation_ && operation_->is_done(); }
    /// Waits, and gives the value or throws. One that was started with a queue cannot be waited
    /// for, only drained: until it is ready it throws `would_deadlock`. Do not wait on a thread of
    /// the runtime, such as inside a loader.
    T get() { return try_get().value(); }
    result<T> try_get() noexcept {
        if (operation_ && operation_->is_drained_by_host() && !operation_->is_done())
            return detail::guarded<T>([]() -> result<T> {
                return error(status::would_deadlock,
                             "it ends when the queue it was started with is drained");
            });
        if (operation_) operation_->wait();
        return take();
    }
    /// Asks it to end early; it then ends with `cancelled`, unless it was done first. Others who
    /// wait for the same are not disturbed.
    void cancel() noexcept {
        if (operation_) operation_->cancel();
    }

    bool await_ready() const noexcept { return !operation_ || operation_->is_done(); }
    bool await_suspend(std::coroutine_handle<> waiter) noexcept {
        return operation_->resume_later(waiter);
    }
    T await_resume() { return take().value(); }

  private:
    void detach() noexcept {
        if (operation_) operation_->forget_waiter();
    }
    result<T> take() noexcept {
        return detail::guarded<T>([this]() -> result<T> {
            coord_event event{};
            if (!operation_ || !operation_->take(event))
                return error(status::conflict, "the outcome was taken before");
            if (event.status != COORD_OK) return detail::failure(event.status, event.error);
            bytes value(static_cast<coord_bytes*>(event.value));
            if constexpr (std::is_void_v<T>)
                return {};
            else
                return detail::decode<T>(std::move(value));
        });
    }

    std::shared_ptr<detail::operation> operation_;
};

namespace detail {

/// Starts an operation; `start(call, queue, token, op, err)` is a C `_start` function with the rest
/// bound.
template <class T, class Start>
pending<T> launch(completions& own, const start_options& options, Start&& start) {
    const auto call = call_options{options.timeout, options.context}.native();
    const auto begin =
        [&](coord_queue* queue, std::uint64_t token, coord_op** op, coord_error** err) {
            return start(&call, queue, token, op, err);
        };
    auto begun = std::make_shared<operation>();
    if (options.queue != nullptr)
        options.queue->run(begun, begin);
    else
        own.run(begun, begin);
    return pending<T>(std::move(begun));
}

}  // namespace detail

inline pending<void> runtime::start_close(const start_options& options) {
    detail::completions own(native_handle());
    return detail::launch<void>(own,
                                options,
                                [this](const coord_call_options* call,
                                       coord_queue* queue,
                                       std::uint64_t token,
                                       coord_op** op,
                                       coord_error** err) {
                                    return coord_runtime_close_start(
                                        native_handle(), call, queue, token, op, err);
                                });
}

}  // namespace v0
}  // namespace coord
