// For who holds a lock while bytes may be let go of: memory of the host is given back afterwards.
//
// Declare one before the lock. While it lives, external bytes whose last reference this thread
// drops wait for its end, so that no code of the host runs under the lock. Costs nothing for other
// bytes.
#pragma once

namespace coord {

class bytes;

class give_back_later {
  public:
    give_back_later() noexcept;
    ~give_back_later();
    give_back_later(const give_back_later&) = delete;
    give_back_later& operator=(const give_back_later&) = delete;

    // Takes over dead external bytes; false when this thread has none of these.
    static bool take(bytes& dead) noexcept;

  private:
    bytes* first_ = nullptr;
    give_back_later* const outer_;
};

}  // namespace coord
