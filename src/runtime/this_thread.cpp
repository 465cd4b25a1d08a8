#include "runtime/this_thread.hpp"

namespace coord {

thread_state& this_thread() noexcept {
    static thread_local constinit thread_state state;
    return state;
}

bool inside_load_of(const void* group) noexcept {
    for (const auto* frame = this_thread().loads; frame != nullptr; frame = frame->outer)
        if (frame->group == group) return true;
    return false;
}

bool inside_flight(const void* flight) noexcept {
    for (const auto* frame = this_thread().loads; frame != nullptr; frame = frame->outer)
        if (frame->flight == flight) return true;
    return false;
}

bool inside_callback() noexcept {
    return this_thread().loads != nullptr || this_thread().role != thread_role::host;
}

}  // namespace coord
