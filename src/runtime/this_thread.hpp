// What this thread is to us: whether it may wait, and which loads it is inside of.
#pragma once

namespace coord {

enum class thread_role { host, io, worker, lent };

// One load that this thread is running, innermost first.
struct load_frame {
    const void* flight;
    const void* group;
    const load_frame* outer;
};

struct thread_state {
    thread_role role = thread_role::host;
    const void* pool = nullptr;  // whose worker or lent thread this is
    const load_frame* loads = nullptr;
};

thread_state& this_thread() noexcept;

bool inside_load_of(const void* group) noexcept;
bool inside_flight(const void* flight) noexcept;

// True in a callback of ours: a loader, or an event function.
bool inside_callback() noexcept;

}  // namespace coord
