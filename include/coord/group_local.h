/* Groups: this process alone, for transports of your own. */
#ifndef COORD_GROUP_LOCAL_H
#define COORD_GROUP_LOCAL_H

#include <coord/queue.h>

#ifdef __cplusplus
extern "C" {
#endif

/** See group.h. */
typedef struct coord_group coord_group;

/**
 * Gets the value of a key as its owner does for a peer: from memory, or by loading it here, whoever owns it. No peer is asked.
 *
 * For a transport of your own: what to answer a PEER_GET with.
 *
 * @param group BORROWED; not NULL.
 * @param key BORROWED for the call; any bytes; NULL only with key_len 0.
 * @param key_len bytes, at most 65,535; or COORD_NUL.
 * @param call BORROWED for the call; as in coord_group_get.
 * @param value receives OWNED bytes; NULL on failure.
 * @param err receives an OWNED error; may be NULL.
 * @return as coord_group_get.
 * @thread any; blocks on a miss.
 * @since 0.1
 * @see coord_group_local_get_start, coord_peer_new
 */
COORD_API coord_status coord_group_local_get(coord_group *group, const char *key, size_t key_len, const coord_call_options *call,
                                             coord_bytes **value, coord_error **err);

/**
 * Starts what coord_group_local_get does; ends in one COORD_EVENT_BYTES.
 *
 * @param group BORROWED; not NULL.
 * @param key BORROWED for the call; any bytes; NULL only with key_len 0.
 * @param key_len bytes, at most 65,535; or COORD_NUL.
 * @param call BORROWED for the call; as in coord_group_get.
 * @param queue BORROWED; not NULL. Receives the event, which may come before this returns.
 * @param token comes back in the event.
 * @param op receives an OWNED handle to cancel with; may be NULL.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK when exactly one event will come; else none will: COORD_INVALID_ARGUMENT, COORD_CLOSED, COORD_FORKED,
 *         COORD_EXHAUSTED at the runtime's max_pending, COORD_NO_MEMORY.
 * @thread any; never blocks.
 * @since 0.1
 * @see coord_group_local_get
 */
COORD_API coord_status coord_group_local_get_start(coord_group *group, const char *key, size_t key_len,
                                                   const coord_call_options *call, coord_queue *queue, uint64_t token, coord_op **op,
                                                   coord_error **err);

/**
 * Keeps a value here, as its owner does for a peer; no peer is told. For a transport of your own: what to do for a PEER_SET.
 *
 * @param group BORROWED; not NULL.
 * @param key BORROWED for the call; any bytes; NULL only with key_len 0.
 * @param key_len bytes, at most 65,535; or COORD_NUL.
 * @param data COPIED; NULL only with len 0.
 * @param len how many bytes; at most 4,294,967,295.
 * @param opts BORROWED for the call; how to keep the value. NULL = defaults.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, also with max_bytes COORD_OFF; COORD_EXHAUSTED for a value larger than max_bytes; COORD_INVALID_ARGUMENT,
 *         COORD_CLOSED, COORD_FORKED, COORD_NO_MEMORY.
 * @thread any.
 * @since 0.1
 * @see coord_group_set
 */
COORD_API coord_status coord_group_local_set(coord_group *group, const char *key, size_t key_len, const void *data, size_t len,
                                             const coord_value_options *opts, coord_error **err);

/**
 * Drops a key here; no peer is told. For a transport of your own: what to do for a PEER_REMOVE.
 *
 * @param group BORROWED; not NULL.
 * @param key BORROWED for the call; any bytes; NULL only with key_len 0.
 * @param key_len bytes, at most 65,535; or COORD_NUL.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, also when there was nothing; COORD_INVALID_ARGUMENT, COORD_CLOSED, COORD_FORKED.
 * @thread any.
 * @since 0.1
 * @see coord_group_remove
 */
COORD_API coord_status coord_group_local_remove(coord_group *group, const char *key, size_t key_len, coord_error **err);

#ifdef __cplusplus
}
#endif
#endif
