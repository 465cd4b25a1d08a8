#include "runtime/workers.hpp"

#include <cerrno>
#include <new>
#include <utility>

#include "runtime/this_thread.hpp"
#include "runtime/threads.hpp"

namespace coord {

// Outlives the pool for as long as a thread is still inside a callback.
struct workers::state : std::enable_shared_from_this<workers::state> {
    state(options wanted, clock& machine) : want(wanted), time(machine) {}

    task* pop() noexcept {  // under the lock
        task* const next = first;
        if (next == nullptr) return nullptr;
        first = next->next_task;
        if (first == nullptr) last = nullptr;
        next->next_task = nullptr;
        --in_line;
        return next;
    }

    void work(std::unique_lock<std::mutex>& lock, task& next) noexcept {
        ++busy;
        lock.unlock();
        next.run();
        lock.lock();
        --busy;
    }

    bool is_surplus() const noexcept { return live > want.threads + blocked; }
    bool is_short() const noexcept { return live < want.threads + blocked; }

    void thread_body() noexcept {
        this_thread().role = thread_role::worker;
        this_thread().pool = this;
        std::unique_lock lock(mutex);
        for (;;) {
            if (task* next = pop(); next != nullptr) {
                work(lock, *next);
            } else if (stopping || is_surplus()) {
                break;
            } else {
                ++idle;
                arrived.wait(lock);
                --idle;
            }
        }
        --live;
        discard_if_deserted(lock);
        ended.notify_all();
    }

    bool is_deserted() const noexcept { return stopping && live == 0 && lent == 0; }

    // Nobody will ever run what is left.
    void discard_if_deserted(std::unique_lock<std::mutex>& lock) noexcept {
        if (!is_deserted()) return;
        while (task* const left = pop()) {
            lock.unlock();
            left->discard();
            lock.lock();
        }
    }

