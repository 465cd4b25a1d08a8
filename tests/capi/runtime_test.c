/* runtime.h: options, references, the default one, closing, metrics. Lent threads are in
 * runtime_run_test.c. */
#include <coord/coord.h>

#include "handles.h"

static void a_runtime_is_wanted(void* wrong) {
    coord_queue* queue = POISON;
    coord_group* group = POISON;
    coord_bytes* text = POISON;
    coord_op* op = POISON;
    CHECK(coord_runtime_ref(wrong) == NULL);
    CHECK(coord_runtime_now_unix_ns(wrong) == 0);
    CHECK(coord_group_find(wrong, "g", 1) == NULL);
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "runtime:", coord_runtime_close(wrong, NULL, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "runtime:",
                coord_runtime_close_start(wrong, NULL, NULL, 1, &op, ERR));
    CHECK(op == NULL);
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "runtime:", coord_runtime_run(wrong, NULL, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "runtime:", coord_runtime_metrics(wrong, &text, ERR));
    CHECK(text == NULL);
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "runtime:", coord_queue_new(wrong, &queue, ERR));
    CHECK(queue == NULL);
    int freed = 0;
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT,
        "runtime:",
        coord_group_new(wrong,
                        "g",
                        1,
                        COORD_OPTIONS(coord_group_options, .user = &freed, .user_free = count_free),
                        &group,
                        ERR));
    CHECK(group == NULL && freed == 1);
    group = POISON;
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "runtime:",
                coord_group_find_or_new(
                    wrong,
                    "g",
                    1,
                    COORD_OPTIONS(coord_group_options, .user = &freed, .user_free = count_free),
                    &group,
                    ERR));
    CHECK(group == NULL && freed == 2);
    coord_runtime_wake(wrong);
    coord_runtime_free(wrong);
}

static void refused(coord_runtime_options options, const char* field) {
    int freed = 0;
    coord_runtime* runtime = POISON;
    options.size = sizeof options;
    options.log_user = &freed;
    options.log_user_free = count_free;
    CHECK_FAILS(COORD_INVALID_ARGUMENT, field, coord_runtime_new(&options, &runtime, ERR));
    CHECK(runtime == NULL && freed == 1);
}

static void wrong_options_are_refused_and_the_log_user_is_freed(void) {
    refused((coord_runtime_options){.flags = 2}, "flags");
    refused((coord_runtime_options){.reserved = 1}, "reserved");
    refused((coord_runtime_options){.worker_threads = 1025}, "worker_threads");
    refused((coord_runtime_options){.io_threads = 65}, "io_threads");
    refused((coord_runtime_options){.callbacks = 3}, "callbacks");
    refused((coord_runtime_options){.callbacks = -1}, "callbacks");
    refused((coord_runtime_options){.log_level = 5}, "log_level");
    refused((coord_runtime_options){.log_level = -1}, "log_level");
    int freed = 0;
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT,
        "runtime:",
        coord_runtime_new(
            COORD_OPTIONS(coord_runtime_options, .log_user = &freed, .log_user_free = count_free),
            NULL,
            ERR));
    CHECK(freed == 1);
    coord_runtime* runtime = POISON;
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "size",
                coord_runtime_new(&(coord_runtime_options){.size = 0}, &runtime, ERR));
    CHECK(runtime == NULL);
    struct newer {
        coord_runtime_options known;
        uint64_t more;
    } options = {.known = {.size = sizeof options,
                           .worker_threads = 1,
                           .log_user = &freed,
                           .log_user_free = count_free},
                 .more = 9};
    CHECK_FAILS(
        COORD_UNSUPPORTED, "does not know", coord_runtime_new(&options.known, &runtime, ERR));
    CHECK(runtime == NULL && freed == 2);
    options.more = 0;
    CHECK_OK(coord_runtime_new(&options.known, &runtime, ERR));
    CHECK(freed == 2);
    coord_runtime_free(runtime);
    CHECK(freed == 3);
}

