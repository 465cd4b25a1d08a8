// The questions to the host that one owner has open, so that its closing can end them. Safe from
// any thread.
#pragma once

#include <cstddef>
#include <mutex>

#include "runtime/host_question.hpp"

namespace coord::groupcache {

class own_questions;

class own_question : public host_question {
  protected:
    // Once, as host_question::ended(). It is in no list any more.
    virtual void concluded(result<> outcome, ended_by who) noexcept = 0;

  private:
    friend class own_questions;
    enum class place : std::uint8_t { outside, listed, gone };
    void ended(result<> outcome, ended_by who) noexcept final;

    own_questions* list_ = nullptr;
    // Under the list's lock.
    place place_ = place::outside;
    own_question* previous_ = nullptr;
    own_question* next_ = nullptr;
};

class own_questions {
  public:
    // As host_question::put. Whatever keeps the question alive has to keep this.
    void put(own_question& what, runtime& by, const host_handler& to, time_point deadline) noexcept;
    // All of them end with COORD_CANCELLED, and so do those that come later. How many there were.
    std::size_t cut() noexcept;

  private:
    friend class own_question;
    void leave(own_question& what) noexcept;
    void unlink(own_question& what) noexcept;  // under the lock

    std::mutex mutex_;
    // Under the lock.
    own_question* first_ = nullptr;
    bool is_cut_ = false;
};

}  // namespace coord::groupcache
