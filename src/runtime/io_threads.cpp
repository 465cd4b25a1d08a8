#include "runtime/io_threads.hpp"

#include <atomic>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <new>
#include <utility>

#include "runtime/op_room.hpp"
#include "runtime/this_thread.hpp"
#include "runtime/threads.hpp"

namespace coord {
namespace {

namespace asio = boost::asio;

}  // namespace

struct io_threads::impl {
    impl(clock& machine, std::shared_ptr<timer_heap> heap)
        : time(machine), timers(std::move(heap)) {}

    // Every thread serves sockets until the next deadline, then fires what is due.
    void thread_body() noexcept {
        this_thread().role = thread_role::io;
        this_thread().pool = this;
        while (!stopped.load()) {
            const auto next = timers->next();
            if (next == never)
                context.run_one();
            else
                context.run_one_until(next);
            if (!stopped.load()) timers->fire_due(time.now());
        }
        const std::lock_guard lock(mutex);
        --live;
        ended.notify_all();
    }

    static void thread_main(void* argument) noexcept {
        const std::unique_ptr<std::shared_ptr<impl>> mine(
            static_cast<std::shared_ptr<impl>*>(argument));
        (*mine)->thread_body();
    }

    static bool add_thread(const std::shared_ptr<impl>& to) noexcept {
        auto* const argument = new (std::nothrow) std::shared_ptr<impl>(to);
        if (argument == nullptr) return false;
        ++to->live;
        if (start_thread("coord-io", &impl::thread_main, argument)) return true;
        --to->live;
        delete argument;
        return false;
    }

    clock& time;
    const std::shared_ptr<timer_heap> timers;
    op_room
        room;  // for the one wake-up that can be under way; before the context, which gives it back
    asio::io_context context;
    asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
    // True while a wake-up is posted; acq_rel hands the room from the thread that ran it to the
    // next that posts.
    std::atomic<bool> waking{false};
    std::atomic<bool> stopped{false};
    std::mutex mutex;
    std::condition_variable ended;
    std::uint32_t live = 0;
};

io_threads::io_threads(clock& time, std::shared_ptr<timer_heap> timers)
    : impl_(std::make_shared<impl>(time, std::move(timers))) {}

io_threads::~io_threads() {
    stop();
}

result<std::unique_ptr<io_threads>> io_threads::make(std::uint32_t threads,
                                                     clock& time,
                                                     std::shared_ptr<timer_heap> timers) {
    std::unique_ptr<io_threads> made(new io_threads(time, std::move(timers)));
    bool started = true;
    int why = 0;
    {
        const std::lock_guard lock(made->impl_->mutex);
        for (std::uint32_t i = 0; started && i < threads; ++i) {
            started = impl::add_thread(made->impl_);
            why = errno;
        }
    }
    if (!started)
        return error(COORD_EXHAUSTED, "runtime", "the system gives no thread for timers")
            .native("errno", why);
    return made;
}

void io_threads::look_again() noexcept {
    if (impl_->waking.exchange(true, std::memory_order_acq_rel)) return;
    asio::post(impl_->context,
               asio::bind_allocator(op_allocator<std::byte>(impl_->room), [mine = impl_.get()] {
                   mine->waking.store(false, std::memory_order_release);
               }));
}

asio::io_context& io_threads::context() noexcept {
    return impl_->context;
}

void io_threads::stop() noexcept {
    if (impl_->stopped.exchange(true)) return;
    impl_->context.stop();
    std::unique_lock lock(impl_->mutex);
    // The thread that stops from within a timer is not waited for.
    const std::uint32_t mine = this_thread().pool == impl_.get() ? 1 : 0;
    while (impl_->live > mine) impl_->ended.wait(lock);
}

}  // namespace coord
