/* Groups: changing what all peers hold. */
#ifndef COORD_GROUP_CHANGES_H
#define COORD_GROUP_CHANGES_H

#include <coord/many.h>
#include <coord/queue.h>

#ifdef __cplusplus
extern "C" {
#endif

/** See group.h. */
typedef struct coord_group coord_group;

/**
 * Removes a key. A load under way is detached: those who wait for it get its value, it is kept nowhere, and a get that begins after this
 * returned loads again.
 *
 * With peers it is removed everywhere: at its owner first, then here and at all others at once. A peer that does not confirm is named in
 * the error, and the others are still done; its copy may then live on.
 *
 * @param group BORROWED; not NULL.
 * @param key BORROWED for the call; any bytes; NULL only with key_len 0.
 * @param key_len bytes, at most 65,535; or COORD_NUL.
 * @param call BORROWED for the call; timeout 0 = the group's load_timeout_ns, when there are peers. NULL = defaults.
 * @param err receives an OWNED error; may be NULL. Its message names every peer that did not confirm, and why.
 * @return COORD_OK, also when there was nothing; COORD_UNAVAILABLE when a peer did not confirm, COORD_TIMED_OUT, COORD_CANCELLED;
 *         COORD_EXHAUSTED, with nothing done, when max_blocked_workers threads wait already;
 *         COORD_WOULD_DEADLOCK with peers on an io thread; COORD_INVALID_ARGUMENT, COORD_CLOSED, COORD_FORKED, COORD_NO_MEMORY.
 * @thread any; blocks when there are peers.
 * @since 0.1
 * @source groupcache Group.Remove; there a load under way stores the removed value again.
 */
COORD_API coord_status coord_group_remove(coord_group *group, const char *key, size_t key_len, const coord_call_options *call,
                                          coord_error **err);

/**
 * Starts what coord_group_remove does; ends in one COORD_EVENT_DONE.
 *
 * @param group BORROWED; not NULL.
 * @param key BORROWED for the call; any bytes; NULL only with key_len 0.
 * @param key_len bytes, at most 65,535; or COORD_NUL.
 * @param call BORROWED for the call; NULL = defaults.
 * @param queue BORROWED; not NULL. Receives the event, which may come before this returns.
 * @param token comes back in the event.
 * @param op receives an OWNED handle; may be NULL.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK when exactly one event will come; else none will.
 * @thread any; never blocks.
 * @since 0.1
 * @see coord_group_remove
 */
COORD_API coord_status coord_group_remove_start(coord_group *group, const char *key, size_t key_len, const coord_call_options *call,
                                                coord_queue *queue, uint64_t token, coord_op **op, coord_error **err);

/**
 * Sets the value of a key everywhere: its owner keeps it first, then every other peer, this process included, drops the copy it has.
 *
 * A load of the key under way is detached: those who wait for it get its value, and it is kept nowhere. A get that begins after this
 * returned COORD_OK gives this value or a later one, at every libcoord peer; which Go peers keep old copies is in
 * docs/reference/groupcache-map.md. Of several sets at once the one that reaches the owner last stands. Over HTTP a value of at most 16 MiB
 * can be set.
 *
 * @param group BORROWED; not NULL.
 * @param key BORROWED for the call; any bytes; NULL only with key_len 0.
 * @param key_len bytes, at most 65,535; or COORD_NUL.
 * @param data COPIED; NULL only with len 0.
 * @param len how many bytes; at most 4,294,967,295.
 * @param opts BORROWED for the call; how to keep the value. NULL = defaults.
 * @param call BORROWED for the call; timeout 0 = the group's load_timeout_ns, when there are peers. NULL = defaults.
 * @param err receives an OWNED error; may be NULL. Its message names every peer that did not confirm, and why.
 * @return COORD_OK; COORD_UNSUPPORTED, with nothing done, when the owner is not known to take values; COORD_UNAVAILABLE when a peer did
 *         not confirm, COORD_TIMED_OUT, COORD_CANCELLED; COORD_EXHAUSTED for a value larger than max_bytes, at the owner or here, which
 *         is then kept nowhere, and when max_blocked_workers threads wait already; COORD_WOULD_DEADLOCK with peers on an io thread;
 *         COORD_INVALID_ARGUMENT, also for COORD_VALUE_NO_STORE; COORD_CLOSED, COORD_FORKED, COORD_NO_MEMORY.
 * @thread any; blocks when there are peers.
 * @since 0.1
 * @source mailgun/groupcache Group.Set, which leaves old hot copies at other peers.
 * @see coord_group_set_start
 */
COORD_API coord_status coord_group_set(coord_group *group, const char *key, size_t key_len, const void *data, size_t len,
                                       const coord_value_options *opts, const coord_call_options *call, coord_error **err);

/**
 * Starts what coord_group_set does; ends in one COORD_EVENT_DONE.
 *
 * @param group BORROWED; not NULL.
 * @param key BORROWED for the call; any bytes; NULL only with key_len 0.
 * @param key_len bytes, at most 65,535; or COORD_NUL.
 * @param data COPIED; NULL only with len 0.
 * @param len how many bytes; at most 4,294,967,295.
 * @param opts BORROWED for the call; how to keep the value. NULL = defaults.
 * @param call BORROWED for the call; as in coord_group_set.
 * @param queue BORROWED; not NULL. Receives the event, which may come before this returns.
 * @param token comes back in the event.
 * @param op receives an OWNED handle to cancel with; may be NULL.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK when exactly one event will come; else none will: COORD_INVALID_ARGUMENT, COORD_CLOSED, COORD_FORKED,
 *         COORD_EXHAUSTED at the runtime's max_pending, COORD_NO_MEMORY.
 * @thread any; never blocks.
 * @since 0.1
 * @see coord_group_set
 */
COORD_API coord_status coord_group_set_start(coord_group *group, const char *key, size_t key_len, const void *data, size_t len,
                                             const coord_value_options *opts, const coord_call_options *call, coord_queue *queue,
                                             uint64_t token, coord_op **op, coord_error **err);

/**
 * Removes many keys, each as coord_group_remove does, at most 64 at a time.
 *
 * @param group BORROWED; not NULL.
 * @param keys BORROWED for the call; back to back; NULL only when they are all empty.
 * @param key_lens their lengths in bytes, each at most 65,535; NULL only with count 0.
 * @param count how many; at most 1,048,576; 0 does nothing.
 * @param call BORROWED for the call; timeout 0 = the group's load_timeout_ns, for all of them. NULL = defaults.
 * @param many receives an OWNED handle whenever the removals were tried, also when some failed; may be NULL.
 * @param err receives an OWNED error, that of the first key that failed; may be NULL.
 * @return COORD_OK when each was removed everywhere; else the status of the first key that was not; COORD_INVALID_ARGUMENT, COORD_CLOSED,
 *         COORD_FORKED, COORD_WOULD_DEADLOCK, COORD_EXHAUSTED, COORD_NO_MEMORY with nothing done.
 * @thread any; blocks when there are peers.
 * @since 0.1
 * @source groupcache v3 Group.RemoveKeys.
 * @see coord_group_remove_many_start
 */
COORD_API coord_status coord_group_remove_many(coord_group *group, const char *keys, const size_t *key_lens, size_t count,
                                               const coord_call_options *call, coord_many **many, coord_error **err);

/**
 * Starts what coord_group_remove_many does; ends in one COORD_EVENT_MANY.
 *
 * @param group BORROWED; not NULL.
 * @param keys COPIED; as in coord_group_remove_many.
 * @param key_lens BORROWED for the call.
 * @param count how many.
 * @param call BORROWED for the call; as in coord_group_remove_many.
 * @param queue BORROWED; not NULL. Receives the event, which may come before this returns.
 * @param token comes back in the event.
 * @param op receives an OWNED handle to cancel with; may be NULL.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK when exactly one event will come; else none will: COORD_INVALID_ARGUMENT, COORD_CLOSED, COORD_FORKED,
 *         COORD_EXHAUSTED at the runtime's max_pending, COORD_NO_MEMORY.
 * @thread any; never blocks.
 * @since 0.1
 * @see coord_group_remove_many
 */
COORD_API coord_status coord_group_remove_many_start(coord_group *group, const char *keys, const size_t *key_lens, size_t count,
                                                     const coord_call_options *call, coord_queue *queue, uint64_t token,
                                                     coord_op **op, coord_error **err);

#ifdef __cplusplus
}
#endif
#endif
