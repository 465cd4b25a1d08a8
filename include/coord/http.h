/* HTTP messages: what a peer asked or answered, for hooks and for servers of your own. */
#ifndef COORD_HTTP_H
#define COORD_HTTP_H

#include <coord/request.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One message, given to libcoord; BORROWED for the call. A request has method and target, a response has status. */
typedef struct coord_http_message {
    uint32_t size;       /**< sizeof this struct */
    int32_t status;      /**< of a response: 200 to 599; a request leaves it 0 */
    const char *method;  /**< of a request: "GET" */
    size_t method_len;   /**< bytes, or COORD_NUL */
    const char *target;  /**< of a request: path and query as they were on the wire, neither decoded nor normalised */
    size_t target_len;   /**< bytes, or COORD_NUL */
    const char *headers; /**< "Name: value" lines, each ending in CRLF or LF; may be NULL. Those that frame a message (Content-Length,
                              Transfer-Encoding, Connection, ...) are passed over */
    size_t headers_len;  /**< bytes, or COORD_NUL */
    const void *body;    /**< may be NULL */
    size_t body_len;     /**< how many bytes */
} coord_http_message;

/** An answer to a request of a peer; immutable, safe from any thread. */
typedef struct coord_response coord_response;

/**
 * Gives the status.
 *
 * @param response BORROWED; may be NULL.
 * @return 200 to 599; 0 for NULL.
 * @thread any.
 * @since 0.1
 */
COORD_API int32_t coord_response_status(const coord_response *response);

/**
 * Gives the headers that belong to the answer; not those of the connection (Content-Length, Date, Connection), which your server adds.
 *
 * @param response BORROWED; may be NULL.
 * @param len receives the length in bytes; may be NULL.
 * @return "Name: value" lines, each with CRLF, BORROWED until the response is freed, NUL-terminated; "" for NULL.
 * @thread any.
 * @since 0.1
 */
COORD_API const char *coord_response_headers(const coord_response *response, size_t *len);

/**
 * Gives the body.
 *
 * @param response BORROWED; may be NULL.
 * @param len receives the length in bytes; may be NULL.
 * @return BORROWED until the response is freed, not NUL-terminated; "" for NULL.
 * @thread any.
 * @since 0.1
 */
COORD_API const void *coord_response_body(const coord_response *response, size_t *len);

/**
 * Frees a response.
 *
 * @param response TRANSFERRED; NULL does nothing.
 * @thread any.
 * @since 0.1
 */
COORD_API void coord_response_free(coord_response *response);

/**
 * Gives a part of the HTTP request that an EXCHANGE, ACCEPT or SERVER_ERROR is about.
 *
 * @param request BORROWED; may be NULL.
 * @param field "method", "target", "headers" (lines, each with CRLF) or "body"; BORROWED for the call.
 * @param field_len bytes, or COORD_NUL.
 * @param len receives the length in bytes; may be NULL.
 * @return any bytes, BORROWED until the request is ended, not always NUL-terminated; NULL for other fields and other kinds.
 * @thread any.
 * @since 0.1
 */
COORD_API const char *coord_request_http(const coord_request *request, const char *field, size_t field_len, size_t *len);

/**
 * Adds a header to the request that an EXCHANGE is about.
 *
 * @param request BORROWED; not NULL.
 * @param name COPIED; a token. Host, and what frames a message or belongs to the connection, are refused.
 * @param name_len bytes, or COORD_NUL.
 * @param value COPIED; visible characters, spaces and tabs.
 * @param value_len bytes, or COORD_NUL. All headers set so are at most 8 KiB.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT, COORD_UNSUPPORTED for other kinds, COORD_NO_MEMORY.
 * @thread one at a time.
 * @since 0.1
 */
COORD_API coord_status coord_request_set_header(coord_request *request, const char *name, size_t name_len, const char *value,
                                                size_t value_len, coord_error **err);

/**
 * Gives the whole answer: of an EXCHANGE instead of the peer, which is then not asked over the network; of a SERVER_ERROR instead of
 * the usual error. The last one wins. Then end the request with coord_request_succeed(request, NULL, 0, NULL).
 *
 * @param request BORROWED; not NULL.
 * @param response COPIED; status 200 to 599.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT, COORD_UNSUPPORTED for other kinds, COORD_EXHAUSTED for a body beyond max_value_bytes,
 *         COORD_NO_MEMORY.
 * @thread one at a time.
 * @since 0.1
 * @source groupcache HTTPPoolOptions.Transport and ServerErrorHandler.
 */
COORD_API coord_status coord_request_set_response(coord_request *request, const coord_http_message *response, coord_error **err);

#ifdef __cplusplus
}
#endif
#endif
