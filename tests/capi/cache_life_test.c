/* cache.h: what is refused, what an evict function may do, several threads, and who frees what. */
#include <pthread.h>

#include "handles.h"

static void a_cache_is_wanted(void* wrong) {
    coord_bytes* value = POISON;
    coord_cache_stats stats = {.size = sizeof stats};
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "cache:", coord_cache_get(wrong, "k", 1, &value, ERR));
    CHECK(value == NULL);
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "cache:", coord_cache_set(wrong, "k", 1, "v", 1, NULL, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "cache:", coord_cache_remove(wrong, "k", 1, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "cache:", coord_cache_remove_oldest(wrong, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "cache:", coord_cache_stats_read(wrong, &stats, ERR));
    CHECK(coord_cache_count(wrong) == 0);
    coord_cache_clear(wrong);
    coord_cache_free(wrong);
}

static void a_runtime_is_wanted(void* wrong) {
    int freed = 0;
    coord_cache* cache = POISON;
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "runtime:",
                coord_cache_new(wrong,
                                COORD_OPTIONS(coord_cache_options,  //
                                              .user = &freed,
                                              .user_free = count_free),
                                &cache,
                                ERR));
    CHECK(cache == NULL && freed == 1);
}

static void wrong_options_are_refused(coord_runtime* runtime) {
    int freed = 0;
    static const struct {
        const char* says;
        coord_cache_options options;
    } rows[] = {{"flags", {.flags = 1}},
                {"reserved", {.reserved = 1}},
                {"max_bytes", {.max_bytes = (uint64_t)COORD_OFF}},
                {"ttl_ns", {.ttl_ns = -5}},
                {"policy", {.policy = 3}},
                {"policy", {.policy = -1}}};
    const int count = sizeof rows / sizeof *rows;
    for (int i = 0; i < count; i++) {
        coord_cache_options options = rows[i].options;
        options.size = sizeof options;
        options.user = &freed;
        options.user_free = count_free;
        coord_cache* cache = POISON;
        CHECK_FAILS(
            COORD_INVALID_ARGUMENT, rows[i].says, coord_cache_new(runtime, &options, &cache, ERR));
        CHECK(cache == NULL && freed == i + 1);
    }
    coord_cache* cache = POISON;
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "size",
                coord_cache_new(runtime, &(coord_cache_options){.size = 1}, &cache, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "cache:", coord_cache_new(runtime, NULL, NULL, ERR));
}

