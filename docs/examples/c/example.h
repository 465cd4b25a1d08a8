/* What the C examples share: stop at the first failure, print a value. */
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include <coord/coord.h>

#include <stdio.h>
#include <stdlib.h>

/* Ends the program when a call failed, and says which part of libcoord refused and why. */
static inline void must(coord_status status, coord_error** err) {
    if (status == COORD_OK) return;
    fprintf(stderr,
            "%s: %s: %s\n",
            coord_error_component(*err),
            coord_status_name(status),
            coord_error_message(*err));
    exit(1);
}

/* A value has a length and no NUL at its end. */
static inline void show(const coord_bytes* value) {
    size_t len;
    const char* text = coord_bytes_data(value, &len);
    printf("%.*s\n", (int)len, text);
}

#endif
