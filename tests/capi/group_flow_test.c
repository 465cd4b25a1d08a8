/* Gets, loads and removes of groups through the C API. */
#include <coord/coord.h>

#include <poll.h>
#include <pthread.h>

#include "handles.h"
#include "latch.h"

/* "-..." is not found, "!..." is freed, "?..." answers with options that contradict each other,
 * "+..." is not to be kept; else the value is "row/" and the key. */
static void load_row(void* user, coord_request* request) {
    atomic_int* loads = user;
    atomic_fetch_add(loads, 1);
    const char* key = coord_request_key(request, 0, NULL);
    char row[64];
    const int len = snprintf(row, sizeof row, "row/%s", key);
    coord_value_options how = {.size = sizeof how};
    if (key[0] == '?') how.ttl_ns = how.expire_unix_ns = 1;
    if (key[0] == '+') how.flags = COORD_VALUE_NO_STORE;
    if (key[0] == '-')
        coord_request_fail(request, COORD_NOT_FOUND, "no such user", COORD_NUL);
    else if (key[0] == '!')
        coord_request_free(request);
    else
        coord_request_succeed(request, row, (size_t)len, &how);
}

static coord_group* new_rows(coord_runtime* runtime, atomic_int* loads) {
    coord_group* group = NULL;
    CHECK_OK(coord_group_new(runtime,
                             "rows",
                             COORD_NUL,
                             COORD_OPTIONS(coord_group_options, .load = load_row, .user = loads),
                             &group,
                             ERR));
    return group;
}

static void a_get_loads_once_and_then_hits(coord_runtime* runtime) {
    atomic_int loads = 0;
    coord_group* group = new_rows(runtime, &loads);
    coord_bytes* first = NULL;
    coord_bytes* value = POISON;
    CHECK_FAILS(
        COORD_NOT_FOUND, "not in memory", coord_group_lookup(group, "42", COORD_NUL, &value, ERR));
    CHECK(value == NULL);
    CHECK_OK(coord_group_get(group, "42", COORD_NUL, NULL, &first, ERR));
    CHECK(is_text(first, "row/42"));
    CHECK_OK(coord_group_get(group, "42", 2, NULL, &value, ERR));
    CHECK(value == first); /* the very same bytes */
    coord_bytes_free(value);
    CHECK_OK(coord_group_lookup(group, "42", 2, &value, ERR));
    CHECK(value == first && loads == 1);
    coord_bytes_free(value);
    CHECK_OK(coord_group_remove(group, "42", 2, NULL, ERR));
    CHECK_OK(coord_group_remove(group, "42", 2, NULL, ERR));
    CHECK(coord_group_lookup(group, "42", 2, &value, NULL) == COORD_NOT_FOUND);
    CHECK_OK(coord_group_get(group, "42", 2, NULL, &value, ERR));
    CHECK(value != first && loads == 2);
    coord_bytes_free(value);
    CHECK_OK(coord_group_get(group, "+7", 2, NULL, &value, ERR));
    CHECK(was_text(value, "row/+7"));
    CHECK(coord_group_lookup(group, "+7", 2, &value, NULL) == COORD_NOT_FOUND);
    coord_group_free(group);
    CHECK(was_text(first, "row/42"));
}

static void failures_travel_and_are_not_kept(coord_runtime* runtime) {
    atomic_int loads = 0;
    coord_group* group = new_rows(runtime, &loads);
    coord_bytes* value = POISON;
    for (int i = 1; i <= 2; i++) {
        CHECK_FAILS(COORD_NOT_FOUND,
                    "no such user",
                    coord_group_get(group, "-1", COORD_NUL, NULL, &value, ERR));
        CHECK(value == NULL && loads == i);
    }
    CHECK_FAILS(COORD_ABANDONED, "unanswered", coord_group_get(group, "!", 1, NULL, &value, ERR));
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "not both", coord_group_get(group, "?", 1, NULL, &value, ERR));
    coord_group_stats stats = {.size = sizeof stats};
    CHECK_OK(coord_group_stats_read(group, &stats, ERR));
    CHECK(stats.local_load_errors == 4 && stats.local_loads == 0 && stats.loads_deduped == 4);
    coord_group_free(group);
}

