/* Who would wait for itself is told so instead. */
#include <coord/coord.h>

#include "handles.h"

/* "self" gets itself, "ring/1" gets "ring/2" which gets "ring/1", "close..." closes the group or
 * the runtime inside. */
static void load(void* user, coord_request* request) {
    coord_group* group = *(coord_group**)user;
    const char* key = coord_request_key(request, 0, NULL);
    coord_bytes* value = POISON;
    coord_error* error = NULL;
    coord_status status = COORD_OK;
    if (strcmp(key, "self") == 0)
        status = coord_group_get(group, "self", 4, NULL, &value, &error);
    else if (strcmp(key, "ring/1") == 0)
        status = coord_group_get(group, "ring/2", 6, NULL, &value, &error);
    else if (strcmp(key, "ring/2") == 0)
        status = coord_group_get(group, "ring/1", 6, NULL, &value, &error);
    else if (strcmp(key, "close group") == 0)
        status = coord_group_close(group, NULL, &error);
    if (status == COORD_OK)
        coord_request_succeed(request, key, strlen(key), NULL);
    else
        coord_request_fail(request, status, coord_error_message(error), COORD_NUL);
    coord_error_free(error);
}

static void a_load_that_needs_itself(coord_runtime* runtime) {
    coord_group* group = NULL;
    coord_queue* queue = new_queue(runtime);
    coord_bytes* value = POISON;
    CHECK_OK(coord_group_new(runtime,
                             "cycles",
                             COORD_NUL,
                             COORD_OPTIONS(coord_group_options, .load = load, .user = &group),
                             &group,
                             ERR));
    static const char* const keys[] = {"self", "ring/1", "ring/2"};
    for (uint64_t i = 0; i < 3; i++) {
        CHECK_FAILS(COORD_WOULD_DEADLOCK,
                    "this very thread",
                    coord_group_get(group, keys[i], COORD_NUL, NULL, &value, ERR));
        CHECK(value == NULL);
        CHECK_OK(coord_group_get_start(
            group, keys[i], COORD_NUL, NULL, queue, i, NULL, ERR)); /* on a worker */
        coord_event event = next_event(queue);
        CHECK(event.status == COORD_WOULD_DEADLOCK && event.token == i);
        coord_event_clear(&event);
    }
    CHECK_FAILS(COORD_WOULD_DEADLOCK,
                "loader",
                coord_group_get(group, "close group", COORD_NUL, NULL, &value, ERR));
    CHECK_OK(coord_group_get(group, "fine", COORD_NUL, NULL, &value, ERR)); /* nothing was closed */
    CHECK(was_text(value, "fine"));
    coord_group_free(group);
    coord_queue_free(queue);
}

static void load_and_wait_for_the_runtime(void* user, coord_request* request) {
    CHECK_FAILS(COORD_WOULD_DEADLOCK, "callback", coord_runtime_close(user, NULL, ERR));
    CHECK_FAILS(COORD_WOULD_DEADLOCK, "callback", coord_runtime_run(user, NULL, ERR));
    load_echo(NULL, request);
}

static void a_callback_waits_for_no_end(coord_runtime* runtime) {
    coord_group* group = NULL;
    coord_queue* queue = new_queue(runtime);
    coord_bytes* value = NULL;
    CHECK_OK(coord_group_new(
        runtime,
        "waits",
        COORD_NUL,
        COORD_OPTIONS(coord_group_options, .load = load_and_wait_for_the_runtime, .user = runtime),
        &group,
        ERR));
    CHECK_OK(coord_group_get(group, "a", 1, NULL, &value, ERR));
    coord_bytes_free(value);
    CHECK_OK(coord_group_get_start(group, "b", 1, NULL, queue, 1, NULL, ERR));
    coord_event event = next_event(queue);
    CHECK(event.status == COORD_OK);
    coord_event_clear(&event);
    coord_group_free(group);
    coord_queue_free(queue);
}

static void who_drains_the_loads_cannot_wait_for_one(coord_runtime* runtime) {
    coord_queue* queue = new_queue(runtime);
    coord_group* group = NULL;
    coord_bytes* value = POISON;
    coord_event event;
    size_t count = 0;
    CHECK_OK(coord_group_new(runtime,
                             "drained",
                             COORD_NUL,
                             COORD_OPTIONS(coord_group_options, .requests = queue),
                             &group,
                             ERR));
    CHECK_OK(coord_queue_drain(queue, &event, 1, &count, ERR));
    CHECK_FAILS(COORD_WOULD_DEADLOCK, "drains", coord_group_get(group, "k", 1, NULL, &value, ERR));
    CHECK(value == NULL);
    /* Starting is fine, and so is a blocking hit. */
    CHECK_OK(coord_group_get_start(group, "k", 1, NULL, queue, 1, NULL, ERR));
    event = next_event(queue);
    CHECK(event.kind == COORD_EVENT_REQUEST);
    load_echo(NULL, event.value);
    event = next_event(queue);
    CHECK(event.kind == COORD_EVENT_BYTES && event.status == COORD_OK);
    coord_event_clear(&event);
    CHECK_OK(coord_group_get(group, "k", 1, NULL, &value, ERR));
    CHECK(was_text(value, "k"));
    coord_group_free(group);
    coord_queue_free(queue);
}

int main(void) {
    coord_runtime* runtime = new_runtime();
    a_load_that_needs_itself(runtime);
    a_callback_waits_for_no_end(runtime);
    who_drains_the_loads_cannot_wait_for_one(runtime);
    coord_runtime_free(runtime);
    return check_result();
}
