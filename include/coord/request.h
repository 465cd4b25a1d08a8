/* Requests: work that libcoord asks of the host. End each one with exactly one of succeed, fail, free. */
#ifndef COORD_REQUEST_H
#define COORD_REQUEST_H

#include <coord/queue.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Something for the host to do, such as loading the value of a key.
 *
 * It arrives at a callback or as a COORD_EVENT_REQUEST, and is OWNED by who receives it. It may be kept and answered later, from any
 * thread. Ending it is what frees it: an answer that comes after the request's deadline is dropped and counted, not an error. The
 * setters and the ending belong to one thread at a time; everything else is safe from any thread.
 */
typedef struct coord_request coord_request;

/** Kinds of requests. */
enum {
    COORD_REQUEST_LOAD = 1,      /**< one item: give the value of its key */
    COORD_REQUEST_PEER_ERROR = 2,    /**< one item: its owner gave no value. Succeed to load it here, fail to tell the callers; no value */
    COORD_REQUEST_EXCHANGE = 9,      /**< an HTTP request to a peer is about to go out, see coord_peers_options. coord_request_set_header adds
                                          to it; succeed lets it go on, unless coord_request_set_response gave what the peer would answer */
    COORD_REQUEST_ACCEPT = 10,       /**< an HTTP request of a peer has come. Succeed serves it, fail refuses it with the message */
    COORD_REQUEST_SERVER_ERROR = 11, /**< a peer's request is about to be answered with coord_request_error. coord_request_set_response
                                          replaces that answer; without it succeed and fail both send the usual one */
    COORD_REQUEST_PEER_GET = 12,     /**< one item: ask your peer for the value of a key; answer as a LOAD */
    COORD_REQUEST_PEER_SET = 13,     /**< one item: have your peer keep coord_request_value of a key; no value in the answer */
    COORD_REQUEST_PEER_REMOVE = 14   /**< one item: have your peer drop a key; no value in the answer */
};

/**
 * Receives a request, OWNED.
 *
 * A LOAD for a blocking get runs on that get's own thread; everything else runs on a worker or lent thread, concurrently for different
 * keys. A blocking get of another key or group inside is legal; of a key that this thread is already loading it gives
 * COORD_WOULD_DEADLOCK. Must not throw, longjmp or end its thread.
 */
typedef void (*coord_request_fn)(void *user, coord_request *request);

/**
 * Tells what is asked.
 *
 * @param request BORROWED; may be NULL.
 * @return COORD_REQUEST_*; 0 for NULL.
 * @thread any.
 * @since 0.1
 */
COORD_API int32_t coord_request_kind(const coord_request *request);

/**
 * Tells how many items the request carries.
 *
 * @param request BORROWED; may be NULL.
 * @return 1 for those with a key: LOAD, PEER_ERROR, PEER_*; 0 for the others and for NULL.
 * @thread any.
 * @since 0.1
 */
COORD_API size_t coord_request_count(const coord_request *request);

/**
 * Gives the key of an item.
 *
 * @param request BORROWED; may be NULL.
 * @param item index below coord_request_count.
 * @param len receives its length in bytes; may be NULL.
 * @return any bytes, BORROWED until the request is ended, NUL-terminated after its length; "" for NULL or an index out of range.
 * @thread any.
 * @since 0.1
 */
COORD_API const char *coord_request_key(const coord_request *request, size_t item, size_t *len);

/**
 * Gives the value an item has now.
 *
 * @param request BORROWED; may be NULL.
 * @param item index below coord_request_count.
 * @return BORROWED until the request is ended: what a PEER_SET is about, with its expiry; NULL when there is none, as for every LOAD.
 * @thread any.
 * @since 0.1
 */
COORD_API const coord_bytes *coord_request_value(const coord_request *request, size_t item);

/**
 * Gives the pointer the host attached to an item.
 *
 * @param request BORROWED; may be NULL.
 * @param item index below coord_request_count.
 * @return that pointer: for a LOAD that serves a peer, what coord_request_set_user gave while its request was accepted; NULL when
 *         there is none, as for a LOAD of a local get. When several wait for one LOAD it is that of the first.
 * @thread any.
 * @since 0.1
 */
COORD_API void *coord_request_user(const coord_request *request, size_t item);

/**
 * Gives the context of the work: its deadline is the load's, and it is cancelled when nobody wants the answer any more.
 *
 * Hand it to the calls you make meanwhile.
 *
 * @param request BORROWED; may be NULL.
 * @return BORROWED until the request is ended; NULL for NULL or when memory is short.
 * @thread any.
 * @since 0.1
 */
COORD_API coord_context *coord_request_context(const coord_request *request);

/**
 * Gives the name of the group that asks.
 *
 * @param request BORROWED; may be NULL.
 * @param len receives its length in bytes; may be NULL.
 * @return BORROWED until the request is ended, NUL-terminated; "" when there is none.
 * @thread any.
 * @since 0.1
 */
COORD_API const char *coord_request_group(const coord_request *request, size_t *len);

/**
 * Gives what went wrong, for a PEER_ERROR or SERVER_ERROR.
 *
 * @param request BORROWED; may be NULL.
 * @return BORROWED until the request is ended; NULL for every other kind. Its cause has the native domain "http" with the peer's status,
 *         or "errno".
 * @thread any.
 * @since 0.1
 */
