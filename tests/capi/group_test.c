/* group.h: options, names, arguments, counters. Loads and waiting are in group_flow_test.c. */
#include <coord/coord.h>

#include "handles.h"

static coord_queue* answers;

static void a_group_is_wanted(void* wrong) {
    coord_bytes* value = POISON;
    coord_op* op = POISON;
    coord_group_stats stats = {.size = sizeof stats};
    coord_cache_stats cache = {.size = sizeof cache};
    size_t len = 9;
    CHECK(coord_group_ref(wrong) == NULL);
    CHECK_TEXT(coord_group_name(wrong, &len), "");
    CHECK(len == 0);
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "group:", coord_group_lookup(wrong, "k", 1, &value, ERR));
    CHECK(value == NULL);
    value = POISON;
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "group:", coord_group_get(wrong, "k", 1, NULL, &value, ERR));
    CHECK(value == NULL);
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "group:",
                coord_group_get_start(wrong, "k", 1, NULL, answers, 1, &op, ERR));
    CHECK(op == NULL);
    op = POISON;
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "group:",
                coord_group_remove_start(wrong, "k", 1, NULL, answers, 1, &op, ERR));
    CHECK(op == NULL);
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "group:", coord_group_remove(wrong, "k", 1, NULL, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "group:", coord_group_close(wrong, NULL, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "group:", coord_group_stats_read(wrong, &stats, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "group:",
                coord_group_cache_stats_read(wrong, COORD_CACHE_MAIN, &cache, ERR));
    coord_group_free(wrong);
}

static void refused(coord_runtime* runtime,
                    coord_group_options options,
                    coord_status status,
                    const char* field) {
    int freed = 0;
    coord_group* group = POISON;
    options.size = sizeof options;
    options.user = &freed;
    options.user_free = count_free;
    CHECK_FAILS(
        status, field, coord_group_new(runtime, "refused", COORD_NUL, &options, &group, ERR));
    CHECK(group == NULL && freed == 1);
    group = POISON;
    CHECK_FAILS(status,
                field,
                coord_group_find_or_new(runtime, "refused", COORD_NUL, &options, &group, ERR));
    CHECK(group == NULL && freed == 2);
    CHECK(coord_group_find(runtime, "refused", COORD_NUL) == NULL);
}

static void wrong_options_are_refused_and_the_user_is_freed(coord_runtime* runtime) {
    coord_queue* queue = new_queue(runtime);
    refused(runtime, (coord_group_options){.flags = 4}, COORD_INVALID_ARGUMENT, "options.flags");
    refused(runtime, (coord_group_options){.reserved = 1}, COORD_INVALID_ARGUMENT, "reserved");
    refused(runtime, (coord_group_options){.ttl_ns = -1}, COORD_INVALID_ARGUMENT, "ttl_ns");
    refused(runtime,
            (coord_group_options){.load_timeout_ns = -1},
            COORD_INVALID_ARGUMENT,
            "load_timeout_ns");
    refused(
        runtime, (coord_group_options){.on_abandoned = 3}, COORD_INVALID_ARGUMENT, "on_abandoned");
    refused(
        runtime, (coord_group_options){.on_abandoned = -1}, COORD_INVALID_ARGUMENT, "on_abandoned");
    refused(runtime, (coord_group_options){.policy = 3}, COORD_INVALID_ARGUMENT, "policy");
    refused(runtime, (coord_group_options){.policy = -1}, COORD_INVALID_ARGUMENT, "policy");
    refused(runtime,
            (coord_group_options){.load = load_echo, .requests = queue},
            COORD_INVALID_ARGUMENT,
            "not both");
    refused(runtime,
            (coord_group_options){.requests = (coord_queue*)(void*)runtime},
            COORD_INVALID_ARGUMENT,
            "queue");
    coord_queue_free(queue);

    int freed = 0;
    coord_group_options options = {.size = sizeof options, .user = &freed, .user_free = count_free};
    coord_group* group = POISON;
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "group:", coord_group_new(runtime, "g", 1, &options, NULL, ERR));
    CHECK(freed == 1);
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "name", coord_group_new(runtime, NULL, 1, &options, &group, ERR));
    CHECK(group == NULL && freed == 2);
    char name[1025];
    memset(name, 'n', sizeof name);
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "name",
                coord_group_new(runtime, name, 1025, &options, &group, ERR));
    CHECK(group == NULL && freed == 3);
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "size",
                coord_group_new(runtime, "g", 1, &(coord_group_options){.size = 0}, &group, ERR));
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT,
        "size",
        coord_group_new(runtime, "g", 1, &(coord_group_options){.size = UINT32_MAX}, &group, ERR));
    CHECK(group == NULL);
}

