/* Answers of loads in their less usual forms, queues that end while something is on its way, and
 * what the log says. */
#include <pthread.h>
#include <unistd.h>

#include "handles.h"
#include "latch.h"

static void set_then_succeed(void* user, coord_request* request) {
    const coord_value_options* terms = user;
    CHECK_OK(coord_request_set(request, 0, "from the setter", 15, NULL, ERR));
    coord_request_succeed(request, NULL, 0, terms);
}

static void fail_then_succeed(void* user, coord_request* request) {
    CHECK_OK(coord_request_set_error(request, 0, COORD_DENIED, "not for you", COORD_NUL, ERR));
    coord_request_succeed(request, NULL, 0, user);
}

/* Options given with the ending do not wipe out what a setter gave; wrong ones are still seen. */
static void options_without_data_keep_the_answer(coord_runtime* runtime) {
    coord_value_options terms = {.size = sizeof terms, .ttl_ns = COORD_MINUTE};
    coord_group* group = NULL;
    coord_bytes* value = NULL;
    CHECK_OK(coord_group_new(
        runtime,
        "set",
        COORD_NUL,
        COORD_OPTIONS(coord_group_options, .load = set_then_succeed, .user = &terms),
        &group,
        ERR));
    CHECK_OK(coord_group_get(group, "k", 1, NULL, &value, ERR));
    CHECK(coord_bytes_size(value) == 15);
    coord_bytes_free(value);
    terms.ttl_ns = -5;
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "ttl_ns", coord_group_get(group, "l", 1, NULL, &value, ERR));
    coord_group_free(group);

    terms.ttl_ns = COORD_MINUTE;
    CHECK_OK(coord_group_new(
        runtime,
        "denied",
        COORD_NUL,
        COORD_OPTIONS(coord_group_options, .load = fail_then_succeed, .user = &terms),
        &group,
        ERR));
    CHECK_FAILS(COORD_DENIED, "not for you", coord_group_get(group, "k", 1, NULL, &value, ERR));
    coord_group_free(group);
}

static void fail_without_reason(void* user, coord_request* request) {
    (void)user;
    coord_request_fail(request, COORD_OK, NULL, 0);
}

static void a_failure_without_a_reason_says_so(coord_runtime* runtime) {
    coord_group* group = NULL;
    coord_bytes* value = NULL;
    CHECK_OK(coord_group_new(runtime,
                             "mute",
                             COORD_NUL,
                             COORD_OPTIONS(coord_group_options, .load = fail_without_reason),
                             &group,
                             ERR));
    CHECK_FAILS(COORD_HOST_FAILED, "no reason", coord_group_get(group, "k", 1, NULL, &value, ERR));
    coord_group_free(group);
}

static void the_notify_descriptor_of_a_closed_queue_is_readable(coord_runtime* runtime) {
    coord_queue* queue = new_queue(runtime);
    coord_queue_close(queue);
    int32_t fd = -1;
    char byte = 0;
    CHECK_OK(coord_queue_notify_fd(queue, &fd, ERR));
    CHECK(read(fd, &byte, 1) == 1);
    close(fd);
    coord_queue_free(queue);
}

typedef struct nested {
    coord_group* group;
    coord_status same_key;
    coord_status close_group;
} nested;

/* A loader that is the callback of a queue knows what it is inside of, like any other. */
static void load_from_queue(void* user, coord_event* event) {
    nested* me = user;
    coord_bytes* value = NULL;
    me->same_key = coord_group_get(me->group, "k", 1, NULL, &value, NULL);
    me->close_group = coord_group_close(me->group, NULL, NULL);
    coord_request_succeed(event->value, "v", 1, NULL);
    event->value = NULL;
}

static void a_callback_queues_loader_is_inside_its_load(coord_runtime* runtime) {
    nested me = {0};
    coord_queue* loads = NULL;
    coord_bytes* value = NULL;
    CHECK_OK(coord_queue_new_callback(runtime, load_from_queue, &me, NULL, &loads, ERR));
    CHECK_OK(coord_group_new(runtime,
                             "nested",
                             COORD_NUL,
                             COORD_OPTIONS(coord_group_options, .requests = loads),
                             &me.group,
                             ERR));
    CHECK_OK(coord_group_get(me.group, "k", 1, NULL, &value, ERR));
    coord_bytes_free(value);
    CHECK(me.same_key == COORD_WOULD_DEADLOCK);
    CHECK(me.close_group == COORD_WOULD_DEADLOCK);
    coord_group_free(me.group);
    coord_queue_free(loads);
}

