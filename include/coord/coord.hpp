// The C++20 wrapper, all of it: header-only over <coord/coord.h>, link with libcoord.
//
// What fails throws coord::error. Every verb that may wait has a noexcept twin `try_...` that
// returns coord::result<T>, and the data verbs of groups have `start_...`, which returns a
// coord::pending<T> to get() or co_await. No exception of yours crosses the C boundary: a loader
// that throws fails the load.
#pragma once

#include <coord/bytes.hpp>
#include <coord/bytes_reader.hpp>
#include <coord/cache.hpp>
#include <coord/cache_options.hpp>
#include <coord/codec.hpp>
#include <coord/context.hpp>
#include <coord/coord.h>
#include <coord/dialect.hpp>
#include <coord/error.hpp>
#include <coord/flight.hpp>
#include <coord/group.hpp>
#include <coord/group_of.hpp>
#include <coord/group_options.hpp>
#include <coord/http.hpp>
#include <coord/http_requests.hpp>
#include <coord/loader.hpp>
#include <coord/many.hpp>
#include <coord/peer.hpp>
#include <coord/peer_options.hpp>
#include <coord/peers.hpp>
#include <coord/peers_options.hpp>
#include <coord/pending.hpp>
#include <coord/picker.hpp>
#include <coord/queue.hpp>
#include <coord/registry.hpp>
#include <coord/request.hpp>
#include <coord/result.hpp>
#include <coord/ring.hpp>
#include <coord/runtime.hpp>
