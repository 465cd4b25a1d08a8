/* The runtime: threads, timers, logging and the names of groups. Everything else is made from one. */
#ifndef COORD_RUNTIME_H
#define COORD_RUNTIME_H

#include <coord/bytes.h>
#include <coord/context.h>
#include <coord/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The threads and clocks that components share; safe from any thread.
 *
 * Several runtimes can live in one process and know nothing of each other. What is made from a runtime keeps it alive, so handles
 * may be freed in any order. Library threads block all signals. After fork() a runtime is unusable in the child (COORD_FORKED);
 * coord_runtime_default() gives a new one there.
 */
typedef struct coord_runtime coord_runtime;

/** Levels of log lines; a line is passed on when its level is at most the option's. */
enum { COORD_LOG_ERROR = 1, COORD_LOG_WARN = 2, COORD_LOG_INFO = 3, COORD_LOG_DEBUG = 4 };

/**
 * Receives log lines. Called on any thread, never under a lock of libcoord; must be quick. text is BORROWED for the call and is
 * NUL-terminated; it holds no keys or values of yours.
 */
typedef void (*coord_log_fn)(void *user, int32_t level, const char *component, const char *text, size_t text_len);

/** Flags of a runtime. */
enum {
    COORD_RUNTIME_ALLOW_INSECURE_BIND = 1 /**< admin_listen may be beyond loopback, where anybody can read and remove */
};

/** Where callbacks of yours run. */
enum {
    COORD_CALLBACKS_WORKERS = 1, /**< on threads of the runtime, and on lent ones */
    COORD_CALLBACKS_LENT = 2     /**< only on threads inside coord_runtime_run; with none there, requests wait for their deadline */
};

/** How a runtime is made. */
typedef struct coord_runtime_options {
    uint32_t size;                    /**< sizeof this struct */
    uint32_t flags;                   /**< COORD_RUNTIME_* */
    uint32_t worker_threads;          /**< threads for callbacks; 0 = one per processor, at least 2; at most 1,024 */
    uint32_t io_threads;              /**< threads for timers and sockets; 0 = 1; at most 64 */
    uint32_t max_blocked_workers;     /**< workers replaced while they wait inside a nested get; 0 = 64; beyond it COORD_EXHAUSTED */
    int32_t callbacks;                /**< COORD_CALLBACKS_*; 0 = WORKERS. A blocking get runs its loader on its own thread always */
    uint64_t max_pending;             /**< operations and posts not yet drained; 0 = 1,048,576; beyond it COORD_EXHAUSTED */
    coord_log_fn log;                 /**< NULL = silent */
    void *log_user;                   /**< handed to log */
    coord_user_free_fn log_user_free; /**< TRANSFERRED with log_user, also on failure; may be NULL */
    int32_t log_level;                /**< COORD_LOG_*; 0 = COORD_LOG_WARN */
    int32_t reserved;                 /**< must be 0 */
    const char *admin_listen;         /**< "127.0.0.1:9090": keys, owners, statistics, health and metrics over HTTP; port 0 = any.
                                           NULL = none */
    size_t admin_listen_len;          /**< bytes, or COORD_NUL */
} coord_runtime_options;

/**
 * Makes a runtime and starts its threads.
 *
 * @param opts BORROWED for the call; NULL = defaults.
 * @param runtime receives an OWNED reference; NULL on failure.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT, COORD_EXHAUSTED when the system gives no thread or descriptor, COORD_ALREADY_EXISTS when the
 *         port of admin_listen is in use, COORD_UNAVAILABLE when the system refuses it otherwise, COORD_NO_MEMORY.
 * @thread any.
 * @since 0.1
 * @see coord_runtime_default
 */
COORD_API coord_status coord_runtime_new(const coord_runtime_options *opts, coord_runtime **runtime, coord_error **err);

/**
 * Gives the address of the admin endpoint, with its real port.
 *
 * @param runtime BORROWED; may be NULL.
 * @param len receives its length in bytes; may be NULL.
 * @return BORROWED until the runtime is freed, NUL-terminated: "127.0.0.1:9090"; "" when there is none.
 * @thread any.
 * @since 0.1
 */
COORD_API const char *coord_runtime_admin_address(const coord_runtime *runtime, size_t *len);

/**
 * Gives the process-wide runtime, made with default options at the first call.
 *
 * It is never freed; coord_runtime_free does nothing to it. After fork() the child gets a new one.
 *
 * @return BORROWED for ever; NULL only when it cannot be made.
 * @thread any.
 * @since 0.1
 */
COORD_API coord_runtime *coord_runtime_default(void);

/**
 * Takes one more reference.
 *
 * @param runtime BORROWED; may be NULL.
 * @return the same runtime, OWNED once more; NULL for NULL or for a handle of another kind.
 * @thread any.
 * @since 0.1
 */
COORD_API coord_runtime *coord_runtime_ref(coord_runtime *runtime);

