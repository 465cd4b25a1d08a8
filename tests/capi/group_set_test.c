/* coord_group_set: what comes in, what the owner and the others are told, and what is kept here.
 * The peers are of our own. */
#include <coord/coord.h>

#include "handles.h"

static coord_queue* answers;

static void a_group_is_wanted(void* wrong) {
    coord_op* op = POISON;
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "group:", coord_group_set(wrong, "k", 1, "v", 1, NULL, NULL, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "group:",
                coord_group_set_start(wrong, "k", 1, "v", 1, NULL, NULL, answers, 1, &op, ERR));
    CHECK(op == NULL);
}

static void refused(coord_group* group,
                    const void* data,
                    size_t len,
                    const coord_value_options* opts,
                    coord_status status,
                    const char* part) {
    coord_op* op = POISON;
    CHECK_FAILS(status, part, coord_group_set(group, "k", 1, data, len, opts, NULL, ERR));
    CHECK_FAILS(status,
                part,
                coord_group_set_start(group, "k", 1, data, len, opts, NULL, answers, 1, &op, ERR));
    CHECK(op == NULL);
}

static int is_kept(coord_group* group, const char* key, const char* text) {
    coord_bytes* value = NULL;
    if (coord_group_lookup(group, key, COORD_NUL, &value, NULL) != COORD_OK) return 0;
    return was_text(value, text);
}

static void wrong_arguments_are_refused_and_change_nothing(coord_runtime* runtime) {
    const coord_status invalid = COORD_INVALID_ARGUMENT;
    coord_group* group = new_group(runtime, "wrong", load_echo);
    coord_op* op = POISON;
    CHECK_OK(coord_group_set(group, "k", 1, "kept", 4, NULL, NULL, ERR));
    refused(group, NULL, 1, NULL, invalid, "data");
    refused(group, "v", COORD_NUL, NULL, invalid, "data");
    refused(group, "v", (size_t)UINT32_MAX + 1, NULL, invalid, "data");
    refused(group, "v", (size_t)-2, NULL, invalid, "data");
    refused(group, "v", 1, &(coord_value_options){.size = 0}, invalid, "value.size");
    refused(group,
            "v",
            1,
            COORD_OPTIONS(coord_value_options, .flags = COORD_VALUE_NO_STORE),
            invalid,
            "NO_STORE");
    refused(group, "v", 1, COORD_OPTIONS(coord_value_options, .flags = 8), invalid, "value.flags");
    refused(group, "v", 1, COORD_OPTIONS(coord_value_options, .ttl_ns = -1), invalid, "ttl_ns");
    refused(group,
            "v",
            1,
            COORD_OPTIONS(coord_value_options, .ttl_ns = 1, .expire_unix_ns = 1),
            invalid,
            "not both");
    CHECK_FAILS(invalid, "key", coord_group_set(group, NULL, 1, "v", 1, NULL, NULL, ERR));
    CHECK_FAILS(invalid, "key", coord_group_set(group, "k", 65536, "v", 1, NULL, NULL, ERR));
    CHECK_FAILS(
        invalid,
        "timeout_ns",
        coord_group_set(
            group, "k", 1, "v", 1, NULL, COORD_OPTIONS(coord_call_options, .timeout_ns = -5), ERR));
    CHECK_FAILS(invalid,
                "queue:",
                coord_group_set_start(group, "k", 1, "v", 1, NULL, NULL, NULL, 1, &op, ERR));
    CHECK(op == NULL);
    CHECK(is_kept(group, "k", "kept"));
    CHECK_OK(coord_group_close(group, NULL, ERR));
    refused(group, "v", 1, NULL, COORD_CLOSED, "closed");
    coord_group_free(group);
}

static void without_peers_a_value_is_kept_here(coord_runtime* runtime) {
    coord_group* group = new_group(runtime, "alone", load_echo);
    CHECK_OK(coord_group_set(group, "a", 1, "set", 3, NULL, NULL, ERR));
    CHECK(is_kept(group, "a", "set"));
    CHECK_OK(coord_group_set(group, "a", 1, NULL, 0, NULL, NULL, ERR));
    CHECK(is_kept(group, "a", ""));
    CHECK_OK(coord_group_set_start(group, "a", 1, "again", 5, NULL, NULL, answers, 9, NULL, ERR));
    coord_event event = next_event(answers);
    CHECK(event.kind == COORD_EVENT_DONE && event.token == 9 && event.status == COORD_OK);
    coord_event_clear(&event);
    CHECK(is_kept(group, "a", "again"));
    /* One that expired long ago is a removal. */
    CHECK_OK(coord_group_set(group,
                             "a",
                             1,
                             "dead",
                             4,
                             COORD_OPTIONS(coord_value_options, .expire_unix_ns = 1),
                             NULL,
                             ERR));
    CHECK(!is_kept(group, "a", "dead") && !is_kept(group, "a", "again"));
    /* The flag says where it goes; it is not the value's. */
    CHECK_OK(coord_group_set(group,
                             "a",
                             1,
                             "hot",
                             3,
                             COORD_OPTIONS(coord_value_options, .flags = COORD_VALUE_HOT),
                             NULL,
                             ERR));
    coord_bytes* value = NULL;
    CHECK_OK(coord_group_lookup(group, "a", 1, &value, ERR));
    CHECK(coord_bytes_flags(value) == 0);
    coord_bytes_free(value);
    coord_group_free(group);
}

