/* flight.h: one load per key at a time, and nothing kept; the reference's singleflight tests. The
 * lock is in flight_lock_test.c. */
#include <coord/coord.h>

#include "flights.h"

enum { CALLERS = 10 };

static void never_called(void* user) {
    (void)user;
    CHECK(0);
}

static void a_flight_is_wanted(void* wrong) {
    coord_bytes* value = POISON;
    coord_op* op = POISON;
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "flight:", coord_flight_get(wrong, "k", 1, NULL, &value, ERR));
    CHECK(value == NULL);
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "flight:",
                coord_flight_get_start(wrong, "k", 1, NULL, NULL, 1, &op, ERR));
    CHECK(op == NULL);
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "flight:", coord_flight_lock(wrong, never_called, NULL, ERR));
    coord_flight_free(wrong);
}

static void a_runtime_is_wanted(void* wrong) {
    int freed = 0;
    coord_flight* flight = POISON;
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT,
        "runtime:",
        coord_flight_new(
            wrong,
            COORD_OPTIONS(
                coord_flight_options, .load = load_echo, .user = &freed, .user_free = count_free),
            &flight,
            ERR));
    CHECK(flight == NULL && freed == 1);
}

static void refused(coord_runtime* runtime, coord_flight_options options, const char* field) {
    int freed = 0;
    coord_flight* flight = POISON;
    options.size = sizeof options;
    options.user = &freed;
    options.user_free = count_free;
    CHECK_FAILS(COORD_INVALID_ARGUMENT, field, coord_flight_new(runtime, &options, &flight, ERR));
    CHECK(flight == NULL && freed == 1);
}

static void wrong_options_are_refused_and_the_user_is_freed(void) {
    coord_runtime* runtime = new_runtime();
    coord_queue* queue = new_queue(runtime);
    refused(runtime, (coord_flight_options){0}, "load or requests");
    refused(
        runtime, (coord_flight_options){.load = load_echo, .requests = queue}, "load or requests");
    refused(runtime, (coord_flight_options){.load = load_echo, .flags = 1}, "flags");
    refused(runtime,
            (coord_flight_options){.load = load_echo, .load_timeout_ns = -1},
            "load_timeout_ns");
    refused(runtime, (coord_flight_options){.load = load_echo, .on_abandoned = 3}, "on_abandoned");
    refused(runtime, (coord_flight_options){.load = load_echo, .on_abandoned = -1}, "on_abandoned");
    refused(runtime, (coord_flight_options){.requests = (coord_queue*)(void*)runtime}, "queue:");
    coord_flight* flight = POISON;
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "options:", coord_flight_new(runtime, NULL, &flight, ERR));
    CHECK(flight == NULL);
    int freed = 0;
    const coord_flight_options good = {
        .size = sizeof good, .load = load_echo, .user = &freed, .user_free = count_free};
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "flight:", coord_flight_new(runtime, &good, NULL, ERR));
    CHECK(freed == 1);
    CHECK_OK(coord_flight_new(runtime, &good, &flight, ERR));
    CHECK(freed == 1);
    coord_flight_free(flight);
    CHECK(freed == 2);
    coord_queue_close(queue);
    CHECK_FAILS(COORD_CLOSED,
                "options.requests",
                coord_flight_new(
                    runtime, COORD_OPTIONS(coord_flight_options, .requests = queue), &flight, ERR));
    CHECK_OK(coord_runtime_close(runtime, NULL, ERR));
    CHECK_FAILS(COORD_CLOSED, "closed", coord_flight_new(runtime, &good, &flight, ERR));
    CHECK(flight == NULL && freed == 3);
    coord_queue_free(queue);
    coord_runtime_free(runtime);
}

