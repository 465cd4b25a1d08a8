/* Deadlines, cancelling and named limits: who waits leaves alone, and is told why. */
#include <coord/coord.h>

#include <pthread.h>

#include "handles.h"

/* A group fed by a queue; requests are answered when the test likes. */
typedef struct fed {
    coord_runtime* runtime;
    coord_queue* loads;
    coord_queue* answers;
    coord_group* group;
} fed;

static fed open_fed(coord_runtime_options how, coord_group_options options) {
    fed it = {NULL, NULL, NULL, NULL};
    how.size = sizeof how;
    options.size = sizeof options;
    CHECK_OK(coord_runtime_new(&how, &it.runtime, ERR));
    it.loads = new_queue(it.runtime);
    it.answers = new_queue(it.runtime);
    options.requests = it.loads;
    CHECK_OK(coord_group_new(it.runtime, "fed", COORD_NUL, &options, &it.group, ERR));
    return it;
}

static void close_fed(fed* it) {
    coord_group_free(it->group);
    coord_queue_free(it->loads);
    coord_queue_free(it->answers);
    coord_runtime_free(it->runtime);
}

static void ended(fed* it, uint64_t token, coord_status status, const char* part) {
    coord_event event = next_event(it->answers);
    CHECK(event.kind == COORD_EVENT_BYTES && event.token == token && event.status == status);
    if (!CHECK(strstr(coord_error_message(event.error), part) != NULL))
        fprintf(stderr, "    the message is: %s\n", coord_error_message(event.error));
    coord_event_clear(&event);
}

static void a_deadline_is_for_one_caller(void) {
    fed it = open_fed((coord_runtime_options){0}, (coord_group_options){0});
    coord_bytes* value = POISON;
    CHECK_FAILS(
        COORD_TIMED_OUT,
        "deadline",
        coord_group_get(
            it.group, "k", 1, COORD_OPTIONS(coord_call_options, .timeout_ns = 1), &value, ERR));
    CHECK(value == NULL);
    CHECK_OK(coord_group_get_start(it.group, "k", 1, NULL, it.answers, 1, NULL, ERR));
    CHECK_OK(
        coord_group_get_start(it.group,
                              "k",
                              1,
                              COORD_OPTIONS(coord_call_options, .timeout_ns = COORD_MILLISECOND),
                              it.answers,
                              2,
                              NULL,
                              ERR));
    ended(&it, 2, COORD_TIMED_OUT, "deadline");
    coord_event request = next_event(it.loads);
    coord_request_succeed(request.value, "v", 1, NULL);
    ended(&it, 1, COORD_OK, "");
    close_fed(&it);
}

static void a_load_has_a_deadline_and_late_answers_are_counted(void) {
    fed it = open_fed((coord_runtime_options){0},
                      (coord_group_options){.load_timeout_ns = COORD_MILLISECOND});
    coord_bytes* value = NULL;
    CHECK_OK(coord_group_get_start(it.group, "k", 1, NULL, it.answers, 1, NULL, ERR));
    coord_event request = next_event(it.loads);
    coord_context* context = coord_request_context(request.value);
    CHECK(coord_context_remaining_ns(context) <= COORD_MILLISECOND);
    ended(&it, 1, COORD_TIMED_OUT, "deadline");
    /* The get began a moment before its load did. */
    while (coord_context_remaining_ns(context) > 0) {
    }
    CHECK(coord_context_is_cancelled(context) == 1);
    coord_request_succeed(request.value, "late", 4, NULL);
    CHECK(coord_group_lookup(it.group, "k", 1, &value, NULL) == COORD_NOT_FOUND);
    coord_group_stats stats = {.size = sizeof stats};
    CHECK_OK(coord_group_stats_read(it.group, &stats, ERR));
    CHECK(stats.late_answers == 1 && stats.local_loads == 0);
    close_fed(&it);
}

