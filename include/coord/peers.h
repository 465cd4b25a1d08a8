/* Peers: the other processes of a cluster, over HTTP, as groupcache peers speak it. */
#ifndef COORD_PEERS_H
#define COORD_PEERS_H

#include <coord/http.h>
#include <coord/picker.h>
#include <coord/ring.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * This process's place in a cluster: a list of peers, who owns which key, and the port where the others ask; safe from any thread.
 *
 * Groups made with it ask the owner of a key instead of loading it, and load what they own for everybody. Go programs with
 * groupcache v2 may be peers too. A get that came from a peer is answered here, from memory or by loading: it never travels on.
 */
typedef struct coord_peers coord_peers;

/** How failures look on the wire, and what they mean when they come back. */
enum {
    COORD_DIALECT_MAILGUN = 1, /**< the default: a failed load is 503, not found is 404, and callers get both; only when the owner
                                    cannot be reached is the value loaded here */
    COORD_DIALECT_SEED = 2     /**< every failed load is 500, and whatever the owner's failure the value is loaded here */
};

/** Flags of peers. */
enum {
    COORD_PEERS_ALLOW_INSECURE_BIND = 1, /**< listen beyond loopback, where anybody can read, load and remove */
    COORD_PEERS_REFUSE_WRITES = 2,       /**< peers may neither set nor remove: they get 403 */
    COORD_PEERS_CRC = 4,                 /**< sends a CRC-32C with each value, which libcoord peers check; Go peers ignore it */
    COORD_PEERS_EXCHANGE = 8,            /**< EXCHANGE requests go to `requests` */
    COORD_PEERS_ACCEPT = 16,             /**< ACCEPT requests go to `requests` */
    COORD_PEERS_SERVER_ERROR = 32        /**< SERVER_ERROR requests go to `requests` */
};

/** How peers are made. */
typedef struct coord_peers_options {
    uint32_t size;            /**< sizeof this struct */
    uint32_t flags;           /**< COORD_PEERS_* */
    const char *listen;       /**< "127.0.0.1:8080", "[::1]:0", "localhost:8080"; port 0 = any. NULL = does not serve, only asks */
    size_t listen_len;        /**< bytes, or COORD_NUL */
    const char *self_url;     /**< this process as it stands in the list; NULL = "http://" and what it listens on */
    size_t self_url_len;      /**< bytes, or COORD_NUL */
    const char *list;         /**< urls of all peers, this one too, separated by commas or white space; NULL or empty = none, so that
                                   every key is loaded here */
    size_t list_len;          /**< bytes, or COORD_NUL */
    const char *base_path;    /**< where groups are served; NULL = "/_groupcache/". Begins and ends with '/', the same on all peers */
    size_t base_path_len;     /**< bytes, or COORD_NUL */
    int32_t ring_profile;     /**< COORD_RING_*; 0 = COORD_RING_V2_FNV1_MD5. The same on all peers */
    uint32_t ring_replicas;   /**< virtual nodes per peer; 0 = 50. The same on all peers */
    int32_t dialect;          /**< COORD_DIALECT_*; 0 = MAILGUN */
    uint32_t max_connections; /**< open at once, from all peers; 0 = 1,024. Those beyond wait */
    uint64_t max_value_bytes; /**< of a value that a peer sends; 0 = 64 MiB. Larger ones count as unreachable. A set brings at most
                                   16 MiB of it, and is else refused as exhausted */
    uint32_t max_key_bytes;   /**< of a key that a peer asks for; 0 = 4,096; at most 65,535. Longer ones are refused with 414 */
    uint32_t reserved;        /**< must be 0 */
    int64_t request_timeout_ns; /**< of one request to a peer, in ns; 0 = as long as the caller waits */
    coord_hash_fn hash;       /**< instead of the profile's hash, which keeps its labels; NULL = the profile's. The same on all peers */
    void *hash_user;          /**< handed to hash */
    coord_user_free_fn hash_user_free; /**< TRANSFERRED with hash_user, also on failure: called once, after the last hash. May be NULL */
    coord_request_fn exchange; /**< EXCHANGE, before each request to a peer, on a worker or lent thread; its url may then be https, which
                                   goes no further without a response of yours. Failing it counts as a peer that was not reached */
    coord_request_fn accept;  /**< ACCEPT, before each request of a peer is served, on a worker or lent thread. Failing it with
                                   COORD_DENIED refuses with 403, COORD_EXHAUSTED or COORD_UNAVAILABLE with 503, anything else with 400;
                                   not answering it for 5 s, with 503 */
    coord_request_fn server_error; /**< SERVER_ERROR, on a worker or lent thread; NULL = coord_peers_default_server_error, which is also
                                   what follows after 5 s without an answer */
    void *user;               /**< handed to the three */
    coord_user_free_fn user_free; /**< TRANSFERRED with user, also on failure: called once, after the last of them. May be NULL */
    coord_queue *requests;    /**< instead of callbacks, for the kinds that flags name: they arrive here as events. The peers keep a
                                   reference */
    uint64_t requests_token;  /**< token of those events */
} coord_peers_options;

