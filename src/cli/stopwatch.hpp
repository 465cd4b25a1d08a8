// How long something took, by the library's monotonic clock.
#pragma once

#include "cli/failure.hpp"
#include "cli/handles.hpp"

namespace coord::cli {

class stopwatch {
  public:
    stopwatch() {
        coord_context_options options{};
        options.size = sizeof options;
        options.timeout_ns = longest;
        coord_error* err = nullptr;
        coord_context* context = nullptr;
        const auto status = coord_context_new(&options, &context, &err);
        context_.reset(context);
        check_setup(status, err);
    }
    double milliseconds() const noexcept {
        return static_cast<double>(longest - coord_context_remaining_ns(context_.get())) / 1e6;
    }

  private:
    static constexpr std::int64_t longest = 1'000 * 60 * COORD_MINUTE;

    context_handle context_;
};

}  // namespace coord::cli
