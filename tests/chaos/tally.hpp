// What came of many gets: one window of time in the life of a node under load. Safe from any
// thread.
#pragma once

#include <coord/status.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "support/json_line.hpp"
#include "value.hpp"

namespace coord::chaos {

class tally {
  public:
    using clock = std::chrono::steady_clock;

    void right(const origin& from, std::chrono::nanoseconds stale);
    void wrong();
    void failed(coord_status status);
    // How long after its deadline a caller got its answer, and the same for a thread that only
    // waited.
    void caller_late(std::chrono::nanoseconds by);
    void scheduler_late(std::chrono::nanoseconds by);

    // Waits for the window to end, gives it and begins a new one.
    testing::json_line window(std::chrono::milliseconds length);
    // Waits until a value arrived that this loader loaded after that moment.
    bool await(const std::string& loader,
               std::int64_t after_unix_ns,
               std::chrono::milliseconds most);

    // The load stops, and with it every wait.
    void stop();
    // False when it stopped first.
    bool wait_until(clock::time_point when);

  private:
    struct counts {
        std::int64_t gets = 0;
        std::int64_t wrong = 0;
        std::map<std::string, std::int64_t> statuses;
        std::chrono::nanoseconds stale{0}, caller_late{0}, scheduler_late{0};
    };

    std::mutex mutex_;
    std::condition_variable stopped_;
    std::condition_variable arrived_;
    bool stopping_ = false;
    counts now_;
    std::map<std::string, std::int64_t> newest_;  // by loader, when it last loaded what arrived
};

}  // namespace coord::chaos
