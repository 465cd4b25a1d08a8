// SIGINT, SIGTERM and SIGHUP as something to wait for.
#pragma once

#include <chrono>
#include <csignal>

namespace coord::cli {

class stop_signals {
  public:
    // Blocks them in this thread and in those it starts later. What was ignored at start, as under
    // nohup, stays ignored.
    stop_signals() noexcept;
    stop_signals(const stop_signals&) = delete;
    stop_signals& operator=(const stop_signals&) = delete;
    ~stop_signals() = default;

    void wait() noexcept;
    // Whether one came in time.
    bool wait_for(std::chrono::nanoseconds limit) noexcept;
    // From now on one of them kills the origin commands and ends the process at once. Call it on
    // the thread that made this.
    void end_at_next() noexcept;

  private:
    sigset_t wanted_{};
};

}  // namespace coord::cli
