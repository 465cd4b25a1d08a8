// Where work of the host runs: tasks are posted, and each is run exactly once, or discarded when no
// thread will come any more.
#pragma once

namespace coord {

// Intrusive: posting never allocates, so it cannot fail. Who posts keeps the task alive until it
// ran.
class task {
  public:
    virtual void run() noexcept = 0;
    // Instead of run(), when the runtime ends first.
    virtual void discard() noexcept = 0;

    task* next_task = nullptr;

  protected:
    ~task() = default;
};

class executor {
  public:
    virtual ~executor() = default;
    virtual void post(task& work) noexcept = 0;
};

}  // namespace coord