static void sizes_older_and_newer_are_understood(coord_runtime* runtime) {
    int freed = 0;
    struct newer {
        coord_group_options known;
        uint64_t more;
    } options = {.known = {.size = sizeof options,
                           .load = load_echo,
                           .user = &freed,
                           .user_free = count_free},
                 .more = 1};
    coord_group* group = POISON;
    CHECK_FAILS(COORD_UNSUPPORTED,
                "does not know",
                coord_group_new(runtime, "g", 1, &options.known, &group, ERR));
    CHECK(group == NULL && freed == 1);
    options.more = 0;
    CHECK_OK(coord_group_new(runtime, "g", 1, &options.known, &group, ERR));
    coord_group_free(group);
    CHECK(freed == 2);
    options.known.size = offsetof(coord_group_options, load);
    CHECK_OK(coord_group_new(runtime, "g", 1, &options.known, &group, ERR));
    coord_bytes* value = POISON;
    CHECK_FAILS(COORD_UNAVAILABLE, "no loader", coord_group_get(group, "k", 1, NULL, &value, ERR));
    CHECK(value == NULL);
    coord_group_free(group);
    CHECK(freed == 2);
}

static void a_name_belongs_to_one_group(coord_runtime* runtime) {
    static const char name[] = "a\0b";
    int freed = 0;
    coord_group_options options = {
        .size = sizeof options, .load = load_echo, .user = &freed, .user_free = count_free};
    coord_group* group = NULL;
    coord_group* other = POISON;
    size_t len = 0;
    CHECK_OK(coord_group_new(runtime, name, 3, &options, &group, ERR));
    CHECK(memcmp(coord_group_name(group, &len), name, 4) == 0 && len == 3);
    CHECK_FAILS(
        COORD_ALREADY_EXISTS, "name", coord_group_new(runtime, name, 3, &options, &other, ERR));
    CHECK(other == NULL && freed == 1);
    CHECK_OK(coord_group_find_or_new(runtime, name, 3, &options, &other, ERR));
    CHECK(other == group && freed == 2);
    coord_group_free(other);
    CHECK(coord_group_find(runtime, name, 3) == group);
    coord_group_free(group);
    CHECK(coord_group_find(runtime, name, 1) == NULL);
    CHECK(coord_group_find(runtime, NULL, 1) == NULL);
    CHECK(coord_group_ref(group) == group);
    coord_group_free(group);
    coord_group_free(group);
    CHECK(freed == 3);
    CHECK(coord_group_find(runtime, name, 3) == NULL);
    CHECK_OK(coord_group_find_or_new(runtime, NULL, 0, NULL, &group, ERR));
    CHECK_TEXT(coord_group_name(group, &len), "");
    CHECK(len == 0 && coord_group_find(runtime, "", 0) == group);
    coord_group_free(group);
    coord_group_free(group);
}

static void wrong_keys_and_outputs_are_refused(coord_runtime* runtime) {
    coord_group* group = new_group(runtime, "keys", load_echo);
    char* key = malloc(65537);
    memset(key, 'k', 65536);
    key[65536] = '\0';
    static const struct {
        int null;
        size_t len;
    } wrong[] = {{0, 65536}, {0, COORD_NUL}, {1, 1}, {1, COORD_NUL}, {0, COORD_NUL - 1}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char* text = wrong[i].null ? NULL : key;
        const size_t len = wrong[i].len;
        coord_bytes* value = POISON;
        coord_op* op = POISON;
        CHECK_FAILS(
            COORD_INVALID_ARGUMENT, "key", coord_group_lookup(group, text, len, &value, ERR));
        CHECK(value == NULL);
        value = POISON;
        CHECK_FAILS(
            COORD_INVALID_ARGUMENT, "key", coord_group_get(group, text, len, NULL, &value, ERR));
        CHECK(value == NULL);
        CHECK_FAILS(COORD_INVALID_ARGUMENT,
                    "key",
                    coord_group_get_start(group, text, len, NULL, answers, 1, &op, ERR));
        CHECK(op == NULL);
        op = POISON;
        CHECK_FAILS(COORD_INVALID_ARGUMENT,
                    "key",
                    coord_group_remove_start(group, text, len, NULL, answers, 1, &op, ERR));
        CHECK(op == NULL);
        CHECK_FAILS(COORD_INVALID_ARGUMENT, "key", coord_group_remove(group, text, len, NULL, ERR));
    }
    coord_bytes* value = NULL;
    CHECK_OK(coord_group_get(group, key, 65535, NULL, &value, ERR));
    CHECK(coord_bytes_size(value) == 65535);
    coord_bytes_free(value);
    free(key);
    CHECK_OK(coord_group_get(group, NULL, 0, NULL, &value, ERR));
    CHECK(coord_bytes_size(value) == 0);
    coord_bytes_free(value);
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "value", coord_group_get(group, "k", 1, NULL, NULL, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "value", coord_group_lookup(group, "k", 1, NULL, ERR));
    coord_group_free(group);
}

