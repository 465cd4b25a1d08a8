#include "runtime/runtime.hpp"

#include <pthread.h>
#include <thread>

#include "runtime/metrics_text.hpp"
#include "runtime/this_thread.hpp"
#include "runtime/threads.hpp"

namespace coord {
namespace {

void bump_in_child() noexcept {
    fork_counter.fetch_add(1, std::memory_order_relaxed);
}

// Once per process: a function-local static would take a lock that the child of a fork may find
// held.
void watch_forks() noexcept {
    static std::atomic<bool> watching{false};
    if (!watching.exchange(true)) pthread_atfork(nullptr, nullptr, bump_in_child);
}

std::uint32_t default_workers() noexcept {
    return std::max(2U, std::thread::hardware_concurrency());
}

}  // namespace

runtime::runtime(const options& wanted, const parts& given)
    : handle_object(handle_kind::runtime),
      clock_(given.time != nullptr ? given.time : &machine_clock()),
      options_(wanted),
      log_(wanted.log, *clock_),
      timers_(std::make_shared<timer_heap>([this] {
          if (io_) io_->look_again();
      })),
      executor_(given.callbacks),
      random_(given.time != nullptr ? given.seed : random_seed()) {
    watch_forks();
}

result<ref<runtime>> runtime::make(const options& wanted) {
    ref<runtime> made(new runtime(wanted, {}));
    const auto threads = wanted.where == callbacks_on::lent ? 0
                         : wanted.worker_threads != 0       ? wanted.worker_threads
                                                            : default_workers();
    auto pool = workers::make({threads, wanted.max_blocked_workers}, *made->clock_);
    if (!pool) return pool.error();
    made->workers_ = std::move(*pool);
    made->executor_ = made->workers_.get();
    auto io = io_threads::make(wanted.io_threads, *made->clock_, made->timers_);
    if (!io) return io.error();
    made->io_ = std::move(*io);
    return made;
}

ref<runtime> runtime::make_driven(const options& wanted, const parts& given) {
    return ref<runtime>(new runtime(wanted, given));
}

runtime::~runtime() {
    detach();
    if (io_) io_->stop();
}

void runtime::detach() noexcept {
    if (attached_) attached_->cut();
}

void runtime::on_last_handle() noexcept {
    // What is made from a runtime holds a handle of it, so nothing is left to cancel.
    stop_intake();
    detach();
    if (workers_) workers_->stop();
    if (io_) io_->stop();
}

std::uint64_t runtime::seed() noexcept {
    const std::lock_guard lock(mutex_);
    return random_.next();
}

bool runtime::lacks_lent_threads() const noexcept {
    return options_.where == callbacks_on::lent && workers_ && !workers_->has_lent_threads();
}

bool runtime::take_pending() noexcept {
    if (pending_.fetch_add(1, std::memory_order_relaxed) < options_.max_pending) return true;
    drop_pending();
    return false;
}

void runtime::add(component& part) noexcept {
    const std::lock_guard lock(mutex_);
    link_after(components_, part.in_runtime);
}

void runtime::remove(component& part) noexcept {
    const std::lock_guard lock(mutex_);
    unlink(part.in_runtime);
}

template <class Visit>
void runtime::for_each_component(Visit visit) const {
    // Components come and go while one is visited: a marker in the list keeps the place.
    component_link marker;
    std::unique_lock lock(mutex_);
    // Whatever a visit throws, the marker leaves the list.
    struct on_exit {
        std::unique_lock<std::mutex>& lock;
        component_link& marker;
        ~on_exit() {
            if (!lock.owns_lock()) lock.lock();
            unlink(marker);
        }
    } leave{lock, marker};
    link_after(components_, marker);
    while (component_link* const next = marker.next) {
        unlink(marker);
        link_after(*next, marker);
        if (next->what == nullptr) continue;  // the marker of another walk
        ref<shared> keep(&next->what->self());
        lock.unlock();
        visit(*next->what);
        keep.reset();  // outside the lock: it may be the last
        lock.lock();
    }
}

void runtime::stop_intake() noexcept {
    closing_.store(true, std::memory_order_release);
    for_each_component([](component& part) { part.stop_intake(); });
}

void runtime::visit(const std::function<void(component&)>& look) const {
    for_each_component(look);
}

std::size_t runtime::cancel_all() noexcept {
    std::size_t count = 0;
    for_each_component([&](component& part) { count += part.cancel_all(); });
    return count;
}

result<> runtime::end_all(time_point deadline, context* until) {
    stop_intake();
    work_.wait_idle(*clock_, deadline, until);
    for_each_component([&](component& part) { part.await_idle(deadline, until); });
    const auto cancelled = cancel_all();
    for_each_component([](component& part) { part.await_told(); });
    // Last, so that who asks meanwhile hears that it closes.
    if (attached_) attached_->end(deadline, until);
    // What is still open now is a callback that has not returned.
    if (cancelled == 0 && work_.open() == 0) return {};
    log_.write(log_level::warn, "runtime", "closed with work under way, which was cancelled");
    return error(COORD_TIMED_OUT, "runtime", "what was still open at the deadline was cancelled")
        .not_retriable();
}

void runtime::dismiss_lent() noexcept {
    if (workers_) workers_->dismiss_lent();
}

result<> runtime::close(time_point deadline, context* until) {
    auto ended = end_all(deadline, until);
    dismiss_lent();
    return ended;
}

// Closing blocks, so it gets a thread of its own for the while.
class runtime::closing final : public operation {
  public:
    closing(ref<runtime> closed, ref<queue> answers, std::uint64_t token)
        : operation(std::move(answers), token),
          closed_(std::move(closed)),
          hurry_(new context(closed_->time(), never, nullptr, {})) {}

