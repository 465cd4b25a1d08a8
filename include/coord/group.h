/* Groups: named caches that load each missing value once, however many ask. */
#ifndef COORD_GROUP_H
#define COORD_GROUP_H

#include <coord/group_changes.h>
#include <coord/group_local.h>
#include <coord/peers.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A named cache with a loader; safe from any thread.
 *
 * A get of a key that is not there starts a *flight*: one load, for which everybody who asks meanwhile waits, each with a deadline of
 * its own. Who leaves early disturbs nobody.
 */
typedef struct coord_group coord_group;

/** The caches of a group: values it loaded itself, and copies of values that other peers own. */
enum { COORD_CACHE_MAIN = 1, COORD_CACHE_HOT = 2 };

/** How a full cache chooses what to evict. */
enum {
    COORD_POLICY_S3FIFO = 1, /**< the default: scans do not flush it */
    COORD_POLICY_LRU = 2     /**< strictly the least recently used first */
};

/** What becomes of a load when the last one who waited for it has left. */
enum {
    COORD_ON_ABANDONED_FINISH = 1, /**< the default: it ends, and its value is kept */
    COORD_ON_ABANDONED_CANCEL = 2  /**< its request's context is cancelled; its value, if it still comes, is not kept */
};

/** When the value of another owner is kept here as a hot copy. */
enum {
    COORD_HOT_ALWAYS = 1, /**< the default, as groupcache v2 does */
    COORD_HOT_ONE_IN = 2, /**< by chance, one in hot_one_in, as golang/groupcache does */
    COORD_HOT_NEVER = 4   /**< every get asks the owner; a copy that COORD_VALUE_HOT made is used all the same */
};

/** Flags of a group. */
enum {
    COORD_GROUP_LOCAL = 1,     /**< no peers, whatever picker the runtime has */
    COORD_GROUP_PEER_ERROR = 2 /**< PEER_ERROR requests go to `requests` */
};

/** How a group is made. */
typedef struct coord_group_options {
    uint32_t size;                /**< sizeof this struct */
    uint32_t flags;               /**< COORD_GROUP_* */
    uint64_t max_bytes;           /**< memory for keys, values and overhead; 0 = 64 MiB; (uint64_t)COORD_OFF = keep nothing, still join
                                       loads. A value that alone is larger is given to who asked, and not kept */
    int64_t ttl_ns;               /**< for values that bring none, in ns; 0 or COORD_FOREVER = they do not expire */
    int64_t load_timeout_ns;      /**< of one load, however many wait, in ns; 0 = 30 s, long enough for a slow origin; COORD_FOREVER = none */
    uint32_t max_loads;           /**< loads at once; 0 = 1,024. Beyond it callers wait, and get COORD_EXHAUSTED at their deadline. A blocking
                                       get inside a load of the same group needs no place of its own */
    int32_t on_abandoned;         /**< COORD_ON_ABANDONED_*; 0 = FINISH */
    int32_t policy;               /**< COORD_POLICY_*; 0 = S3FIFO */
    int32_t hot_policy;           /**< COORD_HOT_*; 0 = ALWAYS */
    coord_request_fn load;        /**< the loader as a callback; or NULL */
    void *user;                   /**< handed to load */
    coord_user_free_fn user_free; /**< TRANSFERRED with user, also on failure: called once, after the last load. May be NULL */
    coord_queue *requests;        /**< instead of load: LOAD requests arrive here as events. The group keeps a reference. NULL with load
                                       NULL = no loader: a miss is COORD_UNAVAILABLE */
    uint64_t requests_token;      /**< token of those events */
    coord_peers *peers;           /**< whom to ask for keys of other owners; NULL = this process owns all. The group keeps a reference */
    coord_request_fn peer_error;  /**< PEER_ERROR, on a worker or lent thread, with user: succeed = load here, fail = tell the callers.
                                       NULL = coord_peers_default_peer_error */
    coord_picker *picker;         /**< who owns which key, instead of peers, whose port then still serves the group. The group keeps a
                                       reference. NULL with peers NULL = what coord_runtime_set_picker gives, else this process owns all */
    uint32_t hot_one_in;          /**< for COORD_HOT_ONE_IN; 0 = 10 */
    uint32_t reserved;            /**< must be 0 */
} coord_group_options;