static void never_called(void* user, coord_event* event) {
    (void)event;
    atomic_fetch_add((atomic_int*)user, 1);
}

static void keep(void* user, coord_request* request) {
    *(coord_request**)user = request;
}

static void what_ends_after_a_callback_queue_was_freed_ends_unseen(void) {
    atomic_int calls = 0;
    coord_request* kept = NULL;
    coord_runtime* runtime = NULL;
    coord_queue* queue = NULL;
    coord_group* group = NULL;
    CHECK_OK(coord_runtime_new(
        COORD_OPTIONS(coord_runtime_options, .callbacks = COORD_CALLBACKS_LENT), &runtime, ERR));
    CHECK_OK(coord_queue_new_callback(runtime, never_called, &calls, NULL, &queue, ERR));
    CHECK_OK(coord_group_new(runtime,
                             "kept",
                             COORD_NUL,
                             COORD_OPTIONS(coord_group_options, .load = keep, .user = &kept),
                             &group,
                             ERR));
    CHECK_OK(coord_group_get_start(group, "k", 1, NULL, queue, 1, NULL, ERR));
    const coord_call_options at_once = {.size = sizeof at_once, .timeout_ns = COORD_OFF};
    CHECK(coord_runtime_run(runtime, &at_once, NULL) == COORD_TIMED_OUT);
    CHECK(kept != NULL);
    coord_queue_free(queue);
    coord_request_succeed(kept, "v", 1, NULL);
    CHECK(coord_runtime_run(runtime, &at_once, NULL) == COORD_TIMED_OUT);
    CHECK(atomic_load(&calls) == 0);
    coord_group_free(group);
    coord_runtime_free(runtime);
}

static void count_line(
    void* user, int32_t level, const char* component, const char* text, size_t len) {
    CHECK(level == COORD_LOG_WARN && strcmp(component, "group") == 0 && strlen(text) == len);
    atomic_fetch_add((atomic_int*)user, 1);
}

static void load_large(void* user, coord_request* request) {
    (void)user;
    static char large[10000];
    coord_request_succeed(request, large, sizeof large, NULL);
}

static void a_value_that_is_not_kept_is_a_line_of_the_log(void) {
    atomic_int lines = 0;
    coord_runtime* runtime = NULL;
    coord_group* group = NULL;
    coord_bytes* value = NULL;
    CHECK_OK(coord_runtime_new(
        COORD_OPTIONS(coord_runtime_options, .log = count_line, .log_user = &lines),
        &runtime,
        ERR));
    CHECK_OK(
        coord_group_new(runtime,
                        "large",
                        COORD_NUL,
                        COORD_OPTIONS(coord_group_options, .max_bytes = 2000, .load = load_large),
                        &group,
                        ERR));
    CHECK_OK(coord_group_get(group, "k", 1, NULL, &value, ERR));
    coord_bytes_free(value);
    CHECK(atomic_load(&lines) == 1);
    coord_group_free(group);
    coord_runtime_free(runtime);
}

static void a_context_carries_a_pointer_and_frees_it_once(void) {
    int freed = 0;
    coord_context* parent = NULL;
    coord_context* child = NULL;
    CHECK_OK(coord_context_new(
        COORD_OPTIONS(coord_context_options, .user = &freed, .user_free = count_free),
        &parent,
        ERR));
    CHECK_OK(
        coord_context_new(COORD_OPTIONS(coord_context_options, .parent = parent), &child, ERR));
    CHECK(coord_context_user(parent) == &freed && coord_context_user(child) == &freed);
    CHECK(coord_context_user(NULL) == NULL);
    coord_context_free(parent);
    CHECK(freed == 0);
    coord_context_free(child);
    CHECK(freed == 1);
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT,
        "timeout_ns",
        coord_context_new(
            COORD_OPTIONS(
                coord_context_options, .timeout_ns = -5, .user = &freed, .user_free = count_free),
            &child,
            ERR));
    CHECK(freed == 2);
}

int main(void) {
    coord_runtime* runtime = new_runtime();
    options_without_data_keep_the_answer(runtime);
    a_failure_without_a_reason_says_so(runtime);
    the_notify_descriptor_of_a_closed_queue_is_readable(runtime);
    a_callback_queues_loader_is_inside_its_load(runtime);
    what_ends_after_a_callback_queue_was_freed_ends_unseen();
    a_value_that_is_not_kept_is_a_line_of_the_log();
    a_context_carries_a_pointer_and_frees_it_once();
    coord_runtime_free(runtime);
    return check_result();
}
