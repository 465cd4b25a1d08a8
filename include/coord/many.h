/* Many keys in one call: one handle that tells what became of each. */
#ifndef COORD_MANY_H
#define COORD_MANY_H

#include <coord/bytes.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * What became of each key of a call about many; immutable, safe from any thread.
 *
 * Keys go in back to back in one buffer, with an array of their lengths, and keep their places.
 */
typedef struct coord_many coord_many;

/**
 * Counts the keys.
 *
 * @param many BORROWED; may be NULL.
 * @return how many; 0 for NULL.
 * @thread any.
 * @since 0.1
 */
COORD_API size_t coord_many_count(const coord_many *many);

/**
 * Tells how it went with one key.
 *
 * @param many BORROWED; may be NULL.
 * @param i below coord_many_count.
 * @return its status; COORD_INVALID_ARGUMENT for NULL or an index out of range.
 * @thread any.
 * @since 0.1
 */
COORD_API coord_status coord_many_status(const coord_many *many, size_t i);

/**
 * Gives one key.
 *
 * @param many BORROWED; may be NULL.
 * @param i below coord_many_count.
 * @param len receives its length in bytes; may be NULL.
 * @return BORROWED until the handle is freed, not NUL-terminated; "" for NULL or an index out of range.
 * @thread any.
 * @since 0.1
 */
COORD_API const char *coord_many_key(const coord_many *many, size_t i, size_t *len);

/**
 * Gives what went wrong with one key.
 *
 * @param many BORROWED; may be NULL.
 * @param i below coord_many_count.
 * @return BORROWED until the handle is freed; NULL when nothing did, for NULL, and out of range.
 * @thread any.
 * @since 0.1
 */
COORD_API const coord_error *coord_many_error(const coord_many *many, size_t i);

/**
 * Frees the handle.
 *
 * @param many TRANSFERRED; NULL does nothing.
 * @thread any.
 * @since 0.1
 */
COORD_API void coord_many_free(coord_many *many);

#ifdef __cplusplus
}
#endif
#endif
