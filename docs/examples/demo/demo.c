/* The demo: hundreds of threads ask one group for files in compressed form, which takes a while to
 * compute.
 *
 * Each file is compressed once, however many ask. Some callers give up after a few milliseconds,
 * which disturbs nobody; then some files are removed from memory and asked for again. At the end
 * the demo checks all of that itself. COORD_DEMO_QUICK=1 makes it small. Ctrl-C ends it with status
 * 130. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "callers.h"
#include "packing.h"

static void must(coord_status status, coord_error* error) {
    if (status == COORD_OK) return;
    fprintf(stderr, "demo: %s: %s\n", coord_status_name(status), coord_error_message(error));
    exit(1);
}

static double seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static unsigned processors(void) {
    const long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : (unsigned)count;
}

/* Chooses files and amount of work: some five seconds on any machine, or less than one. */
static void prepare(struct show* show) {
    const char* quick = getenv("COORD_DEMO_QUICK");
    const bool small = quick != NULL && quick[0] != '\0' && strcmp(quick, "0") != 0;
    show->threads = small ? 100 : 300;
    show->calls[0] = 6;
    show->calls[1] = 2;
    show->calls[2] = 2;
    if (files_choose(&show->files, small ? 16 : 40, small ? 150 * 1000 : 1000 * 1000) != 0) {
        fprintf(stderr, "demo: found no readable file under /usr and /etc to work with\n");
        exit(1);
    }
    show->removed = show->files.count / 10 + 1;
    const double seconds = (small ? 0.2 : 3.0) * processors();
    show->ways = ways_for(&show->files, seconds);
}

static void make_group(struct show* show, coord_runtime* runtime) {
    coord_error* error = NULL;
    must(coord_context_new(NULL, &show->until, &error), error);
    const coord_group_options options = {.size = sizeof options,
                                         .max_bytes = 4 * show->files.bytes + (64 << 20),
                                         .load_timeout_ns = 10 * COORD_MINUTE,
                                         .max_loads = processors(),
                                         .load = load_file,
                                         .user = show};
    must(coord_group_new(runtime, "packed files", COORD_NUL, &options, &show->group, &error),
         error);
    show->before[0].size = sizeof show->before[0];
    must(coord_group_stats_read(show->group, &show->before[0], &error), error);
}

/* Signals come to the main thread only, and only when it asks for them. */
static sigset_t block_signals(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    return set;
}

static void start_callers(struct show* show, struct caller* callers) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 512 * 1024);
    pthread_barrier_init(&show->meeting, NULL, show->threads);
    for (unsigned i = 0; i < show->threads; i++) {
        callers[i] =
            (struct caller){.show = show, .number = i, .random = 0x9e3779b97f4a7c15U * (i + 1)};
        const int why = pthread_create(&callers[i].thread, &attributes, caller_run, &callers[i]);
        if (why == 0) continue;
        fprintf(stderr, "demo: thread %u cannot be started: %s\n", i + 1, strerror(why));
        _exit(1);
    }
    pthread_attr_destroy(&attributes);
}

static table_now moment(struct show* show, double began) {
    coord_group_stats stats = {.size = sizeof stats};
    coord_cache_stats kept = {.size = sizeof kept};
    coord_group_stats_read(show->group, &stats, NULL);
    coord_group_cache_stats_read(show->group, COORD_CACHE_MAIN, &kept, NULL);
    const uint64_t computing = atomic_load(&show->computing);
    return (table_now){.seconds = seconds_now() - began,
                       .computing = computing,
                       .waiting = stats.waiters > computing ? stats.waiters - computing : 0,
                       .kept_bytes = kept.bytes};
}

/* Until all is over, or a signal came: its number. */
static int watch(struct show* show, struct table* table, table_row rows[TABLE_ROWS], double began) {
    const sigset_t signals = block_signals();
    const struct timespec tick = {.tv_nsec = 50 * 1000 * 1000};
    int signal_number = -1;
    while (!rows[TABLE_ROWS - 1].over && signal_number < 0) {
        signal_number = sigtimedwait(&signals, NULL, &tick);
        const table_now now = moment(show, began);
        show_counts(show, rows);
        table_show(table, rows, &now, signal_number > 0);
    }
    return signal_number;
}

/* Unpacks every value that is in memory now. */
static const char* first_flaw_in_memory(const struct show* show) {
    for (size_t i = 0; i < show->files.count; i++) {
        const demo_file* const file = &show->files.items[i];
        coord_bytes* value = NULL;
        coord_group_lookup(show->group, file->path, COORD_NUL, &value, NULL);
        if (value == NULL) return "a value is not in memory";
        size_t size;
        const void* bytes = coord_bytes_data(value, &size);
        const bool right = unpacks_to(bytes, size, file);
        coord_bytes_free(value);
        if (!right) return "a value in memory does not unpack to its file";
    }
    return NULL;
}