static void wrong_arguments_change_nothing(coord_runtime* runtime) {
    coord_cache* cache = NULL;
    coord_bytes* value = POISON;
    coord_cache_stats stats = {0};
    CHECK_OK(coord_cache_new(runtime, NULL, &cache, ERR));
    CHECK_OK(coord_cache_set(cache, "k", 1, "v", 1, NULL, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "key:", coord_cache_get(cache, NULL, 1, &value, ERR));
    CHECK(value == NULL);
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "value:", coord_cache_get(cache, "k", 1, NULL, ERR));
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "key:", coord_cache_set(cache, "k", 65536, "v", 1, NULL, ERR));
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "data:", coord_cache_set(cache, "k", 1, NULL, 1, NULL, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "data:",
                coord_cache_set(cache, "k", 1, "v", (size_t)-1, NULL, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "value.flags",
                coord_cache_set(cache,
                                "k",
                                1,
                                "v",
                                1,
                                COORD_OPTIONS(coord_value_options, .flags = COORD_VALUE_NO_STORE),
                                ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "value.ttl_ns",
                coord_cache_set(
                    cache, "k", 1, "v", 1, COORD_OPTIONS(coord_value_options, .ttl_ns = -7), ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "key:", coord_cache_remove(cache, NULL, 1, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "stats", coord_cache_stats_read(cache, NULL, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "stats", coord_cache_stats_read(cache, &stats, ERR));
    CHECK(coord_cache_count(cache) == 1);
    CHECK_OK(coord_cache_get(cache, "k", 1, &value, ERR));
    CHECK(was_text(value, "v"));
    coord_cache_free(cache);
}

static void a_value_above_max_bytes_is_not_kept_nor_what_it_replaces(coord_runtime* runtime) {
    static char large[5000];
    coord_cache* cache = NULL;
    coord_bytes* value = NULL;
    CHECK_OK(coord_cache_new(
        runtime, COORD_OPTIONS(coord_cache_options, .max_bytes = 4000), &cache, ERR));
    CHECK_OK(coord_cache_set(cache, "k", 1, "v", 1, NULL, ERR));
    CHECK_FAILS(COORD_EXHAUSTED,
                "max_bytes",
                coord_cache_set(cache, "k", 1, large, sizeof large, NULL, ERR));
    CHECK(coord_cache_get(cache, "k", 1, &value, NULL) == COORD_NOT_FOUND && value == NULL);
    CHECK(coord_cache_count(cache) == 0);
    coord_cache_free(cache);
}

typedef struct calls_back {
    coord_cache* cache;
    coord_bytes* kept;
    int told;
    int freed;
} calls_back;

/* Removing "first" from inside tells of it in turn; what it is told of can be kept. */
static void call_back(
    void* user, const char* key, size_t key_len, const coord_bytes* value, int32_t cause) {
    calls_back* me = user;
    coord_bytes* got = NULL;
    CHECK(key_len == 5 && cause == COORD_EVICTED_REMOVED);
    if (me->told++ == 0) {
        me->kept = coord_bytes_ref((coord_bytes*)value);
        CHECK(coord_cache_get(me->cache, key, key_len, &got, NULL) == COORD_NOT_FOUND);
        CHECK_OK(coord_cache_set(me->cache, "again", 5, "new", 3, NULL, ERR));
        CHECK_OK(coord_cache_remove(me->cache, "again", 5, ERR));
    }
}

static void free_calls_back(void* user) {
    ((calls_back*)user)->freed++;
}

static void an_evict_function_may_use_the_cache(coord_runtime* runtime) {
    calls_back me = {0};
    CHECK_OK(coord_cache_new(runtime,
                             COORD_OPTIONS(coord_cache_options,
                                           .policy = COORD_POLICY_LRU,
                                           .evict = call_back,
                                           .user = &me,
                                           .user_free = free_calls_back),
                             &me.cache,
                             ERR));
    CHECK_OK(coord_cache_set(me.cache, "first", 5, "value", 5, NULL, ERR));
    CHECK_OK(coord_cache_set(me.cache, "other", 5, "value", 5, NULL, ERR));
    CHECK_OK(coord_cache_remove(me.cache, "first", 5, ERR));
    CHECK(me.told == 2 && is_text(me.kept, "value"));
    coord_cache_clear(me.cache);
    CHECK(me.told == 3 && coord_cache_count(me.cache) == 0);
    CHECK_OK(coord_cache_set(me.cache, "stays", 5, "value", 5, NULL, ERR));
    coord_cache_free(me.cache);
    CHECK(me.told == 3 && me.freed == 1);
    CHECK(was_text(me.kept, "value"));
}

static void a_cache_lives_on_without_its_runtime(void) {
    coord_runtime* runtime = new_runtime();
    coord_cache* cache = NULL;
    coord_bytes* value = NULL;
    CHECK_OK(coord_cache_new(runtime, NULL, &cache, ERR));
    CHECK_OK(coord_runtime_close(runtime, NULL, ERR));
    coord_cache* late = POISON;
    CHECK_FAILS(COORD_CLOSED, "closed", coord_cache_new(runtime, NULL, &late, ERR));
    CHECK(late == NULL);
    coord_runtime_free(runtime);
    CHECK_OK(coord_cache_set(
        cache, "k", 1, "v", 1, COORD_OPTIONS(coord_value_options, .ttl_ns = COORD_MINUTE), ERR));
    CHECK_OK(coord_cache_get(cache, "k", 1, &value, ERR));
    coord_cache_free(cache);
    CHECK(was_text(value, "v"));
}

enum { threads = 4, rounds = 5000 };

static atomic_int left;

static void count_left(
    void* user, const char* key, size_t key_len, const coord_bytes* value, int32_t cause) {
    (void)user, (void)key, (void)key_len, (void)value, (void)cause;
    atomic_fetch_add(&left, 1);
}

static void* fill(void* cache) {
    static atomic_int next;
    for (int i = 0; i < rounds; i++) {
        char key[16];
        snprintf(key, sizeof key, "%d", atomic_fetch_add(&next, 1) % 997);
        coord_bytes* value = NULL;
        CHECK(coord_cache_set(cache, key, COORD_NUL, key, strlen(key), NULL, NULL) == COORD_OK);
        if (coord_cache_get(cache, key, COORD_NUL, &value, NULL) == COORD_OK)
            CHECK(was_text(value, key));
        if (i % 7 == 0) coord_cache_remove_oldest(cache, NULL);
        if (i % 1000 == 0) coord_cache_clear(cache);
    }
    return NULL;
}

static void of_every_entry_the_end_is_told_once(coord_runtime* runtime, int32_t policy) {
    coord_cache* cache = NULL;
    pthread_t all[threads];
    atomic_store(&left, 0);
    CHECK_OK(coord_cache_new(
        runtime,
        COORD_OPTIONS(coord_cache_options, .policy = policy, .max_items = 300, .evict = count_left),
        &cache,
        ERR));
    for (int i = 0; i < threads; i++) pthread_create(&all[i], NULL, fill, cache);
    for (int i = 0; i < threads; i++) pthread_join(all[i], NULL);
    CHECK(coord_cache_count(cache) <= 300);
    coord_cache_clear(cache);
    CHECK(atomic_load(&left) == threads * rounds);
    coord_cache_free(cache);
}

int main(void) {
    coord_runtime* runtime = new_runtime();
    for_wrong_kinds(KIND_CACHE, a_cache_is_wanted);
    for_wrong_kinds(KIND_RUNTIME, a_runtime_is_wanted);
    wrong_options_are_refused(runtime);
    wrong_arguments_change_nothing(runtime);
    a_value_above_max_bytes_is_not_kept_nor_what_it_replaces(runtime);
    an_evict_function_may_use_the_cache(runtime);
    a_cache_lives_on_without_its_runtime();
    of_every_entry_the_end_is_told_once(runtime, COORD_POLICY_LRU);
    of_every_entry_the_end_is_told_once(runtime, COORD_POLICY_S3FIFO);
    coord_runtime_free(runtime);
    return check_result();
}