static void the_default_runtime_is_never_freed(void) {
    coord_runtime* runtime = coord_runtime_default();
    CHECK(runtime != NULL && coord_runtime_default() == runtime);
    coord_runtime_free(runtime);
    coord_runtime_free(runtime);
    coord_group* group = new_group(runtime, "of the default", load_echo);
    coord_bytes* value = NULL;
    CHECK_OK(coord_group_get(group, "k", 1, NULL, &value, ERR));
    CHECK(was_text(value, "k"));
    coord_group_free(group);
    CHECK(coord_runtime_now_unix_ns(runtime) > INT64_C(1600000000) * COORD_SECOND);
}

static void a_closed_runtime_refuses_what_is_new(void) {
    coord_runtime* runtime = new_runtime();
    coord_queue* queue = new_queue(runtime);
    coord_group* group = new_group(runtime, "g", load_echo);
    CHECK(coord_runtime_ref(runtime) == runtime);
    coord_runtime_free(runtime);
    CHECK_OK(coord_runtime_close(runtime, NULL, ERR));
    CHECK_OK(coord_runtime_close(runtime, NULL, ERR));

    coord_queue* another = POISON;
    CHECK_FAILS(COORD_CLOSED, "runtime", coord_queue_new(runtime, &another, ERR));
    CHECK(another == NULL);
    coord_group* second = POISON;
    int freed = 0;
    const coord_group_options options = {
        .size = sizeof options, .user = &freed, .user_free = count_free};
    CHECK_FAILS(COORD_CLOSED, "runtime", coord_group_new(runtime, "h", 1, &options, &second, ERR));
    CHECK(second == NULL && freed == 1);
    CHECK_FAILS(COORD_CLOSED, "", coord_group_find_or_new(runtime, "h", 1, &options, &second, ERR));
    CHECK(second == NULL && freed == 2);
    CHECK_FAILS(COORD_CLOSED, "runtime", coord_runtime_run(runtime, NULL, ERR));
    coord_bytes* value = POISON;
    CHECK_FAILS(COORD_CLOSED, "group", coord_group_get(group, "k", 1, NULL, &value, ERR));
    CHECK(value == NULL);
    coord_op* op = POISON;
    CHECK_FAILS(
        COORD_CLOSED, "group", coord_group_get_start(group, "k", 1, NULL, queue, 1, &op, ERR));
    CHECK(op == NULL);
    coord_bytes* text = NULL;
    CHECK_OK(coord_runtime_metrics(runtime, &text, ERR));
    coord_bytes_free(text);
    coord_group_free(group);
    coord_queue_free(queue);
    coord_runtime_free(runtime);
}

static void a_closed_runtime_has_no_groups_to_find(void) {
    coord_runtime* runtime = new_runtime();
    coord_group* group = new_group(runtime, "g", load_echo);
    coord_group* found = NULL;
    CHECK_OK(coord_runtime_close(runtime, NULL, ERR));
    CHECK(coord_group_find(runtime, "g", 1) == NULL);
    found = POISON;
    CHECK_FAILS(COORD_CLOSED, "", coord_group_find_or_new(runtime, "g", 1, NULL, &found, ERR));
    CHECK(found == NULL);
    coord_group_free(group);
    coord_runtime_free(runtime);
}

static void wrong_calls_of_close_are_refused(void) {
    coord_runtime* runtime = new_runtime();
    coord_queue* queue = new_queue(runtime);
    coord_op* op = POISON;
    coord_call_options call = {.size = sizeof call, .timeout_ns = -2};
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "timeout_ns", coord_runtime_close(runtime, &call, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "timeout_ns",
                coord_runtime_close_start(runtime, &call, queue, 1, &op, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "timeout_ns", coord_runtime_run(runtime, &call, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "queue:",
                coord_runtime_close_start(runtime, NULL, NULL, 1, &op, ERR));
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT,
        "queue:",
        coord_runtime_close_start(runtime, NULL, (coord_queue*)(void*)runtime, 1, &op, ERR));
    CHECK(op == NULL);
    call = (coord_call_options){.size = sizeof call, .flags = 2};
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "flags", coord_runtime_close(runtime, &call, ERR));
    call = (coord_call_options){.size = sizeof call, .context = (coord_context*)(void*)queue};
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "context", coord_runtime_close(runtime, &call, ERR));
    coord_queue_close(queue);
    CHECK_FAILS(
        COORD_CLOSED, "queue", coord_runtime_close_start(runtime, NULL, queue, 1, &op, ERR));
    CHECK(op == NULL);
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "text", coord_runtime_metrics(runtime, NULL, ERR));
    coord_group* group = new_group(runtime, "still open", load_echo);
    coord_group_free(group);
    coord_queue_free(queue);
    coord_runtime_free(runtime);
}

