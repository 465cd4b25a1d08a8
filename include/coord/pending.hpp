// pending<T>: something under way. Get it, await it, cancel it, or drop it.
//
// It ends on a thread of the runtime, or on the one that drains the queue it was started with; a
// coroutine is resumed there. What a resumed coroutine lets escape ends the program, as from any
// thread.
#pragma once

#include <coord/codec.hpp>
#include <coord/http.hpp>
#include <coord/many.hpp>
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
    T get() { return all_or_throw(try_get()); }
    /// What start_remove_many() began gives the many also when some of its keys failed; get() and
    /// co_await then throw what went wrong with the first of them.
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
    T await_resume() { return all_or_throw(take()); }

  private:
    void detach() noexcept {
        if (operation_) operation_->forget_waiter();
    }
    result<T> take() noexcept {
        return detail::guarded<T>([this]() -> result<T> {
            coord_event event{};
            if (!operation_ || !operation_->take(event))
                return error(status::conflict, "the outcome was taken before");
            if constexpr (std::is_same_v<T, many>) {
                many told(static_cast<coord_many*>(event.value));
                if (told.native_handle() == nullptr && event.status != COORD_OK)
                    return detail::failure(event.status, event.error);
                coord_error_free(event.error);
                return told;
            } else {
                if (event.status != COORD_OK) return detail::failure(event.status, event.error);
                return value_of(event);
            }
        });
    }
    static result<T> value_of(coord_event& event) {
        if constexpr (std::is_void_v<T>)
            return {};
        else if constexpr (std::is_same_v<T, response>)
            return response(static_cast<coord_response*>(event.value));
        else
            return detail::decode<T>(bytes(static_cast<coord_bytes*>(event.value)));
    }
    static T all_or_throw(result<T> ended) {
        if constexpr (std::is_same_v<T, many>)
            if (ended) ended->check();
        return std::move(ended).value();
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
