// Names of statuses as they come from peers.
#pragma once

#include <coord/status.h>

#include <string_view>

namespace coord::groupcache::wire {

// What a peer's failure is called here. COORD_HOST_FAILED for names nobody knows, and for those
// that would say something untrue of this process: "ok", and "closed" and "forked", after which a
// host stops using its handle.
coord_status status_of(std::string_view name) noexcept;

}  // namespace coord::groupcache::wire
