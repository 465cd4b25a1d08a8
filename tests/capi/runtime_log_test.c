/* runtime.h: coord_runtime_set_log, which replaces the hook while others may be inside it. */
#include <coord/coord.h>

#include <pthread.h>

#include "handles.h"
#include "latch.h"

typedef struct heard {
    atomic_int lines;
    atomic_int freed;
    atomic_int after_free;
    atomic_int level;
    latch* inside; /* each line says that it came, and waits to leave */
    latch* leave;
} heard;

static void hear(void* user, int32_t level, const char* component, const char* text, size_t len) {
    heard* to = user;
    CHECK(strlen(text) == len && component[0] != '\0');
    to->level = level;
    atomic_fetch_add(&to->lines, 1);
    if (to->inside != NULL) latch_add(to->inside);
    if (to->leave != NULL) latch_wait(to->leave, 1);
    atomic_fetch_add(&to->after_free, atomic_load(&to->freed) != 0);
}

static void count_freed(void* user) {
    atomic_fetch_add(&((heard*)user)->freed, 1);
}

/* One line of level WARN: a close that has to cancel something. */
static void provoke_one(coord_runtime* runtime, const char* name) {
    coord_queue* queue = new_queue(runtime);
    coord_group* group = NULL;
    CHECK_OK(coord_group_new(runtime,
                             name,
                             COORD_NUL,
                             COORD_OPTIONS(coord_group_options, .requests = queue),
                             &group,
                             ERR));
    CHECK_OK(coord_group_get_start(group, "k", 1, NULL, queue, 1, NULL, ERR));
    const coord_call_options at_once = {.size = sizeof at_once, .timeout_ns = COORD_OFF};
    CHECK_FAILS(COORD_TIMED_OUT, "cancelled", coord_group_close(group, &at_once, ERR));
    coord_group_free(group);
    coord_queue_free(queue);
}

static void provoke_a_line(coord_runtime* runtime) {
    provoke_one(runtime, "g");
}

static void* provoke(void* runtime) {
    provoke_a_line(runtime);
    return NULL;
}

static void a_runtime_is_wanted(void* wrong) {
    heard to = {0};
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "runtime:",
                coord_runtime_set_log(wrong, 0, hear, &to, count_freed, ERR));
    CHECK(to.freed == 1);
}

static void wrong_levels_are_refused_and_change_nothing(void) {
    heard first = {0};
    heard second = {0};
    coord_runtime* runtime = new_runtime();
    CHECK_OK(coord_runtime_set_log(runtime, 0, hear, &first, count_freed, ERR));
    const int32_t wrong[] = {-1, COORD_LOG_DEBUG + 1};
    for (size_t i = 0; i < 2; i++)
        CHECK_FAILS(COORD_INVALID_ARGUMENT,
                    "level:",
                    coord_runtime_set_log(runtime, wrong[i], hear, &second, count_freed, ERR));
    CHECK(second.freed == 2 && first.freed == 0);
    provoke_a_line(runtime);
    CHECK(first.lines == 1 && second.lines == 0);
    coord_runtime_free(runtime);
    CHECK(first.freed == 1 && second.freed == 2);
}

static void the_hook_is_replaced_at_run_time(void) {
    heard first = {0};
    heard second = {0};
    coord_runtime* runtime = NULL;
    CHECK_OK(coord_runtime_new(
        COORD_OPTIONS(
            coord_runtime_options, .log = hear, .log_user = &first, .log_user_free = count_freed),
        &runtime,
        ERR));
    provoke_a_line(runtime);
    CHECK_OK(coord_runtime_set_log(runtime, COORD_LOG_DEBUG, hear, &second, count_freed, ERR));
    CHECK(first.lines == 1 && first.freed == 1 && second.freed == 0);
    provoke_a_line(runtime);
    CHECK(first.lines == 1 && second.lines == 1 && second.level == COORD_LOG_WARN);
    coord_runtime_free(runtime);
    CHECK(first.freed == 1 && second.freed == 1);
}

static void levels_filter(void) {
    heard to = {0};
    coord_runtime* runtime = new_runtime();
    CHECK_OK(coord_runtime_set_log(runtime, COORD_LOG_ERROR, hear, &to, NULL, ERR));
    provoke_a_line(runtime);
    CHECK(to.lines == 0);
    CHECK_OK(coord_runtime_set_log(runtime, 0, hear, &to, NULL, ERR));
    provoke_a_line(runtime);
    CHECK(to.lines == 1);
    coord_runtime_free(runtime);
}