static void wrong_calls_are_refused(void) {
    coord_runtime* runtime = new_runtime();
    coord_queue* queue = new_queue(runtime);
    coord_flight* flight = new_flight(runtime, load_echo, NULL);
    coord_bytes* value = POISON;
    coord_op* op = POISON;
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "value:", coord_flight_get(flight, "k", 1, NULL, NULL, ERR));
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "key:", coord_flight_get(flight, NULL, 1, NULL, &value, ERR));
    CHECK(value == NULL);
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "key:", coord_flight_get(flight, "k", 65536, NULL, &value, ERR));
    const coord_call_options late = {.size = sizeof late, .timeout_ns = -2};
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "timeout_ns", coord_flight_get(flight, "k", 1, &late, &value, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "timeout_ns",
                coord_flight_get_start(flight, "k", 1, &late, queue, 1, &op, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "queue:",
                coord_flight_get_start(flight, "k", 1, NULL, NULL, 1, &op, ERR));
    CHECK(op == NULL);
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "fn:", coord_flight_lock(flight, NULL, NULL, ERR));
    coord_queue_close(queue);
    CHECK_FAILS(
        COORD_CLOSED, "queue", coord_flight_get_start(flight, "k", 1, NULL, queue, 1, &op, ERR));
    CHECK_OK(coord_runtime_close(runtime, NULL, ERR));
    CHECK_FAILS(COORD_CLOSED, "closed", coord_flight_get(flight, "k", 1, NULL, &value, ERR));
    CHECK(value == NULL && op == NULL);
    coord_flight_free(flight);
    coord_queue_free(queue);
    coord_runtime_free(runtime);
}

static void count_and_echo(void* user, coord_request* request) {
    atomic_fetch_add((atomic_int*)user, 1);
    load_echo(NULL, request);
}

/* Row 57: Do returns the value; and nothing of it is kept. */
static void a_get_gives_the_value_and_keeps_nothing(void) {
    atomic_int calls = 0;
    coord_runtime* runtime = new_runtime();
    coord_flight* flight = new_flight(runtime, count_and_echo, &calls);
    for (int i = 0; i < 3; i++) {
        coord_bytes* value = NULL;
        CHECK_OK(coord_flight_get(flight, "bar", COORD_NUL, NULL, &value, ERR));
        CHECK(was_text(value, "bar"));
    }
    CHECK(atomic_load(&calls) == 3);
    coord_bytes* text = NULL;
    CHECK_OK(coord_runtime_metrics(runtime, &text, ERR));
    size_t len = 0;
    const char* lines = coord_bytes_data(text, &len);
    CHECK(memmem(lines, len, "coord_group", 11) == NULL);
    coord_bytes_free(text);
    CHECK(coord_group_find(runtime, "", 0) == NULL);
    coord_flight_free(flight);
    coord_runtime_free(runtime);
}

static void fail_it(void* user, coord_request* request) {
    (void)user;
    coord_request_fail(request, COORD_HOST_FAILED, "some error", COORD_NUL);
}

/* Row 58: Do returns the error. */
static void a_get_gives_the_error(void) {
    coord_runtime* runtime = new_runtime();
    coord_flight* flight = new_flight(runtime, fail_it, NULL);
    coord_bytes* value = POISON;
    CHECK_FAILS(
        COORD_HOST_FAILED, "some error", coord_flight_get(flight, "key", 3, NULL, &value, ERR));
    CHECK(value == NULL);
    coord_flight_free(flight);
    coord_runtime_free(runtime);
}

/* Starts ten gets of one key, and gives the one request that came of them. */
static coord_request* start_ten(coord_flight* flight, coord_queue* loads, coord_queue* answers) {
    for (int i = 0; i < CALLERS; i++)
        CHECK_OK(coord_flight_get_start(flight, "key", 3, NULL, answers, (uint64_t)i, NULL, ERR));
    coord_event events[2];
    CHECK(drain_some(loads, events, 2) == 1);
    CHECK(events[0].kind == COORD_EVENT_REQUEST && events[0].token == 5);
    return events[0].value;
}

/* Row 59: ten at once, one call. */
static void ten_at_once_make_one_call(void) {
    coord_runtime* runtime = new_runtime();
    coord_queue* loads = new_queue(runtime);
    coord_queue* answers = new_queue(runtime);
    coord_flight* flight = new_queued_flight(runtime, loads, 0);
    coord_request* request = start_ten(flight, loads, answers);
    CHECK(coord_request_kind(request) == COORD_REQUEST_LOAD);
    coord_request_succeed(request, "bar", 3, NULL);
    for (int i = 0; i < CALLERS; i++) {
        coord_event event = next_event(answers);
        CHECK(event.status == COORD_OK && is_text(event.value, "bar"));
        coord_event_clear(&event);
    }
    coord_event more;
    CHECK(drain_some(loads, &more, 1) == 0);
    coord_flight_free(flight);
    coord_queue_free(answers);
    coord_queue_free(loads);
    coord_runtime_free(runtime);
}

