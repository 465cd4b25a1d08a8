/* Lent threads: what runs on them, and every way to get them back. */
#include <coord/coord.h>

#include <pthread.h>

#include "handles.h"
#include "latch.h"

static coord_runtime* new_lent(void) {
    coord_runtime* runtime = NULL;
    CHECK_OK(coord_runtime_new(
        COORD_OPTIONS(coord_runtime_options, .callbacks = COORD_CALLBACKS_LENT), &runtime, ERR));
    return runtime;
}

typedef struct lender {
    coord_runtime* runtime;
    coord_context* context;
    coord_status status;
    pthread_t thread;
} lender;

static void* lend(void* argument) {
    lender* me = argument;
    const coord_call_options call = {.size = sizeof call, .context = me->context};
    me->status = coord_runtime_run(me->runtime, &call, NULL);
    return NULL;
}

static void start_lending(lender* me) {
    me->status = -1;
    pthread_create(&me->thread, NULL, lend, me);
}

static void a_lent_thread_comes_back(void) {
    coord_runtime* runtime = new_lent();
    CHECK_FAILS(COORD_TIMED_OUT,
                "lent",
                coord_runtime_run(
                    runtime, COORD_OPTIONS(coord_call_options, .timeout_ns = COORD_OFF), ERR));
    CHECK_FAILS(
        COORD_TIMED_OUT,
        "lent",
        coord_runtime_run(runtime, COORD_OPTIONS(coord_call_options, .timeout_ns = 1), ERR));
    coord_context* context = NULL;
    CHECK_OK(coord_context_new(
        COORD_OPTIONS(coord_context_options, .timeout_ns = COORD_MILLISECOND), &context, ERR));
    CHECK_FAILS(
        COORD_TIMED_OUT,
        "lent",
        coord_runtime_run(runtime, COORD_OPTIONS(coord_call_options, .context = context), ERR));
    coord_context_cancel(context);
    CHECK_FAILS(
        COORD_CANCELLED,
        "cancelled",
        coord_runtime_run(runtime, COORD_OPTIONS(coord_call_options, .context = context), ERR));
    coord_context_free(context);

    coord_context* shared = NULL;
    CHECK_OK(coord_context_new(NULL, &shared, ERR));
    lender by_cancel = {.runtime = runtime, .context = shared};
    lender by_close = {.runtime = runtime};
    start_lending(&by_cancel);
    start_lending(&by_close);
    coord_context_cancel(shared);
    pthread_join(by_cancel.thread, NULL);
    CHECK(by_cancel.status == COORD_CANCELLED);
    CHECK_OK(coord_runtime_close(runtime, NULL, ERR));
    pthread_join(by_close.thread, NULL);
    CHECK(by_close.status == COORD_CLOSED);
    coord_context_free(shared);
    coord_runtime_free(runtime);
}

/* Knows which thread a loader ran on, and wakes who lent it. */
typedef struct place {
    coord_runtime* runtime;
    pthread_t thread;
} place;

static void load_and_wake(void* user, coord_request* request) {
    place* here = user;
    here->thread = pthread_self();
    coord_runtime_wake(here->runtime);
    load_echo(NULL, request);
}

static void loaders_run_on_lent_threads_until_a_wake(void) {
    place here = {.runtime = new_lent()};
    coord_queue* queue = new_queue(here.runtime);
    coord_group* group = NULL;
    CHECK_OK(
        coord_group_new(here.runtime,
                        "g",
                        1,
                        COORD_OPTIONS(coord_group_options, .load = load_and_wake, .user = &here),
                        &group,
                        ERR));
    coord_runtime_wake(here.runtime); /* nobody is there: it is not remembered */
    CHECK_OK(coord_group_get_start(group, "key", 3, NULL, queue, 1, NULL, ERR));
    CHECK_OK(coord_runtime_run(here.runtime, NULL, ERR));
    CHECK(pthread_equal(here.thread, pthread_self()));
    coord_event event = next_event(queue);
    CHECK(event.status == COORD_OK && is_text(event.value, "key"));
    coord_event_clear(&event);
    /* A blocking get needs no lent thread. */
    coord_bytes* value = NULL;
    CHECK_OK(coord_group_get(group, "other", 5, NULL, &value, ERR));
    CHECK(was_text(value, "other"));
    coord_group_free(group);
    coord_queue_free(queue);
    coord_runtime_free(here.runtime);
}

