// The context of one request, made when the host first asks for it.
#pragma once

#include <atomic>

#include "runtime/context.hpp"

namespace coord {

class work_context {
  public:
    work_context() noexcept = default;
    work_context(const work_context&) = delete;
    work_context& operator=(const work_context&) = delete;
    ~work_context();

    // BORROWED by the host until the request is gone; null when memory is short.
    context* get(const clock& time, time_point deadline) noexcept;
    // Nobody wants the answer any more.
    void cancel() noexcept;

  private:
    // seq_cst with made_: one of the two sides sees the other.
    std::atomic<bool> cancelled_{false};
    std::atomic<context*> made_{nullptr};  // one host reference
};

}  // namespace coord
