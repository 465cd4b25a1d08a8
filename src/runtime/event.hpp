// One completion or request on its way to the host; coord_event has this very layout.
#pragma once

#include <coord/status.h>

#include <cstdint>

#include "base/error.hpp"
#include "runtime/executor.hpp"

namespace coord {

enum class event_kind : std::int32_t {
    none = 0,
    done = 1,
    bytes = 2,
    request = 3,
    post = 6,
    many = 7,
    response = 8,
};

struct event {
    event_kind kind = event_kind::none;
    coord_status status = COORD_OK;
    std::uint64_t token = 0;
    void* value = nullptr;  // bytes*, or the handle* of a request, many or response
    const error_info* why = nullptr;
    std::uint64_t reserved[4] = {};
};
static_assert(sizeof(event) == 64);

// Frees what is left in it, by kind, and zeroes it.
void clear(event& what) noexcept;

class queue;

// The slot of an event, part of what it tells about: queueing never allocates.
class event_node : public task {
  public:
    event_node* next_event = nullptr;
    event what;

    // The event was handed over (or cleared): the queue forgets this node.
    virtual void taken() noexcept = 0;

    // As a task of a callback queue.
    void run() noexcept final;
    void discard() noexcept final;

  protected:
    virtual ~event_node() = default;

  private:
    friend class queue;
    queue* callback_queue_ = nullptr;  // one reference while posted
};

}  // namespace coord