static void without_a_lent_thread_the_deadline_tells_so(void) {
    coord_runtime* runtime = new_lent();
    coord_queue* queue = new_queue(runtime);
    coord_group* group = new_group(runtime, "g", load_echo);
    CHECK_OK(
        coord_group_get_start(group,
                              "k",
                              1,
                              COORD_OPTIONS(coord_call_options, .timeout_ns = COORD_MILLISECOND),
                              queue,
                              1,
                              NULL,
                              ERR));
    coord_event event = next_event(queue);
    CHECK(event.status == COORD_TIMED_OUT);
    CHECK(strstr(coord_error_message(event.error), "coord_runtime_run") != NULL);
    coord_event_clear(&event);
    coord_group_free(group);
    coord_queue_free(queue);
    coord_runtime_free(runtime);
}

static void hear(void* user, coord_event* event) {
    place* here = user;
    CHECK(event->kind == COORD_EVENT_POST && event->token == 5);
    here->thread = pthread_self();
    coord_runtime_wake(here->runtime);
}

static void callback_queues_run_on_lent_threads(void) {
    place here = {.runtime = new_lent()};
    coord_queue* queue = NULL;
    CHECK_OK(coord_queue_new_callback(here.runtime, hear, &here, NULL, &queue, ERR));
    CHECK_OK(coord_queue_post(queue, 5, ERR));
    CHECK_OK(coord_runtime_run(here.runtime, NULL, ERR));
    CHECK(pthread_equal(here.thread, pthread_self()));
    CHECK_OK(coord_queue_post(queue, 5, ERR));
    coord_queue_free(queue);
    coord_runtime_free(here.runtime);
}

typedef struct collected {
    latch events;
    latch frees;
} collected;

static void collect(void* user, coord_event* event) {
    (void)event;
    latch_add(&((collected*)user)->events);
}

static void collect_free(void* user) {
    latch_add(&((collected*)user)->frees);
}

/* One event per start, also when it is a callback's and the runtime ends. */
static void a_close_that_was_started_reaches_a_callback(void) {
    coord_runtime* runtime = new_runtime();
    collected to = {LATCH_INIT, LATCH_INIT};
    coord_queue* queue = NULL;
    CHECK_OK(coord_queue_new_callback(runtime, collect, &to, collect_free, &queue, ERR));
    CHECK_OK(coord_runtime_close_start(runtime, NULL, queue, 1, NULL, ERR));
    latch_wait(&to.events, 1);
    coord_queue_free(queue);
    coord_runtime_free(runtime);
    latch_wait(&to.frees, 1);
}

static void a_post_to_a_callback_after_the_end_is_refused_or_arrives(void) {
    coord_runtime* runtime = new_runtime();
    collected to = {LATCH_INIT, LATCH_INIT};
    coord_queue* queue = NULL;
    CHECK_OK(coord_queue_new_callback(runtime, collect, &to, collect_free, &queue, ERR));
    CHECK_OK(coord_runtime_close(runtime, NULL, ERR));
    const coord_status status = coord_queue_post(queue, 1, NULL);
    CHECK(status == COORD_OK || status == COORD_CLOSED);
    if (status == COORD_OK) latch_wait(&to.events, 1);
    coord_queue_free(queue);
    coord_runtime_free(runtime);
    latch_wait(&to.frees, 1);
}

int main(void) {
    a_lent_thread_comes_back();
    loaders_run_on_lent_threads_until_a_wake();
    without_a_lent_thread_the_deadline_tells_so();
    callback_queues_run_on_lent_threads();
    a_close_that_was_started_reaches_a_callback();
    a_post_to_a_callback_after_the_end_is_refused_or_arrives();
    return check_result();
}
