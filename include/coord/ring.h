/* The ring: which peer owns which key, exactly as groupcache peers compute it. */
#ifndef COORD_RING_H
#define COORD_RING_H

#include <coord/bytes.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Places keys on a list of peers by consistent hashing; safe from any thread. */
typedef struct coord_ring coord_ring;

/** Ring profiles: how virtual nodes and keys are hashed. All peers of a cluster must use the same one. */
enum {
    COORD_RING_V2_FNV1_MD5 = 1,   /**< mailgun groupcache v2 and its forks as they come; the default */
    COORD_RING_V2_FNV1A_MD5 = 2,  /**< mailgun v2 with FNV-1a as its hash */
    COORD_RING_V2_CRC32_MD5 = 3,  /**< mailgun v2 with CRC-32 as its hash */
    COORD_RING_GOLANG_CRC32 = 4,  /**< golang/groupcache as it comes */
    COORD_RING_V3_HOSTPORT = 5    /**< groupcache v3: the default hash over host:port, without a scheme */
};

/** Hashes for a ring: quick, called on any thread, concurrently; the same bytes must give the same number on all peers. Must not call
 * libcoord. */
typedef uint64_t (*coord_hash_fn)(void *user, const void *data, size_t len);

/** How a ring is made. */
typedef struct coord_ring_options {
    uint32_t size;     /**< sizeof this struct */
    uint32_t flags;    /**< none yet; must be 0 */
    int32_t profile;   /**< COORD_RING_*; 0 = COORD_RING_V2_FNV1_MD5 */
    uint32_t replicas; /**< virtual nodes per peer; 0 = 50, as in Go; at most 65,536 */
    coord_hash_fn hash; /**< instead of the profile's hash, which keeps its labels; NULL = the profile's */
    void *hash_user;   /**< handed to hash */
    coord_user_free_fn hash_user_free; /**< TRANSFERRED with hash_user, also on failure: called once, after the last hash. May be NULL */
} coord_ring_options;

/**
 * Makes an empty ring.
 *
 * @param opts BORROWED for the call; NULL = defaults.
 * @param ring receives an OWNED handle; NULL on failure.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT, COORD_NO_MEMORY.
 * @thread any.
 * @since 0.1
 */
COORD_API coord_status coord_ring_new(const coord_ring_options *opts, coord_ring **ring, coord_error **err);

/**
 * Frees a ring.
 *
 * @param ring TRANSFERRED; NULL does nothing.
 * @thread any, once nobody uses it.
 * @since 0.1
 */
COORD_API void coord_ring_free(coord_ring *ring);

/**
 * Replaces the peers. Lookups under way see the old list or the new one, never a mixture.
 *
 * Peers are used as they are spelled, but for COORD_RING_V3_HOSTPORT, which leaves out `scheme://` and what follows host:port. Repeated
 * peers count once; the order matters only where two virtual nodes collide.
 *
 * @param ring BORROWED; not NULL.
 * @param list BORROWED for the call; peers separated by commas or white space; NULL or empty = no peers.
 * @param list_len bytes, or COORD_NUL; at most 10,000 peers, and 10,000,000 virtual nodes in all.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT, COORD_FORKED, COORD_NO_MEMORY. On failure the old list stays.
 * @thread any.
 * @since 0.1
 */
COORD_API coord_status coord_ring_set(coord_ring *ring, const char *list, size_t list_len, coord_error **err);

/**
 * Tells who owns a key.
 *
 * @param ring BORROWED; not NULL.
 * @param key BORROWED for the call; any bytes; NULL only with key_len 0.
 * @param key_len bytes, or COORD_NUL.
 * @param peer receives OWNED bytes: the peer as it was spelled in the list. NULL on failure.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_NOT_FOUND when the ring has no peers, COORD_INVALID_ARGUMENT, COORD_FORKED, COORD_NO_MEMORY.
 * @thread any.
 * @since 0.1
 * @source golang/groupcache and mailgun/groupcache, consistenthash: same owners, checked by golden vectors.
 */
COORD_API coord_status coord_ring_owner(const coord_ring *ring, const char *key, size_t key_len, coord_bytes **peer,
                                        coord_error **err);

/**
 * Adds peers to those that are there.
 *
 * @param ring BORROWED; not NULL.
 * @param list BORROWED for the call; as in coord_ring_set.
 * @param list_len bytes, or COORD_NUL; with those there, within the limits of coord_ring_set.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT, COORD_FORKED, COORD_NO_MEMORY. On failure the old list stays.
 * @thread any.
 * @since 0.1
 * @source groupcache consistenthash Map.Add.
 */
COORD_API coord_status coord_ring_add(coord_ring *ring, const char *list, size_t list_len, coord_error **err);

/**
 * Counts the peers.
 *
 * @param ring BORROWED; may be NULL.
 * @return how many; 0 for an empty ring and for NULL.
 * @thread any.
 * @since 0.1
 * @source groupcache consistenthash Map.IsEmpty.
 */
COORD_API size_t coord_ring_count(const coord_ring *ring);

/**
 * Writes the whole ring down, for comparing two that disagree.
 *
 * @param ring BORROWED; not NULL.
 * @param text receives OWNED bytes: a line "hash in hex, space, peer" per virtual node, in their order. NULL on failure.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT, COORD_FORKED, COORD_NO_MEMORY.
 * @thread any.
 * @since 0.1
 */
COORD_API coord_status coord_ring_dump(const coord_ring *ring, coord_bytes **text, coord_error **err);

#ifdef __cplusplus
}
#endif
#endif
