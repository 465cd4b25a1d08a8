/* One other process, to be asked directly: over HTTP, or over whatever way of your own. */
#ifndef COORD_PEER_H
#define COORD_PEER_H

#include <coord/request.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Somebody who can be asked for values; safe from any thread.
 *
 * coord_peers_pick and coord_peers_find give those of a list, which are asked over HTTP. coord_peer_new makes one of your own: whatever
 * it is asked arrives as a request, to be answered now or later, so that any transport can be behind it.
 */
typedef struct coord_peer coord_peer;

/** Flags of a peer of your own. */
enum {
    COORD_PEER_TAKES_SET = 1 /**< with requests: it takes values. With callbacks a peer_set says so */
};

/** How a peer of your own is made. */
typedef struct coord_peer_options {
    uint32_t size;                /**< sizeof this struct */
    uint32_t flags;               /**< COORD_PEER_* */
    coord_request_fn peer_get;    /**< PEER_GET, on a worker or lent thread. A failure with COORD_UNAVAILABLE, COORD_TIMED_OUT,
                                       COORD_CANCELLED, COORD_CLOSED or COORD_ABANDONED says that the peer was not reached; any other one
                                       is what the peer's own loader said */
    coord_request_fn peer_set;    /**< PEER_SET; NULL = does not take values */
    coord_request_fn peer_remove; /**< PEER_REMOVE */
    void *user;                   /**< handed to them */
    coord_user_free_fn user_free; /**< TRANSFERRED with user, also on failure: called once, after the last of them. May be NULL */
    coord_queue *requests;        /**< instead of callbacks: PEER_* requests arrive here as events. The peer keeps a reference */
    uint64_t requests_token;      /**< token of those events */
} coord_peer_options;

/**
 * Makes a peer of your own.
 *
 * Each request it is asked ends by its deadline, whether you answer or not; an answer after that is dropped.
 *
 * @param runtime BORROWED; not NULL. The peer keeps a reference.
 * @param url COPIED; a name for it in errors and logs, of any form; 1 to 1,024 bytes. Two peers of one picker that have the same are told
 *        of a change once.
 * @param url_len bytes, or COORD_NUL.
 * @param opts BORROWED for the call; not NULL: peer_get and peer_remove, or requests.
 * @param peer receives an OWNED handle; NULL on failure.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT, COORD_CLOSED, COORD_FORKED, COORD_NO_MEMORY.
 * @thread any.
 * @since 0.1
 * @source groupcache ProtoGetter.
 */
COORD_API coord_status coord_peer_new(coord_runtime *runtime, const char *url, size_t url_len, const coord_peer_options *opts,
                                      coord_peer **peer, coord_error **err);

/**
 * Takes one more reference.
 *
 * @param peer BORROWED; may be NULL.
 * @return the same peer, OWNED once more; NULL for NULL or for a handle of another kind.
 * @thread any.
 * @since 0.1
 */
COORD_API coord_peer *coord_peer_ref(coord_peer *peer);

/**
 * Gives back one reference. With the last one of a peer of your own, requests that are open end with COORD_CANCELLED.
 *
 * @param peer TRANSFERRED; NULL does nothing.
 * @thread any.
 * @since 0.1
 */
COORD_API void coord_peer_free(coord_peer *peer);

/**
 * Gives its url.
 *
 * @param peer BORROWED; may be NULL.
 * @param len receives its length in bytes; may be NULL.
 * @return BORROWED until the last reference is freed, NUL-terminated; "" for NULL.
 * @thread any.
 * @since 0.1
 * @source groupcache ProtoGetter.GetURL, which includes the base path.
 */
COORD_API const char *coord_peer_url(const coord_peer *peer, size_t *len);

/**
 * Asks a peer for a value, past all caches of this process.
 *
 * @param peer BORROWED; not NULL.
 * @param group BORROWED for the call; the group's name.
 * @param group_len bytes, or COORD_NUL.
 * @param key BORROWED for the call; any bytes; NULL only with key_len 0.
 * @param key_len bytes, at most 65,535; or COORD_NUL.
 * @param call BORROWED for the call; timeout 0 = 30 s. NULL = defaults.
 * @param value receives OWNED bytes; NULL on failure.
 * @param err receives an OWNED error; may be NULL. See coord_error_detail.
 * @return COORD_OK; what the peer failed with; COORD_UNAVAILABLE when it could not be reached; COORD_TIMED_OUT, COORD_CANCELLED,
 *         COORD_WOULD_DEADLOCK on an io thread, COORD_INVALID_ARGUMENT, COORD_CLOSED, COORD_FORKED, COORD_NO_MEMORY.
 * @thread any; blocks.
 * @since 0.1
 * @source groupcache ProtoGetter.Get.
 * @see coord_peer_get_start
 */
COORD_API coord_status coord_peer_get(coord_peer *peer, const char *group, size_t group_len, const char *key, size_t key_len,
                                      const coord_call_options *call, coord_bytes **value, coord_error **err);

/**
 * Starts what coord_peer_get does; ends in one COORD_EVENT_BYTES.
 *
 * @param peer BORROWED; not NULL.
 * @param group BORROWED for the call; the group's name.
 * @param group_len bytes, or COORD_NUL.
 * @param key BORROWED for the call; any bytes; NULL only with key_len 0.
 * @param key_len bytes, at most 65,535; or COORD_NUL.
 * @param call BORROWED for the call; timeout 0 = 30 s. NULL = defaults.
 * @param queue BORROWED; not NULL. Receives the event, which may come before this returns.
 * @param token comes back in the event.
 * @param op receives an OWNED handle to cancel with; may be NULL.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK when exactly one event will come; else none will: COORD_INVALID_ARGUMENT, COORD_CLOSED, COORD_FORKED,
 *         COORD_EXHAUSTED at the runtime's max_pending, COORD_NO_MEMORY.
 * @thread any; never blocks.
 * @since 0.1
 * @see coord_peer_get
 */
