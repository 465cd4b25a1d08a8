/* registry.h: what a runtime tells of its groups. Who gives them a picker is in
 * registry_picker_test.c. */
#include <coord/coord.h>

#include <pthread.h>

#include "handles.h"

typedef struct told {
    coord_runtime* runtime;
    int starts;
    int groups;
    int asked;
    int freed;
    int found_at_start; /* the group could be found already when the server was to start */
    int found_when_told;
    char last[32];
    coord_picker* give;
} told;

static void free_told(void* user) {
    ((told*)user)->freed++;
}

static void start(void* user) {
    told* to = user;
    to->starts++;
    coord_group* found = coord_group_find(to->runtime, "first", COORD_NUL);
    to->found_at_start += found != NULL;
    coord_group_free(found);
}

static void made(void* user, coord_group* group) {
    told* to = user;
    to->groups++;
    size_t len = 0;
    const char* name = coord_group_name(group, &len);
    snprintf(to->last, sizeof to->last, "%s", name);
    coord_group* found = coord_group_find(to->runtime, name, len);
    to->found_when_told += found == group;
    coord_group_free(found);
}

static coord_picker* pick(void* user, const char* name, size_t name_len) {
    told* to = user;
    to->asked++;
    CHECK(name_len < sizeof to->last);
    snprintf(to->last, sizeof to->last, "%.*s", (int)name_len, name);
    return to->give;
}

static coord_group* make(coord_runtime* runtime, const char* name, uint32_t flags) {
    coord_group* group = NULL;
    CHECK_OK(coord_group_new(runtime,
                             name,
                             COORD_NUL,
                             COORD_OPTIONS(coord_group_options, .load = load_echo, .flags = flags),
                             &group,
                             ERR));
    return group;
}

