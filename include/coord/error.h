/* What went wrong, beyond its status: a message, who says so, and why. */
#ifndef COORD_ERROR_H
#define COORD_ERROR_H

#include <coord/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The details of a failure; immutable, safe from any thread.
 *
 * Functions take `coord_error **err` last. It may be NULL. `*err` is set to NULL on entry and to an OWNED error on failure; when
 * memory is short it can stay NULL, the returned status is right all the same. Every accessor here takes NULL.
 */
typedef struct coord_error coord_error;

/**
 * Frees an error, and with it the causes it holds.
 *
 * @param error TRANSFERRED; NULL does nothing.
 * @thread any.
 * @since 0.1
 */
COORD_API void coord_error_free(coord_error *error);

/**
 * Gives the status of an error.
 *
 * @param error BORROWED; may be NULL.
 * @return its status; COORD_OK for NULL.
 * @thread any.
 * @since 0.1
 */
COORD_API coord_status coord_error_status(const coord_error *error);

/**
 * Gives the message: one line, lower case, without a full stop.
 *
 * @param error BORROWED; may be NULL.
 * @return NUL-terminated text, BORROWED until the error is freed; "" for NULL.
 * @thread any.
 * @since 0.1
 */
COORD_API const char *coord_error_message(const coord_error *error);

/**
 * Names the part of libcoord that speaks: "group", "queue", "runtime", ...
 *
 * @param error BORROWED; may be NULL.
 * @return (static) text; "" for NULL.
 * @thread any.
 * @since 0.1
 */
COORD_API const char *coord_error_component(const coord_error *error);

/**
 * Tells whether the same call may succeed later without a change of yours.
 *
 * @param error BORROWED; may be NULL.
 * @return 1 or 0; 0 for NULL.
 * @thread any.
 * @since 0.1
 */
COORD_API int32_t coord_error_is_retriable(const coord_error *error);

/**
 * Tells whether the handle the call was made on is of no further use (closed, forked).
 *
 * @param error BORROWED; may be NULL.
 * @return 1 or 0; 0 for NULL.
 * @thread any.
 * @since 0.1
 */
COORD_API int32_t coord_error_is_fatal(const coord_error *error);

/**
 * Names whose number coord_error_native_code gives: "errno", "http", or "" when there is none.
 *
 * @param error BORROWED; may be NULL.
 * @return (static) text; "" for NULL.
 * @thread any.
 * @since 0.1
 * @see coord_error_native_code
 */
COORD_API const char *coord_error_native_domain(const coord_error *error);

/**
 * Gives the number behind the failure, in the terms of its native domain.
 *
 * @param error BORROWED; may be NULL.
 * @return the number; 0 when there is no native domain.
 * @thread any.
 * @since 0.1
 * @see coord_error_native_domain
 */
COORD_API int64_t coord_error_native_code(const coord_error *error);

/**
 * Gives the error that led to this one.
 *
 * @param error BORROWED; may be NULL.
 * @return BORROWED until `error` is freed; NULL when there is none.
 * @thread any.
 * @since 0.1
 */
COORD_API const coord_error *coord_error_cause(const coord_error *error);

/**
 * Gives one of the particulars of an error by its name, or of the first of its causes that has it.
 *
 * A failed load or change at another peer has "group", "key", "peer" (its url), and, when it answered over HTTP, "status" such as
 * "503 Service Unavailable" and "body", at most 1 MiB of what it sent. "reason" is "bad-request" or "group-not-found" where a peer's
 * endpoint refused a request for one of these. The number of the HTTP status is coord_error_native_code of the error or of its cause.
 *
 * @param error BORROWED; may be NULL.
 * @param name which one; BORROWED for the call.
 * @param name_len bytes, or COORD_NUL.
 * @param len receives the length in bytes; may be NULL.
 * @return any bytes, BORROWED until the error is freed, NUL-terminated after their length; NULL when neither the error nor any of its
 *         causes has it.
 * @thread any.
 * @since 0.1
 * @source groupcache RemoteLoadError, BadGroupcacheRequestError, GroupNotFoundError.
 */
COORD_API const char *coord_error_detail(const coord_error *error, const char *name, size_t name_len, size_t *len);

#ifdef __cplusplus
}
#endif
#endif
