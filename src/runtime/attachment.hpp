// What a runtime carries besides its components: something that serves the runtime itself, such as
// its admin endpoint, and ends with it.
#pragma once

#include <string>

#include "base/clock.hpp"

namespace coord {

class context;

class attachment {
  public:
    virtual ~attachment() = default;
    // Where it can be reached; not changed while it lives.
    virtual const std::string& address() const noexcept = 0;
    // Takes no further requests, waits for those under way until the deadline, cuts the rest. May
    // be repeated, also by several threads.
    virtual void end(time_point deadline, context* until) = 0;
    // Cuts everything; never blocks, and may follow end().
    virtual void cut() noexcept = 0;
};

}  // namespace coord