static void a_lookup_that_goes_on_is_counted_once(coord_runtime* runtime) {
    atomic_int loads = 0;
    coord_group* group = new_rows(runtime, &loads);
    coord_bytes* value = NULL;
    CHECK(coord_group_lookup(group, "1", 1, &value, NULL) == COORD_NOT_FOUND);
    CHECK_OK(coord_group_get(group,
                             "1",
                             1,
                             COORD_OPTIONS(coord_call_options, .flags = COORD_CALL_COUNTED),
                             &value,
                             ERR));
    coord_bytes_free(value);
    coord_group_stats stats = {.size = sizeof stats};
    CHECK_OK(coord_group_stats_read(group, &stats, ERR));
    CHECK(stats.gets == 1 && stats.loads == 1);
    coord_group_free(group);
}

static void load_short_lived(void* user, coord_request* request) {
    (void)user;
    coord_value_options how = {.size = sizeof how};
    const char* key = coord_request_key(request, 0, NULL);
    if (key[0] == 'e') how.expire_unix_ns = 1;     /* long ago */
    if (key[0] == 't') how.ttl_ns = 1;             /* before anybody can look */
    if (key[0] == 'f') how.ttl_ns = COORD_FOREVER; /* in spite of the group's default */
    coord_request_succeed(request, key, 1, &how);
}

static void values_expire(coord_runtime* runtime) {
    coord_group* group = NULL;
    coord_bytes* value = NULL;
    CHECK_OK(coord_group_new(
        runtime,
        "short",
        COORD_NUL,
        COORD_OPTIONS(coord_group_options, .load = load_short_lived, .ttl_ns = COORD_MINUTE),
        &group,
        ERR));
    static const char* const gone[] = {"e", "t"};
    for (int i = 0; i < 2; i++) {
        CHECK_OK(coord_group_get(group, gone[i], 1, NULL, &value, ERR));
        const int64_t expiry = coord_bytes_expire_unix_ns(value);
        CHECK(was_text(value, gone[i]) && expiry > 0);
        while (coord_runtime_now_unix_ns(runtime) <= expiry) continue;
        CHECK(coord_group_lookup(group, gone[i], 1, &value, NULL) == COORD_NOT_FOUND);
    }
    CHECK_OK(coord_group_get(group, "d", 1, NULL, &value, ERR));
    const int64_t left = coord_bytes_expire_unix_ns(value) - coord_runtime_now_unix_ns(runtime);
    CHECK(left > 0 && left <= COORD_MINUTE);
    coord_bytes_free(value);
    CHECK_OK(coord_group_get(group, "f", 1, NULL, &value, ERR));
    CHECK(coord_bytes_expire_unix_ns(value) == 0);
    coord_bytes_free(value);
    coord_group_free(group);
}

static void a_group_that_keeps_nothing_still_loads(coord_runtime* runtime) {
    coord_group* group = NULL;
    coord_bytes* value = NULL;
    CHECK_OK(coord_group_new(runtime,
                             "nothing",
                             COORD_NUL,
                             COORD_OPTIONS(coord_group_options,
                                           .load = load_echo,
                                           .max_bytes = (uint64_t)COORD_OFF,
                                           .policy = COORD_POLICY_LRU),
                             &group,
                             ERR));
    CHECK_OK(coord_group_get(group, "k", 1, NULL, &value, ERR));
    CHECK(was_text(value, "k"));
    CHECK(coord_group_lookup(group, "k", 1, &value, NULL) == COORD_NOT_FOUND);
    coord_group_free(group);
}

