// How peers tell each other of failures.
#pragma once

#include <coord/peers.h>

#include <cstdint>

namespace coord {
inline namespace v0 {

/// How failures look on the wire, and what they mean when they come back.
enum class dialect : std::int32_t {
    /// Callers get what the owner's loader failed with; the value is loaded here only when the
    /// owner cannot be reached.
    mailgun = COORD_DIALECT_MAILGUN,
    /// The value is loaded here whatever the owner's failure.
    seed = COORD_DIALECT_SEED,
};

}  // namespace v0
}  // namespace coord
