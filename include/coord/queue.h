/* Queues: where completions and requests arrive, to be polled, waited for, or handed to a callback. */
#ifndef COORD_QUEUE_H
#define COORD_QUEUE_H

#include <coord/runtime.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Kinds of events, named for what `value` is. */
enum {
    COORD_EVENT_DONE = 1,    /**< value is NULL: the operation ended */
    COORD_EVENT_BYTES = 2,   /**< value is a coord_bytes, or NULL on failure */
    COORD_EVENT_REQUEST = 3, /**< value is a coord_request: work for you */
    COORD_EVENT_POST = 6,    /**< value is NULL: your own coord_queue_post */
    COORD_EVENT_MANY = 7,    /**< value is a coord_many, also when some of its keys failed; or NULL on failure */
    COORD_EVENT_RESPONSE = 8 /**< value is a coord_response, or NULL on failure */
};

/**
 * One completion or request; frozen at 64 bytes.
 *
 * Set value or error to NULL when you take it over; coord_event_clear frees what is left.
 */
typedef struct coord_event {
    int32_t kind;         /**< COORD_EVENT_* */
    coord_status status;  /**< how the operation ended; COORD_OK for requests and posts */
    uint64_t token;       /**< yours, as given at the start */
    void *value;          /**< OWNED, type by kind */
    coord_error *error;   /**< OWNED; NULL when status is COORD_OK */
    uint64_t reserved[4]; /**< zero */
} coord_event;

/** Receives an event on a library or lent thread; concurrent calls for different events. event is BORROWED, its contents OWNED. */
typedef void (*coord_event_fn)(void *user, coord_event *event);

/**
 * Makes a queue that is drained, waited on, or polled through a descriptor.
 *
 * @param runtime BORROWED; not NULL. The queue keeps a reference.
 * @param queue receives an OWNED reference; NULL on failure.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT, COORD_CLOSED, COORD_FORKED, COORD_EXHAUSTED without a free descriptor, COORD_NO_MEMORY.
 * @thread any.
 * @since 0.1
 */
COORD_API coord_status coord_queue_new(coord_runtime *runtime, coord_queue **queue, coord_error **err);

/**
 * Makes a queue that hands each event to a callback instead. It cannot be drained or polled.
 *
 * @param runtime BORROWED; not NULL. The queue keeps a reference.
 * @param fn called once per event, on a worker or lent thread, concurrently for different events. It may call any `_start` and any
 *        `_free`, and blocking verbs as a loader may. Must not throw, longjmp or end its thread.
 * @param user handed to fn.
 * @param user_free TRANSFERRED with user, also on failure: called once, after the last fn. May be NULL.
 * @param queue receives an OWNED reference; NULL on failure.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT, COORD_CLOSED, COORD_FORKED, COORD_NO_MEMORY.
 * @thread any.
 * @since 0.1
 */
COORD_API coord_status coord_queue_new_callback(coord_runtime *runtime, coord_event_fn fn, void *user,
                                                coord_user_free_fn user_free, coord_queue **queue, coord_error **err);

/**
 * Takes one more reference.
 *
 * @param queue BORROWED; may be NULL.
 * @return the same queue, OWNED once more; NULL for NULL or for a handle of another kind.
 * @thread any.
 * @since 0.1
 */
COORD_API coord_queue *coord_queue_ref(coord_queue *queue);

/**
 * Gives back one reference. With the last one the events nobody drained are cleared; operations still under way end unseen. A callback
 * queue still hands over what was on its way; user_free tells that no call will follow.
 *
 * @param queue TRANSFERRED; NULL does nothing.
 * @thread any.
 * @since 0.1
 */
COORD_API void coord_queue_free(coord_queue *queue);

/**
 * Closes the queue: a `_start` that names it gets COORD_CLOSED, waiters wake. Events of what was started before still arrive and can
 * be drained; an empty closed queue answers COORD_CLOSED. Requests that would arrive fail with COORD_CLOSED instead.
 *
 * @param queue BORROWED; NULL does nothing.
 * @thread any.
 * @since 0.1
 */
COORD_API void coord_queue_close(coord_queue *queue);

