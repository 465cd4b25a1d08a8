/* group_local.h: this process alone, whoever owns the key. */
#include <coord/coord.h>

#include "handles.h"

static coord_queue* answers;
static atomic_int asked;

static void a_group_is_wanted(void* wrong) {
    coord_bytes* value = POISON;
    coord_op* op = POISON;
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "group:", coord_group_local_get(wrong, "k", 1, NULL, &value, ERR));
    CHECK(value == NULL);
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "group:",
                coord_group_local_get_start(wrong, "k", 1, NULL, answers, 1, &op, ERR));
    CHECK(op == NULL);
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "group:", coord_group_local_set(wrong, "k", 1, "v", 1, NULL, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "group:", coord_group_local_remove(wrong, "k", 1, ERR));
}

static void wrong_arguments_are_refused(coord_runtime* runtime) {
    const coord_status invalid = COORD_INVALID_ARGUMENT;
    coord_group* group = new_group(runtime, "wrong", load_echo);
    coord_bytes* value = POISON;
    coord_op* op = POISON;
    CHECK_FAILS(invalid, "value", coord_group_local_get(group, "k", 1, NULL, NULL, ERR));
    CHECK_FAILS(invalid, "key", coord_group_local_get(group, NULL, 1, NULL, &value, ERR));
    CHECK(value == NULL);
    CHECK_FAILS(
        invalid, "queue:", coord_group_local_get_start(group, "k", 1, NULL, NULL, 1, &op, ERR));
    CHECK(op == NULL);
    op = POISON;
    CHECK_FAILS(
        invalid, "key", coord_group_local_get_start(group, "k", 65536, NULL, answers, 1, &op, ERR));
    CHECK(op == NULL);
    CHECK_FAILS(invalid, "key", coord_group_local_set(group, NULL, 2, "v", 1, NULL, ERR));
    CHECK_FAILS(invalid, "data", coord_group_local_set(group, "k", 1, NULL, 1, NULL, ERR));
    CHECK_FAILS(invalid, "data", coord_group_local_set(group, "k", 1, "v", COORD_NUL, NULL, ERR));
    static const uint32_t flags[] = {COORD_VALUE_HOT, COORD_VALUE_NO_STORE, 1};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        CHECK_FAILS(
            invalid,
            "value.flags",
            coord_group_local_set(
                group, "k", 1, "v", 1, COORD_OPTIONS(coord_value_options, .flags = flags[i]), ERR));
    CHECK_FAILS(invalid, "key", coord_group_local_remove(group, NULL, 1, ERR));
    value = POISON;
    CHECK_FAILS(COORD_NOT_FOUND, "memory", coord_group_lookup(group, "k", 1, &value, ERR));
    CHECK_OK(coord_group_close(group, NULL, ERR));
    value = POISON;
    CHECK_FAILS(COORD_CLOSED, "closed", coord_group_local_get(group, "k", 1, NULL, &value, ERR));
    CHECK(value == NULL);
    CHECK_FAILS(COORD_CLOSED, "closed", coord_group_local_set(group, "k", 1, "v", 1, NULL, ERR));
    CHECK_FAILS(COORD_CLOSED, "closed", coord_group_local_remove(group, "k", 1, ERR));
    coord_group_free(group);
}

static void ask(void* user, coord_request* request) {
    (void)user;
    asked++;
    coord_request_fail(request, COORD_UNAVAILABLE, "not reached", COORD_NUL);
}

static coord_peer* all_are_its(void* user, const char* key, size_t len) {
    (void)key;
    (void)len;
    return user;
}

static size_t only_it(void* user, coord_peer** peers, size_t cap) {
    if (cap > 0) peers[0] = user;
    return 1;
}