/** Counters of a group; all but the gauges of flights, waiters and changes only grow. */
typedef struct coord_group_stats {
    uint32_t size;              /**< sizeof this struct */
    uint32_t reserved;          /**< 0 */
    uint64_t gets;              /**< gets and lookups */
    uint64_t cache_hits;        /**< answered from memory, also those that found it while joining a flight */
    uint64_t loads;             /**< gets that missed, and so started or joined a flight */
    uint64_t loads_deduped;     /**< flights: loads minus those who joined one. The reference's name for it */
    uint64_t local_loads;       /**< loads that gave a value here */
    uint64_t local_load_errors; /**< loads that failed here */
    uint64_t late_answers;      /**< answers dropped because their load's deadline had passed */
    uint64_t flights_active;    /**< flights now */
    uint64_t flight_oldest_ns;  /**< age of the oldest one; 0 without flights */
    uint64_t waiters;           /**< callers and operations that wait for a flight now */
    uint64_t peer_loads;        /**< values that came from their owner */
    uint64_t peer_errors;       /**< owners that could not be reached, or gave nothing usable */
    uint64_t server_requests;   /**< requests of peers for this group */
    uint64_t peer_slowest_ns;   /**< the longest time an owner took to answer. The reference's GetFromPeersLatencyLower, in ns */
    uint64_t changes_active;    /**< sets and removals under way now that other peers take part in */
    uint64_t change_oldest_ns;  /**< age of the oldest one; 0 without any */
    uint64_t remove_many_calls; /**< calls of coord_group_remove_many */
    uint64_t remove_many_keys;  /**< keys they named */
} coord_group_stats;

/** Counters of one of a group's caches; bytes = keys + values, memory_bytes is what max_bytes limits. */
typedef struct coord_cache_stats {
    uint32_t size;            /**< sizeof this struct */
    uint32_t reserved;        /**< 0 */
    uint64_t bytes;           /**< keys and values held now */
    uint64_t memory_bytes;    /**< the same with all overhead */
    uint64_t detached_bytes;  /**< memory of values that left the cache but are still held by somebody */
    uint64_t items;           /**< entries now */
    uint64_t gets;            /**< lookups */
    uint64_t hits;            /**< lookups that found something */
    uint64_t evictions;       /**< entries that left in whatever way: the sum of the next three and of replacements */
    uint64_t evicted_full;    /**< left because room was needed */
    uint64_t evicted_expired; /**< left because they had expired */
    uint64_t removed;         /**< left by a remove */
    uint64_t refused;         /**< values not kept: larger than the group's limit */
} coord_cache_stats;

/**
 * Makes a group and enters its name into the runtime.
 *
 * @param runtime BORROWED; not NULL. The group keeps a reference.
 * @param name COPIED; any bytes, may be empty; at most 1,024. With peers at most 256, and no '/'.
 * @param name_len bytes, or COORD_NUL.
 * @param opts BORROWED for the call; NULL = defaults, without a loader.
 * @param group receives an OWNED reference; NULL on failure.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_ALREADY_EXISTS, COORD_INVALID_ARGUMENT (both load and requests, negative times), COORD_CLOSED, COORD_FORKED,
 *         COORD_NO_MEMORY.
 * @thread any.
 * @since 0.1
 * @source groupcache NewGroup; a duplicate name or a missing getter is a status here, not a panic.
 * @see coord_group_find
 */
COORD_API coord_status coord_group_new(coord_runtime *runtime, const char *name, size_t name_len, const coord_group_options *opts,
                                       coord_group **group, coord_error **err);

/**
 * Finds a group by its name.
 *
 * @param runtime BORROWED; may be NULL.
 * @param name BORROWED for the call.
 * @param name_len bytes, or COORD_NUL.
 * @return OWNED; NULL when there is none, or it was closed.
 * @thread any.
 * @since 0.1
 * @source groupcache GetGroup.
 */