/**
 * Gives a descriptor that is readable while the queue holds events, or is closed.
 *
 * Poll it (poll, epoll, asyncio, libuv); never read or close it. For hosts that must read what they poll there is
 * coord_queue_notify_fd.
 *
 * @param queue BORROWED; may be NULL.
 * @return BORROWED until the queue is freed; -1 for NULL, after fork and for callback queues.
 * @thread any.
 * @since 0.1
 */
COORD_API int32_t coord_queue_fd(const coord_queue *queue);

/**
 * Gives a descriptor to read from: a byte arrives whenever the queue becomes non-empty, and whenever a drain leaves events behind.
 *
 * It is one end of a socket pair. Read it and close it yourself. It is non-blocking and close-on-exec, and reads end-of-file once the queue is gone. At most one
 * per queue.
 *
 * @param queue BORROWED; not NULL, not a callback queue.
 * @param fd receives an OWNED descriptor; -1 on failure.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT, COORD_ALREADY_EXISTS, COORD_UNSUPPORTED for callback queues, COORD_FORKED,
 *         COORD_EXHAUSTED without a free descriptor.
 * @thread any.
 * @since 0.1
 */
COORD_API coord_status coord_queue_notify_fd(coord_queue *queue, int32_t *fd, coord_error **err);

/**
 * Takes what is there, without waiting.
 *
 * @param queue BORROWED; not NULL, not a callback queue.
 * @param events receives up to cap events, contents OWNED; not NULL unless cap is 0.
 * @param cap room in events, in events.
 * @param count receives how many came; not NULL.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK (also with *count 0), COORD_CLOSED when closed and empty, COORD_INVALID_ARGUMENT, COORD_UNSUPPORTED, COORD_FORKED.
 * @thread any, also several at once.
 * @since 0.1
 */
COORD_API coord_status coord_queue_drain(coord_queue *queue, coord_event *events, size_t cap, size_t *count, coord_error **err);

/**
 * Waits until there is something, and takes it.
 *
 * @param queue BORROWED; not NULL, not a callback queue.
 * @param timeout_ns 0 or COORD_FOREVER = no limit; COORD_OFF = do not wait; else ns.
 * @param events receives up to cap events, contents OWNED; not NULL.
 * @param cap room in events, in events; at least 1.
 * @param count receives how many came; not NULL.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK with *count at least 1, COORD_TIMED_OUT, COORD_CLOSED when closed and empty, COORD_INVALID_ARGUMENT,
 *         COORD_UNSUPPORTED, COORD_FORKED.
 * @thread any, also several at once; blocks.
 * @since 0.1
 */
COORD_API coord_status coord_queue_wait(coord_queue *queue, int64_t timeout_ns, coord_event *events, size_t cap, size_t *count,
                                        coord_error **err);

/**
 * Puts a COORD_EVENT_POST with this token into the queue, to wake your own loop.
 *
 * @param queue BORROWED; not NULL.
 * @param token comes back in the event.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT, COORD_CLOSED, COORD_FORKED, COORD_EXHAUSTED at the runtime's max_pending, COORD_NO_MEMORY.
 * @thread any.
 * @since 0.1
 */
COORD_API coord_status coord_queue_post(coord_queue *queue, uint64_t token, coord_error **err);

/**
 * Frees what an event still owns, whatever its kind, and zeroes it; a request is freed unanswered. Idempotent.
 *
 * @param event BORROWED; NULL does nothing.
 * @thread any.
 * @since 0.1
 */
COORD_API void coord_event_clear(coord_event *event);

/**
 * Asks an operation to end. Its one event then says COORD_CANCELLED, or the real result when that was first. Idempotent.
 *
 * @param op BORROWED; NULL does nothing.
 * @thread any.
 * @since 0.1
 */
COORD_API void coord_op_cancel(coord_op *op);

/**
 * Forgets an operation; it goes on and ends in its event all the same.
 *
 * @param op TRANSFERRED; NULL does nothing.
 * @thread any.
 * @since 0.1
 */
COORD_API void coord_op_free(coord_op *op);

#ifdef __cplusplus
}
#endif
#endif
