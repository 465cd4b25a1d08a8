// Somebody who waits for a flight: a blocked thread, or an operation that was started.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace coord::groupcache {

class flight;

class waiter {
  public:
    explicit waiter(std::uint64_t key_hash) noexcept : hash(key_hash) {}
    waiter(const waiter&) = delete;
    waiter& operator=(const waiter&) = delete;

    // Exactly once for each one that was linked. Called without locks; the waiter may be gone when
    // it returns.
    virtual void done(const result<bytes_ref>& outcome) noexcept = 0;
    // The load of its flight may run now; called under the shard's lock.
    virtual void load_ready() noexcept {}
    // Asked to stop before it was linked; COORD_OK = no.
    virtual coord_status wants_out() const noexcept { return COORD_OK; }

    std::uint64_t hash;  // of the key: finds the shard; not changed once it waits

    // Under the shard's lock.
    flight* joined = nullptr;  // while linked
    waiter* previous = nullptr;
    waiter* next = nullptr;

  protected:
    ~waiter() = default;
};

}  // namespace coord::groupcache