static void closing_can_be_started(void) {
    coord_runtime* runtime = new_runtime();
    coord_queue* queue = new_queue(runtime);
    coord_op* op = NULL;
    CHECK_OK(coord_runtime_close_start(runtime, NULL, queue, 77, &op, ERR));
    coord_event event = next_event(queue);
    CHECK(event.kind == COORD_EVENT_DONE && event.status == COORD_OK && event.token == 77 &&
          event.error == NULL);
    coord_event_clear(&event);
    coord_op_cancel(op);
    coord_op_free(op);
    coord_queue_free(queue);
    coord_runtime_free(runtime);
}

typedef struct heard {
    int lines;
    int wrong;
} heard;

static void hear(void* user, int32_t level, const char* component, const char* text, size_t len) {
    heard* to = user;
    to->lines++;
    to->wrong += level < COORD_LOG_ERROR || level > COORD_LOG_WARN ||
                 strcmp(component, "runtime") != 0 || strlen(text) != len || !is_one_line(text);
}

/* A close that has to cancel something is worth a warning. */
static void log_lines_are_passed_on_up_to_their_level(void) {
    for (int32_t level = 0; level <= COORD_LOG_WARN; level++) {
        heard to = {0, 0};
        coord_runtime* runtime = NULL;
        coord_runtime_options options = {
            .size = sizeof options, .log = hear, .log_user = &to, .log_level = level};
        CHECK_OK(coord_runtime_new(&options, &runtime, ERR));
        coord_queue* loads = new_queue(runtime);
        coord_group* group = NULL;
        CHECK_OK(coord_group_new(
            runtime, "g", 1, COORD_OPTIONS(coord_group_options, .requests = loads), &group, ERR));
        CHECK_OK(coord_group_get_start(group, "secret", 6, NULL, loads, 1, NULL, ERR));
        const coord_call_options at_once = {.size = sizeof at_once, .timeout_ns = COORD_OFF};
        CHECK_FAILS(COORD_TIMED_OUT, "cancelled", coord_runtime_close(runtime, &at_once, ERR));
        CHECK(to.wrong == 0 && to.lines == (level == COORD_LOG_ERROR ? 0 : 1));
        coord_group_free(group);
        coord_queue_free(loads);
        coord_runtime_free(runtime);
    }
}

static void metrics_name_the_groups(void) {
    coord_runtime* runtime = new_runtime();
    coord_group* group = new_group(runtime, "a \"name\"", load_echo);
    coord_bytes* text = NULL;
    coord_bytes* value = NULL;
    CHECK_OK(coord_group_get(group, "k", 1, NULL, &value, ERR));
    coord_bytes_free(value);
    CHECK_OK(coord_runtime_metrics(runtime, &text, ERR));
    size_t len = 0;
    const char* lines = coord_bytes_data(text, &len);
    char* copy = calloc(len + 1, 1);
    memcpy(copy, lines, len);
    CHECK(strstr(copy, "coord_group_gets_total{group=\"a \\\"name\\\"\"} 1\n") != NULL);
    CHECK(strstr(copy, "# TYPE coord_group_gets_total counter") != NULL);
    free(copy);
    coord_bytes_free(text);
    coord_group_free(group);
    coord_runtime_free(runtime);
}

int main(void) {
    for_wrong_kinds(KIND_RUNTIME, a_runtime_is_wanted);
    wrong_options_are_refused_and_the_log_user_is_freed();
    the_default_runtime_is_never_freed();
    a_closed_runtime_refuses_what_is_new();
    a_closed_runtime_has_no_groups_to_find();
    wrong_calls_of_close_are_refused();
    closing_can_be_started();
    log_lines_are_passed_on_up_to_their_level();
    metrics_name_the_groups();
    return check_result();
}
