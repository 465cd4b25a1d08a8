/* Which libcoord this is: at compile time, and at run time. */
#ifndef COORD_VERSION_H
#define COORD_VERSION_H

#include <coord/status.h>

#ifdef __cplusplus
extern "C" {
#endif

#define COORD_VERSION_MAJOR 0
#define COORD_VERSION_MINOR 1
#define COORD_VERSION_PATCH 0
/** What coord_version() gives for these headers. */
#define COORD_VERSION ((COORD_VERSION_MAJOR << 16) | (COORD_VERSION_MINOR << 8) | COORD_VERSION_PATCH)

/**
 * Gives the version of the library that runs, packed as (major << 16) | (minor << 8) | patch.
 *
 * Compare it with COORD_VERSION to learn whether headers and library belong together.
 *
 * @return the packed version.
 * @thread any.
 * @since 0.1
 */
COORD_API uint32_t coord_version(void);

/**
 * Tells whether this build has an optional part.
 *
 * @param name BORROWED for the call; for example "groupcache". A name this version does not know is simply absent.
 * @param name_len length of name in bytes, or COORD_NUL.
 * @return 1 when the part is there, else 0.
 * @thread any.
 * @since 0.1
 */
COORD_API int32_t coord_has_feature(const char *name, size_t name_len);

#ifdef __cplusplus
}
#endif
#endif