/* Gives what is not as it must be, or NULL. */
static const char* first_flaw(struct show* show, const table_row rows[TABLE_ROWS]) {
    coord_cache_stats kept = {.size = sizeof kept};
    coord_group_cache_stats_read(show->group, COORD_CACHE_MAIN, &kept, NULL);
    uint64_t computed = 0;
    for (size_t i = 0; i < show->files.count; i++)
        computed += atomic_load(&show->files.items[i].loads);
    if (atomic_load(&show->failed) > 0) return "a caller without a deadline got no value";
    if (atomic_load(&show->wrong) > 0) return "a caller got a wrong value (did a file change?)";
    if (kept.evicted_full > 0 || kept.refused > 0) return "a value was evicted, or not kept";
    if (rows[0].loads != show->files.count) return "not every file was computed exactly once";
    if (rows[1].loads != 0 || rows[1].hits != rows[1].calls) return "a value was not in memory";
    if (rows[2].loads != show->removed) return "not every removed file was computed again once";
    if (computed != show->files.count + show->removed) return "the loader ran too often";
    if (kept.removed != show->removed) return "not every removed file was in memory";
    return first_flaw_in_memory(show);
}

static int report(struct show* show, const struct table* table, const table_row rows[TABLE_ROWS]) {
    table_row all = {0};
    for (unsigned i = 0; i < TABLE_ROWS; i++) {
        all.calls += rows[i].calls;
        all.hits += rows[i].hits;
        all.loads += rows[i].loads;
        all.waited += rows[i].waited;
        all.gave_up += rows[i].gave_up;
    }
    const char* const flaw = first_flaw(show, rows);
    char text[4][32];
    char line[512];
    snprintf(line,
             sizeof line,
             "demo: %s calls, %s hits, %llu loads for %zu files (+%zu removed), %s waited, %s gave "
             "up: %s%s",
             with_commas(all.calls, text[0]),
             with_commas(all.hits, text[1]),
             (unsigned long long)all.loads,
             show->files.count,
             show->removed,
             with_commas(all.waited, text[2]),
             with_commas(all.gave_up, text[3]),
             flaw != NULL ? "FAILED, " : "",
             flaw != NULL ? flaw : "every result computed once");
    table_end(table, line, flaw == NULL);
    return flaw == NULL ? 0 : 1;
}

static void interrupt_all(struct show* show) {
    atomic_store(&show->stop, true);
    coord_context_cancel(show->until);
}

static void introduce(const struct show* show) {
    printf(
        "%u threads ask one group for %zu files of this machine (%.1f MB), compressed.\n"
        "Loads are real work: zlib, %u ways, the smallest result is kept. Hits come from memory;\n"
        "waited: for the load of another caller; gave up: after 1 to 5 ms of waiting.\n\n",
        show->threads,
        show->files.count,
        (double)show->files.bytes / 1e6,
        show->ways);
    fflush(stdout);
}

int main(void) {
    static struct show show = {.phase_mutex = PTHREAD_MUTEX_INITIALIZER};
    coord_error* error = NULL;
    coord_runtime* runtime = NULL;
    struct table table;
    prepare(&show);
    block_signals();
    must(coord_runtime_new(NULL, &runtime, &error), error);
    make_group(&show, runtime);
    struct caller* callers = calloc(show.threads, sizeof *callers);
    if (callers == NULL) return 1;

    introduce(&show);
    table_row rows[TABLE_ROWS] = {{.phase = "1 nothing is in memory yet"},
                                  {.phase = "2 everything is in memory"},
                                  {.phase = NULL}};
    char last_phase[40];
    snprintf(last_phase, sizeof last_phase, "3 %zu files removed, all asked", show.removed);
    rows[2].phase = last_phase;
    table_begin(&table);
    const double began = seconds_now();
    start_callers(&show, callers);
    const int signal_number = watch(&show, &table, rows, began);
    if (signal_number > 0) interrupt_all(&show);
    for (unsigned i = 0; i < show.threads; i++) pthread_join(callers[i].thread, NULL);
    int status = 128 + signal_number;
    if (signal_number > 0)
        table_end(&table, "demo: interrupted; every caller was let go", false);
    else
        status = report(&show, &table, rows);

    coord_group_free(show.group);
    coord_context_free(show.until);
    coord_runtime_close(runtime, NULL, NULL);
    coord_runtime_free(runtime);
    pthread_barrier_destroy(&show.meeting);
    files_free(&show.files);
    free(callers);
    return status;
}
