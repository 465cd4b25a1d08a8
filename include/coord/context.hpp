// Contexts in C++, and the options of every call that may wait.
#pragma once

#include <coord/bytes.hpp>
#include <coord/context.h>

#include <chrono>
#include <string_view>
#include <utility>

namespace coord {
inline namespace v0 {

class context;
class queue;

/// How a context is made.
struct context_options {
    /// From now; zero = none of its own.
    std::chrono::nanoseconds timeout{0};
    /// Cancelling the parent cancels this one; its deadline counts too.
    const context* parent = nullptr;
    /// Opaque to libcoord, a traceparent say; empty = the parent's.
    std::string_view trace{};
    /// What user() gives; nullptr = the parent's. Yours to keep alive.
    void* user = nullptr;
};

/// A deadline and a cancel switch, shared by many calls. Copies are the same context. Safe from any
/// thread.
class context {
  public:
    /// Without a deadline.
    context() : context(context_options{}) {}
    explicit context(const context_options& options) {
        coord_context_options native{};
        native.size = sizeof native;
        native.timeout_ns = options.timeout.count();
        native.parent = options.parent == nullptr ? nullptr : options.parent->native_handle();
        native.trace = options.trace.empty() ? nullptr : options.trace.data();
        native.trace_len = options.trace.size();
        native.user = options.user;
        coord_error* err = nullptr;
        detail::check(coord_context_new(&native, handle_.out(), &err), err);
    }
    /// Takes over one reference of a C handle.
    explicit context(coord_context* owned) noexcept : handle_(owned) {}
    context(const context& other) noexcept : handle_(coord_context_ref(other.native_handle())) {}
    context(context&&) noexcept = default;
    context& operator=(context other) noexcept {
        handle_ = std::move(other.handle_);
        return *this;
    }
    ~context() = default;

    /// Cancels this context, those made from it, and every operation started with one of them.
    void cancel() const noexcept { coord_context_cancel(native_handle()); }
    /// Whether work under this context should stop: it was cancelled, or its deadline has passed.
    bool is_cancelled() const noexcept { return coord_context_is_cancelled(native_handle()) != 0; }
    /// Until the deadline; zero when that has passed, `forever` when there is none.
    std::chrono::nanoseconds remaining() const noexcept {
        return std::chrono::nanoseconds(coord_context_remaining_ns(native_handle()));
    }
    /// Valid as long as the context.
    std::string_view trace() const noexcept {
        std::size_t size = 0;
        const auto* text = coord_context_trace(native_handle(), &size);
        return {text, size};
    }

    /// The pointer it was made with, or inherited; nullptr when there is none.
    void* user() const noexcept { return coord_context_user(native_handle()); }

    /// BORROWED.
    coord_context* native_handle() const noexcept { return handle_.get(); }

  private:
    detail::handle<coord_context, coord_context_free> handle_;
};

/// Options of a call that may wait: `users.get("42", {.timeout = 50ms})`.
struct call_options {
    /// Of the whole call; zero = the verb's default, `forever` = none.
    std::chrono::nanoseconds timeout{0};
    /// The earlier of the two deadlines counts.
    const coord::context* context = nullptr;

    coord_call_options native() const noexcept {
        coord_call_options native{};
        native.size = sizeof native;
        native.timeout_ns = timeout.count();
        native.context = context == nullptr ? nullptr : context->native_handle();
        return native;
    }
};

/// Options of a call that only starts something.
struct start_options {
    /// As in call_options.
    std::chrono::nanoseconds timeout{0};
    const coord::context* context = nullptr;
    /// Ends, and resumes coroutines, on the thread that drains this queue; without one, on a thread
    /// of the runtime.
    coord::queue* queue = nullptr;
};

}  // namespace v0
}  // namespace coord