static void refused_call(coord_group* group,
                         const coord_call_options* call,
                         coord_status status,
                         const char* field) {
    coord_bytes* value = POISON;
    coord_op* op = POISON;
    CHECK_FAILS(status, field, coord_group_get(group, "k", 1, call, &value, ERR));
    CHECK(value == NULL);
    CHECK_FAILS(status, field, coord_group_get_start(group, "k", 1, call, answers, 1, &op, ERR));
    CHECK(op == NULL);
    op = POISON;
    CHECK_FAILS(status, field, coord_group_remove_start(group, "k", 1, call, answers, 1, &op, ERR));
    CHECK(op == NULL);
    CHECK_FAILS(status, field, coord_group_remove(group, "k", 1, call, ERR));
}

static void wrong_call_options_are_refused(coord_runtime* runtime) {
    coord_group* group = new_group(runtime, "calls", load_echo);
    struct newer {
        coord_call_options known;
        uint64_t more;
    } newer = {.known = {.size = sizeof newer}, .more = 1};
    refused_call(group, &newer.known, COORD_UNSUPPORTED, "does not know");
    refused_call(group, &(coord_call_options){.size = 0}, COORD_INVALID_ARGUMENT, "size");
    refused_call(group, &(coord_call_options){.size = 15}, COORD_INVALID_ARGUMENT, "size");
    refused_call(group, &(coord_call_options){.size = 4097}, COORD_INVALID_ARGUMENT, "size");
    refused_call(
        group, COORD_OPTIONS(coord_call_options, .flags = 2), COORD_INVALID_ARGUMENT, "flags");
    refused_call(group,
                 COORD_OPTIONS(coord_call_options, .timeout_ns = COORD_OFF),
                 COORD_INVALID_ARGUMENT,
                 "timeout_ns");
    refused_call(group,
                 COORD_OPTIONS(coord_call_options, .timeout_ns = INT64_MIN),
                 COORD_INVALID_ARGUMENT,
                 "timeout_ns");
    refused_call(group,
                 COORD_OPTIONS(coord_call_options, .context = (coord_context*)(void*)group),
                 COORD_INVALID_ARGUMENT,
                 "context");
    coord_op* op = POISON;
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "queue:",
                coord_group_get_start(group, "k", 1, NULL, NULL, 1, &op, ERR));
    CHECK(op == NULL);
    op = POISON;
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT,
        "queue:",
        coord_group_remove_start(group, "k", 1, NULL, (coord_queue*)(void*)group, 1, &op, ERR));
    CHECK(op == NULL);
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "timeout_ns",
                coord_group_close(group, COORD_OPTIONS(coord_call_options, .timeout_ns = -2), ERR));
    newer.more = 0;
    coord_bytes* value = NULL;
    CHECK_OK(coord_group_get(group, "k", 1, &newer.known, &value, ERR));
    coord_bytes_free(value);
    CHECK_OK(coord_group_get(group, "k", 1, &(coord_call_options){.size = 16}, &value, ERR));
    coord_bytes_free(value);
    coord_group_free(group);
}