static void one_poll_loop_is_loader_and_caller(coord_runtime* runtime) {
    enum { LOADS = 1, GET = 2 };
    coord_queue* queue = new_queue(runtime);
    coord_group* group = NULL;
    CHECK_OK(coord_group_new(
        runtime,
        "echo",
        COORD_NUL,
        COORD_OPTIONS(coord_group_options, .requests = queue, .requests_token = LOADS),
        &group,
        ERR));
    CHECK_OK(coord_group_get_start(group, "hello", COORD_NUL, NULL, queue, GET, NULL, ERR));
    struct pollfd fd = {.fd = coord_queue_fd(queue), .events = POLLIN};
    int loads = 0;
    for (int done = 0; !done;) {
        CHECK(poll(&fd, 1, -1) == 1);
        coord_event events[4];
        size_t count = 0;
        CHECK_OK(coord_queue_drain(queue, events, 4, &count, ERR));
        for (size_t i = 0; i < count; i++) {
            if (events[i].kind == COORD_EVENT_REQUEST) {
                CHECK(events[i].token == LOADS);
                size_t len = 0;
                const char* key = coord_request_key(events[i].value, 0, &len);
                coord_request_succeed(events[i].value, key, len, NULL);
                events[i].value = NULL;
                loads++;
            } else {
                CHECK(events[i].token == GET && is_text(events[i].value, "hello"));
                done = 1;
            }
            coord_event_clear(&events[i]);
        }
    }
    CHECK(loads == 1);
    coord_group_free(group);
    coord_queue_free(queue);
}

static void removes_can_be_started(coord_runtime* runtime) {
    atomic_int loads = 0;
    coord_group* group = new_rows(runtime, &loads);
    coord_queue* queue = new_queue(runtime);
    coord_bytes* value = NULL;
    coord_op* op = NULL;
    CHECK_OK(coord_group_get(group, "1", 1, NULL, &value, ERR));
    coord_bytes_free(value);
    CHECK_OK(coord_group_remove_start(group, "1", 1, NULL, queue, 3, &op, ERR));
    coord_event event = next_event(queue);
    CHECK(event.kind == COORD_EVENT_DONE && event.status == COORD_OK && event.token == 3 &&
          event.value == NULL);
    coord_event_clear(&event);
    coord_op_cancel(op);
    coord_op_free(op);
    CHECK(coord_group_lookup(group, "1", 1, &value, NULL) == COORD_NOT_FOUND);
    coord_queue_free(queue);
    coord_group_free(group);
}

/* A loader that waits until the test lets it go. */
typedef struct held {
    latch entered;
    latch released;
} held;

static void load_held(void* user, coord_request* request) {
    held* at = user;
    latch_add(&at->entered);
    latch_wait(&at->released, 1);
    load_echo(NULL, request);
}

typedef struct getting {
    coord_group* group;
    coord_bytes* value;
    coord_status status;
    pthread_t thread;
} getting;

static void* get_key(void* argument) {
    getting* me = argument;
    me->status = coord_group_get(me->group, "key", 3, NULL, &me->value, NULL);
    return NULL;
}