static void a_cancelled_context_ends_its_calls_only(void) {
    fed it = open_fed((coord_runtime_options){0}, (coord_group_options){0});
    coord_context* parent = NULL;
    coord_context* child = NULL;
    coord_bytes* value = POISON;
    CHECK_OK(coord_context_new(NULL, &parent, ERR));
    CHECK_OK(
        coord_context_new(COORD_OPTIONS(coord_context_options, .parent = parent), &child, ERR));
    const coord_call_options with_child = {.size = sizeof with_child, .context = child};
    CHECK_OK(coord_group_get_start(it.group, "k", 1, &with_child, it.answers, 1, NULL, ERR));
    CHECK_OK(coord_group_get_start(it.group, "k", 1, NULL, it.answers, 2, NULL, ERR));
    coord_context_cancel(parent);
    ended(&it, 1, COORD_CANCELLED, "cancelled");
    CHECK_FAILS(
        COORD_CANCELLED, "cancelled", coord_group_get(it.group, "k", 1, &with_child, &value, ERR));
    CHECK(value == NULL);
    CHECK_OK(coord_group_get_start(it.group, "k", 1, &with_child, it.answers, 3, NULL, ERR));
    ended(&it, 3, COORD_CANCELLED, "");
    coord_event request = next_event(it.loads);
    coord_request_succeed(request.value, "v", 1, NULL);
    ended(&it, 2, COORD_OK, "");
    /* What is in memory is answered all the same. */
    CHECK_OK(coord_group_get(it.group, "k", 1, &with_child, &value, ERR));
    CHECK(was_text(value, "v"));
    CHECK_OK(coord_group_get_start(it.group, "k", 1, &with_child, it.answers, 4, NULL, ERR));
    ended(&it, 4, COORD_OK, "");
    coord_context_free(child);
    coord_context_free(parent);
    close_fed(&it);
}

static void a_contexts_deadline_counts_when_it_is_earlier(void) {
    fed it = open_fed((coord_runtime_options){0}, (coord_group_options){0});
    coord_context* context = NULL;
    coord_bytes* value = POISON;
    CHECK_OK(coord_context_new(
        COORD_OPTIONS(coord_context_options, .timeout_ns = COORD_MILLISECOND), &context, ERR));
    coord_call_options call = {.size = sizeof call, .context = context, .timeout_ns = COORD_MINUTE};
    CHECK_OK(coord_group_get_start(it.group, "k", 1, &call, it.answers, 1, NULL, ERR));
    CHECK_FAILS(COORD_TIMED_OUT, "deadline", coord_group_get(it.group, "k", 1, &call, &value, ERR));
    ended(&it, 1, COORD_TIMED_OUT, "deadline");
    coord_context_free(context);
    close_fed(&it);
}

static void an_operation_can_be_cancelled(void) {
    fed it = open_fed((coord_runtime_options){0}, (coord_group_options){0});
    coord_op* op = NULL;
    CHECK_OK(coord_group_get_start(it.group, "k", 1, NULL, it.answers, 1, &op, ERR));
    coord_op_cancel(op);
    coord_op_cancel(op);
    ended(&it, 1, COORD_CANCELLED, "cancelled");
    coord_op_cancel(op);
    coord_op_free(op);
    CHECK_OK(coord_group_get_start(
        it.group, "k", 1, NULL, it.answers, 2, &op, ERR)); /* joins the same load */
    coord_event request = next_event(it.loads);
    coord_request_succeed(request.value, "v", 1, NULL);
    coord_op_cancel(op);
    ended(&it, 2, COORD_OK, "");
    coord_op_free(op);
    close_fed(&it);
}

