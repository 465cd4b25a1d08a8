// Gets from the peer that owns the keys, over loopback, so many at a time.
#pragma once

#include "load.hpp"
#include "outcome.hpp"

namespace coord::bench {

result peer_get(const settings& wanted);

}  // namespace coord::bench
