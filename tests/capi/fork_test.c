/* Forks while threads use the library: the child is told so and begins anew, the parent goes on. */
#include <coord/coord.h>

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "handles.h"

enum { FORKS = 100, THREADS = 4 };

typedef struct load_on {
    coord_runtime* runtime;
    coord_group* group;
    atomic_int stop;
    atomic_llong gets;
} load_on;

/* Misses, hits, removes and started gets, so that every lock is held now and then. */
static void* use_it(void* argument) {
    load_on* on = argument;
    coord_queue* queue = new_queue(on->runtime);
    for (unsigned i = 0; !atomic_load(&on->stop); i++) {
        char key[16];
        snprintf(key, sizeof key, "%u", i % 50);
        coord_bytes* value = NULL;
        if (coord_group_get(on->group, key, COORD_NUL, NULL, &value, NULL) == COORD_OK)
            atomic_fetch_add(&on->gets, 1);
        coord_bytes_free(value);
        if (i % 3 == 0) coord_group_remove(on->group, key, COORD_NUL, NULL, NULL);
        if (i % 5 != 0) continue;
        if (coord_group_get_start(on->group, key, COORD_NUL, NULL, queue, i, NULL, NULL) !=
            COORD_OK)
            continue;
        coord_event event = next_event(queue);
        coord_event_clear(&event);
    }
    coord_queue_free(queue);
    return NULL;
}

typedef struct family {
    load_on* on;
    coord_queue* queue;
    coord_queue* loads; /* where requests of `asked` come to */
    coord_group* asked;
    coord_flight* flight;
    coord_context* context;
    coord_request* request;
    coord_event event; /* a drained one, with another request */
    coord_op* op;
    coord_bytes* value;
    int freed;
} family;

static void every_call_says_forked(family* all) {
    coord_runtime* runtime = all->on->runtime;
    coord_queue* queue = POISON;
    coord_group* group = POISON;
    coord_context* context = POISON;
    coord_bytes* bytes = POISON;
    coord_op* op = POISON;
    coord_event event;
    size_t count = 9;
    int32_t fd = 9;
    int freed = 0;
    const coord_group_options options = {
        .size = sizeof options, .user = &freed, .user_free = count_free};
    CHECK_FAILS(COORD_FORKED, "fork", coord_queue_new(runtime, &queue, ERR));
    CHECK_FAILS(COORD_FORKED, "fork", coord_group_new(runtime, "n", 1, &options, &group, ERR));
    CHECK_FAILS(
        COORD_FORKED, "fork", coord_group_find_or_new(runtime, "n", 1, &options, &group, ERR));
    CHECK(queue == NULL && group == NULL && freed == 2);
    CHECK(coord_group_find(runtime, "asked", COORD_NUL) == NULL);
    CHECK_FAILS(COORD_FORKED, "fork", coord_runtime_close(runtime, NULL, ERR));
    CHECK_FAILS(
        COORD_FORKED, "fork", coord_runtime_close_start(runtime, NULL, all->queue, 1, &op, ERR));
    CHECK_FAILS(COORD_FORKED, "fork", coord_runtime_run(runtime, NULL, ERR));
    CHECK_FAILS(COORD_FORKED, "fork", coord_runtime_metrics(runtime, &bytes, ERR));
    CHECK(bytes == NULL && op == NULL);
    coord_runtime_wake(runtime);

    CHECK_FAILS(COORD_FORKED, "fork", coord_queue_drain(all->queue, &event, 1, &count, ERR));
    CHECK_FAILS(COORD_FORKED, "fork", coord_queue_wait(all->queue, 0, &event, 1, &count, ERR));
    CHECK_FAILS(COORD_FORKED, "fork", coord_queue_post(all->queue, 1, ERR));
    CHECK_FAILS(COORD_FORKED, "fork", coord_queue_notify_fd(all->queue, &fd, ERR));
    CHECK(count == 0 && fd == -1 && coord_queue_fd(all->queue) == -1);
    coord_queue_close(all->queue);

    group = all->on->group;
    CHECK_FAILS(COORD_FORKED, "fork", coord_group_get(group, "1", 1, NULL, &bytes, ERR));
    CHECK_FAILS(COORD_FORKED, "fork", coord_group_lookup(group, "1", 1, &bytes, ERR));
    CHECK_FAILS(
        COORD_FORKED, "fork", coord_group_get_start(group, "1", 1, NULL, all->queue, 1, &op, ERR));
    CHECK_FAILS(COORD_FORKED, "fork", coord_group_remove(group, "1", 1, NULL, ERR));
    CHECK_FAILS(COORD_FORKED,
                "fork",
                coord_group_remove_start(group, "1", 1, NULL, all->queue, 1, &op, ERR));
    CHECK_FAILS(COORD_FORKED, "fork", coord_group_close(group, NULL, ERR));
    coord_group_stats stats = {.size = sizeof stats};
    coord_cache_stats cache = {.size = sizeof cache};
    CHECK_FAILS(COORD_FORKED, "fork", coord_group_stats_read(group, &stats, ERR));
    CHECK_FAILS(
        COORD_FORKED, "fork", coord_group_cache_stats_read(group, COORD_CACHE_MAIN, &cache, ERR));
    CHECK_FAILS(COORD_FORKED, "fork", coord_request_set(all->request, 0, "v", 1, NULL, ERR));
    CHECK_FAILS(COORD_FORKED,
                "fork",
                coord_context_new(
                    COORD_OPTIONS(coord_context_options, .parent = all->context), &context, ERR));
    CHECK(context == NULL);
    coord_context_cancel(all->context);
}

