// At most so many loads of a group at once; who comes later stands in line, first come first
// served.
#pragma once

#include <cstdint>
#include <mutex>

#include "groupcache/flight.hpp"

namespace coord::groupcache {

class load_gate {
  public:
    explicit load_gate(std::uint32_t slots) noexcept : slots_(slots) {}

    // True: it may load now. False: it stands in line, with a reference, and next() will give it.
    bool enter(flight& what) noexcept;
    // It was in line and is not any more.
    bool leave_line(flight& what) noexcept;
    // Its slot, if it has one, goes to the next in line, which is returned and may load now.
    ref<flight> release(flight& what) noexcept;

  private:
    ref<flight> pop() noexcept;

    const std::uint32_t slots_;
    std::mutex mutex_;
    std::uint32_t taken_ = 0;
    flight* first_ = nullptr;
    flight* last_ = nullptr;
};

}  // namespace coord::groupcache