/* Also: a remove while it loads detaches the load; who waits gets its value, which is not kept. */
static void many_callers_share_one_load(coord_runtime* runtime) {
    held at = {LATCH_INIT, LATCH_INIT};
    coord_group* group = NULL;
    CHECK_OK(coord_group_new(runtime,
                             "held",
                             COORD_NUL,
                             COORD_OPTIONS(coord_group_options, .load = load_held, .user = &at),
                             &group,
                             ERR));
    getting all[6];
    for (int i = 0; i < 6; i++) {
        all[i] = (getting){.group = group};
        pthread_create(&all[i].thread, NULL, get_key, &all[i]);
    }
    latch_wait(&at.entered, 1);
    coord_group_stats stats = {.size = sizeof stats};
    do CHECK_OK(coord_group_stats_read(group, &stats, ERR));
    while (stats.waiters < 6);
    /* Read one by one: some may be older than the last waiter. */
    CHECK_OK(coord_group_stats_read(group, &stats, ERR));
    CHECK(stats.flights_active == 1 && stats.loads == 6 && stats.loads_deduped == 1 &&
          stats.flight_oldest_ns > 0);
    CHECK_OK(coord_group_remove(group, "key", 3, NULL, ERR));
    latch_add(&at.released);
    for (int i = 0; i < 6; i++) {
        pthread_join(all[i].thread, NULL);
        CHECK(all[i].status == COORD_OK && is_text(all[i].value, "key") &&
              all[i].value == all[0].value);
    }
    for (int i = 0; i < 6; i++) coord_bytes_free(all[i].value);
    coord_bytes* value = NULL;
    CHECK(coord_group_lookup(group, "key", 3, &value, NULL) == COORD_NOT_FOUND);
    CHECK(latch_count(&at.entered) == 1);
    coord_group_free(group);
}

/* Loads another key of this group, then one of the group in `user`. */
static void load_nested(void* user, coord_request* request) {
    coord_runtime* runtime = user;
    const char* key = coord_request_key(request, 0, NULL);
    coord_group* mine = coord_group_find(runtime, "nested", COORD_NUL);
    coord_group* rows = coord_group_find(runtime, "rows", COORD_NUL);
    coord_bytes* value = NULL;
    coord_call_options call = {.size = sizeof call, .context = coord_request_context(request)};
    if (key[0] == 'a')
        CHECK_OK(coord_group_get(mine, "b", 1, &call, &value, ERR));
    else
        CHECK_OK(coord_group_get(rows, key, COORD_NUL, &call, &value, ERR));
    size_t len = 0;
    const void* text = coord_bytes_data(value, &len);
    coord_request_succeed(request, text, len, NULL);
    coord_bytes_free(value);
    coord_group_free(mine);
    coord_group_free(rows);
}

static void a_loader_may_get_other_keys_and_groups(coord_runtime* runtime) {
    atomic_int loads = 0;
    coord_group* rows = new_rows(runtime, &loads);
    coord_queue* queue = new_queue(runtime);
    coord_group* group = NULL;
    coord_bytes* value = NULL;
    CHECK_OK(
        coord_group_new(runtime,
                        "nested",
                        COORD_NUL,
                        COORD_OPTIONS(coord_group_options, .load = load_nested, .user = runtime),
                        &group,
                        ERR));
    CHECK_OK(coord_group_get(group, "a", 1, NULL, &value, ERR));
    CHECK(was_text(value, "row/b"));
    CHECK_OK(coord_group_remove(group, "a", 1, NULL, ERR));
    CHECK_OK(coord_group_remove(group, "b", 1, NULL, ERR));
    CHECK_OK(coord_group_remove(rows, "b", 1, NULL, ERR));
    CHECK_OK(
        coord_group_get_start(group, "a", 1, NULL, queue, 1, NULL, ERR)); /* the same on workers */
    coord_event event = next_event(queue);
    CHECK(event.status == COORD_OK && is_text(event.value, "row/b") && loads == 2);
    coord_event_clear(&event);
    coord_group_free(group);
    coord_group_free(rows);
    coord_queue_free(queue);
}

int main(void) {
    coord_runtime* runtime = new_runtime();
    a_get_loads_once_and_then_hits(runtime);
    failures_travel_and_are_not_kept(runtime);
    a_lookup_that_goes_on_is_counted_once(runtime);
    values_expire(runtime);
    a_group_that_keeps_nothing_still_loads(runtime);
    one_poll_loop_is_loader_and_caller(runtime);
    removes_can_be_started(runtime);
    many_callers_share_one_load(runtime);
    a_loader_may_get_other_keys_and_groups(runtime);
    CHECK_OK(coord_runtime_close(runtime, NULL, ERR));
    coord_runtime_free(runtime);
    return check_result();
}
