/* A bounded cache alone: no loader, no peers. */
#ifndef COORD_CACHE_H
#define COORD_CACHE_H

#include <coord/group.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A bounded map from keys to values in memory; safe from any thread. */
typedef struct coord_cache coord_cache;

/** Why an entry left a cache. */
enum {
    COORD_EVICTED_FULL = 1,    /**< room was needed */
    COORD_EVICTED_EXPIRED = 2, /**< it had expired, and was looked up or in the way */
    COORD_EVICTED_REMOVED = 3, /**< coord_cache_remove, remove_oldest or clear */
    COORD_EVICTED_REPLACED = 4 /**< coord_cache_set of the same key */
};

/**
 * Told of an entry that left. Key and value are BORROWED for the call: coord_bytes_ref keeps the value.
 *
 * Called on the thread whose call made it leave, without a lock; may use the cache. Entries that are left when the cache is freed are
 * not told of: clear it first.
 */
typedef void (*coord_evict_fn)(void *user, const char *key, size_t key_len, const coord_bytes *value, int32_t cause);

/** How a cache is made. */
typedef struct coord_cache_options {
    uint32_t size;                /**< sizeof this struct */
    uint32_t flags;               /**< none yet; must be 0 */
    uint64_t max_bytes;           /**< memory for keys, values and overhead; 0 = 64 MiB */
    uint64_t max_items;           /**< 0 = as many as max_bytes holds */
    int64_t ttl_ns;               /**< for values that bring none, in ns; 0 or COORD_FOREVER = they do not expire */
    int32_t policy;               /**< COORD_POLICY_*; 0 = S3FIFO. LRU keeps one strict order */
    int32_t reserved;             /**< must be 0 */
    coord_evict_fn evict;         /**< told of what leaves; may be NULL */
    void *user;                   /**< handed to evict */
    coord_user_free_fn user_free; /**< TRANSFERRED with user, also on failure: called once, after the last evict. May be NULL */
} coord_cache_options;

/**
 * Makes an empty cache.
 *
 * @param runtime BORROWED; not NULL. The cache keeps a reference.
 * @param opts BORROWED for the call; NULL = defaults.
 * @param cache receives an OWNED handle; NULL on failure.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT, COORD_CLOSED, COORD_FORKED, COORD_NO_MEMORY.
 * @thread any.
 * @since 0.1
 * @source groupcache lru.New, whose Cache is not safe from several threads.
 */
COORD_API coord_status coord_cache_new(coord_runtime *runtime, const coord_cache_options *opts, coord_cache **cache, coord_error **err);

/**
 * Frees a cache; values handed out stay valid.
 *
 * @param cache TRANSFERRED; NULL does nothing.
 * @thread any, once nobody uses it.
 * @since 0.1
 */
COORD_API void coord_cache_free(coord_cache *cache);

/**
 * Looks a key up.
 *
 * @param cache BORROWED; not NULL.
 * @param key BORROWED for the call; any bytes; NULL only with key_len 0.
 * @param key_len bytes, at most 65,535; or COORD_NUL.
 * @param value receives OWNED bytes; NULL on failure.
 * @param err receives an OWNED error; may be NULL. Pass NULL where misses are usual.
 * @return COORD_OK, COORD_NOT_FOUND, COORD_INVALID_ARGUMENT, COORD_FORKED.
 * @thread any.
 * @since 0.1
 * @source groupcache lru Cache.Get.
 */
COORD_API coord_status coord_cache_get(coord_cache *cache, const char *key, size_t key_len, coord_bytes **value, coord_error **err);

/**
 * Keeps a value under a key, in place of what was there.
 *
 * @param cache BORROWED; not NULL.
 * @param key BORROWED for the call; any bytes; NULL only with key_len 0.
 * @param key_len bytes, at most 65,535; or COORD_NUL.
 * @param data COPIED; NULL only with len 0.
 * @param len how many bytes; at most 4,294,967,295.
 * @param opts BORROWED for the call; how to keep the value. NULL = defaults.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK; COORD_EXHAUSTED for a value larger than max_bytes, which is not kept, nor is the one it was to replace;
 *         COORD_INVALID_ARGUMENT, also for COORD_VALUE_NO_STORE; COORD_FORKED, COORD_NO_MEMORY.
 * @thread any.
 * @since 0.1
 * @source groupcache lru Cache.Add.
 */
COORD_API coord_status coord_cache_set(coord_cache *cache, const char *key, size_t key_len, const void *data, size_t len,
                                       const coord_value_options *opts, coord_error **err);

/**
 * Drops a key.
 *
 * @param cache BORROWED; not NULL.
 * @param key BORROWED for the call; any bytes; NULL only with key_len 0.
 * @param key_len bytes, at most 65,535; or COORD_NUL.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_NOT_FOUND when there was nothing, COORD_INVALID_ARGUMENT, COORD_FORKED.
 * @thread any.
 * @since 0.1
 * @source groupcache lru Cache.Remove.
 */
COORD_API coord_status coord_cache_remove(coord_cache *cache, const char *key, size_t key_len, coord_error **err);

/**
 * Drops the entry that would be evicted next.
 *
 * @param cache BORROWED; not NULL.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_NOT_FOUND when the cache is empty, COORD_INVALID_ARGUMENT, COORD_FORKED.
 * @thread any.
 * @since 0.1
 * @source groupcache lru Cache.RemoveOldest.
 */
COORD_API coord_status coord_cache_remove_oldest(coord_cache *cache, coord_error **err);

/**
 * Drops everything.
 *
 * @param cache BORROWED; NULL does nothing.
 * @thread any.
 * @since 0.1
 * @source groupcache lru Cache.Clear.
 */
COORD_API void coord_cache_clear(coord_cache *cache);

/**
 * Counts the entries.
 *
 * @param cache BORROWED; may be NULL.
 * @return how many, expired ones that nobody looked up included; 0 for NULL.
 * @thread any.
 * @since 0.1
 * @source groupcache lru Cache.Len.
 */
COORD_API size_t coord_cache_count(const coord_cache *cache);

/**
 * Reads the counters.
 *
 * @param cache BORROWED; not NULL.
 * @param stats filled up to its size; stats->size must be set.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT, COORD_FORKED.
 * @thread any.
 * @since 0.1
 */
COORD_API coord_status coord_cache_stats_read(const coord_cache *cache, coord_cache_stats *stats, coord_error **err);

#ifdef __cplusplus
}
#endif
#endif
