// What became of each key of a call about many; coord_many is this.
//
// Written by whoever carries the call out, one key at a time, and not changed any more once the
// host has it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/handle.hpp"

namespace coord::groupcache {

class many final : public handle_object {
  public:
    // `keys` is all of them back to back, `sizes` their lengths. Throws bad_alloc.
    many(std::string_view keys, const std::size_t* sizes, std::size_t count);

    std::size_t count() const noexcept { return states_.size(); }
    std::string_view key(std::size_t i) const noexcept;
    const error& why(std::size_t i) const noexcept { return states_[i].why; }
    // Nothing for a key that has ended.
    void end(std::size_t i, error why) noexcept;
    // That of the first key that failed; COORD_OK when none did.
    error first_failure() const noexcept;

  private:
    struct state {
        std::size_t begins;
        error why;
        bool ended = false;
    };
    const std::string keys_;
    std::vector<state> states_;
};

}  // namespace coord::groupcache