static void a_value_that_does_not_fit_is_kept_nowhere(coord_runtime* runtime) {
    coord_group* group = NULL;
    CHECK_OK(coord_group_new(runtime,
                             "small",
                             COORD_NUL,
                             COORD_OPTIONS(coord_group_options, .max_bytes = 1024),
                             &group,
                             ERR));
    char large[4096];
    memset(large, 'x', sizeof large);
    CHECK_OK(coord_group_set(group, "k", 1, "fits", 4, NULL, NULL, ERR));
    CHECK_FAILS(COORD_EXHAUSTED,
                "max_bytes",
                coord_group_set(group, "k", 1, large, sizeof large, NULL, NULL, ERR));
    CHECK(!is_kept(group, "k", "fits"));
    coord_group_free(group);
}

/* One peer of our own that owns all keys but those with an 'm', and another that owns none. */
typedef struct scene {
    coord_peer* owner;
    coord_peer* other;
    atomic_int sets, drops_at_owner, drops_at_other, frees;
    coord_status owner_says;
} scene;

static void owner_set(void* user, coord_request* request) {
    scene* is = user;
    is->sets++;
    CHECK(coord_request_kind(request) == COORD_REQUEST_PEER_SET);
    CHECK_TEXT(coord_request_group(request, NULL), "shared");
    size_t len = 0;
    CHECK(memcmp(coord_request_key(request, 0, &len), "key", 3) == 0 && len == 3);
    CHECK(is_text(coord_request_value(request, 0), "value"));
    if (is->owner_says == COORD_OK)
        coord_request_succeed(request, NULL, 0, NULL);
    else
        coord_request_fail(request, is->owner_says, "the owner says no", COORD_NUL);
}

static void owner_remove(void* user, coord_request* request) {
    ((scene*)user)->drops_at_owner++;
    coord_request_succeed(request, NULL, 0, NULL);
}

static void other_remove(void* user, coord_request* request) {
    ((scene*)user)->drops_at_other++;
    coord_request_succeed(request, NULL, 0, NULL);
}

static void not_asked(void* user, coord_request* request) {
    (void)user;
    CHECK(0 && "nobody is to ask for a value");
    coord_request_free(request);
}

static coord_peer* pick(void* user, const char* key, size_t len) {
    return memchr(key, 'm', len) != NULL ? NULL : ((scene*)user)->owner;
}

static size_t pick_all(void* user, coord_peer** peers, size_t cap) {
    scene* is = user;
    if (cap > 0) peers[0] = is->owner;
    if (cap > 1) peers[1] = is->other;
    return 2;
}

static coord_group* shared_group(coord_runtime* runtime, scene* is, int takes_set) {
    coord_picker* picker = NULL;
    coord_group* group = NULL;
    CHECK_OK(coord_peer_new(runtime,
                            "owner",
                            COORD_NUL,
                            COORD_OPTIONS(coord_peer_options,
                                          .peer_get = not_asked,
                                          .peer_set = takes_set ? owner_set : NULL,
                                          .peer_remove = owner_remove,
                                          .user = is),
                            &is->owner,
                            ERR));
    CHECK_OK(coord_peer_new(
        runtime,
        "other",
        COORD_NUL,
        COORD_OPTIONS(
            coord_peer_options, .peer_get = not_asked, .peer_remove = other_remove, .user = is),
        &is->other,
        ERR));
    CHECK_OK(coord_picker_new(
        runtime,
        COORD_OPTIONS(coord_picker_options, .pick = pick, .pick_all = pick_all, .user = is),
        &picker,
        ERR));
    CHECK_OK(
        coord_group_new(runtime,
                        "shared",
                        COORD_NUL,
                        COORD_OPTIONS(coord_group_options, .load = load_echo, .picker = picker),
                        &group,
                        ERR));
    coord_picker_free(picker);
    return group;
}

