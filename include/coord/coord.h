/* All of libcoord's C API. */
#ifndef COORD_COORD_H
#define COORD_COORD_H

#include <coord/bytes.h>
#include <coord/cache.h>
#include <coord/context.h>
#include <coord/error.h>
#include <coord/flight.h>
#include <coord/group.h>
#include <coord/http.h>
#include <coord/many.h>
#include <coord/peer.h>
#include <coord/peers.h>
#include <coord/picker.h>
#include <coord/queue.h>
#include <coord/registry.h>
#include <coord/request.h>
#include <coord/ring.h>
#include <coord/runtime.h>
#include <coord/status.h>
#include <coord/version.h>

#endif