/** Counters of peers; all but the last only grow. */
typedef struct coord_peers_stats {
    uint32_t size;               /**< sizeof this struct */
    uint32_t reserved;           /**< 0 */
    uint64_t server_requests;    /**< requests of peers that passed every check */
    uint64_t server_malformed;   /**< requests refused because something about them is wrong */
    uint64_t server_timed_out;   /**< connections of peers that were cut for slowness */
    uint64_t client_requests;    /**< requests to peers */
    uint64_t client_failures;    /**< those that brought no usable answer */
    uint64_t client_retries;     /**< sent once more, because a kept connection had died */
    uint64_t skewed;             /**< gets of peers for keys that, by the list here, this process does not own */
    uint64_t server_connections; /**< connections of peers, now */
} coord_peers_stats;

/**
 * Makes peers, and begins to listen.
 *
 * Peers that are not up yet are no error: what they own is loaded here until they are.
 *
 * @param runtime BORROWED; not NULL. The peers keep a reference.
 * @param opts BORROWED for the call; NULL = a node without peers that does not listen.
 * @param peers receives an OWNED handle; NULL on failure, and then nothing listens.
 * @param err receives an OWNED error; may be NULL. Its message shows what is wrong with which url or address.
 * @return COORD_OK; COORD_INVALID_ARGUMENT for malformed urls, a self_url that is not in the list or is spelled differently there, an
 *         address beyond loopback without COORD_PEERS_ALLOW_INSECURE_BIND; COORD_UNSUPPORTED for https; COORD_ALREADY_EXISTS when the
 *         port is in use; COORD_UNAVAILABLE when the system refuses the address otherwise; COORD_CLOSED, COORD_FORKED, COORD_NO_MEMORY.
 * @thread any.
 * @since 0.1
 * @source mailgun/groupcache NewHTTPPoolOpts; there a self url spelled differently makes a node ask itself for ever.
 * @see coord_peers_set
 */
COORD_API coord_status coord_peers_new(coord_runtime *runtime, const coord_peers_options *opts, coord_peers **peers, coord_error **err);

/**
 * Takes one more reference.
 *
 * @param peers BORROWED; may be NULL.
 * @return the same peers, OWNED once more; NULL for NULL or for a handle of another kind.
 * @thread any.
 * @since 0.1
 */
COORD_API coord_peers *coord_peers_ref(coord_peers *peers);

/**
 * Gives back one reference. With the last one, those of groups included, the port closes and what was under way fails.
 *
 * @param peers TRANSFERRED; NULL does nothing.
 * @thread any.
 * @since 0.1
 */
COORD_API void coord_peers_free(coord_peers *peers);

/**
 * Leaves the cluster: no new connections, requests of peers under way are answered until the deadline, then everything is cut.
 *
 * Groups go on by themselves; what other peers own is then COORD_UNAVAILABLE for the peer-error policy, so loaded here by default.
 *
 * @param peers BORROWED; not NULL.
 * @param call timeout 0 = 10 s; COORD_OFF = cut at once. NULL = defaults.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK when everything was answered, COORD_TIMED_OUT when something was cut, COORD_WOULD_DEADLOCK inside a loader,
 *         COORD_INVALID_ARGUMENT, COORD_FORKED.
 * @thread any; blocks.
 * @since 0.1
 */
