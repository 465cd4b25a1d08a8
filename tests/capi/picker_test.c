/* picker.h, and the peers and pickers that coord_peers gives: who is asked is what the host says.
 */
#include <coord/coord.h>

#include "handles.h"

static const coord_status invalid = COORD_INVALID_ARGUMENT;

static void pickers_are_wanted(void* wrong) {
    coord_group* group = POISON;
    CHECK(coord_picker_ref(wrong) == NULL);
    coord_picker_free(wrong);
    if (wrong == NULL) return;
    coord_runtime* runtime = new_runtime();
    CHECK_FAILS(
        invalid,
        "picker:",
        coord_group_new(
            runtime, "g", 1, COORD_OPTIONS(coord_group_options, .picker = wrong), &group, ERR));
    CHECK(group == NULL);
    coord_runtime_free(runtime);
}

static void lists_are_wanted(void* wrong) {
    CHECK(coord_peers_pick(wrong, "k", 1) == NULL);
    CHECK(coord_peers_find(wrong, "http://a", COORD_NUL) == NULL);
    CHECK(coord_peers_picker(wrong) == NULL);
}

static void refused(coord_runtime* runtime, coord_picker_options options, const char* part) {
    int freed = 0;
    coord_picker* picker = POISON;
    options.size = options.size != 0 ? options.size : sizeof options;
    options.user = &freed;
    options.user_free = count_free;
    CHECK_FAILS(invalid, part, coord_picker_new(runtime, &options, &picker, ERR));
    CHECK(picker == NULL && freed == (options.size == 3 ? 0 : 1));
}

static void wrong_options_are_refused(coord_runtime* runtime) {
    refused(NULL, (coord_picker_options){0}, "runtime:");
    refused(runtime, (coord_picker_options){.flags = 1}, "options.flags:");
    refused(runtime, (coord_picker_options){.reserved = 1}, "options.reserved:");
    refused(runtime, (coord_picker_options){.dialect = 3}, "options.dialect:");
    refused(runtime, (coord_picker_options){.dialect = -1}, "options.dialect:");
    refused(runtime, (coord_picker_options){.size = 3}, "options.size");
    CHECK_FAILS(invalid, "picker:", coord_picker_new(runtime, NULL, NULL, ERR));
}

/* --- a group whose keys belong to whom the test says */

typedef struct scene {
    coord_peer* owner;
    coord_peer* all[3];
    size_t told; /* how many it says there are */
    int picks;
    int loads;
    int32_t asked; /* the last kind */
    int removed;
    int freed;
} scene;

static coord_peer* pick(void* user, const char* key, size_t key_len) {
    scene* is = user;
    is->picks++;
    CHECK(key_len == 3 && memcmp(key, "key", 3) == 0);
    return is->owner;
}

static size_t pick_all(void* user, coord_peer** peers, size_t cap) {
    scene* is = user;
    for (size_t i = 0; i < is->told && i < cap && i < 3; i++) peers[i] = is->all[i];
    return is->told;
}

static void answer(void* user, coord_request* request) {
    scene* is = user;
    is->asked = coord_request_kind(request);
    is->removed += is->asked == COORD_REQUEST_PEER_REMOVE;
    coord_request_succeed(request,
                          is->asked == COORD_REQUEST_PEER_GET ? "theirs" : NULL,
                          is->asked == COORD_REQUEST_PEER_GET ? 6 : 0,
                          NULL);
}

static void load(void* user, coord_request* request) {
    ((scene*)user)->loads++;
    coord_request_succeed(request, "ours", 4, NULL);
}

static coord_peer* new_peer(coord_runtime* runtime, scene* is, const char* url) {
    coord_peer* peer = NULL;
    CHECK_OK(coord_peer_new(
        runtime,
        url,
        COORD_NUL,
        COORD_OPTIONS(coord_peer_options, .peer_get = answer, .peer_remove = answer, .user = is),
        &peer,
        ERR));
    return peer;
}

static coord_group* new_scene(coord_runtime* runtime, scene* is, int32_t dialect) {
    coord_picker* picker = NULL;
    coord_group* group = NULL;
    CHECK_OK(coord_picker_new(runtime,
                              COORD_OPTIONS(coord_picker_options,
                                            .pick = pick,
                                            .pick_all = pick_all,
                                            .user = is,
                                            .dialect = dialect),
                              &picker,
                              ERR));
    CHECK_OK(coord_group_new(
        runtime,
        "picked",
        COORD_NUL,
        COORD_OPTIONS(coord_group_options, .load = load, .user = is, .picker = picker),
        &group,
        ERR));
    CHECK(coord_picker_ref(picker) == picker);
    coord_picker_free(picker);
    coord_picker_free(picker); /* the group keeps it */
    return group;
}

static void it_says_who_is_asked(coord_runtime* runtime) {
    scene is = {0};
    coord_group* group = new_scene(runtime, &is, 0);
    coord_bytes* value = NULL;
    CHECK_OK(coord_group_get(group, "key", 3, NULL, &value, ERR));
    CHECK(was_text(value, "ours"));
    CHECK(is.loads == 1 && is.asked == 0);
    CHECK_OK(coord_group_remove(group, "key", 3, NULL, ERR));
    /* It changed its mind. */
    is.owner = new_peer(runtime, &is, "mars");
    CHECK_OK(coord_group_get(group, "key", 3, NULL, &value, ERR));
    CHECK(was_text(value, "theirs"));
    CHECK(is.loads == 1 && is.asked == COORD_REQUEST_PEER_GET);
    coord_peer* other = new_peer(runtime, &is, "venus");
    is.all[0] = is.owner;
    is.all[1] = other;
    is.told = 2;
    CHECK_OK(coord_group_remove(group, "key", 3, NULL, ERR));
    CHECK(is.removed == 2);
    CHECK(is.picks == 4);
    coord_group_free(group);
    coord_peer_free(is.owner);
    coord_peer_free(other);
}