COORD_API coord_group *coord_group_find(coord_runtime *runtime, const char *name, size_t name_len);

/**
 * Gives the group of that name, and makes it when there is none.
 *
 * An existing one keeps its options; those given here then go unused, and user is freed.
 *
 * @param runtime BORROWED; not NULL.
 * @param name COPIED; as in coord_group_new.
 * @param name_len bytes, or COORD_NUL.
 * @param opts BORROWED for the call; as in coord_group_new.
 * @param group receives an OWNED reference; NULL on failure.
 * @param err receives an OWNED error; may be NULL.
 * @return as coord_group_new, but never COORD_ALREADY_EXISTS.
 * @thread any; of several at once exactly one makes it.
 * @since 0.1
 */
COORD_API coord_status coord_group_find_or_new(coord_runtime *runtime, const char *name, size_t name_len,
                                               const coord_group_options *opts, coord_group **group, coord_error **err);

/**
 * Takes one more reference.
 *
 * @param group BORROWED; may be NULL.
 * @return the same group, OWNED once more; NULL for NULL or for a handle of another kind.
 * @thread any.
 * @since 0.1
 */
COORD_API coord_group *coord_group_ref(coord_group *group);

/**
 * Gives back one reference. Freeing the last one of a group that was not closed closes it without waiting: who waits gets
 * COORD_CANCELLED, and the name is free again.
 *
 * @param group TRANSFERRED; NULL does nothing.
 * @thread any, also inside a loader.
 * @since 0.1
 */
COORD_API void coord_group_free(coord_group *group);

/**
 * Closes a group: its name is free again, new calls get COORD_CLOSED, loads under way may end until the deadline, the rest is then
 * cancelled; its memory goes back.
 *
 * @param group BORROWED; not NULL.
 * @param call timeout 0 = 10 s; COORD_OFF = cancel at once. NULL = defaults.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK when all had ended by itself, COORD_TIMED_OUT when something was cancelled, COORD_WOULD_DEADLOCK inside one of its
 *         own loaders.
 * @thread any; blocks.
 * @since 0.1
 * @source groupcache DeregisterGroup, which only frees the name.
 */
COORD_API coord_status coord_group_close(coord_group *group, const coord_call_options *call, coord_error **err);

/**
 * Gives the group's name.
 *
 * @param group BORROWED; may be NULL.
 * @param len receives its length in bytes; may be NULL.
 * @return BORROWED until the last reference is freed, NUL-terminated; "" for NULL.
 * @thread any.
 * @since 0.1
 */
COORD_API const char *coord_group_name(const coord_group *group, size_t *len);

/**
 * Looks a key up in memory; never waits, never loads. Counts as a get.
 *
 * @param group BORROWED; not NULL.
 * @param key BORROWED for the call; any bytes; NULL only with key_len 0.
 * @param key_len bytes, at most 65,535; or COORD_NUL.
 * @param value receives OWNED bytes; NULL on failure.
 * @param err receives an OWNED error; may be NULL. Pass NULL where misses are usual: making an error costs more than the lookup.
 * @return COORD_OK, COORD_NOT_FOUND, COORD_INVALID_ARGUMENT, COORD_CLOSED, COORD_FORKED.
 * @thread any.
 * @since 0.1
 * @see coord_group_get
 */
COORD_API coord_status coord_group_lookup(coord_group *group, const char *key, size_t key_len, coord_bytes **value,
                                          coord_error **err);

