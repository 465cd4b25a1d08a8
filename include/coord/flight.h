/* Duplicate suppression alone: one load per key at a time, and nothing kept. */
#ifndef COORD_FLIGHT_H
#define COORD_FLIGHT_H

#include <coord/group.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Loads each key once at a time for everybody who asks meanwhile; keeps nothing; safe from any thread. */
typedef struct coord_flight coord_flight;

/** Called by coord_flight_lock. */
typedef void (*coord_flight_fn)(void *user);

/** How a flight is made. */
typedef struct coord_flight_options {
    uint32_t size;                /**< sizeof this struct */
    uint32_t flags;               /**< none yet; must be 0 */
    int64_t load_timeout_ns;      /**< of one load, in ns; 0 = 30 s; COORD_FOREVER = none */
    uint32_t max_loads;           /**< loads at once; 0 = 1,024 */
    int32_t on_abandoned;         /**< COORD_ON_ABANDONED_*; 0 = FINISH */
    coord_request_fn load;        /**< LOAD, as in coord_group_options */
    void *user;                   /**< handed to load */
    coord_user_free_fn user_free; /**< TRANSFERRED with user, also on failure: called once, after the last load. May be NULL */
    coord_queue *requests;        /**< instead of load: LOAD requests arrive here as events. The flight keeps a reference */
    uint64_t requests_token;      /**< token of those events */
} coord_flight_options;

/**
 * Makes a flight.
 *
 * @param runtime BORROWED; not NULL. The flight keeps a reference.
 * @param opts BORROWED for the call; not NULL: load or requests.
 * @param flight receives an OWNED handle; NULL on failure.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT, COORD_CLOSED, COORD_FORKED, COORD_NO_MEMORY.
 * @thread any.
 * @since 0.1
 * @source groupcache singleflight.Group.
 */
COORD_API coord_status coord_flight_new(coord_runtime *runtime, const coord_flight_options *opts, coord_flight **flight,
                                        coord_error **err);

/**
 * Frees a flight. Who still waits gets COORD_CANCELLED.
 *
 * @param flight TRANSFERRED; NULL does nothing.
 * @thread any, also inside a loader.
 * @since 0.1
 */
COORD_API void coord_flight_free(coord_flight *flight);

/**
 * Gives what the load of a key gives, and loads only when nobody does already.
 *
 * @param flight BORROWED; not NULL.
 * @param key BORROWED for the call; any bytes; NULL only with key_len 0.
 * @param key_len bytes, at most 65,535; or COORD_NUL.
 * @param call BORROWED for the call; timeout 0 = until the load's own deadline. NULL = defaults.
 * @param value receives OWNED bytes; NULL on failure.
 * @param err receives an OWNED error; may be NULL.
 * @return as coord_group_get; COORD_WOULD_DEADLOCK also inside coord_flight_lock.
 * @thread any; blocks.
 * @since 0.1
 * @source groupcache singleflight Group.Do.
 * @see coord_flight_get_start
 */
COORD_API coord_status coord_flight_get(coord_flight *flight, const char *key, size_t key_len, const coord_call_options *call,
                                        coord_bytes **value, coord_error **err);

/**
 * Starts what coord_flight_get does; ends in one COORD_EVENT_BYTES.
 *
 * @param flight BORROWED; not NULL.
 * @param key BORROWED for the call; any bytes; NULL only with key_len 0.
 * @param key_len bytes, at most 65,535; or COORD_NUL.
 * @param call BORROWED for the call; as in coord_flight_get.
 * @param queue BORROWED; not NULL. Receives the event, which may come before this returns.
 * @param token comes back in the event.
 * @param op receives an OWNED handle to cancel with; may be NULL.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK when exactly one event will come; else none will: COORD_INVALID_ARGUMENT, COORD_CLOSED, COORD_FORKED,
 *         COORD_EXHAUSTED at the runtime's max_pending, COORD_NO_MEMORY.
 * @thread any; never blocks.
 * @since 0.1
 * @see coord_flight_get
 */
COORD_API coord_status coord_flight_get_start(coord_flight *flight, const char *key, size_t key_len, const coord_call_options *call,
                                              coord_queue *queue, uint64_t token, coord_op **op, coord_error **err);

/**
 * Runs a function while no load begins; those that run go on, those that want to begin wait until it returned.
 *
 * @param flight BORROWED; not NULL.
 * @param fn called once, on this thread, before this returns; not NULL. It must be quick; a blocking get of this flight inside gives
 *        COORD_WOULD_DEADLOCK.
 * @param user handed to fn.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT, COORD_FORKED.
 * @thread any; several at once run side by side.
 * @since 0.1
 * @source groupcache singleflight Group.Lock.
 */
COORD_API coord_status coord_flight_lock(coord_flight *flight, coord_flight_fn fn, void *user, coord_error **err);

#ifdef __cplusplus
}
#endif
#endif
