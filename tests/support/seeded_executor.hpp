// Tasks in an order that a seed decides, run when the test says so.
#pragma once

#include <utility>
#include <vector>

#include "base/random.hpp"
#include "runtime/executor.hpp"

namespace coord::testing {

class seeded_executor final : public executor {
  public:
    explicit seeded_executor(random& chance) noexcept : chance_(chance) {}
    ~seeded_executor() override {
        while (!tasks_.empty()) take(0)->discard();
    }

    void post(task& work) noexcept override { tasks_.push_back(&work); }
    bool empty() const noexcept { return tasks_.empty(); }
    // False when there was nothing to run.
    bool run_one() noexcept {
        if (tasks_.empty()) return false;
        take(static_cast<std::size_t>(chance_.below(tasks_.size())))->run();
        return true;
    }
    void run_all() noexcept {
        while (run_one()) {
        }
    }

  private:
    task* take(std::size_t i) noexcept {
        task* const work = tasks_[i];
        tasks_[i] = tasks_.back();
        tasks_.pop_back();
        return work;
    }

    random& chance_;
    std::vector<task*> tasks_;
};

}  // namespace coord::testing