static void a_runtime_is_wanted(void* wrong) {
    told to = {0};
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "runtime:",
                coord_runtime_set_new_group(wrong, made, &to, free_told, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "runtime:",
                coord_runtime_set_server_start(wrong, start, &to, free_told, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "runtime:",
                coord_runtime_set_picker(wrong, pick, &to, free_told, ERR));
    CHECK(to.freed == 3);
}

static void a_function_is_wanted(void) {
    told to = {0};
    coord_runtime* runtime = new_runtime();
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "fn:",
                coord_runtime_set_new_group(runtime, NULL, &to, free_told, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "fn:",
                coord_runtime_set_server_start(runtime, NULL, &to, free_told, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "fn:",
                coord_runtime_set_picker(runtime, NULL, &to, free_told, ERR));
    CHECK(to.freed == 3);
    coord_group_free(make(runtime, "first", 0));
    coord_runtime_free(runtime);
    CHECK(to.freed == 3);
}

static void each_is_set_once(void) {
    told to = {0};
    told second = {0};
    coord_runtime* runtime = to.runtime = new_runtime();
    CHECK_OK(coord_runtime_set_new_group(runtime, made, &to, free_told, ERR));
    CHECK_OK(coord_runtime_set_server_start(runtime, start, &to, free_told, ERR));
    CHECK_OK(coord_runtime_set_picker(runtime, pick, &to, free_told, ERR));
    CHECK_FAILS(COORD_ALREADY_EXISTS,
                "new groups",
                coord_runtime_set_new_group(runtime, made, &second, free_told, ERR));
    CHECK_FAILS(COORD_ALREADY_EXISTS,
                "first group",
                coord_runtime_set_server_start(runtime, start, &second, free_told, ERR));
    CHECK_FAILS(COORD_ALREADY_EXISTS,
                "picker",
                coord_runtime_set_picker(runtime, pick, &second, free_told, ERR));
    CHECK(second.freed == 3);
    coord_group_free(make(runtime, "first", 0));
    CHECK(to.starts == 1 && to.groups == 1 && to.asked == 1);
    CHECK(second.starts == 0 && second.groups == 0 && second.asked == 0);
    CHECK(to.freed == 0);
    coord_runtime_free(runtime);
    CHECK(to.freed == 3 && second.freed == 3);
}

static void a_closed_runtime_takes_none(void) {
    told to = {0};
    coord_runtime* runtime = new_runtime();
    CHECK_OK(coord_runtime_close(runtime, NULL, ERR));
    CHECK_FAILS(
        COORD_CLOSED, "closed", coord_runtime_set_new_group(runtime, made, &to, free_told, ERR));
    CHECK_FAILS(COORD_CLOSED,
                "closed",
                coord_runtime_set_server_start(runtime, start, &to, free_told, ERR));
    CHECK_FAILS(
        COORD_CLOSED, "closed", coord_runtime_set_picker(runtime, pick, &to, free_told, ERR));
    CHECK(to.freed == 3);
    coord_runtime_free(runtime);
}

/* RegisterServerStart, RegisterNewGroupHook: the first group, and each. */
static void the_server_starts_once_and_every_group_is_told_of(coord_runtime* runtime) {
    static told to;
    to.runtime = runtime;
    CHECK_OK(coord_runtime_set_server_start(runtime, start, &to, NULL, ERR));
    CHECK_OK(coord_runtime_set_new_group(runtime, made, &to, NULL, ERR));
    coord_group* first = make(runtime, "first", 0);
    CHECK(to.starts == 1 && to.found_at_start == 0);
    CHECK(to.groups == 1 && to.found_when_told == 1);
    CHECK_TEXT(to.last, "first");
    coord_group* second = make(runtime, "second", COORD_GROUP_LOCAL);
    CHECK(to.starts == 1 && to.groups == 2 && to.found_when_told == 2);
    CHECK_TEXT(to.last, "second");

    /* Nothing is made here. */
    coord_group* none = POISON;
    CHECK_FAILS(
        COORD_ALREADY_EXISTS, "name", coord_group_new(runtime, "first", 5, NULL, &none, ERR));
    coord_group* again = NULL;
    CHECK_OK(coord_group_find_or_new(runtime, "first", 5, NULL, &again, ERR));
    CHECK(again == first && to.groups == 2);
    coord_group_free(again);
    coord_group* third = NULL;
    CHECK_OK(coord_group_find_or_new(runtime, "third", 5, NULL, &third, ERR));
    CHECK(to.groups == 3 && to.found_when_told == 3);
    CHECK_TEXT(to.last, "third");

    /* A flight is no group. */
    coord_flight* flight = NULL;
    CHECK_OK(coord_flight_new(
        runtime, COORD_OPTIONS(coord_flight_options, .load = load_echo), &flight, ERR));
    CHECK(to.groups == 3);
    coord_flight_free(flight);
    coord_group_free(first);
    coord_group_free(second);
    coord_group_free(third);
}

static void the_default_runtime_tells_too(void) {
    the_server_starts_once_and_every_group_is_told_of(coord_runtime_default());
}

static void a_name_that_is_taken_starts_no_server(void) {
    told to = {0};
    coord_runtime* runtime = to.runtime = new_runtime();
    coord_group* group = make(runtime, "early", 0);
    CHECK_OK(coord_runtime_set_server_start(runtime, start, &to, free_told, ERR));
    CHECK_OK(coord_runtime_set_picker(runtime, pick, &to, free_told, ERR));
    coord_group* none = NULL;
    CHECK_FAILS(
        COORD_ALREADY_EXISTS, "name", coord_group_new(runtime, "early", 5, NULL, &none, ERR));
    CHECK(to.starts == 0 && to.asked == 0);
    coord_group* first = make(runtime, "first", 0);
    CHECK(to.starts == 1 && to.asked == 1);
    coord_group_free(first);
    coord_group_free(group);
    coord_runtime_free(runtime);
}

/* What is told may use the group, keep it, and make others. */
typedef struct kept {
    coord_runtime* runtime;
    coord_group* first;
    coord_group* nested;
} kept;

static void keep_and_make_another(void* user, coord_group* group) {
    kept* to = user;
    if (to->first != NULL) return;
    to->first = coord_group_ref(group);
    coord_bytes* value = NULL;
    CHECK_OK(coord_group_get(group, "k", 1, NULL, &value, ERR));
    CHECK(was_text(value, "k"));
    to->nested = make(to->runtime, "nested", 0);
}

static void who_is_told_may_use_the_group_and_make_others(void) {
    kept to = {.runtime = new_runtime()};
    CHECK_OK(coord_runtime_set_new_group(to.runtime, keep_and_make_another, &to, NULL, ERR));
    coord_group* group = make(to.runtime, "outer", 0);
    CHECK(to.first == group && to.nested != NULL);
    coord_group_free(group);
    coord_bytes* value = NULL;
    CHECK_OK(coord_group_lookup(to.first, "k", 1, &value, ERR));
    CHECK(was_text(value, "k"));
    coord_group_free(to.first);
    coord_group_free(to.nested);
    coord_runtime_free(to.runtime);
}

static void close_it(void* user, coord_group* group) {
    (void)user;
    CHECK_OK(coord_group_close(group, NULL, ERR));
}

static void a_group_closed_by_who_is_told_comes_closed(void) {
    coord_runtime* runtime = new_runtime();
    CHECK_OK(coord_runtime_set_new_group(runtime, close_it, NULL, NULL, ERR));
    coord_group* group = make(runtime, "g", 0);
    coord_bytes* value = NULL;
    CHECK_FAILS(COORD_CLOSED, "closed", coord_group_get(group, "k", 1, NULL, &value, ERR));
    coord_group_free(group);
    coord_runtime_free(runtime);
}

/* Many threads make groups: one of them starts the server, and none waits for the others. */
enum { THREADS = 8, EACH = 50 };

typedef struct makers {
    coord_runtime* runtime;
    atomic_int starts;
    atomic_int groups;
    atomic_int next;
} makers;

static void count_start(void* user) {
    atomic_fetch_add(&((makers*)user)->starts, 1);
}

static void count_group(void* user, coord_group* group) {
    (void)group;
    atomic_fetch_add(&((makers*)user)->groups, 1);
}

static void* make_many(void* argument) {
    makers* all = argument;
    for (int i = 0; i < EACH; i++) {
        char name[32];
        snprintf(name, sizeof name, "group %d", atomic_fetch_add(&all->next, 1));
        coord_group_free(make(all->runtime, name, 0));
    }
    return NULL;
}

static void threads_that_make_groups_start_one_server(void) {
    makers all = {.runtime = new_runtime()};
    CHECK_OK(coord_runtime_set_server_start(all.runtime, count_start, &all, NULL, ERR));
    CHECK_OK(coord_runtime_set_new_group(all.runtime, count_group, &all, NULL, ERR));
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, make_many, &all);
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    CHECK(atomic_load(&all.starts) == 1 && atomic_load(&all.groups) == THREADS * EACH);
    coord_runtime_free(all.runtime);
}

int main(void) {
    for_wrong_kinds(KIND_RUNTIME, a_runtime_is_wanted);
    a_function_is_wanted();
    each_is_set_once();
    a_closed_runtime_takes_none();
    the_default_runtime_tells_too();
    a_name_that_is_taken_starts_no_server();
    who_is_told_may_use_the_group_and_make_others();
    a_group_closed_by_who_is_told_comes_closed();
    threads_that_make_groups_start_one_server();
    return check_result();
}