/**
 * Gives back one reference. What was made from the runtime keeps it going: its threads end when the last handle of it and of all
 * that was made from it is freed.
 *
 * @param runtime TRANSFERRED; NULL does nothing.
 * @thread any, also inside a callback.
 * @since 0.1
 */
COORD_API void coord_runtime_free(coord_runtime *runtime);

/**
 * Closes everything made from this runtime: new calls get COORD_CLOSED, what is open may end until the deadline, the rest is then
 * cancelled. When this returns, every operation has had its completion.
 *
 * Repeating it is fine. A callback that still runs at the deadline is not interrupted: its answer is refused.
 *
 * @param runtime BORROWED; not NULL.
 * @param call timeout 0 = 10 s; COORD_OFF = cancel at once. NULL = defaults.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK when all had ended by itself, COORD_TIMED_OUT when something was cancelled or a callback still runs,
 *         COORD_WOULD_DEADLOCK on a thread of the runtime or inside a callback.
 * @thread any but the runtime's; blocks.
 * @since 0.1
 * @see coord_runtime_close_start
 */
COORD_API coord_status coord_runtime_close(coord_runtime *runtime, const coord_call_options *call, coord_error **err);

/**
 * Starts what coord_runtime_close does; ends in a COORD_EVENT_DONE with the status it would have returned.
 *
 * @param runtime BORROWED; not NULL.
 * @param call as in coord_runtime_close.
 * @param queue BORROWED; not NULL. Receives the event.
 * @param token comes back in the event.
 * @param op receives an OWNED handle; may be NULL. Cancelling it cancels what is still open at once.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK when exactly one event will come; else none will.
 * @thread any.
 * @since 0.1
 * @see coord_runtime_close
 */
COORD_API coord_status coord_runtime_close_start(coord_runtime *runtime, const coord_call_options *call, coord_queue *queue,
                                                 uint64_t token, coord_op **op, coord_error **err);

/**
 * Lends the calling thread as a worker: it runs callbacks until its timeout, until coord_runtime_wake, or until the runtime closes.
 *
 * @param runtime BORROWED; not NULL.
 * @param call timeout 0 = COORD_FOREVER; COORD_OFF = run what is ready, do not wait. NULL = defaults. Its context ends it too.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK after a wake, COORD_TIMED_OUT, COORD_CANCELLED, COORD_CLOSED, COORD_WOULD_DEADLOCK inside a callback.
 * @thread any but the runtime's own; blocks.
 * @since 0.1
 * @see coord_runtime_wake
 */
COORD_API coord_status coord_runtime_run(coord_runtime *runtime, const coord_call_options *call, coord_error **err);

/**
 * Makes every thread that is now inside coord_runtime_run return.
 *
 * @param runtime BORROWED; NULL does nothing.
 * @thread any.
 * @since 0.1
 */
COORD_API void coord_runtime_wake(coord_runtime *runtime);

/**
 * Gives the runtime's wall clock.
 *
 * @param runtime BORROWED; may be NULL.
 * @return unix time in ns; 0 for NULL.
 * @thread any.
 * @since 0.1
 */
COORD_API int64_t coord_runtime_now_unix_ns(const coord_runtime *runtime);

/**
 * Writes the counters of the runtime and of all its groups in the Prometheus text format.
 *
 * @param runtime BORROWED; not NULL.
 * @param text receives OWNED bytes; NULL on failure.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT, COORD_FORKED, COORD_NO_MEMORY.
 * @thread any.
 * @since 0.1
 */
COORD_API coord_status coord_runtime_metrics(coord_runtime *runtime, coord_bytes **text, coord_error **err);

/**
 * Replaces the log hook.
 *
 * @param runtime BORROWED; not NULL.
 * @param level COORD_LOG_*; 0 = COORD_LOG_WARN.
 * @param fn NULL = silent from now on.
 * @param user handed to fn.
 * @param user_free TRANSFERRED with user, also on failure: called once, after the last fn with this user. May be NULL.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT, COORD_FORKED, COORD_NO_MEMORY.
 * @thread any; lines under way may still reach the hook that was there.
 * @since 0.1
 * @source groupcache SetLogger.
 */
COORD_API coord_status coord_runtime_set_log(coord_runtime *runtime, int32_t level, coord_log_fn fn, void *user,
                                             coord_user_free_fn user_free, coord_error **err);

/**
 * Writes down what is pending: flights, who waits for them, changes, questions to peers and requests to the host, with age and state.
 *
 * For a person who looks for what hangs; keys are shown shortened and escaped, values never. The form may change.
 *
 * @param runtime BORROWED; not NULL.
 * @param text receives OWNED bytes: lines of text, at most 1 MiB. NULL on failure.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT, COORD_FORKED, COORD_NO_MEMORY.
 * @thread any; the parts are read one by one, not as one instant.
 * @since 0.1
 */
COORD_API coord_status coord_runtime_dump(coord_runtime *runtime, coord_bytes **text, coord_error **err);

#ifdef __cplusplus
}
#endif
#endif