static void counters_are_filled_as_far_as_their_size(coord_runtime* runtime) {
    coord_group* group = new_group(runtime, "counted", load_echo);
    coord_bytes* value = NULL;
    for (int i = 0; i < 3; i++) {
        CHECK_OK(coord_group_get(group, "key", 3, NULL, &value, ERR));
        coord_bytes_free(value);
    }
    struct newer {
        coord_group_stats known;
        uint64_t more;
    } stats = {.known = {.size = sizeof stats}, .more = 77};
    CHECK_OK(coord_group_stats_read(group, &stats.known, ERR));
    CHECK(stats.known.size == sizeof stats && stats.known.reserved == 0 && stats.more == 0);
    CHECK(stats.known.gets == 3 && stats.known.cache_hits == 2 && stats.known.loads == 1);
    CHECK(stats.known.loads_deduped == 1 && stats.known.local_loads == 1 &&
          stats.known.local_load_errors == 0);
    CHECK(stats.known.late_answers == 0 && stats.known.flights_active == 0 &&
          stats.known.flight_oldest_ns == 0);
    CHECK(stats.known.waiters == 0);
    memset(&stats.known, 0xA5, sizeof stats.known);
    stats.known.size = offsetof(coord_group_stats, cache_hits);
    CHECK_OK(coord_group_stats_read(group, &stats.known, ERR));
    CHECK(stats.known.gets == 3 && stats.known.cache_hits == UINT64_C(0xA5A5A5A5A5A5A5A5));
    coord_cache_stats cache = {.size = sizeof cache};
    CHECK_OK(coord_group_cache_stats_read(group, COORD_CACHE_MAIN, &cache, ERR));
    CHECK(cache.items == 1 && cache.bytes == 6 && cache.memory_bytes >= 30 &&
          cache.detached_bytes == 0);
    CHECK(cache.gets == 3 && cache.hits == 2 && cache.evictions == 0 && cache.refused == 0);
    CHECK_OK(coord_group_cache_stats_read(group, COORD_CACHE_HOT, &cache, ERR));
    CHECK(cache.items == 0 && cache.bytes == 0);
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "which", coord_group_cache_stats_read(group, 0, &cache, ERR));
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "which", coord_group_cache_stats_read(group, 3, &cache, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "stats", coord_group_stats_read(group, NULL, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "stats",
                coord_group_cache_stats_read(group, COORD_CACHE_MAIN, NULL, ERR));
    stats.known.size = 0;
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "size", coord_group_stats_read(group, &stats.known, ERR));
    stats.known.size = UINT32_MAX; /* it was never set */
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "size", coord_group_stats_read(group, &stats.known, ERR));
    coord_group_free(group);
}

static void a_closed_group_answers_closed(coord_runtime* runtime) {
    coord_group* group = new_group(runtime, "closed", load_echo);
    coord_bytes* value = NULL;
    CHECK_OK(coord_group_get(group, "k", 1, NULL, &value, ERR));
    CHECK_OK(coord_group_close(group, NULL, ERR));
    CHECK_OK(
        coord_group_close(group, COORD_OPTIONS(coord_call_options, .timeout_ns = COORD_OFF), ERR));
    refused_call(group, NULL, COORD_CLOSED, "group");
    coord_bytes* again = POISON;
    CHECK_FAILS(COORD_CLOSED, "group", coord_group_lookup(group, "k", 1, &again, ERR));
    CHECK(again == NULL && was_text(value, "k"));
    CHECK(coord_group_find(runtime, "closed", COORD_NUL) == NULL);
    coord_group_stats stats = {.size = sizeof stats};
    CHECK_OK(coord_group_stats_read(group, &stats, ERR));
    CHECK(stats.gets == 1);
    CHECK_TEXT(coord_group_name(group, NULL), "closed");
    coord_group* second = new_group(runtime, "closed", load_echo);
    CHECK(second != NULL && second != group);
    coord_group_free(group);
    CHECK(coord_group_find(runtime, "closed", COORD_NUL) == second);
    coord_group_free(second);
    coord_group_free(second);
}

int main(void) {
    coord_runtime* runtime = new_runtime();
    answers = new_queue(runtime);
    for_wrong_kinds(KIND_GROUP, a_group_is_wanted);
    wrong_options_are_refused_and_the_user_is_freed(runtime);
    sizes_older_and_newer_are_understood(runtime);
    a_name_belongs_to_one_group(runtime);
    wrong_keys_and_outputs_are_refused(runtime);
    wrong_call_options_are_refused(runtime);
    counters_are_filled_as_far_as_their_size(runtime);
    a_closed_group_answers_closed(runtime);
    coord_event event;
    size_t count = 0;
    CHECK_OK(coord_queue_drain(answers, &event, 1, &count, ERR));
    CHECK(count == 0); /* what was refused sends no event */
    coord_queue_free(answers);
    coord_runtime_free(runtime);
    return check_result();
}