COORD_API coord_status coord_peer_get_start(coord_peer *peer, const char *group, size_t group_len, const char *key, size_t key_len,
                                            const coord_call_options *call, coord_queue *queue, uint64_t token, coord_op **op,
                                            coord_error **err);

/**
 * Has a peer keep a value; no other peer is told.
 *
 * @param peer BORROWED; not NULL.
 * @param group BORROWED for the call; the group's name.
 * @param group_len bytes, or COORD_NUL.
 * @param key BORROWED for the call; any bytes; NULL only with key_len 0.
 * @param key_len bytes, at most 65,535; or COORD_NUL.
 * @param data COPIED; NULL only with len 0.
 * @param len how many bytes; at most 4,294,967,295.
 * @param opts BORROWED for the call; how to keep the value. NULL = defaults.
 * @param call BORROWED for the call; timeout 0 = 30 s. NULL = defaults.
 * @param err receives an OWNED error; may be NULL.
 * @return as coord_peer_get; COORD_UNSUPPORTED when the peer is not known to take values.
 * @thread any; blocks.
 * @since 0.1
 * @source mailgun/groupcache ProtoGetter.Set.
 * @see coord_peer_set_start, coord_group_set
 */
COORD_API coord_status coord_peer_set(coord_peer *peer, const char *group, size_t group_len, const char *key, size_t key_len,
                                      const void *data, size_t len, const coord_value_options *opts, const coord_call_options *call,
                                      coord_error **err);

/**
 * Starts what coord_peer_set does; ends in one COORD_EVENT_DONE.
 *
 * @param peer BORROWED; not NULL.
 * @param group BORROWED for the call; the group's name.
 * @param group_len bytes, or COORD_NUL.
 * @param key BORROWED for the call; any bytes; NULL only with key_len 0.
 * @param key_len bytes, at most 65,535; or COORD_NUL.
 * @param data COPIED; NULL only with len 0.
 * @param len how many bytes; at most 4,294,967,295.
 * @param opts BORROWED for the call; how to keep the value. NULL = defaults.
 * @param call BORROWED for the call; timeout 0 = 30 s. NULL = defaults.
 * @param queue BORROWED; not NULL. Receives the event, which may come before this returns.
 * @param token comes back in the event.
 * @param op receives an OWNED handle to cancel with; may be NULL.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK when exactly one event will come; else none will: COORD_INVALID_ARGUMENT, COORD_CLOSED, COORD_FORKED,
 *         COORD_EXHAUSTED at the runtime's max_pending, COORD_NO_MEMORY.
 * @thread any; never blocks.
 * @since 0.1
 * @see coord_peer_set
 */
COORD_API coord_status coord_peer_set_start(coord_peer *peer, const char *group, size_t group_len, const char *key, size_t key_len,
                                            const void *data, size_t len, const coord_value_options *opts,
                                            const coord_call_options *call, coord_queue *queue, uint64_t token, coord_op **op,
                                            coord_error **err);

/**
 * Has a peer drop a key; no other peer is told.
 *
 * @param peer BORROWED; not NULL.
 * @param group BORROWED for the call; the group's name.
 * @param group_len bytes, or COORD_NUL.
 * @param key BORROWED for the call; any bytes; NULL only with key_len 0.
 * @param key_len bytes, at most 65,535; or COORD_NUL.
 * @param call BORROWED for the call; timeout 0 = 30 s. NULL = defaults.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK; what the peer failed with; COORD_UNAVAILABLE when it could not be reached; COORD_TIMED_OUT, COORD_CANCELLED,
 *         COORD_WOULD_DEADLOCK on an io thread, COORD_INVALID_ARGUMENT, COORD_CLOSED, COORD_FORKED, COORD_NO_MEMORY.
 * @thread any; blocks.
 * @since 0.1
 * @source groupcache ProtoGetter.Remove.
 * @see coord_peer_remove_start, coord_group_remove
 */
COORD_API coord_status coord_peer_remove(coord_peer *peer, const char *group, size_t group_len, const char *key, size_t key_len,
                                         const coord_call_options *call, coord_error **err);

/**
 * Starts what coord_peer_remove does; ends in one COORD_EVENT_DONE.
 *
 * @param peer BORROWED; not NULL.
 * @param group BORROWED for the call; the group's name.
 * @param group_len bytes, or COORD_NUL.
 * @param key BORROWED for the call; any bytes; NULL only with key_len 0.
 * @param key_len bytes, at most 65,535; or COORD_NUL.
 * @param call BORROWED for the call; timeout 0 = 30 s. NULL = defaults.
 * @param queue BORROWED; not NULL. Receives the event, which may come before this returns.
 * @param token comes back in the event.
 * @param op receives an OWNED handle to cancel with; may be NULL.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK when exactly one event will come; else none will: COORD_INVALID_ARGUMENT, COORD_CLOSED, COORD_FORKED,
 *         COORD_EXHAUSTED at the runtime's max_pending, COORD_NO_MEMORY.
 * @thread any; never blocks.
 * @since 0.1
 * @see coord_peer_remove
 */
COORD_API coord_status coord_peer_remove_start(coord_peer *peer, const char *group, size_t group_len, const char *key,
                                               size_t key_len, const coord_call_options *call, coord_queue *queue, uint64_t token,
                                               coord_op **op, coord_error **err);

#ifdef __cplusplus
}
#endif
#endif
