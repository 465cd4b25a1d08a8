// The runtime in C++: threads, clocks and the names of groups.
//
// Most programs need none of their own: what is made without a runtime uses the process-wide one.
#pragma once

#include <coord/context.hpp>
#include <coord/result.hpp>
#include <coord/runtime.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace coord {
inline namespace v0 {

template <class T>
class pending;
class group;
class picker;

enum class log_level : std::int32_t {
    error = COORD_LOG_ERROR,
    warn = COORD_LOG_WARN,
    info = COORD_LOG_INFO,
    debug = COORD_LOG_DEBUG,
};

/// Where loaders and callbacks run: on threads of the runtime too, or only on those inside
/// runtime::run().
enum class callbacks : std::int32_t {
    workers = COORD_CALLBACKS_WORKERS,
    lent = COORD_CALLBACKS_LENT,
};

/// Receives log lines, on any thread; must be quick. What it throws is swallowed.
using log_function =
    std::function<void(log_level level, std::string_view component, std::string_view text)>;

/// How a runtime is made; zero = the default of each.
struct runtime_options {
    std::uint32_t worker_threads = 0;
    std::uint32_t io_threads = 0;
    std::uint32_t max_blocked_workers = 0;
    coord::callbacks callbacks = coord::callbacks::workers;
    std::uint64_t max_pending = 0;
    /// Empty = silent.
    log_function log{};
    log_level level = log_level::warn;
    /// "127.0.0.1:9090": keys, owners, statistics, health and metrics over HTTP; port 0 = any.
    /// Empty = none.
    std::string_view admin_listen{};
    /// admin_listen may be beyond loopback, where anybody can read and remove.
    bool allow_insecure_bind = false;
};

namespace detail {

inline void write_log(void* user,
                      std::int32_t level,
                      const char* component,
                      const char* text,
                      std::size_t size) noexcept {
    try {
        (*static_cast<log_function*>(user))(
            static_cast<log_level>(level), component, std::string_view(text, size));
    } catch (...) {
        return;  // there is nobody to tell
    }
}

inline void free_log(void* user) noexcept {
    delete static_cast<log_function*>(user);
}

/// BORROWED for ever.
inline coord_runtime* default_runtime() {
    auto* runtime = coord_runtime_default();
    if (runtime == nullptr)
        throw error(status::exhausted, "the default runtime could not be started");
    return runtime;
}

}  // namespace detail

/// Threads and clocks that components share. What is made from a runtime keeps it alive: destroy in
/// any order.
class runtime {
  public:
    /// Starts threads of its own.
    explicit runtime(runtime_options options = {}) {
        coord_runtime_options native{};
        native.size = sizeof native;
        native.worker_threads = options.worker_threads;
        native.io_threads = options.io_threads;
        native.max_blocked_workers = options.max_blocked_workers;
        native.callbacks = static_cast<std::int32_t>(options.callbacks);
        native.max_pending = options.max_pending;
        native.log_level = static_cast<std::int32_t>(options.level);
        native.admin_listen = options.admin_listen.empty() ? nullptr : options.admin_listen.data();
        native.admin_listen_len = options.admin_listen.size();
        if (options.allow_insecure_bind) native.flags |= COORD_RUNTIME_ALLOW_INSECURE_BIND;
        if (options.log) {
            native.log_user = std::make_unique<log_function>(std::move(options.log)).release();
            native.log = detail::write_log;
            native.log_user_free = detail::free_log;
        }
        coord_error* err = nullptr;
        detail::check(coord_runtime_new(&native, handle_.out(), &err), err);
    }
    /// The process-wide runtime, which nothing ends; in a forked child a new one.
    static runtime process_wide() { return runtime(coord_runtime_ref(detail::default_runtime())); }

    /// Closes everything made from it: what is open may end until the deadline (10 s), the rest is
    /// cancelled. Blocks.
    void close(const call_options& call = {}) { try_close(call).value(); }
    result<void> try_close(const call_options& call = {}) noexcept {
        const auto native = call.native();
        coord_error* err = nullptr;
        const auto what = coord_runtime_close(native_handle(), &native, &err);
        return detail::outcome(what, err);
    }
    /// The same without waiting; include <coord/pending.hpp>.
    pending<void> start_close(const start_options& options = {});

    /// Lends the calling thread: it runs callbacks until wake() (`ok`), its timeout, its context or
    /// the runtime's end.
    coord::status run(const call_options& call = {}) {
        const auto native = call.native();
        coord_error* err = nullptr;
        const auto what = coord_runtime_run(native_handle(), &native, &err);
        if (what != COORD_TIMED_OUT && what != COORD_CANCELLED && what != COORD_CLOSED)
            detail::check(what, err);
        else
            coord_error_free(err);
        return static_cast<coord::status>(what);
    }
    /// Makes every thread inside run() return.
    void wake() noexcept { coord_runtime_wake(native_handle()); }

    /// The runtime's wall clock.
    std::chrono::system_clock::time_point now() const noexcept {
        using clock = std::chrono::system_clock;
        const std::chrono::nanoseconds since_epoch(coord_runtime_now_unix_ns(native_handle()));
        return clock::time_point(std::chrono::duration_cast<clock::duration>(since_epoch));
    }
    /// Counters of the runtime and its groups in the Prometheus text format.
    std::string metrics() const {
        coord_error* err = nullptr;
        coord_bytes* text = nullptr;
        detail::check(coord_runtime_metrics(native_handle(), &text, &err), err);
        return bytes(text).str();
    }

    /// What is pending now, for a person who looks for what hangs: flights, who waits for them,
    /// changes, questions to peers, requests to you. The form may change.
    std::string dump() const {
        coord_error* err = nullptr;
        coord_bytes* text = nullptr;
        detail::check(coord_runtime_dump(native_handle(), &text, &err), err);
        return bytes(text).str();
    }

    /// Replaces the log hook; an empty one = silent. Lines under way may still reach the old one.
    void set_log(log_function log, log_level level = log_level::warn) {
        std::unique_ptr<log_function> kept;
        if (log) kept = std::make_unique<log_function>(std::move(log));
        coord_error* err = nullptr;
        const auto what = coord_runtime_set_log(native_handle(),
                                                static_cast<std::int32_t>(level),
                                                kept ? detail::write_log : nullptr,
                                                kept.get(),
                                                kept ? detail::free_log : nullptr,
                                                &err);
        kept.release();
        detail::check(what, err);
    }

    /// Who is told of every group that is made here, by the thread that makes it, before the maker
    /// has it; it can be found already. What it throws is swallowed. Throws `already_exists` the
    /// second time. Include <coord/registry.hpp>, as for the next two.
    void set_new_group(std::function<void(group&)> told);
    /// Who is told once, when the first group is made, before it can be found: the place to begin
    /// to serve peers. What it throws is swallowed. Throws `already_exists` the second time.
    void set_server_start(std::function<void()> told);
    /// Who gives groups their picker when they are made without peers, without a picker, and not
    /// as local ones. Asked once per group, for its name; the picker has to live as long as the
    /// runtime, nullptr = this group has no peers. Throws `already_exists` the second time.
    void set_picker(std::function<const picker*(std::string_view name)> give);

    /// Where the admin endpoint listens, with its real port; empty when there is none. Valid as
    /// long as the runtime.
    std::string_view admin_address() const noexcept {
        std::size_t size = 0;
        const auto* text = coord_runtime_admin_address(native_handle(), &size);
        return {text, size};
    }

    /// BORROWED.
    coord_runtime* native_handle() const noexcept { return handle_.get(); }

  private:
    explicit runtime(coord_runtime* owned) noexcept : handle_(owned) {}

    detail::handle<coord_runtime, coord_runtime_free> handle_;
};

}  // namespace v0
}  // namespace coord
