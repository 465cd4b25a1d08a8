// What components share: clocks, timers, threads, limits, and the names of groups; coord_runtime is
// this.
//
// Everything made from it holds a host reference of it, so it works until the last such handle is
// gone. With `parts` given, a test drives time and order itself: no thread is started.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/limits.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "runtime/attachment.hpp"
#include "runtime/component.hpp"
#include "runtime/io_threads.hpp"
#include "runtime/log.hpp"
#include "runtime/open_questions.hpp"
#include "runtime/operation.hpp"
#include "runtime/queue.hpp"
#include "runtime/timers.hpp"
#include "runtime/work_gauge.hpp"
#include "runtime/workers.hpp"

namespace coord {

class runtime final : public handle_object {
  public:
    enum class callbacks_on { workers, lent };
    struct options {
        std::uint32_t worker_threads = 0;
        std::uint32_t io_threads = limits::default_io_threads;
        std::uint32_t max_blocked_workers = limits::default_max_blocked_workers;
        callbacks_on where = callbacks_on::workers;
        std::uint64_t max_pending = limits::default_max_pending;
        logger::options log{};
    };
    // The seams of the simulation: its own time, its own order of tasks, its own seed.
    struct parts {
        clock* time = nullptr;
        executor* callbacks = nullptr;
        std::uint64_t seed = 0;
    };

    static result<ref<runtime>> make(const options& wanted);
    static ref<runtime> make_driven(const options& wanted, const parts& given);
    ~runtime() override;

    clock& time() const noexcept { return *clock_; }
    timer_heap& timers() noexcept { return *timers_; }
    // For what may outlive the runtime by a moment.
    const std::shared_ptr<timer_heap>& shared_timers() const noexcept { return timers_; }
    // Null when a test drives time.
    io_threads* io() noexcept { return io_.get(); }
    executor& callbacks() noexcept { return *executor_; }
    workers* pool() noexcept { return workers_.get(); }
    logger& log() noexcept { return log_; }
    work_gauge& work() noexcept { return work_; }
    open_questions& asked() noexcept { return asked_; }
    std::uint64_t seed() noexcept;
    // Callbacks wait for a lent thread, and none is there.
    bool lacks_lent_threads() const noexcept;

    bool take_pending() noexcept;
    void drop_pending() noexcept { pending_.fetch_sub(1, std::memory_order_relaxed); }
    std::uint64_t pending() const noexcept { return pending_.load(std::memory_order_relaxed); }

    bool is_closing() const noexcept { return closing_.load(std::memory_order_acquire); }
    void stop_intake() noexcept;
    std::size_t cancel_all() noexcept;
    // Blocks: waits for what is open until the deadline, then cancels. Lent threads are sent home
    // by dismiss_lent, last.
    result<> end_all(time_point deadline, context* until);
    void dismiss_lent() noexcept;
    // Both.
    result<> close(time_point deadline, context* until);
    // The same, ending in an event. Throws bad_alloc with nothing begun.
    result<ref<operation>> start_close(time_point deadline,
                                       ref<context> until,
                                       ref<queue> answers,
                                       std::uint64_t token);

    void add(component& part) noexcept;
    void remove(component& part) noexcept;
    // Each one is kept while it is looked at; the order is that of making, last first.
    void visit(const std::function<void(component&)>& look) const;

    // Names of groups. The entry is weak: it is gone once the host holds no handle of it.
    template <class T>
    ref<T> find(std::string_view name) noexcept {
        return ref<T>(static_cast<T*>(find_handle(name)), false);
    }
    // False when the name is taken; may throw bad_alloc.
    bool enter(std::string_view name, handle_object& what);
    void leave(std::string_view name, const handle_object& what) noexcept;
    bool has(std::string_view name) const noexcept;
    // In order; may throw bad_alloc.
    std::vector<std::string> names() const;

    // Before the host has the runtime, and once at most.
    void attach(std::unique_ptr<attachment> what) noexcept { attached_ = std::move(what); }
    attachment* attached() const noexcept { return attached_.get(); }

    // What a room above keeps with the runtime, for as long as it lives: before the host has the
    // runtime, and once at most.
    void keep(ref<shared> what) noexcept { kept_ = std::move(what); }
    shared* kept() const noexcept { return kept_.get(); }

    std::string metrics() const;
    // What is pending; may throw bad_alloc.
    std::string dump() const;

  private:
    class closing;
    runtime(const options& wanted, const parts& given);
    void on_last_handle() noexcept override;
    void detach() noexcept;
    handle_object* find_handle(std::string_view name) noexcept;
    template <class Visit>
    void for_each_component(Visit visit) const;

    clock* const clock_;
    const options options_;
    logger log_;
    const std::shared_ptr<timer_heap> timers_;  // an io thread may be inside it when we go
    std::unique_ptr<workers> workers_;
    std::unique_ptr<io_threads> io_;
    executor* executor_ = nullptr;
    work_gauge work_;
    open_questions asked_;
    std::atomic<std::uint64_t> pending_{0};  // relaxed: a count, it orders nothing
    std::atomic<bool> closing_{false};       // release in stop_intake, acquire in is_closing

    mutable std::mutex mutex_;
    mutable component_link components_;  // the head of a list
    std::map<std::string, handle_object*, std::less<>> names_;
    random random_;
    ref<shared> kept_;                      // not changed once the host has the runtime
    std::unique_ptr<attachment> attached_;  // not changed once the host has the runtime
};

}  // namespace coord
