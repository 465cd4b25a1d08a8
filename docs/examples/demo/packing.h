/* The work of the demo: a file compressed in many ways, of which the smallest result is kept. */
#ifndef DEMO_PACKING_H
#define DEMO_PACKING_H

#include <stdbool.h>

#include "files.h"

enum { MAX_WAYS = 54 };

/* What a value begins with; the compressed bytes follow. */
typedef struct packed_header {
    uint64_t size;       /* of the file */
    uint32_t crc;        /* of the file */
    uint32_t packed_crc; /* of what follows */
} packed_header;

/* Gives a value to be freed, or NULL when memory is short or *stop became true. */
unsigned char* pack(const unsigned char* content,
                    size_t size,
                    unsigned ways,
                    const atomic_bool* stop,
                    size_t* value_size);

/* Is this the value of that file? Quick: for every answer. */
bool packed_is_of(const unsigned char* value, size_t value_size, const demo_file* file);

/* The same, by unpacking it all. */
bool unpacks_to(const unsigned char* value, size_t value_size, const demo_file* file);

/* How many ways take one thread about so long for all files; it tries some of them. */
unsigned ways_for(const demo_files* files, double seconds);

#endif
