// The group's loader: asks the origin, within its time, and knows how many loads run.
#pragma once

#include <coord/request.h>

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>

#include "cli/origin.hpp"

namespace coord::cli {

class loading {
  public:
    loading(std::unique_ptr<origin> from, const origin_limits& limits) noexcept
        : from_(std::move(from)), limits_(limits) {}

    // A coord_request_fn; `user` is the loading.
    static void load(void* user, coord_request* request) noexcept;

    std::size_t running() const;
    // Whether none is left in time.
    bool wait_for_none(std::int64_t limit_ns);

  private:
    loaded ask(const coord_request* request);
    void count(std::ptrdiff_t change) noexcept;

    const std::unique_ptr<origin> from_;
    const origin_limits limits_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t running_ = 0;
};

}  // namespace coord::cli