static void leave(scene* is, coord_group* group) {
    coord_group_free(group);
    coord_peer_free(is->owner);
    coord_peer_free(is->other);
}

static void the_owner_keeps_it_and_all_others_drop_what_they_have(coord_runtime* runtime) {
    scene is = {.owner_says = COORD_OK};
    coord_group* group = shared_group(runtime, &is, 1);
    CHECK_OK(coord_group_local_set(group, "key", 3, "old", 3, NULL, ERR));
    CHECK_OK(coord_group_set(group, "key", 3, "value", 5, NULL, NULL, ERR));
    CHECK(is.sets == 1 && is.drops_at_owner == 0 && is.drops_at_other == 1);
    CHECK(!is_kept(group, "key", "old") && !is_kept(group, "key", "value"));
    CHECK_OK(coord_group_set(group,
                             "key",
                             3,
                             "value",
                             5,
                             COORD_OPTIONS(coord_value_options, .flags = COORD_VALUE_HOT),
                             NULL,
                             ERR));
    CHECK(is_kept(group, "key", "value"));
    coord_cache_stats hot = {.size = sizeof hot};
    CHECK_OK(coord_group_cache_stats_read(group, COORD_CACHE_HOT, &hot, ERR));
    CHECK(hot.items == 1);
    CHECK_OK(coord_group_set(group, "mine", 4, "here", 4, NULL, NULL, ERR));
    CHECK(is.sets == 2 && is.drops_at_owner == 1 && is.drops_at_other == 3);
    CHECK(is_kept(group, "mine", "here"));
    CHECK_OK(coord_group_set_start(group, "key", 3, "value", 5, NULL, NULL, answers, 4, NULL, ERR));
    coord_event event = next_event(answers);
    CHECK(event.kind == COORD_EVENT_DONE && event.token == 4 && event.status == COORD_OK);
    coord_event_clear(&event);
    CHECK(!is_kept(group, "key", "value"));
    coord_group_stats stats = {.size = sizeof stats};
    CHECK_OK(coord_group_stats_read(group, &stats, ERR));
    CHECK(stats.changes_active == 0 && stats.change_oldest_ns == 0);
    leave(&is, group);
}

static void what_the_owner_does_not_confirm_is_told_and_dropped(coord_runtime* runtime) {
    scene is = {.owner_says = COORD_EXHAUSTED};
    coord_group* group = shared_group(runtime, &is, 1);
    CHECK_OK(coord_group_local_set(group, "key", 3, "old", 3, NULL, ERR));
    CHECK_FAILS(COORD_EXHAUSTED,
                "owner: the owner says no",
                coord_group_set(group, "key", 3, "value", 5, NULL, NULL, ERR));
    CHECK(is.drops_at_other == 1 && !is_kept(group, "key", "old"));
    is.owner_says = COORD_UNAVAILABLE;
    CHECK_FAILS(COORD_UNAVAILABLE,
                "may have kept",
                coord_group_set(group, "key", 3, "value", 5, NULL, NULL, ERR));
    CHECK(is.drops_at_other == 2 && is.drops_at_owner == 0);
    leave(&is, group);
}

static void an_owner_that_takes_no_values_leaves_all_as_it_was(coord_runtime* runtime) {
    scene is = {.owner_says = COORD_OK};
    coord_group* group = shared_group(runtime, &is, 0);
    CHECK_OK(coord_group_local_set(group, "key", 3, "old", 3, NULL, ERR));
    CHECK_FAILS(
        COORD_UNSUPPORTED, "", coord_group_set(group, "key", 3, "value", 5, NULL, NULL, ERR));
    CHECK(is.drops_at_other == 0 && is_kept(group, "key", "old"));
    leave(&is, group);
}

int main(void) {
    coord_runtime* runtime = new_runtime();
    answers = new_queue(runtime);
    for_wrong_kinds(KIND_GROUP, a_group_is_wanted);
    wrong_arguments_are_refused_and_change_nothing(runtime);
    without_peers_a_value_is_kept_here(runtime);
    a_value_that_does_not_fit_is_kept_nowhere(runtime);
    the_owner_keeps_it_and_all_others_drop_what_they_have(runtime);
    what_the_owner_does_not_confirm_is_told_and_dropped(runtime);
    an_owner_that_takes_no_values_leaves_all_as_it_was(runtime);
    coord_queue_free(answers);
    coord_runtime_free(runtime);
    return check_result();
}
