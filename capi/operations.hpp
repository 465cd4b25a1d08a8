// What every _start verb does alike, and every struct of options with a queue.
#pragma once

#include <coord/queue.h>

#include "capi/kinds.hpp"

namespace coord::capi {

// A queue that still takes events, or why it does not.
inline result<queue*> need_open(coord_queue* pointer,
                                const char* when_closed = "the queue was closed") {
    const auto found = need<queue>(pointer);
    if (found && (*found)->is_closed()) return error(COORD_CLOSED, "queue", when_closed);
    return found;
}

// That of options.requests.
inline result<ref<queue>> read_requests_queue(coord_queue* given) {
    const auto found = need_open(given, "options.requests: the queue was closed");
    if (!found) return found.error();
    return ref<queue>(*found);
}

// Gives the host what was started, when it wants it.
inline result<> hand_over(const result<ref<operation>>& started, coord_op** op) {
    if (!started) return started.error();
    if (op != nullptr) *op = hand_out<coord_op>(*started);
    return {};
}

}  // namespace coord::capi
