/* What a runtime tells of its groups. */
#ifndef COORD_REGISTRY_H
#define COORD_REGISTRY_H

#include <coord/group.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Told of a group that was made; it is BORROWED for the call. */
typedef void (*coord_group_fn)(void *user, coord_group *group);
/** Told that the first group was made. */
typedef void (*coord_start_fn)(void *user);

/**
 * Sets who is told of every group that is made in a runtime.
 *
 * @param runtime BORROWED; not NULL.
 * @param fn called once per group, by the thread that makes it, when it can be found already and before the maker has it; no lock is
 *        held. Not NULL.
 * @param user handed to fn.
 * @param user_free TRANSFERRED with user, also on failure: called once, with the runtime's end. May be NULL.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_ALREADY_EXISTS when one is set, COORD_INVALID_ARGUMENT, COORD_CLOSED, COORD_FORKED.
 * @thread any.
 * @since 0.1
 * @source groupcache RegisterNewGroupHook, which panics the second time; finding a group inside deadlocks there.
 */
COORD_API coord_status coord_runtime_set_new_group(coord_runtime *runtime, coord_group_fn fn, void *user, coord_user_free_fn user_free,
                                                   coord_error **err);

/**
 * Sets who is told when the first group of a runtime is made, as the place to begin to serve peers.
 *
 * @param runtime BORROWED; not NULL.
 * @param fn called once, by the thread that is about to make the first group after this, before that group can be found; no lock is
 *        held. Not called again when the making fails after it. Not NULL.
 * @param user handed to fn.
 * @param user_free TRANSFERRED with user, also on failure: called once, with the runtime's end. May be NULL.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_ALREADY_EXISTS when one is set, COORD_INVALID_ARGUMENT, COORD_CLOSED, COORD_FORKED.
 * @thread any.
 * @since 0.1
 * @source groupcache RegisterServerStart, which panics the second time.
 */
COORD_API coord_status coord_runtime_set_server_start(coord_runtime *runtime, coord_start_fn fn, void *user,
                                                      coord_user_free_fn user_free, coord_error **err);

#ifdef __cplusplus
}
#endif
#endif