/**
 * Gets the value of a key: from memory, from the peer that owns it, or by loading it once for all who ask.
 *
 * With peers, the owner of a key is asked first, once for all who wait here, and its value is kept as a hot copy until the same expiry.
 * The owner's failure is decided as peer_error says.
 *
 * What is in memory is answered at once, even when the context is cancelled already. Else the first one who asks runs a callback loader
 * on its own thread, and returns when that does; everybody else waits until the value comes or its own deadline passes, which cancels
 * nothing for the others. Failures are not kept: the next get loads again.
 *
 * @param group BORROWED; not NULL.
 * @param key BORROWED for the call; any bytes; NULL only with key_len 0.
 * @param key_len bytes, at most 65,535; or COORD_NUL.
 * @param call BORROWED for the call; timeout 0 = until the load's own deadline. NULL = defaults.
 * @param value receives OWNED bytes; NULL on failure.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK; what the loader failed with; COORD_TIMED_OUT, COORD_CANCELLED; COORD_UNAVAILABLE without a loader;
 *         COORD_EXHAUSTED at max_loads, here or at the owner; COORD_WOULD_DEADLOCK when the key is being loaded by this very thread, or this thread drains the
 *         queue of the loader; COORD_ABANDONED when the loader freed its request; COORD_INVALID_ARGUMENT, COORD_CLOSED, COORD_FORKED,
 *         COORD_NO_MEMORY.
 * @thread any; blocks on a miss.
 * @since 0.1
 * @source groupcache Group.Get; there a leader's deadline fails everybody and waiters cannot leave.
 * @see coord_group_get_start, coord_group_lookup
 */
COORD_API coord_status coord_group_get(coord_group *group, const char *key, size_t key_len, const coord_call_options *call,
                                       coord_bytes **value, coord_error **err);

/**
 * Starts what coord_group_get does; ends in one COORD_EVENT_BYTES. A callback loader then runs on a worker or lent thread.
 *
 * @param group BORROWED; not NULL.
 * @param key BORROWED for the call; any bytes; NULL only with key_len 0.
 * @param key_len bytes, at most 65,535; or COORD_NUL.
 * @param call BORROWED for the call; as in coord_group_get.
 * @param queue BORROWED; not NULL. Receives the event, which may come before this returns.
 * @param token comes back in the event.
 * @param op receives an OWNED handle to cancel with; may be NULL. Cancelling leaves the flight, it does not end it for others.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK when exactly one event will come; else none will: COORD_INVALID_ARGUMENT, COORD_CLOSED, COORD_FORKED,
 *         COORD_EXHAUSTED at the runtime's max_pending, COORD_NO_MEMORY.
 * @thread any; never blocks.
 * @since 0.1
 * @see coord_group_get
 */
COORD_API coord_status coord_group_get_start(coord_group *group, const char *key, size_t key_len, const coord_call_options *call,
                                             coord_queue *queue, uint64_t token, coord_op **op, coord_error **err);

/**
 * Gets a value into memory of yours, cut off where that ends.
 *
 * @param group BORROWED; not NULL.
 * @param key BORROWED for the call; any bytes; NULL only with key_len 0.
 * @param key_len bytes, at most 65,535; or COORD_NUL.
 * @param call BORROWED for the call; as in coord_group_get.
 * @param buffer receives the value's first bytes; NULL only with cap 0.
 * @param cap how many fit.
 * @param len receives the length of the whole value, which may be more than cap; may be NULL; 0 on failure.
 * @param err receives an OWNED error; may be NULL.
 * @return as coord_group_get.
 * @thread any; blocks on a miss.
 * @since 0.1
 * @source groupcache TruncatingByteSliceSink.
 */
COORD_API coord_status coord_group_get_into(coord_group *group, const char *key, size_t key_len, const coord_call_options *call,
                                            void *buffer, size_t cap, size_t *len, coord_error **err);

/**
 * Reads the group's counters.
 *
 * @param group BORROWED; not NULL.
 * @param stats filled up to its size; stats->size must be set. Counters are read one by one, not as one instant.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT, COORD_FORKED.
 * @thread any.
 * @since 0.1
 */
COORD_API coord_status coord_group_stats_read(const coord_group *group, coord_group_stats *stats, coord_error **err);

/**
 * Reads the counters of one of the group's caches.
 *
 * @param group BORROWED; not NULL.
 * @param which COORD_CACHE_MAIN or COORD_CACHE_HOT.
 * @param stats filled up to its size; stats->size must be set.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT, COORD_FORKED.
 * @thread any.
 * @since 0.1
 */
COORD_API coord_status coord_group_cache_stats_read(const coord_group *group, int32_t which, coord_cache_stats *stats,
                                                    coord_error **err);

#ifdef __cplusplus
}
#endif
#endif
