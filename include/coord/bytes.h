/* Values: immutable, counted bytes. */
#ifndef COORD_BYTES_H
#define COORD_BYTES_H

#include <coord/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * An immutable run of bytes behind a reference count; safe from any thread.
 *
 * Three kinds share the type: bytes held by libcoord itself (a cache entry is one), memory of the host, and a slice of another
 * coord_bytes. The data is **not** NUL-terminated. Each reference must be freed once.
 */
typedef struct coord_bytes coord_bytes;

/** Flags of a value. */
enum {
    COORD_VALUE_NO_STORE = 2, /**< answer who waits, but do not keep the value */
    COORD_VALUE_HOT = 4       /**< coord_group_set only: keep a hot copy here as well when another peer owns the key */
};

/** How a value is to be kept. */
typedef struct coord_value_options {
    uint32_t size;          /**< sizeof this struct */
    uint32_t flags;         /**< COORD_VALUE_*; default none */
    int64_t ttl_ns;         /**< ns from now; 0 = the component's default; COORD_FOREVER = never expires */
    int64_t expire_unix_ns; /**< absolute unix time in ns; 0 = use ttl_ns. Setting both is invalid */
} coord_value_options;

/**
 * Makes bytes from a copy of yours.
 *
 * @param data BORROWED for the call, COPIED; NULL only with len 0.
 * @param len how many bytes; at most 4,294,967,295.
 * @param bytes receives an OWNED reference; NULL on failure.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT, COORD_NO_MEMORY.
 * @thread any.
 * @since 0.1
 */
COORD_API coord_status coord_bytes_new(const void *data, size_t len, coord_bytes **bytes, coord_error **err);

/**
 * Makes bytes that refer to memory of yours, without a copy.
 *
 * The memory must stay as it is until `release(user)` is called: once, after the last reference was freed, on whatever thread did
 * that. On failure release is called before this returns, so that you never need to clean up yourself.
 *
 * @param data TRANSFERRED, even on error; NULL only with len 0.
 * @param len how many bytes.
 * @param user handed to release; any value.
 * @param release may be NULL: nothing to do.
 * @param bytes receives an OWNED reference; NULL on failure.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT, COORD_NO_MEMORY.
 * @thread any; release must be quick and may call any `_free`.
 * @since 0.1
 */
COORD_API coord_status coord_bytes_new_external(const void *data, size_t len, void *user, coord_user_free_fn release,
                                                coord_bytes **bytes, coord_error **err);

/**
 * Makes bytes that are a part of others, without a copy. The slice keeps what it is cut from alive, and has no expiry of its own.
 *
 * @param bytes BORROWED for the call; not NULL.
 * @param offset first byte; at most the size of bytes.
 * @param len how many bytes; offset + len at most the size of bytes.
 * @param slice receives an OWNED reference; NULL on failure.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT when the range leaves bytes, COORD_NO_MEMORY.
 * @thread any.
 * @since 0.1
 */
COORD_API coord_status coord_bytes_slice(coord_bytes *bytes, size_t offset, size_t len, coord_bytes **slice, coord_error **err);

/**
 * Makes bytes that are the rest of others from an offset on, without a copy.
 *
 * @param bytes BORROWED for the call; not NULL.
 * @param offset first byte; at most the size of bytes.
 * @param slice receives an OWNED reference; NULL on failure.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT when offset is beyond the end, COORD_NO_MEMORY.
 * @thread any.
 * @since 0.1
 * @source groupcache ByteView.SliceFrom.
 * @see coord_bytes_slice
 */
COORD_API coord_status coord_bytes_slice_from(coord_bytes *bytes, size_t offset, coord_bytes **slice, coord_error **err);

/**
 * Gives one byte.
 *
 * @param bytes BORROWED; not NULL.
 * @param index below the size of bytes.
 * @param byte receives it; not NULL, unchanged on failure.
 * @param err receives an OWNED error; may be NULL.
 * @return COORD_OK, COORD_INVALID_ARGUMENT when index is out of range.
 * @thread any.
 * @since 0.1
 * @source groupcache ByteView.At, which panics out of range.
 */
COORD_API coord_status coord_bytes_at(const coord_bytes *bytes, size_t index, uint8_t *byte, coord_error **err);

/**
 * Copies a part into memory of yours; the way to read piece by piece, or to truncate.
 *
 * @param bytes BORROWED; may be NULL.
 * @param offset first byte; at or beyond the end nothing is copied.
 * @param buffer receives the bytes; may be NULL only with cap 0.
 * @param cap how many fit.
 * @return how many were copied: cap, or fewer when the end came first; 0 for NULL.
 * @thread any.
 * @since 0.1
 * @source groupcache ByteView.Copy and ByteView.ReadAt.
 */
COORD_API size_t coord_bytes_copy(const coord_bytes *bytes, size_t offset, void *buffer, size_t cap);

/**
 * Compares with memory of yours.
 *
 * @param bytes BORROWED; may be NULL, which equals nothing.
 * @param data BORROWED for the call; NULL only with len 0.
 * @param len how many bytes.
 * @return 1 when length and bytes are the same, else 0.
 * @thread any.
 * @since 0.1
 * @source groupcache ByteView.Equal, EqualBytes and EqualString.
 */
COORD_API int32_t coord_bytes_equal(const coord_bytes *bytes, const void *data, size_t len);

/**
 * Takes one more reference.
 *
 * @param bytes BORROWED; may be NULL.
 * @return the same bytes, OWNED once more; NULL for NULL or for a handle of another kind.
 * @thread any.
 * @since 0.1
 */
COORD_API coord_bytes *coord_bytes_ref(coord_bytes *bytes);

/**
 * Gives back one reference.
 *
 * @param bytes TRANSFERRED; NULL does nothing.
 * @thread any.
 * @since 0.1
 */
COORD_API void coord_bytes_free(coord_bytes *bytes);

/**
 * Gives the bytes themselves.
 *
 * @param bytes BORROWED; may be NULL.
 * @param len receives the length; may be NULL.
 * @return BORROWED until the last reference is freed, not NUL-terminated; "" with *len 0 for NULL or for a handle of another kind.
 * @thread any.
 * @since 0.1
 */
COORD_API const void *coord_bytes_data(const coord_bytes *bytes, size_t *len);

/**
 * Gives the length.
 *
 * @param bytes BORROWED; may be NULL.
 * @return length in bytes; 0 for NULL.
 * @thread any.
 * @since 0.1
 */
COORD_API size_t coord_bytes_size(const coord_bytes *bytes);

/**
 * Tells when the value expires, as it was when it was stored.
 *
 * @param bytes BORROWED; may be NULL.
 * @return unix time in ns; 0 = never.
 * @thread any.
 * @since 0.1
 */
COORD_API int64_t coord_bytes_expire_unix_ns(const coord_bytes *bytes);

/**
 * Gives the flags the value was made with.
 *
 * @param bytes BORROWED; may be NULL.
 * @return COORD_VALUE_* bits.
 * @thread any.
 * @since 0.1
 */
COORD_API uint32_t coord_bytes_flags(const coord_bytes *bytes);

#ifdef __cplusplus
}
#endif
#endif
