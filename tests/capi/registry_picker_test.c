/* picker.h: coord_runtime_set_picker, which gives groups a picker that have none. */
#include <coord/coord.h>

#include "handles.h"

typedef struct asker {
    int asked;
    int freed;
    char last[32];
    coord_picker* give;
} asker;

static void free_asker(void* user) {
    ((asker*)user)->freed++;
}

static coord_picker* pick(void* user, const char* name, size_t name_len) {
    asker* to = user;
    to->asked++;
    CHECK(name_len < sizeof to->last);
    snprintf(to->last, sizeof to->last, "%.*s", (int)name_len, name);
    return to->give;
}

static void count_group(void* user, coord_group* group) {
    (void)group;
    ++*(int*)user;
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
    asker to = {0};
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "runtime:",
                coord_runtime_set_picker(wrong, pick, &to, free_asker, ERR));
    CHECK(to.freed == 1);
}

/* A peer that says who it is: answers a get with its user. */
static void answer_as_peer(void* user, coord_request* request) {
    coord_request_succeed(request, user, strlen(user), NULL);
}

static coord_peer* new_peer(coord_runtime* runtime, const char* url, const char* says) {
    coord_peer* peer = NULL;
    CHECK_OK(coord_peer_new(runtime,
                            url,
                            COORD_NUL,
                            COORD_OPTIONS(coord_peer_options,
                                          .peer_get = answer_as_peer,
                                          .peer_remove = answer_as_peer,
                                          .user = (void*)(uintptr_t)says),
                            &peer,
                            ERR));
    return peer;
}

static coord_peer* always(void* user, const char* key, size_t key_len) {
    (void)key;
    (void)key_len;
    return user;
}

static coord_picker* new_picker(coord_runtime* runtime, coord_peer* peer) {
    coord_picker* picker = NULL;
    CHECK_OK(coord_picker_new(
        runtime, COORD_OPTIONS(coord_picker_options, .pick = always, .user = peer), &picker, ERR));
    return picker;
}

static void expect(coord_group* group, const char* value) {
    coord_bytes* got = NULL;
    CHECK_OK(coord_group_get(group, "key", 3, NULL, &got, ERR));
    CHECK(was_text(got, value));
}

/* RegisterPerGroupPeerPicker, with NULL for a group without peers; and what a group says itself
 * comes first. */
static void groups_get_the_picker_of_the_runtime(void) {
    asker to = {0};
    coord_runtime* runtime = new_runtime();
    coord_peer* peer = new_peer(runtime, "mem://far", "from afar");
    coord_peer* other = new_peer(runtime, "mem://other", "from another");
    coord_picker* picker = new_picker(runtime, peer);
    coord_picker* own = new_picker(runtime, other);
    CHECK_OK(coord_runtime_set_picker(runtime, pick, &to, free_asker, ERR));

    to.give = picker;
    coord_group* far_away = make(runtime, "far", 0);
    CHECK(to.asked == 1);
    CHECK_TEXT(to.last, "far");
    to.give = NULL;
    coord_group* without = make(runtime, "without", 0);
    CHECK(to.asked == 2);
    to.give = picker;
    coord_group* local = make(runtime, "local", COORD_GROUP_LOCAL);
    coord_group* itself = NULL;
    CHECK_OK(coord_group_new(runtime,
                             "itself",
                             6,
                             COORD_OPTIONS(coord_group_options, .load = load_echo, .picker = own),
                             &itself,
                             ERR));
    CHECK(to.asked == 2);
    expect(far_away, "from afar");
    expect(without, "key");
    expect(local, "key");
    expect(itself, "from another");
    /* The groups keep what they use. */
    coord_picker_free(picker);
    coord_picker_free(own);
    CHECK_OK(coord_group_local_remove(far_away, "key", 3, ERR));
    expect(far_away, "from afar");
    coord_group_free(far_away);
    coord_group_free(without);
    coord_group_free(local);
    coord_group_free(itself);
    coord_peer_free(peer);
    coord_peer_free(other);
    CHECK(to.freed == 0);
    coord_runtime_free(runtime);
    CHECK(to.freed == 1);
}

static void what_is_no_picker_of_this_runtime_fails_the_group(void) {
    asker to = {0};
    int groups = 0;
    int freed = 0;
    coord_runtime* runtime = new_runtime();
    coord_runtime* elsewhere = new_runtime();
    CHECK_OK(coord_runtime_set_picker(runtime, pick, &to, free_asker, ERR));
    CHECK_OK(coord_runtime_set_new_group(runtime, count_group, &groups, NULL, ERR));
    const coord_group_options options = {
        .size = sizeof options, .load = load_echo, .user = &freed, .user_free = count_free};
    coord_group* group = POISON;
    to.give = (coord_picker*)(void*)runtime;
    CHECK_FAILS(COORD_HOST_FAILED,
                "something that is not a picker",
                coord_group_new(runtime, "g", 1, &options, &group, ERR));
    CHECK(group == NULL && freed == 1);
    coord_picker* stranger = to.give = new_picker(elsewhere, NULL);
    CHECK_FAILS(COORD_HOST_FAILED,
                "another runtime",
                coord_group_find_or_new(runtime, "g", 1, &options, &group, ERR));
    CHECK(group == NULL && freed == 2 && groups == 0);
    CHECK(coord_group_find(runtime, "g", 1) == NULL);
    coord_picker_free(stranger);
    to.give = NULL;
    CHECK_OK(coord_group_new(runtime, "g", 1, &options, &group, ERR));
    CHECK(groups == 1);
    coord_group_free(group);
    coord_runtime_free(runtime);
    coord_runtime_free(elsewhere);
    CHECK(freed == 3);
}

/* The name of a group with peers is part of a path, whoever gave it the peers. */
static void a_name_that_peers_cannot_have_is_refused(void) {
    asker to = {0};
    coord_runtime* runtime = new_runtime();
    coord_peers* peers = NULL;
    CHECK_OK(coord_peers_new(runtime, NULL, &peers, ERR));
    coord_picker* picker = to.give = coord_peers_picker(peers);
    CHECK(picker != NULL);
    CHECK_OK(coord_runtime_set_picker(runtime, pick, &to, free_asker, ERR));
    coord_group* group = POISON;
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "name:", coord_group_new(runtime, "a/b", 3, NULL, &group, ERR));
    CHECK(group == NULL && to.asked == 1);
    coord_group_free(make(runtime, "a/b", COORD_GROUP_LOCAL));
    coord_group_free(make(runtime, "ab", 0));
    coord_picker_free(picker);
    coord_peers_free(peers);
    coord_runtime_free(runtime);
    CHECK(to.freed == 1);
}

/* RegisterPeerPicker before NewGroup, on the runtime that everybody has. */
static void the_default_runtime_has_one_too(void) {
    static asker to;
    coord_runtime* runtime = coord_runtime_default();
    CHECK_OK(coord_runtime_set_picker(runtime, pick, &to, free_asker, ERR));
    coord_peer* peer = new_peer(runtime, "mem://far", "from afar");
    coord_picker* picker = to.give = new_picker(runtime, peer);
    coord_group* group = make(runtime, "of the default", 0);
    expect(group, "from afar");
    coord_group_free(group);
    coord_peer_free(peer);
    to.give = NULL;
    coord_picker_free(picker);
}

int main(void) {
    for_wrong_kinds(KIND_RUNTIME, a_runtime_is_wanted);
    groups_get_the_picker_of_the_runtime();
    what_is_no_picker_of_this_runtime_fails_the_group();
    a_name_that_peers_cannot_have_is_refused();
    the_default_runtime_has_one_too();
    return check_result();
}
