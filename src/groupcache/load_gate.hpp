// At most so many loads of a group at once; who comes later stands in line: who is in a hurry
// first, then loads for peers, each kind first come first served. While it is paused, nobody
// passes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>

#include "groupcache/flight.hpp"

namespace coord::groupcache {

class load_gate {
  public:
    explicit load_gate(std::uint32_t slots) noexcept : slots_(slots) {}

    // In a hurry: another load waits for it, and holds the slot it may need; it takes none.
    enum class pace : std::uint8_t { usual, hurry };
    // True: it may load now. False: it stands in line, with a reference, and release() or admit()
    // will give it.
    bool enter(flight& what, pace how) noexcept;
    // It was in line and is not any more.
    bool leave_line(flight& what) noexcept;
    // True: it was in line, and may load now without a slot. In line during a pause, it is the
    // first to go on.
    bool hurry(flight& what) noexcept;
    // Its slot, if it has one, goes to the next in line, which is returned and may load now.
    ref<flight> release(flight& what) noexcept;

    void pause() noexcept;
    // Then admit() until it gives null.
    void resume() noexcept;
    // The next in line, which may load now; null when none may.
    ref<flight> admit() noexcept;
    // It passed, and its load is about to begin. False: there is a pause, and it stands in line
    // again.
    bool may_begin(flight& what, pace how) noexcept;
    bool is_paused() const noexcept;

    struct counts {
        std::uint32_t slots, taken;
        std::size_t in_line;
        bool paused;
    };
    counts read() const noexcept;

  private:
    struct line {
        flight* first = nullptr;
        flight* last = nullptr;
    };
    line& line_of(const flight& what) noexcept {
        return lines_[what.hurries ? 0 : what.for_peer ? 1 : 2];
    }
    // All with the lock.
    void stand_in_line(flight& what, pace how) noexcept;
    void unlink(flight& what) noexcept;
    ref<flight> pop(line& from) noexcept;

    const std::uint32_t slots_;
    mutable std::mutex mutex_;
    std::uint32_t taken_ = 0;
    std::uint32_t pauses_ = 0;
    std::size_t in_line_ = 0;
    line lines_[3];
};

}  // namespace coord::groupcache
