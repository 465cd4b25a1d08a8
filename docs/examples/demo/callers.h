/* The callers of the demo: threads that ask one group for the same files, in three phases. */
#ifndef DEMO_CALLERS_H
#define DEMO_CALLERS_H

#include <coord/coord.h>

#include <pthread.h>
#include <stdbool.h>

#include "files.h"
#include "table.h"

/* All of it is shared by the threads; what is not atomic is written by one of them while the others
 * wait. */
struct show {
    demo_files files;
    unsigned ways;              /* to compress a file in */
    unsigned threads;           /* callers */
    unsigned calls[TABLE_ROWS]; /* of each caller in each phase */
    size_t removed;             /* files, before the last phase */
    coord_group* group;
    coord_context* until; /* cancelled when the demo is interrupted */

    pthread_barrier_t meeting;
    pthread_mutex_t phase_mutex; /* for the next three */
    unsigned phase;              /* TABLE_ROWS when all are over */
    coord_group_stats before[TABLE_ROWS + 1];
    uint64_t gave_up_before[TABLE_ROWS + 1];

    atomic_bool stop;
    atomic_ulong computing;
    atomic_ulong gave_up; /* callers whose own deadline came first */
    atomic_ulong failed;  /* callers who got an error though they had no deadline */
    atomic_ulong wrong;   /* answers that were not the right value */
};

struct caller {
    struct show* show;
    pthread_t thread;
    uint64_t random;
    unsigned number;
};

/* The group's loader; user is the show. */
void load_file(void* user, coord_request* request);

/* What a caller's thread runs; argument is the caller. */
void* caller_run(void* argument);

/* Reads the counters, phase by phase. */
void show_counts(struct show* show, table_row rows[TABLE_ROWS]);

#endif