    const options want;
    clock& time;
    std::mutex mutex;
    std::condition_variable arrived;
    std::condition_variable ended;
    task* first = nullptr;
    task* last = nullptr;
    std::uint32_t live = 0;     // worker threads that exist
    std::uint32_t idle = 0;     // of these and the lent ones: waiting for a task
    std::uint32_t busy = 0;     // of these and the lent ones: in a task
    std::uint32_t blocked = 0;  // of these: waiting inside one
    std::uint32_t lent = 0;
    std::uint64_t in_line = 0;  // tasks
    std::uint64_t wakes = 0;
    bool dismissed = false;  // lent threads are not kept
    bool stopping = false;
};

workers::workers(options wanted, clock& time) : state_(std::make_shared<state>(wanted, time)) {}

void workers::thread_main(void* argument) noexcept {
    const std::unique_ptr<std::shared_ptr<state>> mine(
        static_cast<std::shared_ptr<state>*>(argument));
    (*mine)->thread_body();
}

// Under the lock.
bool workers::add_thread(const std::shared_ptr<state>& to) noexcept {
    auto* const argument = new (std::nothrow) std::shared_ptr<state>(to);
    if (argument == nullptr) return false;
    ++to->live;
    if (start_thread("coord-worker", &workers::thread_main, argument)) return true;
    --to->live;
    delete argument;
    return false;
}

result<std::unique_ptr<workers>> workers::make(options wanted, clock& time) {
    std::unique_ptr<workers> made(new workers(wanted, time));
    const std::lock_guard lock(made->state_->mutex);
    for (std::uint32_t i = 0; i < wanted.threads; ++i) {
        if (add_thread(made->state_)) continue;
        const int why = errno;
        // The threads there are end by themselves.
        made->state_->stopping = true;
        made->state_->arrived.notify_all();
        return error(COORD_EXHAUSTED, "runtime", "the system gives no thread for a worker")
            .native("errno", why);
    }
    return made;
}

workers::~workers() {
    stop();
    std::unique_lock lock(state_->mutex);
    // Threads inside a callback are left to themselves; they hold what they need.
    while (state_->live > state_->busy) state_->ended.wait(lock);
}

void workers::post(task& work) noexcept {
    // The task may hold what holds this pool.
    const auto keep = state_;
    std::unique_lock lock(keep->mutex);
    if (keep->is_deserted()) {
        lock.unlock();
        work.discard();
        return;
    }
    work.next_task = nullptr;
    (state_->last != nullptr ? state_->last->next_task : state_->first) = &work;
    state_->last = &work;
    ++state_->in_line;
    state_->arrived.notify_one();
}

workers::lent workers::run(time_point deadline, context* until) noexcept {
    struct waker final : context::listener {
        explicit waker(state& of) noexcept : pool(of) {}
        void on_cancel() noexcept override {
            const std::lock_guard lock(pool.mutex);
            pool.arrived.notify_all();
        }
        state& pool;
    };
    const auto keep = state_;
    state& pool = *keep;
    waker on_cancel(pool);
    if (until != nullptr && !until->listen(on_cancel)) return lent::cancelled;
    const thread_state before = std::exchange(this_thread(), {thread_role::lent, &pool, nullptr});
    lent outcome = lent::woken;
    {
        std::unique_lock lock(pool.mutex);
        const auto seen = pool.wakes;
        ++pool.lent;
        for (;;) {
            if (until != nullptr && until->was_cancelled()) {
                outcome = lent::cancelled;
            } else if (pool.wakes != seen) {
                outcome = lent::woken;
            } else if (task* next = pool.pop(); next != nullptr) {
                pool.work(lock, *next);
                continue;
            } else if (pool.stopping || pool.dismissed) {
                outcome = lent::closed;
            } else if (pool.time.now() >= deadline) {
                outcome = lent::timed_out;
            } else {
                ++pool.idle;
                pool.time.wait(lock, pool.arrived, deadline);
                --pool.idle;
                continue;
            }
            break;
        }
        --pool.lent;
        // A task may have been announced to this thread just as it leaves.
        if (pool.first != nullptr) pool.arrived.notify_one();
        pool.discard_if_deserted(lock);
    }
    this_thread() = before;
    if (until != nullptr) until->forget(on_cancel);
    return outcome;
}

void workers::wake() noexcept {
    const std::lock_guard lock(state_->mutex);
    ++state_->wakes;
    state_->arrived.notify_all();
}

bool workers::has_lent_threads() const noexcept {
    const std::lock_guard lock(state_->mutex);
    return state_->lent != 0;
}

workers::blocked::blocked() noexcept {
    if (this_thread().role != thread_role::worker) return;
    // The thread keeps its pool alive.
    auto& mine = *static_cast<state*>(const_cast<void*>(this_thread().pool));
    const std::lock_guard lock(mine.mutex);
    allowed_ = mine.blocked < mine.want.max_blocked;
    if (!allowed_) return;
    ++mine.blocked;
    if (mine.idle == 0 && mine.is_short() && !add_thread(mine.shared_from_this())) {
        --mine.blocked;
        allowed_ = false;
        return;
    }
    pool_ = mine.shared_from_this();
}

workers::blocked::~blocked() {
    if (!pool_) return;
    const std::lock_guard lock(pool_->mutex);
    --pool_->blocked;
    // One thread is too many now; an idle one finds out and ends.
    pool_->arrived.notify_one();
}

workers::counts workers::read() const noexcept {
    const std::lock_guard lock(state_->mutex);
    const state& now = *state_;
    return {now.live, now.lent, now.busy, now.blocked, now.idle, now.in_line};
}

void workers::dismiss_lent() noexcept {
    const std::lock_guard lock(state_->mutex);
    state_->dismissed = true;
    state_->arrived.notify_all();
}

void workers::stop() noexcept {
    const auto keep = state_;
    std::unique_lock lock(keep->mutex);
    keep->stopping = true;
    keep->arrived.notify_all();
    keep->discard_if_deserted(lock);
}

}  // namespace coord
