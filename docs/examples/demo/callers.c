/* The loader and the callers. Who misses first runs the loader on its own thread; the others wait
 * for it. */
#include "callers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "packing.h"

void load_file(void* user, coord_request* request) {
    struct show* const show = user;
    demo_file* const file = files_find(&show->files, coord_request_key(request, 0, NULL));
    if (file == NULL) {
        coord_request_fail(request, COORD_NOT_FOUND, "not one of the demo's files", COORD_NUL);
        return;
    }
    atomic_fetch_add(&file->loads, 1);
    atomic_fetch_add(&show->computing, 1);
    size_t size = 0;
    size_t value_size = 0;
    unsigned char* const content = files_read(file->path, &size);
    const int why = errno;
    unsigned char* const value =
        content != NULL ? pack(content, size, show->ways, &show->stop, &value_size) : NULL;
    atomic_fetch_sub(&show->computing, 1);
    if (content == NULL)
        coord_request_fail(request, COORD_UNAVAILABLE, strerror(why), COORD_NUL);
    else if (value == NULL)
        coord_request_fail(request, COORD_CANCELLED, "interrupted", COORD_NUL);
    else
        coord_request_succeed(request, value, value_size, NULL);
    free(value);
    free(content);
}

/* Xorshift: each caller has its own order, and the same one in every run. */
static uint64_t draw(struct caller* caller) {
    caller->random ^= caller->random << 13;
    caller->random ^= caller->random >> 7;
    caller->random ^= caller->random << 17;
    return caller->random;
}

static void ask(struct show* show, const demo_file* file, int64_t timeout_ns) {
    const coord_call_options call = {
        .size = sizeof call, .timeout_ns = timeout_ns, .context = show->until};
    coord_bytes* value = NULL;
    const coord_status status =
        coord_group_get(show->group, file->path, COORD_NUL, &call, &value, NULL);
    if (status == COORD_OK) {
        size_t size;
        const void* bytes = coord_bytes_data(value, &size);
        if (!packed_is_of(bytes, size, file)) atomic_fetch_add(&show->wrong, 1);
        coord_bytes_free(value);
    } else if (atomic_load(&show->stop)) {
        return;
    } else if (timeout_ns != 0 && (status == COORD_TIMED_OUT || status == COORD_EXHAUSTED)) {
        /* Exhausted: the load it waited for stood in line behind others. */
        atomic_fetch_add(&show->gave_up, 1);
    } else {
        atomic_fetch_add(&show->failed, 1);
    }
}

/* The first call of each thread has no deadline, so that for every file somebody waits to the end.
 */
static void ask_for_some(struct caller* caller, unsigned calls) {
    struct show* const show = caller->show;
    const size_t count = show->files.count;
    for (unsigned i = 0; i < calls && !atomic_load(&show->stop); i++) {
        const size_t which = i == 0 ? caller->number % count : draw(caller) % count;
        const bool impatient = i > 0 && draw(caller) % 8 == 0;
        const int64_t patience = (int64_t)(1 + draw(caller) % 5) * COORD_MILLISECOND;
        ask(show, &show->files.items[which], impatient ? patience : 0);
    }
}

static void begin_phase(struct show* show, unsigned phase) {
    pthread_mutex_lock(&show->phase_mutex);
    show->before[phase].size = sizeof show->before[phase];
    coord_group_stats_read(show->group, &show->before[phase], NULL);
    show->gave_up_before[phase] = atomic_load(&show->gave_up);
    show->phase = phase;
    pthread_mutex_unlock(&show->phase_mutex);
}

static void remove_some(struct show* show) {
    for (size_t i = 0; i < show->removed; i++) {
        const size_t which = (2 * i + 1) * show->files.count / (2 * show->removed);
        if (coord_group_remove(show->group, show->files.items[which].path, COORD_NUL, NULL, NULL))
            atomic_fetch_add(&show->failed, 1);
    }
}

void* caller_run(void* argument) {
    struct caller* const caller = argument;
    struct show* const show = caller->show;
    for (unsigned phase = 0; phase < TABLE_ROWS; phase++) {
        ask_for_some(caller, show->calls[phase]);
        if (pthread_barrier_wait(&show->meeting) == PTHREAD_BARRIER_SERIAL_THREAD) {
            begin_phase(show, phase + 1);
            if (phase + 1 == TABLE_ROWS - 1 && !atomic_load(&show->stop)) remove_some(show);
        }
        pthread_barrier_wait(&show->meeting);
    }
    return NULL;
}

void show_counts(struct show* show, table_row rows[TABLE_ROWS]) {
    coord_group_stats now = {.size = sizeof now};
    pthread_mutex_lock(&show->phase_mutex);
    coord_group_stats_read(show->group, &now, NULL);
    for (unsigned i = 0; i < TABLE_ROWS; i++) {
        table_row* const row = &rows[i];
        row->begun = i <= show->phase;
        row->over = i < show->phase;
        if (!row->begun) continue;
        const coord_group_stats* const from = &show->before[i];
        const coord_group_stats* const to = row->over ? &show->before[i + 1] : &now;
        const uint64_t computing = row->over ? 0 : atomic_load(&show->computing);
        row->calls = to->gets - from->gets;
        row->hits = to->cache_hits - from->cache_hits;
        row->loads = to->local_loads - from->local_loads;
        const uint64_t accounted = row->hits + row->loads + computing;
        row->waited = row->calls > accounted ? row->calls - accounted : 0;
        row->gave_up = (row->over ? show->gave_up_before[i + 1] : atomic_load(&show->gave_up)) -
                       show->gave_up_before[i];
    }
    pthread_mutex_unlock(&show->phase_mutex);
}