    void hurry() noexcept { hurry_->cancel(); }

    // True when the thread runs.
    bool begin_on_thread(time_point deadline) noexcept {
        deadline_ = deadline;
        intrusive_ptr_add_ref(this);
        const bool started = start_thread(
            "coord-close",
            [](void* argument) {
                const ref<closing> me(static_cast<closing*>(argument), false);
                // The event first: a callback queue may need a lent thread for it.
                me->finish_done(me->closed_->end_all(me->deadline_, me->hurry_.get()));
                me->closed_->dismiss_lent();
            },
            this);
        if (!started) intrusive_ptr_release(this);
        return started;
    }

  private:
    void stop() noexcept override { hurry(); }

    const ref<runtime> closed_;
    const ref<context> hurry_;
    time_point deadline_ = never;
};

result<ref<operation>> runtime::start_close(time_point deadline,
                                            ref<context> until,
                                            ref<queue> answers,
                                            std::uint64_t token) {
    const ref<closing> started(new closing(ref<runtime>(this), std::move(answers), token));
    const auto limit = until ? std::min(deadline, until->deadline()) : deadline;
    auto begun = started->begin(never, std::move(until));
    if (!begun) return begun.error();
    if (started->stopped_by() != COORD_OK) started->hurry();
    if (!started->begin_on_thread(limit))
        started->finish_done(
            error(COORD_EXHAUSTED, "runtime", "the system gives no thread to close with"));
    return ref<operation>(started);
}

handle_object* runtime::find_handle(std::string_view name) noexcept {
    const std::lock_guard lock(mutex_);
    const auto found = names_.find(name);
    if (found == names_.end() || !found->second->try_add_handle()) return nullptr;
    intrusive_ptr_add_ref(found->second);
    return found->second;
}

bool runtime::enter(std::string_view name, handle_object& what) {
    const std::lock_guard lock(mutex_);
    return names_.try_emplace(std::string(name), &what).second;
}

void runtime::leave(std::string_view name, const handle_object& what) noexcept {
    const std::lock_guard lock(mutex_);
    const auto found = names_.find(name);
    if (found != names_.end() && found->second == &what) names_.erase(found);
}

bool runtime::has(std::string_view name) const noexcept {
    const std::lock_guard lock(mutex_);
    return names_.find(name) != names_.end();
}

std::vector<std::string> runtime::names() const {
    std::vector<std::string> all;
    const std::lock_guard lock(mutex_);
    all.reserve(names_.size());
    for (const auto& [name, what] : names_) all.push_back(name);
    return all;
}

std::string runtime::metrics() const {
    metrics_text text;
    text.add({"coord_operations_pending",
              "Operations and posts whose event was not taken yet.",
              false,
              {},
              pending()});
    text.add({"coord_work_open", "Loads and callbacks under way.", false, {}, work_.open()});
    for_each_component([&](component& part) { part.write_metrics(text); });
    return text.str();
}

}  // namespace coord