COORD_API const coord_error *coord_request_error(const coord_request *request);

/**
 * Gives the url of the peer that a PEER_ERROR, EXCHANGE or PEER_* is about, as it stands in the list.
 *
 * @param request BORROWED; may be NULL.
 * @param len receives its length in bytes; may be NULL.
 * @return BORROWED until the request is ended, NUL-terminated; "" for every other kind.
 * @thread any.
 * @since 0.1
 */
COORD_API const char *coord_request_peer(const coord_request *request, size_t *len);

/**
 * Sets the answer of an item; the last one wins. Then end the request with coord_request_succeed(request, NULL, 0, NULL).
 *
 * @param request BORROWED; not NULL.
 * @param item index below coord_request_count.
 * @param data COPIED; NULL only with len 0.
 * @param len how many bytes; at most 4,294,967,295.
 * @param opts BORROWED for the call; how to keep the value. NULL = defaults.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT, COORD_UNSUPPORTED for kinds that take no value, COORD_NO_MEMORY.
 * @thread one at a time.
 * @since 0.1
 */
COORD_API coord_status coord_request_set(coord_request *request, size_t item, const void *data, size_t len,
                                         const coord_value_options *opts, coord_error **err);

/**
 * Sets the answer of an item without copying it; the last answer wins. Then end the request with coord_request_succeed(request, NULL,
 * 0, NULL).
 *
 * What is kept, sent to peers and handed to callers are these bytes themselves; memory of yours made with coord_bytes_new_external is
 * released once the last of them let go. An expiry comes from opts, not from the bytes. A slice counts with its own length, though it
 * keeps all it is cut from: hand in a copy of what is small.
 *
 * @param request BORROWED; not NULL.
 * @param item index below coord_request_count.
 * @param value BORROWED for the call; not NULL. The request keeps a reference.
 * @param opts BORROWED for the call; how to keep the value. NULL = defaults.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT, COORD_UNSUPPORTED for kinds that take no value, COORD_NO_MEMORY.
 * @thread one at a time.
 * @since 0.1
 */
COORD_API coord_status coord_request_set_bytes(coord_request *request, size_t item, coord_bytes *value,
                                               const coord_value_options *opts, coord_error **err);

/**
 * Attaches a pointer to the request of a peer that an ACCEPT is about; the LOAD it leads to gives it as coord_request_user.
 *
 * @param request BORROWED; not NULL.
 * @param user any value; replaces one that was set before, which is freed.
 * @param user_free TRANSFERRED with user, also on failure: called once, when the request was served and no LOAD needs it any more.
 *        May be NULL.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT, COORD_UNSUPPORTED for other kinds, COORD_NO_MEMORY.
 * @thread one at a time.
 * @since 0.1
 * @source groupcache HTTPPoolOptions.Context.
 */
COORD_API coord_status coord_request_set_user(coord_request *request, void *user, coord_user_free_fn user_free, coord_error **err);

/**
 * Sets a failure as the answer of an item; the last answer wins. Then end the request with coord_request_succeed.
 *
 * @param request BORROWED; not NULL.
 * @param item index below coord_request_count.
 * @param status any but COORD_OK.
 * @param message COPIED, one line; may be NULL.
 * @param message_len bytes, or COORD_NUL; what is beyond 4,096 is cut off.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT, COORD_NO_MEMORY.
 * @thread one at a time.
 * @since 0.1
 */
COORD_API coord_status coord_request_set_error(coord_request *request, size_t item, coord_status status, const char *message,
                                               size_t message_len, coord_error **err);

/**
 * Ends a request well.
 *
 * A LOAD that gives neither data here nor an answer by a setter has the empty value. Invalid arguments fail the request with
 * COORD_INVALID_ARGUMENT, which its callers see.
 *
 * @param request TRANSFERRED; NULL does nothing.
 * @param data the value of a LOAD, COPIED; NULL with len 0 = what a setter gave, else empty.
 * @param len how many bytes; at most 4,294,967,295.
 * @param opts BORROWED for the call; how to keep the value given here, or the empty one. NULL = defaults.
 * @thread any.
 * @since 0.1
 */
COORD_API void coord_request_succeed(coord_request *request, const void *data, size_t len, const coord_value_options *opts);

/**
 * Ends a request with a failure, which every caller who waits for it gets.
 *
 * @param request TRANSFERRED; NULL does nothing.
 * @param status any but COORD_OK, which counts as COORD_HOST_FAILED, as do negative numbers.
 * @param message COPIED, one line; may be NULL.
 * @param message_len bytes, or COORD_NUL; what is beyond 4,096 is cut off.
 * @thread any.
 * @since 0.1
 */
COORD_API void coord_request_fail(coord_request *request, coord_status status, const char *message, size_t message_len);

/**
 * Ends a request without an answer: it fails with COORD_ABANDONED.
 *
 * @param request TRANSFERRED; NULL does nothing.
 * @thread any.
 * @since 0.1
 */
COORD_API void coord_request_free(coord_request *request);

#ifdef __cplusplus
}
#endif
#endif