/* Rows 60 and 61: where the reference has a getter that panics, a loader frees its request. */
static void a_load_that_is_abandoned_tells_all_and_leaves_the_key_usable(void) {
    coord_runtime* runtime = new_runtime();
    coord_queue* loads = new_queue(runtime);
    coord_queue* answers = new_queue(runtime);
    coord_flight* flight = new_queued_flight(runtime, loads, 0);
    coord_request_free(start_ten(flight, loads, answers));
    for (int i = 0; i < CALLERS; i++) {
        coord_event event = next_event(answers);
        CHECK(event.status == COORD_ABANDONED && event.value == NULL);
        coord_event_clear(&event);
    }
    coord_request* again = start_ten(flight, loads, answers);
    coord_request_succeed(again, "bar", 3, NULL);
    for (int i = 0; i < CALLERS; i++) {
        coord_event event = next_event(answers);
        CHECK(event.status == COORD_OK && is_text(event.value, "bar"));
        coord_event_clear(&event);
    }
    coord_flight_free(flight);
    coord_queue_free(answers);
    coord_queue_free(loads);
    coord_runtime_free(runtime);
}

static void abandon_it(void* user, coord_request* request) {
    (void)user;
    coord_request_free(request);
}

static void a_callback_that_abandons_fails_its_caller(void) {
    coord_runtime* runtime = new_runtime();
    coord_flight* flight = new_flight(runtime, abandon_it, NULL);
    coord_bytes* value = POISON;
    for (int i = 0; i < 2; i++)
        CHECK_FAILS(
            COORD_ABANDONED, "unanswered", coord_flight_get(flight, "key", 3, NULL, &value, ERR));
    coord_flight_free(flight);
    coord_runtime_free(runtime);
}

static void freeing_a_flight_cancels_who_waits(void) {
    coord_runtime* runtime = new_runtime();
    coord_queue* loads = new_queue(runtime);
    coord_queue* answers = new_queue(runtime);
    coord_flight* flight = new_queued_flight(runtime, loads, 0);
    coord_request* request = start_ten(flight, loads, answers);
    coord_flight_free(flight);
    for (int i = 0; i < CALLERS; i++) {
        coord_event event = next_event(answers);
        CHECK(event.status == COORD_CANCELLED);
        coord_event_clear(&event);
    }
    coord_request_succeed(request, "too late", 8, NULL);
    coord_queue_free(answers);
    coord_queue_free(loads);
    coord_runtime_free(runtime);
}

static void get_inside(void* user, coord_request* request) {
    coord_flight* outer = *(coord_flight**)user;
    coord_bytes* value = POISON;
    CHECK_FAILS(COORD_WOULD_DEADLOCK,
                "being loaded by this very thread",
                coord_flight_get(outer, "key", 3, NULL, &value, ERR));
    load_echo(NULL, request);
}

static void a_loader_cannot_wait_for_its_own_key(void) {
    coord_flight* flight = NULL;
    coord_runtime* runtime = new_runtime();
    flight = new_flight(runtime, get_inside, &flight);
    coord_bytes* value = NULL;
    CHECK_OK(coord_flight_get(flight, "key", 3, NULL, &value, ERR));
    CHECK(was_text(value, "key"));
    coord_flight_free(flight);
    coord_runtime_free(runtime);
}

int main(void) {
    for_wrong_kinds(KIND_FLIGHT, a_flight_is_wanted);
    for_wrong_kinds(KIND_RUNTIME, a_runtime_is_wanted);
    wrong_options_are_refused_and_the_user_is_freed();
    wrong_calls_are_refused();
    a_get_gives_the_value_and_keeps_nothing();
    a_get_gives_the_error();
    ten_at_once_make_one_call();
    a_load_that_is_abandoned_tells_all_and_leaves_the_key_usable();
    a_callback_that_abandons_fails_its_caller();
    freeing_a_flight_cancels_who_waits();
    a_loader_cannot_wait_for_its_own_key();
    return check_result();
}