static void what_belongs_to_the_runtime_says_forked(family* all) {
    coord_runtime* runtime = all->on->runtime;
    coord_bytes* bytes = POISON;
    coord_op* op = POISON;
    coord_flight* flight = POISON;
    int freed = 0;
    CHECK_FAILS(COORD_FORKED, "fork", coord_runtime_dump(runtime, &bytes, ERR));
    CHECK_FAILS(
        COORD_FORKED, "fork", coord_runtime_set_log(runtime, 0, NULL, &freed, count_free, ERR));
    CHECK_FAILS(COORD_FORKED,
                "fork",
                coord_runtime_set_server_start(runtime, count_free, &freed, count_free, ERR));
    const coord_flight_options options = {
        .size = sizeof options, .load = load_echo, .user = &freed, .user_free = count_free};
    CHECK_FAILS(COORD_FORKED, "fork", coord_flight_new(runtime, &options, &flight, ERR));
    CHECK(bytes == NULL && flight == NULL && freed == 3);
    flight = all->flight;
    CHECK_FAILS(COORD_FORKED, "fork", coord_flight_get(flight, "k", 1, NULL, &bytes, ERR));
    CHECK_FAILS(COORD_FORKED,
                "fork",
                coord_flight_get_start(flight, "k", 1, NULL, all->queue, 1, &op, ERR));
    CHECK_FAILS(COORD_FORKED, "fork", coord_flight_lock(flight, count_free, &freed, ERR));
    CHECK(bytes == NULL && op == NULL && freed == 3);
    coord_flight_free(flight);
}

static void freeing_leaks_quietly(family* all) {
    coord_op_cancel(all->op);
    coord_op_free(all->op);
    coord_request_succeed(all->request, "v", 1, NULL);
    coord_event_clear(&all->event);
    coord_group_free(all->asked);
    coord_group_free(all->on->group);
    coord_queue_free(all->loads);
    coord_queue_free(all->queue);
    coord_context_free(all->context);
    coord_runtime_free(all->on->runtime);
    CHECK(was_text(all->value, "value"));
    CHECK(all->freed == 0);
}