static void without_a_function_it_is_silent_and_the_user_goes_at_once(void) {
    heard first = {0};
    heard unused = {0};
    coord_runtime* runtime = new_runtime();
    CHECK_OK(coord_runtime_set_log(runtime, 0, hear, &first, count_freed, ERR));
    CHECK_OK(coord_runtime_set_log(runtime, 0, NULL, &unused, count_freed, ERR));
    CHECK(first.freed == 1 && unused.freed == 1);
    provoke_a_line(runtime);
    CHECK(first.lines == 0 && unused.lines == 0);
    CHECK_OK(coord_runtime_set_log(runtime, 0, NULL, NULL, NULL, ERR));
    coord_runtime_free(runtime);
    CHECK(first.freed == 1 && unused.freed == 1);
}

/* A thread is inside the old hook: it keeps its user until it has returned, and nobody waits. */
static void a_user_is_freed_after_its_last_line(void) {
    latch inside = LATCH_INIT;
    latch leave = LATCH_INIT;
    heard slow = {.inside = &inside, .leave = &leave};
    heard next = {0};
    coord_runtime* runtime = new_runtime();
    CHECK_OK(coord_runtime_set_log(runtime, 0, hear, &slow, count_freed, ERR));
    pthread_t thread;
    pthread_create(&thread, NULL, provoke, runtime);
    latch_wait(&inside, 1);
    CHECK_OK(coord_runtime_set_log(runtime, 0, hear, &next, count_freed, ERR));
    CHECK(atomic_load(&slow.freed) == 0);
    latch_add(&leave);
    pthread_join(thread, NULL);
    CHECK(atomic_load(&slow.freed) == 1 && atomic_load(&slow.after_free) == 0);
    coord_runtime_free(runtime);
    CHECK(next.freed == 1 && slow.freed == 1);
}

typedef struct replacer {
    coord_runtime* runtime;
    heard* to;
} replacer;

static void replace_itself(
    void* user, int32_t level, const char* component, const char* text, size_t len) {
    replacer* me = user;
    (void)level;
    (void)component;
    (void)text;
    (void)len;
    CHECK_OK(coord_runtime_set_log(me->runtime, 0, hear, me->to, count_freed, ERR));
}

static void a_hook_may_replace_itself(void) {
    heard to = {0};
    replacer me = {.runtime = new_runtime(), .to = &to};
    CHECK_OK(coord_runtime_set_log(me.runtime, 0, replace_itself, &me, NULL, ERR));
    provoke_a_line(me.runtime);
    CHECK(to.lines == 0);
    provoke_a_line(me.runtime);
    CHECK(to.lines == 1);
    coord_runtime_free(me.runtime);
    CHECK(to.freed == 1);
}

enum { WRITERS = 4, TIMES = 200 };

static void* provoke_often(void* runtime) {
    static atomic_int next;
    for (int i = 0; i < TIMES / 10; i++) {
        char name[32];
        snprintf(name, sizeof name, "group %d", atomic_fetch_add(&next, 1));
        provoke_one(runtime, name);
    }
    return NULL;
}

static void every_user_is_freed_once_while_lines_are_written(void) {
    static heard users[TIMES];
    coord_runtime* runtime = new_runtime();
    pthread_t threads[WRITERS];
    for (int i = 0; i < WRITERS; i++) pthread_create(&threads[i], NULL, provoke_often, runtime);
    for (int i = 0; i < TIMES; i++)
        CHECK_OK(coord_runtime_set_log(runtime, 0, hear, &users[i], count_freed, ERR));
    for (int i = 0; i < WRITERS; i++) pthread_join(threads[i], NULL);
    coord_runtime_free(runtime);
    for (int i = 0; i < TIMES; i++) CHECK(users[i].freed == 1 && users[i].after_free == 0);
}

int main(void) {
    for_wrong_kinds(KIND_RUNTIME, a_runtime_is_wanted);
    wrong_levels_are_refused_and_change_nothing();
    the_hook_is_replaced_at_run_time();
    levels_filter();
    without_a_function_it_is_silent_and_the_user_goes_at_once();
    a_user_is_freed_after_its_last_line();
    a_hook_may_replace_itself();
    every_user_is_freed_once_while_lines_are_written();
    return check_result();
}
