/* flight.h: coord_flight_lock, inside which no load begins. */
#include <coord/coord.h>

#include <pthread.h>

#include "flights.h"
#include "latch.h"

typedef struct caller {
    coord_flight* flight;
    const char* key;
    coord_status status;
    coord_bytes* value;
} caller;

static void* call(void* argument) {
    caller* me = argument;
    me->status = coord_flight_get(me->flight, me->key, COORD_NUL, NULL, &me->value, NULL);
    return NULL;
}

static void return_at_once(void* user) {
    ++*(int*)user;
}

/* What happens inside a lock. */
typedef struct locked {
    coord_flight* flight;
    coord_queue* loads;
    coord_queue* answers;
    coord_request* running;
    int inside;
} locked;

static void no_load_begins(void* user) {
    locked* in = user;
    in->inside++;
    coord_bytes* value = POISON;
    CHECK_FAILS(COORD_WOULD_DEADLOCK,
                "coord_flight_lock",
                coord_flight_get(in->flight, "other", 5, NULL, &value, ERR));
    CHECK(value == NULL);
    for (uint64_t i = 0; i < 3; i++) {
        char key[2] = {(char)('a' + i), 0};
        CHECK_OK(coord_flight_get_start(in->flight, key, 1, NULL, in->answers, 10 + i, NULL, ERR));
    }
    coord_event event;
    CHECK(drain_some(in->loads, &event, 1) == 0);
    /* What runs goes on. */
    coord_request_succeed(in->running, "ran on", 6, NULL);
    event = next_event(in->answers);
    CHECK(event.token == 1 && is_text(event.value, "ran on"));
    coord_event_clear(&event);
    /* Its place goes to nobody. */
    CHECK(drain_some(in->loads, &event, 1) == 0);
    /* The end of a lock inside is not the end of all. */
    int ran = 0;
    CHECK_OK(coord_flight_lock(in->flight, return_at_once, &ran, ERR));
    CHECK(ran == 1 && drain_some(in->loads, &event, 1) == 0);
}

/* singleflight Group.Lock: `max_loads` of what stood in line begin when it is over. */
static void inside_a_lock_no_load_begins(void) {
    locked in = {0};
    coord_runtime* runtime = new_runtime();
    in.loads = new_queue(runtime);
    in.answers = new_queue(runtime);
    in.flight = new_queued_flight(runtime, in.loads, 2);
    CHECK_OK(coord_flight_get_start(in.flight, "running", 7, NULL, in.answers, 1, NULL, ERR));
    coord_event event = next_event(in.loads);
    in.running = event.value;
    CHECK_OK(coord_flight_lock(in.flight, no_load_begins, &in, ERR));
    CHECK(in.inside == 1);
    coord_event begun[4];
    size_t count = drain_some(in.loads, begun, 4);
    CHECK(count == 2);
    for (size_t i = 0; i < count; i++) coord_request_succeed(begun[i].value, "v", 1, NULL);
    event = next_event(in.loads);
    coord_request_succeed(event.value, "v", 1, NULL);
    for (int i = 0; i < 3; i++) {
        event = next_event(in.answers);
        CHECK(event.status == COORD_OK && is_text(event.value, "v"));
        coord_event_clear(&event);
    }
    coord_flight_free(in.flight);
    coord_queue_free(in.answers);
    coord_queue_free(in.loads);
    coord_runtime_free(runtime);
}

typedef struct pause_in {
    caller blocked;
    pthread_t thread;
    atomic_int loads;
    int seen;
    latch* inside;
    latch* leave;
} pause_in;

static void count_load(void* user, coord_request* request) {
    atomic_fetch_add(&((pause_in*)user)->loads, 1);
    load_echo(NULL, request);
}

static void hold(void* user) {
    pause_in* in = user;
    latch_add(in->inside);
    latch_wait(in->leave, 1);
    in->seen = atomic_load(&in->loads);
}

static void* hold_the_lock(void* argument) {
    pause_in* in = argument;
    CHECK_OK(coord_flight_lock(in->blocked.flight, hold, in, ERR));
    return NULL;
}

