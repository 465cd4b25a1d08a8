// A serial executor: what is posted to one strand runs in order, one at a time, on whatever thread
// the executor below gives it.
//
// State that only its strand touches needs no lock. Posting never allocates and never runs the task
// inline.
#pragma once

#include <mutex>

#include "base/handle.hpp"
#include "runtime/executor.hpp"

namespace coord {

class strand final : public executor, public shared {
  public:
    explicit strand(executor& below) noexcept : below_(below) {}

    void post(task& work) noexcept override;
    // This thread runs a task of this strand right now.
    bool is_current() const noexcept;

  private:
    // Tasks of one turn, so that a busy strand does not keep a thread from others for ever.
    static constexpr int tasks_per_turn = 64;

    struct turn final : task {
        explicit turn(strand& of) noexcept : me(of) {}
        void run() noexcept override { me.run_turn(); }
        void discard() noexcept override { me.discard_all(); }
        strand& me;
    };
    task* pop() noexcept;
    void run_turn() noexcept;
    void discard_all() noexcept;

    executor& below_;
    std::mutex mutex_;
    task* first_ = nullptr;
    task* last_ = nullptr;
    bool scheduled_ = false;  // a turn is posted or running; it holds one reference
    turn turn_{*this};
};

}  // namespace coord