static void no_peer_hears_of_it_whoever_owns_the_key(coord_runtime* runtime) {
    coord_peer* owner = NULL;
    coord_picker* picker = NULL;
    coord_group* group = NULL;
    CHECK_OK(coord_peer_new(
        runtime,
        "owner",
        COORD_NUL,
        COORD_OPTIONS(coord_peer_options, .peer_get = ask, .peer_set = ask, .peer_remove = ask),
        &owner,
        ERR));
    CHECK_OK(coord_picker_new(
        runtime,
        COORD_OPTIONS(
            coord_picker_options, .pick = all_are_its, .pick_all = only_it, .user = owner),
        &picker,
        ERR));
    CHECK_OK(
        coord_group_new(runtime,
                        "local",
                        COORD_NUL,
                        COORD_OPTIONS(coord_group_options, .load = load_echo, .picker = picker),
                        &group,
                        ERR));
    coord_picker_free(picker);
    coord_bytes* value = NULL;
    CHECK_OK(coord_group_local_get(group, "k", 1, NULL, &value, ERR));
    CHECK(was_text(value, "k"));
    CHECK_OK(coord_group_local_get_start(group, "started", 7, NULL, answers, 3, NULL, ERR));
    coord_event event = next_event(answers);
    CHECK(event.kind == COORD_EVENT_BYTES && event.token == 3 && event.status == COORD_OK);
    CHECK(is_text(event.value, "started"));
    coord_event_clear(&event);
    CHECK_OK(coord_group_local_set(group, "k", 1, "set", 3, NULL, ERR));
    CHECK_OK(coord_group_local_get(group, "k", 1, NULL, &value, ERR));
    CHECK(was_text(value, "set"));
    CHECK_OK(coord_group_local_remove(group, "k", 1, ERR));
    CHECK_OK(coord_group_local_remove(group, "k", 1, ERR));
    CHECK_OK(coord_group_local_get(group, "k", 1, NULL, &value, ERR));
    CHECK(was_text(value, "k"));
    CHECK(asked == 0);
    coord_cache_stats main = {.size = sizeof main};
    CHECK_OK(coord_group_cache_stats_read(group, COORD_CACHE_MAIN, &main, ERR));
    CHECK(main.items == 2);
    CHECK(coord_group_remove(group, "k", 1, NULL, NULL) == COORD_UNAVAILABLE);
    CHECK(asked == 1);
    coord_group_free(group);
    coord_peer_free(owner);
}

static void what_does_not_fit_is_said_and_off_keeps_nothing(coord_runtime* runtime) {
    coord_group* small = NULL;
    coord_group* off = NULL;
    char large[4096];
    memset(large, 'x', sizeof large);
    CHECK_OK(coord_group_new(runtime,
                             "small",
                             COORD_NUL,
                             COORD_OPTIONS(coord_group_options, .max_bytes = 1024),
                             &small,
                             ERR));
    CHECK_FAILS(COORD_EXHAUSTED,
                "max_bytes",
                coord_group_local_set(small, "k", 1, large, sizeof large, NULL, ERR));
    CHECK_OK(coord_group_new(runtime,
                             "off",
                             COORD_NUL,
                             COORD_OPTIONS(coord_group_options, .max_bytes = (uint64_t)COORD_OFF),
                             &off,
                             ERR));
    CHECK_OK(coord_group_local_set(off, "k", 1, large, sizeof large, NULL, ERR));
    CHECK(coord_group_lookup(off, "k", 1, &(coord_bytes*){NULL}, NULL) == COORD_NOT_FOUND);
    coord_group_free(small);
    coord_group_free(off);
}

int main(void) {
    coord_runtime* runtime = new_runtime();
    answers = new_queue(runtime);
    for_wrong_kinds(KIND_GROUP, a_group_is_wanted);
    wrong_arguments_are_refused(runtime);
    no_peer_hears_of_it_whoever_owns_the_key(runtime);
    what_does_not_fit_is_said_and_off_keeps_nothing(runtime);
    coord_queue_free(answers);
    coord_runtime_free(runtime);
    return check_result();
}