static void abandoned_loads_are_finished_or_cancelled(void) {
    for (int32_t policy = COORD_ON_ABANDONED_FINISH; policy <= COORD_ON_ABANDONED_CANCEL;
         policy++) {
        const int kept = policy == COORD_ON_ABANDONED_FINISH;
        fed it =
            open_fed((coord_runtime_options){0}, (coord_group_options){.on_abandoned = policy});
        coord_op* op = NULL;
        coord_bytes* value = NULL;
        CHECK_OK(coord_group_get_start(it.group, "k", 1, NULL, it.answers, 1, &op, ERR));
        coord_event request = next_event(it.loads);
        coord_context* context = coord_request_context(request.value);
        coord_op_cancel(op);
        coord_op_free(op);
        ended(&it, 1, COORD_CANCELLED, "cancelled");
        CHECK(coord_context_is_cancelled(context) == !kept);
        coord_request_succeed(request.value, "v", 1, NULL);
        const coord_status status = coord_group_lookup(it.group, "k", 1, &value, NULL);
        CHECK(status == (kept ? COORD_OK : COORD_NOT_FOUND));
        coord_bytes_free(value);
        close_fed(&it);
    }
}

static void beyond_max_pending_nothing_is_started(void) {
    fed it = open_fed((coord_runtime_options){.max_pending = 3}, (coord_group_options){0});
    coord_op* op = POISON;
    for (uint64_t i = 0; i < 2; i++)
        CHECK_OK(coord_group_get_start(it.group, "k", 1, NULL, it.answers, i, NULL, ERR));
    CHECK_OK(coord_queue_post(it.answers, 9, ERR));
    CHECK_FAILS(COORD_EXHAUSTED, "max_pending", coord_queue_post(it.answers, 9, ERR));
    CHECK_FAILS(COORD_EXHAUSTED,
                "max_pending",
                coord_group_get_start(it.group, "k", 1, NULL, it.answers, 3, &op, ERR));
    CHECK(op == NULL);
    op = POISON;
    CHECK_FAILS(COORD_EXHAUSTED,
                "max_pending",
                coord_group_remove_start(it.group, "k", 1, NULL, it.answers, 3, &op, ERR));
    CHECK(op == NULL);
    op = POISON;
    CHECK_FAILS(COORD_EXHAUSTED,
                "max_pending",
                coord_runtime_close_start(it.runtime, NULL, it.answers, 3, &op, ERR));
    CHECK(op == NULL);
    coord_event event = next_event(it.answers);
    CHECK(event.kind == COORD_EVENT_POST && event.token == 9);
    CHECK_OK(coord_group_get_start(it.group, "k", 1, NULL, it.answers, 2, NULL, ERR));
    event = next_event(it.loads);
    coord_request_succeed(event.value, "v", 1, NULL);
    for (uint64_t i = 0; i < 3; i++) ended(&it, i, COORD_OK, "");
    close_fed(&it);
}

static void beyond_max_loads_callers_wait_until_their_deadline(void) {
    fed it = open_fed((coord_runtime_options){0}, (coord_group_options){.max_loads = 1});
    coord_bytes* value = POISON;
    const coord_call_options soon = {.size = sizeof soon, .timeout_ns = COORD_MILLISECOND};
    CHECK_OK(coord_group_get_start(it.group, "a", 1, NULL, it.answers, 1, NULL, ERR));
    CHECK_OK(coord_group_get_start(it.group, "b", 1, NULL, it.answers, 2, NULL, ERR));
    CHECK_OK(coord_group_get_start(it.group, "c", 1, &soon, it.answers, 3, NULL, ERR));
    ended(&it, 3, COORD_EXHAUSTED, "max_loads");
    CHECK_FAILS(
        COORD_EXHAUSTED, "max_loads", coord_group_get(it.group, "d", 1, &soon, &value, ERR));
    CHECK(value == NULL);
    coord_event request = next_event(it.loads);
    CHECK_TEXT(coord_request_key(request.value, 0, NULL), "a");
    coord_request_succeed(request.value, "v", 1, NULL);
    ended(&it, 1, COORD_OK, "");
    request = next_event(it.loads);
    CHECK_TEXT(coord_request_key(request.value, 0, NULL), "b");
    coord_request_free(request.value);
    ended(&it, 2, COORD_ABANDONED, "");
    close_fed(&it);
}

