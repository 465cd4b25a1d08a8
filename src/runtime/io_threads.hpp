// The threads of Asio: they fire timers now, and serve sockets where there are any.
#pragma once

#include <cstdint>
#include <memory>

#include "base/result.hpp"
#include "runtime/timers.hpp"

namespace boost::asio {
class io_context;
}

namespace coord {

class io_threads {
  public:
    // `timers` must outlive the threads' last look at it: stop() first. Fails with COORD_EXHAUSTED
    // without threads.
    static result<std::unique_ptr<io_threads>> make(std::uint32_t threads,
                                                    clock& time,
                                                    std::shared_ptr<timer_heap> timers);
    ~io_threads();  // stops

    // The next deadline moved forward. Never allocates, never fails.
    void look_again() noexcept;
    // When this returns no timer fires any more, unless it is called by one.
    void stop() noexcept;
    // What the threads run. Lives as long as this.
    boost::asio::io_context& context() noexcept;

  private:
    io_threads(clock& time, std::shared_ptr<timer_heap> timers);
    struct impl;
    std::shared_ptr<impl> impl_;
};

}  // namespace coord
