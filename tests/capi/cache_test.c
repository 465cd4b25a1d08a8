/* cache.h as the reference's lru: who leaves first, how bytes are counted, when an expiry is
 * renewed, and what the host is told. */
#include "handles.h"

typedef struct gone {
    char keys[64][16];
    char values[64][16];
    int32_t causes[64];
    int count;
    int freed;
} gone;

static void note(
    void* user, const char* key, size_t key_len, const coord_bytes* value, int32_t cause) {
    gone* all = user;
    const int at = all->count++;
    CHECK(at < 64 && key_len < 16 && coord_bytes_size(value) < 16);
    memcpy(all->keys[at], key, key_len);
    all->keys[at][key_len] = '\0';
    all->values[at][coord_bytes_copy(value, 0, all->values[at], 15)] = '\0';
    all->causes[at] = cause;
}

static void free_gone(void* user) {
    ((gone*)user)->freed++;
}

static int left(const gone* all, int at, const char* key, const char* value, int32_t cause) {
    return at < all->count && strcmp(all->keys[at], key) == 0 &&
           strcmp(all->values[at], value) == 0 && all->causes[at] == cause;
}

static coord_cache* new_lru(coord_runtime* runtime, uint64_t max_items, gone* told) {
    coord_cache* cache = NULL;
    CHECK_OK(coord_cache_new(runtime,
                             COORD_OPTIONS(coord_cache_options,
                                           .policy = COORD_POLICY_LRU,
                                           .max_items = max_items,
                                           .evict = note,
                                           .user = told,
                                           .user_free = free_gone),
                             &cache,
                             ERR));
    return cache;
}

static void put(coord_cache* cache, const char* key, const char* value) {
    CHECK_OK(coord_cache_set(cache, key, COORD_NUL, value, strlen(value), NULL, ERR));
}

static int holds(coord_cache* cache, const char* key, const char* value) {
    coord_bytes* got = NULL;
    if (coord_cache_get(cache, key, COORD_NUL, &got, NULL) != COORD_OK) return 0;
    return was_text(got, value);
}

static uint64_t bytes_of(const coord_cache* cache) {
    coord_cache_stats stats = {.size = sizeof stats};
    CHECK_OK(coord_cache_stats_read(cache, &stats, ERR));
    return stats.bytes;
}

static void a_key_is_found_or_not(coord_runtime* runtime) {
    gone told = {0};
    coord_cache* cache = new_lru(runtime, 0, &told);
    const struct {
        int number;
        char letters[4];
    } key = {1234, "abc"}, other = {1234, "abd"};
    coord_bytes* got = POISON;
    CHECK_OK(coord_cache_set(cache, (const char*)&key, sizeof key, "1234", 4, NULL, ERR));
    CHECK_OK(coord_cache_get(cache, (const char*)&key, sizeof key, &got, ERR));
    CHECK(was_text(got, "1234"));
    got = POISON;
    CHECK_FAILS(COORD_NOT_FOUND,
                "key",
                coord_cache_get(cache, (const char*)&other, sizeof other, &got, ERR));
    CHECK(got == NULL);
    put(cache, "myKey", "1234");
    CHECK(holds(cache, "myKey", "1234") && !holds(cache, "nonsense", "1234"));
    CHECK_OK(coord_cache_set(cache, NULL, 0, NULL, 0, NULL, ERR));
    CHECK(holds(cache, "", "") && coord_cache_count(cache) == 3);
    coord_cache_stats stats = {.size = sizeof stats};
    CHECK_OK(coord_cache_stats_read(cache, &stats, ERR));
    CHECK(stats.gets == 5 && stats.hits == 3 && stats.items == 3);
    coord_cache_free(cache);
}

static void a_removed_key_is_gone(coord_runtime* runtime) {
    gone told = {0};
    coord_cache* cache = new_lru(runtime, 0, &told);
    put(cache, "myKey", "1234");
    CHECK_OK(coord_cache_remove(cache, "myKey", COORD_NUL, ERR));
    CHECK(!holds(cache, "myKey", "1234") && coord_cache_count(cache) == 0);
    CHECK(left(&told, 0, "myKey", "1234", COORD_EVICTED_REMOVED));
    CHECK_FAILS(COORD_NOT_FOUND, "key", coord_cache_remove(cache, "myKey", COORD_NUL, ERR));
    CHECK(told.count == 1);
    coord_cache_free(cache);
}

static void the_first_two_of_22_leave_a_cache_of_20_in_order(coord_runtime* runtime) {
    gone told = {0};
    coord_cache* cache = new_lru(runtime, 20, &told);
    for (int i = 0; i < 22; i++) {
        char key[16];
        snprintf(key, sizeof key, "myKey%d", i);
        put(cache, key, "1234");
    }
    CHECK(told.count == 2);
    CHECK(left(&told, 0, "myKey0", "1234", COORD_EVICTED_FULL));
    CHECK(left(&told, 1, "myKey1", "1234", COORD_EVICTED_FULL));
    CHECK(coord_cache_count(cache) == 20);
    coord_cache_free(cache);
    CHECK(told.count == 2 && told.freed == 1);
}

static void the_oldest_is_who_was_used_least_recently(coord_runtime* runtime) {
    gone told = {0};
    coord_cache* cache = new_lru(runtime, 0, &told);
    put(cache, "a", "1");
    put(cache, "b", "2");
    put(cache, "c", "3");
    CHECK(holds(cache, "a", "1"));
    CHECK_OK(coord_cache_remove_oldest(cache, ERR));
    CHECK_OK(coord_cache_remove_oldest(cache, ERR));
    CHECK(left(&told, 0, "b", "2", COORD_EVICTED_REMOVED));
    CHECK(left(&told, 1, "c", "3", COORD_EVICTED_REMOVED));
    CHECK_OK(coord_cache_remove_oldest(cache, ERR));
    CHECK_FAILS(COORD_NOT_FOUND, "empty", coord_cache_remove_oldest(cache, ERR));
    coord_cache_free(cache);
}