COORD_API coord_status coord_peers_close(coord_peers *peers, const coord_call_options *call, coord_error **err);

/**
 * Replaces the list of peers. Gets under way end as they began; connections to peers that stay are kept.
 *
 * A list without this process is fine: it then owns nothing. What it keeps of keys that now belong to others stays until it is evicted,
 * expires or is removed.
 *
 * @param peers BORROWED; not NULL.
 * @param list BORROWED for the call; urls separated by commas or white space; NULL or empty = none.
 * @param list_len bytes, or COORD_NUL; at most 10,000 peers.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT (also for this process spelled differently), COORD_UNSUPPORTED, COORD_CLOSED, COORD_FORKED,
 *         COORD_NO_MEMORY. On failure the old list stays.
 * @thread any.
 * @since 0.1
 * @source groupcache HTTPPool.Set.
 */
COORD_API coord_status coord_peers_set(coord_peers *peers, const char *list, size_t list_len, coord_error **err);

/**
 * Gives the list of peers as it is now.
 *
 * @param peers BORROWED; not NULL.
 * @param list receives OWNED bytes: one url per line, each with its LF. NULL on failure.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT, COORD_FORKED, COORD_NO_MEMORY.
 * @thread any.
 * @since 0.1
 */
COORD_API coord_status coord_peers_list(coord_peers *peers, coord_bytes **list, coord_error **err);

/**
 * Tells who owns a key, this process included.
 *
 * @param peers BORROWED; not NULL.
 * @param key BORROWED for the call; any bytes; NULL only with key_len 0.
 * @param key_len bytes, or COORD_NUL.
 * @param url receives OWNED bytes: the owner as it stands in the list. NULL on failure.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_NOT_FOUND when the list is empty, COORD_INVALID_ARGUMENT, COORD_FORKED, COORD_NO_MEMORY.
 * @thread any.
 * @since 0.1
 */
COORD_API coord_status coord_peers_owner(coord_peers *peers, const char *key, size_t key_len, coord_bytes **url, coord_error **err);

/**
 * Gives this process's own url: the one given, or made from what it listens on, with the real port.
 *
 * @param peers BORROWED; may be NULL.
 * @param len receives its length in bytes; may be NULL.
 * @return BORROWED until the last reference is freed, NUL-terminated; "" for NULL, and for peers that do not listen and were given none.
 * @thread any.
 * @since 0.1
 */
COORD_API const char *coord_peers_self_url(const coord_peers *peers, size_t *len);

/**
 * Reads the counters.
 *
 * @param peers BORROWED; not NULL.
 * @param stats filled up to its size; stats->size must be set. Counters are read one by one, not as one instant.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT, COORD_FORKED.
 * @thread any.
 * @since 0.1
 */
COORD_API coord_status coord_peers_stats_read(const coord_peers *peers, coord_peers_stats *stats, coord_error **err);

/**
 * Decides a PEER_ERROR as a group without a peer_error of its own does; a coord_request_fn, so that yours can call it for the rest.
 *
 * By the dialect: MAILGUN loads here when the peer could not be reached and tells the caller what the owner's loader said; SEED always
 * loads here. When the load's deadline has passed the caller gets the error.
 *
 * @param user not used.
 * @param request TRANSFERRED; NULL does nothing. A request of another kind fails with COORD_UNSUPPORTED.
 * @thread any.
 * @since 0.1
 * @source groupcache DefaultPeerErrorHandler.
 */
COORD_API void coord_peers_default_peer_error(void *user, coord_request *request);

/**
 * Answers a SERVER_ERROR as peers without a server_error of their own do; a coord_request_fn, so that yours can call it for the rest.
 *
 * @param user not used.
 * @param request TRANSFERRED; NULL does nothing. A request of another kind fails with COORD_UNSUPPORTED.
 * @thread any.
 * @since 0.1
 * @source groupcache DefaultServerErrorHandler.
 */