/* Gets its own key from the group in `user`. */
static void load_from_another(void* user, coord_request* request) {
    coord_group* from = *(coord_group**)user;
    coord_bytes* value = NULL;
    coord_error* error = NULL;
    const char* key = coord_request_key(request, 0, NULL);
    const coord_status status = coord_group_get(from, key, COORD_NUL, NULL, &value, &error);
    if (status == COORD_OK)
        coord_request_succeed(
            request, coord_bytes_data(value, NULL), coord_bytes_size(value), NULL);
    else
        coord_request_fail(request, status, coord_error_message(error), COORD_NUL);
    coord_bytes_free(value);
    coord_error_free(error);
}

static void beyond_max_blocked_workers_nested_gets_fail(void) {
    fed it = open_fed((coord_runtime_options){.worker_threads = 1, .max_blocked_workers = 1},
                      (coord_group_options){0});
    coord_group* outer = NULL;
    CHECK_OK(coord_group_new(
        it.runtime,
        "outer",
        COORD_NUL,
        COORD_OPTIONS(coord_group_options, .load = load_from_another, .user = &it.group),
        &outer,
        ERR));
    CHECK_OK(coord_group_get_start(outer, "a", 1, NULL, it.answers, 1, NULL, ERR));
    coord_event first = next_event(it.loads); /* the one worker waits for it */
    CHECK_OK(coord_group_get_start(outer, "b", 1, NULL, it.answers, 2, NULL, ERR));
    ended(&it, 2, COORD_EXHAUSTED, "max_blocked_workers"); /* on the one that replaces it */
    coord_event second = next_event(it.loads);
    coord_request_succeed(first.value, "v", 1, NULL);
    ended(&it, 1, COORD_OK, "");
    coord_request_free(second.value);
    coord_group_free(outer);
    close_fed(&it);
}

static void closing_a_group_cancels_what_is_open_at_its_deadline(void) {
    fed it = open_fed((coord_runtime_options){0}, (coord_group_options){0});
    CHECK_OK(coord_group_get_start(it.group, "k", 1, NULL, it.answers, 1, NULL, ERR));
    coord_event request = next_event(it.loads);
    coord_context* context = coord_request_context(request.value);
    CHECK_FAILS(
        COORD_TIMED_OUT,
        "cancelled",
        coord_group_close(
            it.group, COORD_OPTIONS(coord_call_options, .timeout_ns = COORD_MILLISECOND), ERR));
    ended(&it, 1, COORD_CANCELLED, "closed");
    CHECK(coord_context_is_cancelled(context) == 1);
    coord_request_succeed(request.value, "late", 4, NULL);
    close_fed(&it);
}

static void* answer_late(void* request) {
    coord_request_succeed(request, "from elsewhere", 14, NULL);
    return NULL;
}

static void a_request_may_be_kept_and_answered_by_another_thread(void) {
    fed it = open_fed((coord_runtime_options){0}, (coord_group_options){0});
    CHECK_OK(coord_group_get_start(it.group, "k", 1, NULL, it.answers, 1, NULL, ERR));
    pthread_t thread;
    pthread_create(&thread, NULL, answer_late, next_event(it.loads).value);
    coord_event event = next_event(it.answers);
    CHECK(event.token == 1 && is_text(event.value, "from elsewhere"));
    coord_event_clear(&event);
    pthread_join(thread, NULL);
    close_fed(&it);
}

int main(void) {
    a_deadline_is_for_one_caller();
    a_load_has_a_deadline_and_late_answers_are_counted();
    a_cancelled_context_ends_its_calls_only();
    a_contexts_deadline_counts_when_it_is_earlier();
    an_operation_can_be_cancelled();
    abandoned_loads_are_finished_or_cancelled();
    beyond_max_pending_nothing_is_started();
    beyond_max_loads_callers_wait_until_their_deadline();
    beyond_max_blocked_workers_nested_gets_fail();
    closing_a_group_cancels_what_is_open_at_its_deadline();
    a_request_may_be_kept_and_answered_by_another_thread();
    return check_result();
}