static void replacing_tells_of_the_old_value_and_gives_the_new(coord_runtime* runtime) {
    gone told = {0};
    coord_cache* cache = new_lru(runtime, 0, &told);
    put(cache, "myKey", "old");
    put(cache, "myKey", "new");
    CHECK(told.count == 1 && left(&told, 0, "myKey", "old", COORD_EVICTED_REPLACED));
    CHECK(holds(cache, "myKey", "new"));
    coord_cache_free(cache);
}

static void bytes_follow_adding_and_replacing(coord_runtime* runtime) {
    gone told = {0};
    coord_cache* cache = new_lru(runtime, 0, &told);
    put(cache, "key", "value1");
    CHECK(bytes_of(cache) == 9);
    put(cache, "key2", "value2");
    CHECK(bytes_of(cache) == 19);
    put(cache, "key2", "v2");
    CHECK(bytes_of(cache) == 15);
    coord_cache_free(cache);

    CHECK_OK(coord_cache_new(runtime, NULL, &cache, ERR));
    put(cache, "key", "value1");
    put(cache, "key2", "v2");
    CHECK(bytes_of(cache) == 15);
    put(cache, "key", "value1 and twenty-two more!!");
    CHECK(bytes_of(cache) == 37);
    coord_cache_free(cache);
}

static void expire_at(coord_cache* cache, const char* key, int64_t when) {
    CHECK_OK(coord_cache_set(cache,
                             key,
                             COORD_NUL,
                             "v",
                             1,
                             COORD_OPTIONS(coord_value_options, .expire_unix_ns = when),
                             ERR));
}

static void what_has_expired_is_a_miss(coord_runtime* runtime) {
    gone told = {0};
    coord_cache* cache = new_lru(runtime, 0, &told);
    expire_at(cache, "later", INT64_MAX);
    expire_at(cache, "past", 1);
    CHECK(holds(cache, "later", "v"));
    CHECK(coord_cache_count(cache) == 2);
    CHECK(!holds(cache, "past", "v") && coord_cache_count(cache) == 1);
    CHECK(told.count == 1 && left(&told, 0, "past", "v", COORD_EVICTED_EXPIRED));
    coord_cache_free(cache);
}

static void replacing_renews_the_expiry(coord_runtime* runtime) {
    gone told = {0};
    coord_cache* cache = new_lru(runtime, 0, &told);
    expire_at(cache, "k", 1);
    expire_at(cache, "k", INT64_MAX);
    CHECK(holds(cache, "k", "v"));
    expire_at(cache, "k", 1);
    CHECK(!holds(cache, "k", "v"));
    coord_cache_free(cache);
}

static void values_that_bring_no_expiry_have_the_caches(coord_runtime* runtime) {
    coord_cache* cache = NULL;
    coord_bytes* got = NULL;
    CHECK_OK(coord_cache_new(
        runtime, COORD_OPTIONS(coord_cache_options, .ttl_ns = COORD_MINUTE), &cache, ERR));
    put(cache, "k", "v");
    CHECK_OK(coord_cache_set(cache,
                             "ever",
                             4,
                             "v",
                             1,
                             COORD_OPTIONS(coord_value_options, .ttl_ns = COORD_FOREVER),
                             ERR));
    CHECK_OK(coord_cache_get(cache, "k", 1, &got, ERR));
    CHECK(coord_bytes_expire_unix_ns(got) > COORD_MINUTE);
    coord_bytes_free(got);
    CHECK_OK(coord_cache_get(cache, "ever", 4, &got, ERR));
    CHECK(coord_bytes_expire_unix_ns(got) == 0);
    coord_bytes_free(got);
    coord_cache_free(cache);
}

static void who_left_is_counted_by_cause(coord_runtime* runtime) {
    gone told = {0};
    coord_cache* cache = new_lru(runtime, 2, &told);
    put(cache, "a", "1");
    put(cache, "b", "2");
    put(cache, "c", "3"); /* a leaves */
    CHECK_OK(coord_cache_remove(cache, "b", 1, ERR));
    expire_at(cache, "d", 1);
    CHECK(!holds(cache, "d", "v"));
    coord_cache_stats stats = {.size = sizeof stats};
    CHECK_OK(coord_cache_stats_read(cache, &stats, ERR));
    CHECK(stats.evicted_full == 1 && stats.removed == 1 && stats.evicted_expired == 1);
    CHECK(stats.evictions == 3 && stats.items == 1);
    coord_cache_free(cache);
}

int main(void) {
    coord_runtime* runtime = new_runtime();
    a_key_is_found_or_not(runtime);
    a_removed_key_is_gone(runtime);
    the_first_two_of_22_leave_a_cache_of_20_in_order(runtime);
    the_oldest_is_who_was_used_least_recently(runtime);
    replacing_tells_of_the_old_value_and_gives_the_new(runtime);
    bytes_follow_adding_and_replacing(runtime);
    what_has_expired_is_a_miss(runtime);
    replacing_renews_the_expiry(runtime);
    values_that_bring_no_expiry_have_the_caches(runtime);
    who_left_is_counted_by_cause(runtime);
    coord_runtime_free(runtime);
    return check_result();
}
