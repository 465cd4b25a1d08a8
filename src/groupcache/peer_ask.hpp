// One question to one peer that the host itself puts: a thread that waits, or an operation.
#pragma once

#include <string_view>

#include "groupcache/peer.hpp"
#include "runtime/context.hpp"
#include "runtime/operation.hpp"

namespace coord::groupcache {

struct peer_ask {
    enum class verb : std::uint8_t { get, set, remove };
    verb how;
    peer& whom;
    std::string_view group;
    std::string_view key;
    bytes_ref value;  // of a set
    time_point deadline;
};

// Blocks; of a get the value, else null. Throws bad_alloc with nothing begun.
result<bytes_ref> ask_and_wait(const peer_ask& what, clock& time, context* until);

// Ends in one event. Throws bad_alloc with nothing begun.
result<ref<operation>> start_asking(const peer_ask& what,
                                    ref<context> until,
                                    ref<queue> answers,
                                    std::uint64_t token);

}  // namespace coord::groupcache
