/* coord_group_remove_many and many.h. */
#include <coord/coord.h>

#include "handles.h"

static coord_queue* answers;
static const size_t two[] = {1, 1};

static void a_group_is_wanted(void* wrong) {
    coord_many* many = POISON;
    coord_op* op = POISON;
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "group:",
                coord_group_remove_many(wrong, "ab", two, 2, NULL, &many, ERR));
    CHECK(many == NULL);
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "group:",
                coord_group_remove_many_start(wrong, "ab", two, 2, NULL, answers, 1, &op, ERR));
    CHECK(op == NULL);
}

static void many_is_wanted(void* wrong) {
    size_t len = 9;
    CHECK(coord_many_count(wrong) == 0);
    CHECK(coord_many_status(wrong, 0) == COORD_INVALID_ARGUMENT);
    CHECK_TEXT(coord_many_key(wrong, 0, &len), "");
    CHECK(len == 0);
    CHECK(coord_many_error(wrong, 0) == NULL);
    coord_many_free(wrong);
}

static void refused(
    coord_group* group, const char* keys, const size_t* lens, size_t count, const char* part) {
    coord_many* many = POISON;
    coord_op* op = POISON;
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                part,
                coord_group_remove_many(group, keys, lens, count, NULL, &many, ERR));
    CHECK(many == NULL);
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT,
        part,
        coord_group_remove_many_start(group, keys, lens, count, NULL, answers, 1, &op, ERR));
    CHECK(op == NULL);
}

static void wrong_arguments_are_refused_and_nothing_is_removed(coord_runtime* runtime) {
    coord_group* group = new_group(runtime, "wrong", load_echo);
    coord_many* many = POISON;
    coord_op* op = POISON;
    static const size_t long_one[] = {1, 65536};
    static const size_t until_nul[] = {COORD_NUL, 1};
    CHECK_OK(coord_group_local_set(group, "a", 1, "v", 1, NULL, ERR));
    refused(group, NULL, two, 2, "keys: NULL");
    refused(group, "ab", NULL, 2, "key_lens: NULL");
    refused(group, "ab", long_one, 2, "key 1 has 65536 bytes");
    refused(group, "ab", until_nul, 2, "key 0 has");
    refused(group, "ab", two, 1048577, "count: 1048577");
    refused(group, "ab", two, (size_t)-1, "count");
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT,
        "call.flags",
        coord_group_remove_many(
            group, "ab", two, 2, COORD_OPTIONS(coord_call_options, .flags = 2), &many, ERR));
    CHECK(many == NULL);
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "queue:",
                coord_group_remove_many_start(group, "ab", two, 2, NULL, NULL, 1, &op, ERR));
    CHECK(op == NULL);
    coord_bytes* value = NULL;
    CHECK_OK(coord_group_lookup(group, "a", 1, &value, ERR));
    coord_bytes_free(value);
    coord_group_stats stats = {.size = sizeof stats};
    CHECK_OK(coord_group_stats_read(group, &stats, ERR));
    CHECK(stats.remove_many_calls == 0 && stats.remove_many_keys == 0);
    CHECK_OK(coord_group_close(group, NULL, ERR));
    many = POISON;
    CHECK_FAILS(
        COORD_CLOSED, "closed", coord_group_remove_many(group, "ab", two, 2, NULL, &many, ERR));
    CHECK(many == NULL);
    coord_group_free(group);
}

static void each_key_has_its_place_and_its_outcome(coord_runtime* runtime) {
    coord_group* group = new_group(runtime, "places", load_echo);
    static const size_t lens[] = {3, 0, 2};
    coord_many* many = NULL;
    size_t len = 9;
    CHECK_OK(coord_group_local_set(group, "abc", 3, "v", 1, NULL, ERR));
    CHECK_OK(coord_group_local_set(group, "", 0, "v", 1, NULL, ERR));
    CHECK_OK(coord_group_remove_many(group, "abcde", lens, 3, NULL, &many, ERR));
    CHECK(coord_many_count(many) == 3);
    CHECK(memcmp(coord_many_key(many, 0, &len), "abc", 3) == 0 && len == 3);
    CHECK(coord_many_key(many, 1, &len) != NULL && len == 0);
    CHECK(memcmp(coord_many_key(many, 2, NULL), "de", 2) == 0);
    for (size_t i = 0; i < 3; i++) {
        CHECK(coord_many_status(many, i) == COORD_OK);
        CHECK(coord_many_error(many, i) == NULL);
    }
    CHECK(coord_many_status(many, 3) == COORD_INVALID_ARGUMENT);
    CHECK_TEXT(coord_many_key(many, 3, &len), "");
    CHECK(len == 0 && coord_many_error(many, 3) == NULL);
    CHECK(coord_many_status(many, (size_t)-1) == COORD_INVALID_ARGUMENT);
    coord_many_free(many);
    coord_cache_stats main = {.size = sizeof main};
    CHECK_OK(coord_group_cache_stats_read(group, COORD_CACHE_MAIN, &main, ERR));
    CHECK(main.items == 0);
    /* None are no work, and nobody has to look at the outcome. */
    CHECK_OK(coord_group_remove_many(group, NULL, NULL, 0, NULL, &many, ERR));
    CHECK(many != NULL && coord_many_count(many) == 0);
    coord_many_free(many);
    CHECK_OK(coord_group_remove_many(group, "ab", two, 2, NULL, NULL, ERR));
    coord_group_stats stats = {.size = sizeof stats};
    CHECK_OK(coord_group_stats_read(group, &stats, ERR));
    CHECK(stats.remove_many_calls == 3 && stats.remove_many_keys == 5);
    coord_group_free(group);
}

