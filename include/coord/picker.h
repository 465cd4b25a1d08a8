/* Pickers: who owns which key, decided by you. */
#ifndef COORD_PICKER_H
#define COORD_PICKER_H

#include <coord/peer.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Tells a group which peer owns a key; safe from any thread. coord_peers_picker gives that of a list, coord_picker_new one of your own. */
typedef struct coord_picker coord_picker;

/**
 * Names the peer that owns a key: BORROWED while the picker lives, or NULL for this process.
 *
 * Called on the thread of the get, set or remove, concurrently; must be quick and must not call back into libcoord but for coord_peers_pick
 * and accessors. What is no peer, or one of another runtime, fails a get with COORD_HOST_FAILED, and is named like a peer that did not
 * confirm in the error of a set or removal. A peer given OWNED, as
 * coord_peers_pick does, must be freed by you once the picker is gone.
 */
typedef coord_peer *(*coord_pick_fn)(void *user, const char *key, size_t key_len);

/** Fills in up to cap peers, BORROWED while the picker lives, without this process; tells how many there are, whatever cap is. */
typedef size_t (*coord_pick_all_fn)(void *user, coord_peer **peers, size_t cap);

/** How a picker of your own is made. */
typedef struct coord_picker_options {
    uint32_t size;                /**< sizeof this struct */
    uint32_t flags;               /**< none yet; must be 0 */
    coord_pick_fn pick;           /**< NULL = this process owns every key */
    coord_pick_all_fn pick_all;   /**< who else is told of removals; NULL = only the owner */
    void *user;                   /**< handed to both */
    coord_user_free_fn user_free; /**< TRANSFERRED with user, also on failure: called once, after the last call. May be NULL */
    int32_t dialect;              /**< COORD_DIALECT_*, for what follows a peer's failure by default; 0 = MAILGUN */
    uint32_t reserved;            /**< must be 0 */
} coord_picker_options;

/**
 * Makes a picker of your own.
 *
 * @param runtime BORROWED; not NULL. The picker keeps a reference.
 * @param opts BORROWED for the call; NULL = a picker that never finds a peer.
 * @param picker receives an OWNED handle; NULL on failure.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT, COORD_CLOSED, COORD_FORKED, COORD_NO_MEMORY.
 * @thread any.
 * @since 0.1
 * @source groupcache PeerPicker; NoPeers with NULL.
 */
COORD_API coord_status coord_picker_new(coord_runtime *runtime, const coord_picker_options *opts, coord_picker **picker,
                                        coord_error **err);

/**
 * Takes one more reference.
 *
 * @param picker BORROWED; may be NULL.
 * @return the same picker, OWNED once more; NULL for NULL or for a handle of another kind.
 * @thread any.
 * @since 0.1
 */
COORD_API coord_picker *coord_picker_ref(coord_picker *picker);

/**
 * Gives back one reference. It lives on while a group uses it.
 *
 * @param picker TRANSFERRED; NULL does nothing.
 * @thread any.
 * @since 0.1
 */
COORD_API void coord_picker_free(coord_picker *picker);

/** Gives the picker of a group that is being made, BORROWED and alive until the runtime is gone; NULL = none: the group has no peers. */
typedef coord_picker *(*coord_group_picker_fn)(void *user, const char *name, size_t name_len);

/**
 * Sets who gives groups their picker when they are made without peers, without a picker, and without COORD_GROUP_LOCAL.
 *
 * @param runtime BORROWED; not NULL.
 * @param fn asked once per such group, by the thread that makes it; not NULL.
 * @param user handed to fn.
 * @param user_free TRANSFERRED with user, also on failure: called once, with the runtime's end. May be NULL.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_ALREADY_EXISTS when one is set, COORD_INVALID_ARGUMENT, COORD_CLOSED, COORD_FORKED.
 * @thread any.
 * @since 0.1
 * @source groupcache RegisterPeerPicker and RegisterPerGroupPeerPicker, which panic the second time.
 */
COORD_API coord_status coord_runtime_set_picker(coord_runtime *runtime, coord_group_picker_fn fn, void *user,
                                                coord_user_free_fn user_free, coord_error **err);

#ifdef __cplusplus
}
#endif
#endif
