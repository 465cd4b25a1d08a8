// At most so many loads of a group at once; who comes later stands in line: loads for peers first,
// each kind first come first served.
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
    struct line {
        flight* first = nullptr;
        flight* last = nullptr;
    };
    line& line_of(const flight& what) noexcept { return lines_[what.for_peer ? 0 : 1]; }
    ref<flight> pop() noexcept;

    const std::uint32_t slots_;
    std::mutex mutex_;
    std::uint32_t taken_ = 0;
    line lines_[2];
};

}  // namespace coord::groupcache