/* A peer that owns all keys, and confirms all removals but that of "b". */
static void drop(void* user, coord_request* request) {
    (void)user;
    if (coord_request_key(request, 0, NULL)[0] == 'b')
        coord_request_fail(request, COORD_UNAVAILABLE, "down", COORD_NUL);
    else
        coord_request_succeed(request, NULL, 0, NULL);
}

static coord_peer* all_are_its(void* user, const char* key, size_t len) {
    (void)key;
    (void)len;
    return user;
}

static coord_group* owned_by(coord_runtime* runtime, coord_peer* owner) {
    coord_picker* picker = NULL;
    coord_group* group = NULL;
    CHECK_OK(
        coord_picker_new(runtime,
                         COORD_OPTIONS(coord_picker_options, .pick = all_are_its, .user = owner),
                         &picker,
                         ERR));
    CHECK_OK(coord_group_new(runtime,
                             "owned",
                             COORD_NUL,
                             COORD_OPTIONS(coord_group_options, .picker = picker),
                             &group,
                             ERR));
    coord_picker_free(picker);
    return group;
}

static void check_outcome(const coord_many* many) {
    CHECK(coord_many_count(many) == 3);
    CHECK(coord_many_status(many, 0) == COORD_OK && coord_many_status(many, 2) == COORD_OK);
    CHECK(coord_many_status(many, 1) == COORD_UNAVAILABLE);
    CHECK(strstr(coord_error_message(coord_many_error(many, 1)), "owner: down") != NULL);
}

static void one_that_fails_does_not_hold_up_the_others(coord_runtime* runtime) {
    coord_peer* owner = NULL;
    coord_many* many = NULL;
    static const size_t lens[] = {1, 1, 1};
    CHECK_OK(
        coord_peer_new(runtime,
                       "owner",
                       COORD_NUL,
                       COORD_OPTIONS(coord_peer_options, .peer_get = drop, .peer_remove = drop),
                       &owner,
                       ERR));
    coord_group* group = owned_by(runtime, owner);
    CHECK_FAILS(COORD_UNAVAILABLE,
                "owner: down",
                coord_group_remove_many(group, "abc", lens, 3, NULL, &many, ERR));
    check_outcome(many);
    coord_many_free(many);
    CHECK_OK(coord_group_remove_many_start(group, "abc", lens, 3, NULL, answers, 6, NULL, ERR));
    coord_event event = next_event(answers);
    CHECK(event.kind == COORD_EVENT_MANY && event.token == 6);
    CHECK(event.status == COORD_UNAVAILABLE && event.error != NULL);
    check_outcome(event.value);
    coord_event_clear(&event);
    coord_group_free(group);
    coord_peer_free(owner);
}

static void those_not_begun_never_do_once_it_is_cancelled(coord_runtime* runtime) {
    enum { COUNT = 100 };
    coord_queue* requests = new_queue(runtime);
    coord_peer* owner = NULL;
    coord_op* op = NULL;
    char keys[COUNT];
    size_t lens[COUNT];
    for (size_t i = 0; i < COUNT; i++) lens[i] = 1;
    memset(keys, 'k', sizeof keys);
    CHECK_OK(coord_peer_new(runtime,
                            "owner",
                            COORD_NUL,
                            COORD_OPTIONS(coord_peer_options, .requests = requests),
                            &owner,
                            ERR));
    coord_group* group = owned_by(runtime, owner);
    CHECK_OK(coord_group_remove_many_start(group, keys, lens, COUNT, NULL, answers, 8, &op, ERR));
    coord_event asked[COUNT];
    size_t begun = 0;
    CHECK_OK(coord_queue_drain(requests, asked, COUNT, &begun, ERR));
    CHECK(begun == 64);
    coord_op_cancel(op);
    coord_event event = next_event(answers);
    CHECK(event.kind == COORD_EVENT_MANY && event.status == COORD_CANCELLED);
    for (size_t i = 0; i < COUNT; i++) CHECK(coord_many_status(event.value, i) == COORD_CANCELLED);
    coord_event_clear(&event);
    coord_op_free(op);
    for (size_t i = 0; i < begun; i++) coord_request_succeed(asked[i].value, NULL, 0, NULL);
    size_t more = 9;
    CHECK_OK(coord_queue_drain(requests, asked, COUNT, &more, ERR));
    CHECK(more == 0);
    coord_group_free(group);
    coord_peer_free(owner);
    coord_queue_free(requests);
}

int main(void) {
    coord_runtime* runtime = new_runtime();
    answers = new_queue(runtime);
    for_wrong_kinds(KIND_GROUP, a_group_is_wanted);
    for_wrong_kinds(KIND_COUNT, many_is_wanted);
    wrong_arguments_are_refused_and_nothing_is_removed(runtime);
    each_key_has_its_place_and_its_outcome(runtime);
    one_that_fails_does_not_hold_up_the_others(runtime);
    those_not_begun_never_do_once_it_is_cancelled(runtime);
    coord_event event;
    size_t count = 0;
    CHECK_OK(coord_queue_drain(answers, &event, 1, &count, ERR));
    CHECK(count == 0);
    coord_queue_free(answers);
    coord_runtime_free(runtime);
    return check_result();
}