/* Two locks side by side; who blocks meanwhile goes on when the last is over. */
static void blocked_gets_wait_until_the_last_lock_is_over(void) {
    latch inside = LATCH_INIT;
    latch leave = LATCH_INIT;
    pause_in in = {.inside = &inside, .leave = &leave};
    coord_runtime* runtime = new_runtime();
    in.blocked.flight = new_flight(runtime, count_load, &in);
    in.blocked.key = "bar";
    pthread_t holder;
    pthread_create(&holder, NULL, hold_the_lock, &in);
    latch_wait(&inside, 1);
    int ran = 0;
    CHECK_OK(coord_flight_lock(in.blocked.flight, return_at_once, &ran, ERR));
    CHECK(ran == 1);
    pthread_create(&in.thread, NULL, call, &in.blocked);
    /* A deadline that passes meanwhile says what it waited for. */
    const coord_call_options soon = {.size = sizeof soon, .timeout_ns = COORD_MILLISECOND};
    coord_bytes* value = POISON;
    CHECK_FAILS(COORD_TIMED_OUT,
                "coord_flight_lock",
                coord_flight_get(in.blocked.flight, "slow", 4, &soon, &value, ERR));
    CHECK(value == NULL);
    latch_add(&leave);
    pthread_join(holder, NULL);
    pthread_join(in.thread, NULL);
    CHECK(in.seen == 0);
    CHECK(in.blocked.status == COORD_OK && was_text(in.blocked.value, "bar"));
    coord_flight_free(in.blocked.flight);
    coord_runtime_free(runtime);
}

static void free_it(void* user) {
    coord_flight_free(user);
}

static void a_flight_may_be_freed_inside_its_lock(void) {
    int freed = 0;
    coord_runtime* runtime = new_runtime();
    coord_flight* flight = NULL;
    CHECK_OK(coord_flight_new(
        runtime,
        COORD_OPTIONS(
            coord_flight_options, .load = load_echo, .user = &freed, .user_free = count_free),
        &flight,
        ERR));
    CHECK_OK(coord_flight_lock(flight, free_it, flight, ERR));
    CHECK(freed == 1);
    coord_runtime_free(runtime);
}

enum { GETTERS = 4, LOCKERS = 2, TIMES = 2000 };

static void* get_often(void* argument) {
    coord_flight* flight = argument;
    coord_runtime* runtime = coord_runtime_default();
    coord_queue* answers = new_queue(runtime);
    for (int i = 0; i < TIMES; i++) {
        char key[16];
        const size_t len = (size_t)snprintf(key, sizeof key, "%d", i % 10);
        coord_bytes* value = NULL;
        if (i % 2 == 0) {
            CHECK_OK(coord_flight_get(flight, key, len, NULL, &value, ERR));
        } else {
            CHECK_OK(coord_flight_get_start(flight, key, len, NULL, answers, 1, NULL, ERR));
            coord_event event = next_event(answers);
            CHECK(event.status == COORD_OK);
            value = event.value;
        }
        CHECK(was_text(value, key));
    }
    coord_queue_free(answers);
    return NULL;
}

static void* lock_often(void* argument) {
    int ran = 0;
    for (int i = 0; i < TIMES; i++)
        CHECK_OK(coord_flight_lock(argument, return_at_once, &ran, ERR));
    CHECK(ran == TIMES);
    return NULL;
}

/* Two places to load, so that some always stand in line: none is left there. */
static void gets_and_locks_of_many_threads_all_end(void) {
    coord_flight* flight = NULL;
    CHECK_OK(coord_flight_new(coord_runtime_default(),
                              COORD_OPTIONS(coord_flight_options,
                                            .load = load_echo,
                                            .max_loads = 2,
                                            .load_timeout_ns = COORD_FOREVER),
                              &flight,
                              ERR));
    pthread_t threads[GETTERS + LOCKERS];
    for (int i = 0; i < GETTERS + LOCKERS; i++)
        pthread_create(&threads[i], NULL, i < GETTERS ? get_often : lock_often, flight);
    for (int i = 0; i < GETTERS + LOCKERS; i++) pthread_join(threads[i], NULL);
    coord_flight_free(flight);
}

int main(void) {
    inside_a_lock_no_load_begins();
    blocked_gets_wait_until_the_last_lock_is_over();
    a_flight_may_be_freed_inside_its_lock();
    gets_and_locks_of_many_threads_all_end();
    return check_result();
}
