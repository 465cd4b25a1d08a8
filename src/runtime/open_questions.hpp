// The requests to the host that are open now, to be shown: those that end by themselves. Loads are
// shown by their groups.
#pragma once

#include <cstddef>
#include <mutex>

#include "base/clock.hpp"

namespace coord {

class dump_text;
class host_question;

class open_questions {
  public:
    // A question is in the list from put() until it ended.
    void add(host_question& what) noexcept;
    // Nothing when it is not in the list.
    void remove(host_question& what) noexcept;
    // May throw bad_alloc.
    void write_dump(dump_text& to, time_point now) const;

  private:
    mutable std::mutex mutex_;
    host_question* oldest_ = nullptr;
    host_question* newest_ = nullptr;
    std::size_t count_ = 0;
};

}  // namespace coord