COORD_API void coord_peers_default_server_error(void *user, coord_request *request);

/**
 * Answers one request of a peer that came to an HTTP server of yours, as the port of these peers would.
 *
 * Mount it below the base path. What is wrong with the request is an answer too (400, 404, 405, 413, 414); a status other than COORD_OK
 * means that there is none to send.
 *
 * @param peers BORROWED; not NULL.
 * @param message BORROWED for the call; not NULL: the request, its target as it was on the wire.
 * @param call BORROWED for the call; timeout 0 = 1 h, beyond what any load takes by default. NULL = defaults.
 * @param response receives an OWNED response; NULL on failure.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK; COORD_INVALID_ARGUMENT for a message without method or target; COORD_TIMED_OUT, COORD_CANCELLED;
 *         COORD_WOULD_DEADLOCK on an io thread; COORD_CLOSED, COORD_FORKED, COORD_NO_MEMORY.
 * @thread any; blocks.
 * @since 0.1
 * @source groupcache HTTPPool.ServeHTTP.
 * @see coord_peers_serve_start
 */
COORD_API coord_status coord_peers_serve(coord_peers *peers, const coord_http_message *message, const coord_call_options *call,
                                         coord_response **response, coord_error **err);

/**
 * Starts what coord_peers_serve does; ends in one COORD_EVENT_RESPONSE.
 *
 * @param peers BORROWED; not NULL.
 * @param message COPIED; as in coord_peers_serve.
 * @param call BORROWED for the call; as in coord_peers_serve.
 * @param queue BORROWED; not NULL. Receives the event, which may come before this returns.
 * @param token comes back in the event.
 * @param op receives an OWNED handle to cancel with; may be NULL.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK when exactly one event will come; else none will: COORD_INVALID_ARGUMENT, COORD_CLOSED, COORD_FORKED,
 *         COORD_EXHAUSTED at the runtime's max_pending, COORD_NO_MEMORY.
 * @thread any; never blocks.
 * @since 0.1
 * @see coord_peers_serve
 */
COORD_API coord_status coord_peers_serve_start(coord_peers *peers, const coord_http_message *message, const coord_call_options *call,
                                               coord_queue *queue, uint64_t token, coord_op **op, coord_error **err);

/**
 * Gives the peer that owns a key by the list as it is now.
 *
 * @param peers BORROWED; may be NULL.
 * @param key BORROWED for the call; any bytes; NULL only with key_len 0.
 * @param key_len bytes, or COORD_NUL.
 * @return OWNED; NULL when this process owns it, and for NULL.
 * @thread any.
 * @since 0.1
 * @source groupcache HTTPPool.PickPeer.
 * @see coord_peers_owner
 */
COORD_API coord_peer *coord_peers_pick(coord_peers *peers, const char *key, size_t key_len);

/**
 * Gives a peer of the list by its url; with coord_peers_list, all of them.
 *
 * @param peers BORROWED; may be NULL.
 * @param url BORROWED for the call; as it stands in the list.
 * @param url_len bytes, or COORD_NUL.
 * @return OWNED; NULL when it is not in the list, or is this process.
 * @thread any.
 * @since 0.1
 * @source groupcache HTTPPool.GetAll.
 */
COORD_API coord_peer *coord_peers_find(coord_peers *peers, const char *url, size_t url_len);

/**
 * Gives these peers as a picker, for coord_runtime_set_picker.
 *
 * @param peers BORROWED; may be NULL.
 * @return OWNED; NULL for NULL.
 * @thread any.
 * @since 0.1
 */
COORD_API coord_picker *coord_peers_picker(coord_peers *peers);

/**
 * Gives the ring of the list as it is now; later lists do not change it.
 *
 * @param peers BORROWED; not NULL.
 * @param ring receives an OWNED handle; NULL on failure.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT, COORD_FORKED, COORD_NO_MEMORY.
 * @thread any.
 * @since 0.1
 */
COORD_API coord_status coord_peers_ring(coord_peers *peers, coord_ring **ring, coord_error **err);

#ifdef __cplusplus
}
#endif
#endif
