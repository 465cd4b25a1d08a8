/* Status codes, units and the few conventions that every other header builds on. */
#ifndef COORD_STATUS_H
#define COORD_STATUS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define COORD_API __attribute__((visibility("default")))

/** What a call came to. A code you do not know is to be treated as COORD_INTERNAL: later versions may add some. */
typedef int32_t coord_status;

enum {
    COORD_OK = 0,                /**< done */
    COORD_CANCELLED = 1,         /**< its context, its operation or its component was cancelled */
    COORD_INVALID_ARGUMENT = 2,  /**< a programming error; the message names the argument */
    COORD_TIMED_OUT = 3,         /**< the deadline came first; trying again later is fine */
    COORD_NOT_FOUND = 4,         /**< there is no such key, name or entry */
    COORD_ALREADY_EXISTS = 5,    /**< the name is taken */
    COORD_DENIED = 6,            /**< not allowed */
    COORD_EXHAUSTED = 7,         /**< a named limit was reached; the message names it */
    COORD_CONFLICT = 8,          /**< the state of the thing forbids it */
    COORD_UNAVAILABLE = 9,       /**< what is needed cannot be reached now */
    COORD_UNSUPPORTED = 10,      /**< not in this build, or not of this kind */
    COORD_INTERNAL = 11,         /**< a defect of libcoord; please report it */
    COORD_NO_MEMORY = 12,        /**< allocation failed; nothing changed */
    COORD_WOULD_DEADLOCK = 13,   /**< this thread would wait for itself */
    COORD_ABANDONED = 14,        /**< a request was freed without an answer */
    COORD_CLOSED = 15,           /**< the handle, or what it belongs to, was closed */
    COORD_FORKED = 16,           /**< the handle was made before fork(); make a new one in the child */
    COORD_LOST = 17,             /**< what was held is held no longer */
    COORD_HOST_FAILED = 18       /**< code of yours (a loader, say) failed without a better code */
};

/** As a text length: "p is NUL-terminated". Accepted for every `const char *` input, never for `const void *`. */
#define COORD_NUL SIZE_MAX

/* Durations are int64_t nanoseconds. */
#define COORD_MICROSECOND INT64_C(1000)
#define COORD_MILLISECOND INT64_C(1000000)
#define COORD_SECOND INT64_C(1000000000)
#define COORD_MINUTE INT64_C(60000000000)
/** A duration that never ends. */
#define COORD_FOREVER INT64_MAX
/** In an option, zero means "the default"; where "off" has a meaning, it is this. */
#define COORD_OFF INT64_C(-1)

/** Frees what a host gave as `user`. Called exactly once, after the last use, on any thread. */
typedef void (*coord_user_free_fn)(void *user);

/** A place where completions and requests arrive; see queue.h. */
typedef struct coord_queue coord_queue;
/** An operation under way, to be cancelled or forgotten; see queue.h. */
typedef struct coord_op coord_op;

/**
 * Gives the name of a status in lower case, such as "not_found".
 *
 * A code this version does not know gives "unknown".
 *
 * @param status any value.
 * @return (static) text, never NULL.
 * @thread any.
 * @since 0.1
 */
COORD_API const char *coord_status_name(coord_status status);

/**
 * Fills an options or stats struct with its defaults: all bytes zero, and its size.
 *
 * The same as `T o = {.size = sizeof o};`, for languages that cannot write that.
 *
 * @param options BORROWED for the call; the first field must be `uint32_t size`. NULL does nothing.
 * @param size sizeof the struct, as your compiler sees it. Below 4 nothing happens.
 * @thread any.
 * @since 0.1
 */
COORD_API void coord_options_init(void *options, size_t size);

#ifndef __cplusplus
/** A pointer to a filled options struct, alive until the enclosing block ends (C only). */
#define COORD_OPTIONS(type, ...) (&(type){.size = sizeof(type), __VA_ARGS__})
#endif

#ifdef __cplusplus
}
#endif
#endif
