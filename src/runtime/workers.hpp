// Threads for callbacks of the host: own workers, and threads the host lends. One list of tasks for
// both.
//
// A worker that has to wait inside a nested get is replaced meanwhile, so that waiting never stops
// the work that would end it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>

#include "base/result.hpp"
#include "runtime/context.hpp"
#include "runtime/executor.hpp"

namespace coord {

class workers final : public executor {
    struct state;

  public:
    struct options {
        std::uint32_t threads;      // 0 = lent ones only
        std::uint32_t max_blocked;  // replaced at the same time
    };
    // Fails with COORD_EXHAUSTED when the system gives no thread.
    static result<std::unique_ptr<workers>> make(options wanted, clock& time);
    // stop(), and waits for idle threads.
    ~workers() override;

    void post(task& work) noexcept override;

    enum class lent { woken, timed_out, cancelled, closed };
    // This thread runs tasks until one of these.
    lent run(time_point deadline, context* until) noexcept;
    void wake() noexcept;
    bool has_lent_threads() const noexcept;
    struct counts {
        std::uint32_t own, lent;               // threads that are there
        std::uint32_t running, blocked, idle;  // of both: in a task; of those: waiting inside a
                                               // nested get; without one
        std::uint64_t in_line;                 // tasks
    };
    counts read() const noexcept;

    // Lent threads return once nothing is queued, now and whenever they come; own threads go on.
    void dismiss_lent() noexcept;
    // Threads end when the list is empty; with none left, what is queued or comes later is
    // discarded.
    void stop() noexcept;

    // While one lives on a worker thread, another thread does its work. On other threads it does
    // nothing.
    class blocked {
      public:
        blocked() noexcept;
        ~blocked();
        blocked(const blocked&) = delete;
        blocked& operator=(const blocked&) = delete;
        bool allowed() const noexcept { return allowed_; }

      private:
        std::shared_ptr<state> pool_;
        bool allowed_ = true;
    };

  private:
    workers(options wanted, clock& time);
    static void thread_main(void* argument) noexcept;
    static bool add_thread(const std::shared_ptr<state>& to) noexcept;

    const std::shared_ptr<state> state_;
};

}  // namespace coord