static void what_is_no_peer_fails_the_call(coord_runtime* runtime) {
    coord_runtime* elsewhere = new_runtime();
    scene is = {0};
    coord_peer* foreign = new_peer(elsewhere, &is, "pluto");
    coord_peer* good = new_peer(runtime, &is, "mars");
    coord_queue* queue = new_queue(runtime);
    coord_group* group = new_scene(runtime, &is, 0);
    coord_peer* wrong[] = {foreign, (coord_peer*)(void*)queue, (coord_peer*)(void*)runtime};
    for (int i = 0; i < 3; i++) {
        coord_bytes* value = POISON;
        is.owner = wrong[i];
        CHECK_FAILS(COORD_HOST_FAILED,
                    "not a peer of this runtime",
                    coord_group_get(group, "key", 3, NULL, &value, ERR));
        CHECK(value == NULL);
    }
    /* A removal tells the others all the same. */
    is.owner = NULL;
    is.all[0] = wrong[0];
    is.all[1] = good;
    is.told = 3; /* the third is NULL */
    CHECK_FAILS(COORD_UNAVAILABLE,
                "not a peer of this runtime",
                coord_group_remove(group, "key", 3, NULL, ERR));
    CHECK(is.removed == 1);
    is.told = SIZE_MAX;
    CHECK_FAILS(
        COORD_UNAVAILABLE, "did not confirm", coord_group_remove(group, "key", 3, NULL, ERR));
    CHECK(is.removed == 2);
    CHECK(is.loads == 0);
    coord_group_free(group);
    coord_queue_free(queue);
    coord_peer_free(good);
    coord_peer_free(foreign);
    coord_runtime_free(elsewhere);
}

static void the_seed_dialect_loads_here_whatever_went_wrong(coord_runtime* runtime) {
    scene is = {0};
    coord_bytes* value = NULL;
    coord_group* group = new_scene(runtime, &is, COORD_DIALECT_SEED);
    is.owner = (coord_peer*)(void*)runtime;
    CHECK_OK(coord_group_get(group, "key", 3, NULL, &value, ERR));
    CHECK(was_text(value, "ours"));
    coord_group_free(group);
}

static void one_without_functions_never_finds_a_peer(coord_runtime* runtime) {
    coord_picker* picker = NULL;
    coord_group* group = NULL;
    coord_bytes* value = NULL;
    scene is = {0};
    CHECK_OK(coord_picker_new(runtime, NULL, &picker, ERR));
    CHECK_OK(coord_group_new(
        runtime,
        "alone",
        COORD_NUL,
        COORD_OPTIONS(coord_group_options, .load = load, .user = &is, .picker = picker),
        &group,
        ERR));
    CHECK_OK(coord_group_get(group, "key", 3, NULL, &value, ERR));
    CHECK(was_text(value, "ours"));
    CHECK_OK(coord_group_remove(group, "key", 3, NULL, ERR));
    coord_group_free(group);
    coord_picker_free(picker);
}

static void user_is_freed_when_nothing_can_pick_any_more(coord_runtime* runtime) {
    scene is = {0};
    coord_picker* picker = NULL;
    coord_group* group = NULL;
    CHECK_OK(coord_picker_new(
        runtime,
        COORD_OPTIONS(
            coord_picker_options, .pick = pick, .user = &is.freed, .user_free = count_free),
        &picker,
        ERR));
    CHECK_OK(coord_group_new(runtime,
                             "keeps",
                             COORD_NUL,
                             COORD_OPTIONS(coord_group_options, .load = load, .picker = picker),
                             &group,
                             ERR));
    coord_picker_free(picker);
    CHECK(is.freed == 0);
    coord_group_free(group);
    CHECK(is.freed == 1);
}

static void a_closed_runtime_is_said(void) {
    coord_runtime* runtime = new_runtime();
    int freed = 0;
    coord_picker* picker = POISON;
    CHECK_OK(coord_runtime_close(runtime, NULL, ERR));
    CHECK_FAILS(COORD_CLOSED,
                "closed",
                coord_picker_new(
                    runtime,
                    COORD_OPTIONS(coord_picker_options, .user = &freed, .user_free = count_free),
                    &picker,
                    ERR));
    CHECK(picker == NULL && freed == 1);
    coord_runtime_free(runtime);
}

int main(void) {
    coord_runtime* runtime = new_runtime();
    for_wrong_kinds(KIND_PICKER, pickers_are_wanted);
    for_wrong_kinds(KIND_PEERS, lists_are_wanted);
    wrong_options_are_refused(runtime);
    it_says_who_is_asked(runtime);
    what_is_no_peer_fails_the_call(runtime);
    the_seed_dialect_loads_here_whatever_went_wrong(runtime);
    one_without_functions_never_finds_a_peer(runtime);
    user_is_freed_when_nothing_can_pick_any_more(runtime);
    a_closed_runtime_is_said();
    coord_runtime_free(runtime);
    return check_result();
}