static void a_new_runtime_works(coord_runtime* before) {
    coord_runtime* runtime = coord_runtime_default();
    CHECK(runtime != NULL && runtime != before && coord_runtime_default() == runtime);
    coord_group* group = new_group(runtime, "of the child", load_echo);
    coord_queue* queue = new_queue(runtime);
    coord_bytes* value = NULL;
    CHECK_OK(coord_group_get(group, "child", 5, NULL, &value, ERR));
    CHECK(was_text(value, "child"));
    CHECK_OK(coord_group_get_start(group,
                                   "worker",
                                   6,
                                   COORD_OPTIONS(coord_call_options, .timeout_ns = COORD_MINUTE),
                                   queue,
                                   3,
                                   NULL,
                                   ERR));
    coord_event event = next_event(queue);
    CHECK(event.status == COORD_OK && is_text(event.value, "worker"));
    coord_event_clear(&event);
    coord_group_free(group);
    coord_queue_free(queue);
    coord_runtime_free(before);
}

static void child(family* all, coord_runtime* before) {
    alarm(30);
    every_call_says_forked(all);
    what_belongs_to_the_runtime_says_forked(all);
    freeing_leaks_quietly(all);
    a_new_runtime_works(before);
    fflush(stderr);
    _exit(check_result());
}

static void open_family(family* all) {
    coord_runtime* runtime = all->on->runtime;
    all->queue = new_queue(runtime);
    all->loads = new_queue(runtime);
    CHECK_OK(coord_context_new(NULL, &all->context, ERR));
    CHECK_OK(coord_flight_new(
        runtime, COORD_OPTIONS(coord_flight_options, .load = load_echo), &all->flight, ERR));
    CHECK_OK(coord_group_new(runtime,
                             "asked",
                             COORD_NUL,
                             COORD_OPTIONS(coord_group_options,
                                           .requests = all->loads,
                                           .load_timeout_ns = COORD_FOREVER,
                                           .user = &all->freed,
                                           .user_free = count_free),
                             &all->asked,
                             ERR));
    CHECK_OK(coord_group_get_start(all->asked,
                                   "a",
                                   1,
                                   COORD_OPTIONS(coord_call_options, .context = all->context),
                                   all->queue,
                                   1,
                                   &all->op,
                                   ERR));
    CHECK_OK(coord_group_get_start(all->asked, "b", 1, NULL, all->queue, 2, NULL, ERR));
    all->request = next_event(all->loads).value;
    all->event = next_event(all->loads);
    all->value = new_text("value");
}

static void close_family(family* all) {
    coord_request_succeed(all->request, "v", 1, NULL);
    coord_event_clear(&all->event);
    for (int i = 0; i < 2; i++) {
        coord_event event = next_event(all->queue);
        CHECK(event.token == 1 ? event.status == COORD_OK : event.status == COORD_ABANDONED);
        coord_event_clear(&event);
    }
    coord_op_free(all->op);
    coord_group_free(all->asked);
    coord_flight_free(all->flight);
    coord_queue_free(all->loads);
    coord_queue_free(all->queue);
    coord_context_free(all->context);
    coord_bytes_free(all->value);
    CHECK(all->freed == 1);
}

int main(void) {
    alarm(110);
    coord_runtime* runtime = coord_runtime_default();
    load_on on = {.runtime = new_runtime()};
    on.group = new_group(on.runtime, "used", load_echo);
    family all = {.on = &on};
    open_family(&all);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, use_it, &on);
    int good = 0;
    for (int i = 0; i < FORKS; i++) {
        const long long before = atomic_load(&on.gets);
        const pid_t pid = fork();
        if (pid == 0) child(&all, runtime);
        int status = -1;
        CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
        good += WIFEXITED(status) && WEXITSTATUS(status) == 0;
        if (good <= i && WIFSIGNALED(status))
            fprintf(stderr, "child %d ended by signal %d\n", i, WTERMSIG(status));
        while (atomic_load(&on.gets) == before) continue; /* the parent goes on */
    }
    CHECK(good == FORKS);
    atomic_store(&on.stop, 1);
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    close_family(&all);
    coord_group_free(on.group);
    CHECK_OK(coord_runtime_close(on.runtime, NULL, ERR));
    coord_runtime_free(on.runtime);
    return check_result();
}
