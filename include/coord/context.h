/* Contexts: a deadline, a way to cancel and a trace text, for the calls that are made on behalf of one piece of work. */
#ifndef COORD_CONTEXT_H
#define COORD_CONTEXT_H

#include <coord/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A deadline, a cancel switch and a pointer of yours, shared by many calls; safe from any thread.
 *
 * Cancelling a context cancels the operations started with it, and the contexts made from it. Time is that of the system's
 * monotonic clock.
 */
typedef struct coord_context coord_context;

/** How a context is made. */
typedef struct coord_context_options {
    uint32_t size;                /**< sizeof this struct */
    uint32_t flags;               /**< none yet; must be 0 */
    int64_t timeout_ns;           /**< ns from now; 0 or COORD_FOREVER = none of its own */
    coord_context *parent;        /**< BORROWED for the call, the child keeps a reference; NULL = none */
    const char *trace;            /**< COPIED; opaque to libcoord (a traceparent, say); NULL = the parent's */
    size_t trace_len;             /**< bytes, or COORD_NUL; at most 4,096 */
    void *user;                   /**< what coord_context_user gives; NULL = the parent's */
    coord_user_free_fn user_free; /**< TRANSFERRED with user, also on failure: called once, with the last reference. May be NULL */
} coord_context_options;

/** Flags of a call. */
enum {
    COORD_CALL_COUNTED = 1 /**< goes on from a lookup that missed: not counted as a get once more. For gets only */
};

/** The one struct of per-call options, taken by every verb that may wait. */
typedef struct coord_call_options {
    uint32_t size;          /**< sizeof this struct */
    uint32_t flags;         /**< COORD_CALL_*; default none */
    int64_t timeout_ns;     /**< of the whole call; 0 = the verb's default; COORD_FOREVER = none */
    coord_context *context; /**< BORROWED for the call; NULL = none. The earlier of the two deadlines counts */
} coord_call_options;

/**
 * Makes a context.
 *
 * @param opts BORROWED for the call; NULL = no deadline, no parent.
 * @param context receives an OWNED reference; NULL on failure.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT (negative timeout, long trace), COORD_FORKED (the parent is from before a fork).
 * @thread any.
 * @since 0.1
 */
COORD_API coord_status coord_context_new(const coord_context_options *opts, coord_context **context, coord_error **err);

/**
 * Takes one more reference.
 *
 * @param context BORROWED; may be NULL.
 * @return the same context, OWNED once more; NULL for NULL or for a handle of another kind.
 * @thread any.
 * @since 0.1
 */
COORD_API coord_context *coord_context_ref(coord_context *context);

/**
 * Gives back one reference. Operations under way keep what they need; freeing does not cancel.
 *
 * @param context TRANSFERRED; NULL does nothing.
 * @thread any.
 * @since 0.1
 */
COORD_API void coord_context_free(coord_context *context);

/**
 * Cancels the context, its children, and every operation started with one of them. Idempotent.
 *
 * @param context BORROWED; NULL does nothing.
 * @thread any.
 * @since 0.1
 */
COORD_API void coord_context_cancel(coord_context *context);

/**
 * Tells whether work under this context should stop: it was cancelled, or its deadline has passed.
 *
 * @param context BORROWED; may be NULL.
 * @return 1 or 0; 0 for NULL.
 * @thread any.
 * @since 0.1
 */
COORD_API int32_t coord_context_is_cancelled(const coord_context *context);

/**
 * Tells how much time is left.
 *
 * @param context BORROWED; may be NULL.
 * @return ns until the deadline, 0 when it has passed or the context was cancelled; COORD_FOREVER without a deadline or for NULL.
 * @thread any.
 * @since 0.1
 */
COORD_API int64_t coord_context_remaining_ns(const coord_context *context);

/**
 * Gives the trace text.
 *
 * @param context BORROWED; may be NULL.
 * @param len receives its length in bytes; may be NULL.
 * @return BORROWED until the context's last reference is freed; "" when there is none. NUL-terminated.
 * @thread any.
 * @since 0.1
 */
COORD_API const char *coord_context_trace(const coord_context *context, size_t *len);

/**
 * Gives the pointer the context was made with, or inherited.
 *
 * @param context BORROWED; may be NULL.
 * @return that pointer, valid as long as the context that brought it; NULL when there is none.
 * @thread any.
 * @since 0.1
 */
COORD_API void *coord_context_user(const coord_context *context);

#ifdef __cplusplus
}
#endif
#endif
