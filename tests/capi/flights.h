/* Flights for C programs, and a look at a queue. */
#pragma once

#include "handles.h"

static inline coord_flight* new_flight(coord_runtime* runtime, coord_request_fn load, void* user) {
    coord_flight* flight = NULL;
    CHECK_OK(coord_flight_new(
        runtime, COORD_OPTIONS(coord_flight_options, .load = load, .user = user), &flight, ERR));
    return flight;
}

static inline coord_flight* new_queued_flight(coord_runtime* runtime,
                                              coord_queue* loads,
                                              uint32_t max_loads) {
    coord_flight* flight = NULL;
    CHECK_OK(coord_flight_new(
        runtime,
        COORD_OPTIONS(
            coord_flight_options, .requests = loads, .requests_token = 5, .max_loads = max_loads),
        &flight,
        ERR));
    return flight;
}

/* How many events are there now. */
static inline size_t drain_some(coord_queue* queue, coord_event* events, size_t cap) {
    size_t count = 0;
    CHECK_OK(coord_queue_drain(queue, events, cap, &count, ERR));
    return count;
}
