/* Behaviours 6 to 10 of the reference through a picker and peers of our own: 200 keys over three
 * peers and this process. */
#include <coord/coord.h>

#include "handles.h"

enum { PEERS = 3, LOCAL = 3, KEYS = 200 };

typedef struct scene {
    coord_peer* peer[PEERS];
    coord_ring* ring; /* decides instead of the key's checksum */
    atomic_int gets[PEERS];
    atomic_int loads;
    int fails;   /* which peer cannot be reached; -1 = none */
    int missing; /* which peer is this process after all; -1 = none */
} scene;

typedef struct asked_peer {
    scene* in;
    int number;
} asked_peer;

static uint32_t crc32_of(const char* text, size_t len) {
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < len; i++) {
        crc ^= (unsigned char)text[i];
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xEDB88320U & (0U - (crc & 1U)));
    }
    return ~crc;
}

static int slot_of(const scene* is, const char* key, size_t len) {
    if (is->ring == NULL) return (int)(crc32_of(key, len) % (PEERS + 1));
    coord_bytes* owner = NULL;
    CHECK(coord_ring_owner(is->ring, key, len, &owner, NULL) == COORD_OK);
    const int slot = *(const char*)coord_bytes_data(owner, NULL) - '0';
    coord_bytes_free(owner);
    return slot;
}

static coord_peer* pick(void* user, const char* key, size_t len) {
    const scene* is = user;
    const int slot = slot_of(is, key, len);
    return slot == LOCAL || slot == is->missing ? NULL : is->peer[slot];
}

static void answer(void* user, coord_request* request) {
    const asked_peer* me = user;
    me->in->gets[me->number]++;
    if (me->in->fails == me->number)
        coord_request_fail(request, COORD_UNAVAILABLE, "cannot be reached", COORD_NUL);
    else
        coord_request_succeed(request, "theirs", 6, NULL);
}

static void load(void* user, coord_request* request) {
    ((scene*)user)->loads++;
    coord_request_succeed(request, "mine", 4, NULL);
}

static asked_peer each[PEERS];

static coord_group* make(coord_runtime* runtime, scene* is, coord_group_options options) {
    coord_picker* picker = NULL;
    coord_group* group = NULL;
    for (int i = 0; i < PEERS; i++) {
        char name[] = {(char)('0' + i), '\0'};
        each[i] = (asked_peer){is, i};
        CHECK_OK(coord_peer_new(
            runtime,
            name,
            COORD_NUL,
            COORD_OPTIONS(
                coord_peer_options, .peer_get = answer, .peer_remove = answer, .user = &each[i]),
            &is->peer[i],
            ERR));
    }
    CHECK_OK(coord_picker_new(
        runtime, COORD_OPTIONS(coord_picker_options, .pick = pick, .user = is), &picker, ERR));
    options.size = sizeof options;
    options.load = load;
    options.user = is;
    options.picker = picker;
    CHECK_OK(coord_group_new(runtime, "g", 1, &options, &group, ERR));
    coord_picker_free(picker);
    return group;
}

static void drop(scene* is, coord_group* group) {
    coord_group_free(group);
    for (int i = 0; i < PEERS; i++) coord_peer_free(is->peer[i]);
}

static void pass(scene* is, coord_group* group) {
    is->loads = 0;
    for (int i = 0; i < PEERS; i++) is->gets[i] = 0;
    for (int k = 0; k < KEYS; k++) {
        char key[16];
        coord_bytes* value = NULL;
        snprintf(key, sizeof key, is->ring == NULL ? "key-%d" : "%d.0.0.1", k);
        CHECK_OK(coord_group_get(group, key, COORD_NUL, NULL, &value, ERR));
        const int slot = slot_of(is, key, strlen(key));
        const int here = slot == LOCAL || slot == is->missing || slot == is->fails;
        CHECK(was_text(value, here ? "mine" : "theirs"));
    }
}

static void check_shares(const scene* is, int local, int first, int second, int third) {
    CHECK(is->loads == local);
    CHECK(is->gets[0] == first && is->gets[1] == second && is->gets[2] == third);
}

static const coord_group_options keeps_nothing = {.max_bytes = (uint64_t)COORD_OFF};

static void each_peer_gets_its_share_and_a_second_pass_asks_nobody(coord_runtime* runtime) {
    scene is = {.fails = -1, .missing = -1};
    coord_group* group = make(runtime, &is, (coord_group_options){0});
    pass(&is, group);
    check_shares(&is, 49, 51, 49, 51);
    pass(&is, group);
    check_shares(&is, 0, 0, 0, 0);
    drop(&is, group);
}

static void by_the_older_policy_one_copy_in_ten_is_kept(coord_runtime* runtime) {
    scene is = {.fails = -1, .missing = -1};
    coord_group* group = make(runtime, &is, (coord_group_options){.hot_policy = COORD_HOT_ONE_IN});
    pass(&is, group);
    check_shares(&is, 49, 51, 49, 51);
    pass(&is, group);
    const int asked_again = is.gets[0] + is.gets[1] + is.gets[2];
    CHECK(is.loads == 0 && asked_again > 110 && asked_again < 151);
    drop(&is, group);
}

static void without_hot_copies_every_get_asks(coord_runtime* runtime) {
    scene is = {.fails = -1, .missing = -1};
    coord_group* group = make(runtime, &is, (coord_group_options){.hot_policy = COORD_HOT_NEVER});
    pass(&is, group);
    pass(&is, group);
    check_shares(&is, 0, 51, 49, 51);
    drop(&is, group);
}

static void without_one_peer_its_share_is_loaded_here(coord_runtime* runtime) {
    scene is = {.fails = -1, .missing = 0};
    coord_group* group = make(runtime, &is, keeps_nothing);
    pass(&is, group);
    check_shares(&is, 100, 0, 49, 51);
    drop(&is, group);
}

static void a_failing_peer_is_asked_and_its_share_loaded_here(coord_runtime* runtime) {
    scene is = {.fails = 0, .missing = -1};
    coord_group* group = make(runtime, &is, keeps_nothing);
    pass(&is, group);
    check_shares(&is, 100, 51, 49, 51);
    coord_group_stats stats = {.size = sizeof stats};
    CHECK_OK(coord_group_stats_read(group, &stats, ERR));
    CHECK(stats.peer_errors == 51 && stats.peer_loads == 100 && stats.local_loads == 100);
    drop(&is, group);
}

static void with_a_ring_a_stopped_peers_keys_alone_move_here(coord_runtime* runtime) {
    scene is = {.fails = -1, .missing = -1};
    CHECK_OK(coord_ring_new(NULL, &is.ring, ERR));
    CHECK_OK(coord_ring_set(is.ring, "0 1 2 3", COORD_NUL, ERR));
    coord_group* group = make(runtime, &is, keeps_nothing);
    pass(&is, group);
    const int local = is.loads;
    const int share[PEERS] = {is.gets[0], is.gets[1], is.gets[2]};
    CHECK(local > 0 && share[0] > 0 && share[1] > 0 && share[2] > 0);
    CHECK(local + share[0] + share[1] + share[2] == KEYS);
    is.fails = 1;
    pass(&is, group);
    check_shares(&is, local + share[1], share[0], share[1], share[2]);
    coord_ring_free(is.ring);
    drop(&is, group);
}

int main(void) {
    coord_runtime* runtime = new_runtime();
    each_peer_gets_its_share_and_a_second_pass_asks_nobody(runtime);
    by_the_older_policy_one_copy_in_ten_is_kept(runtime);
    without_hot_copies_every_get_asks(runtime);
    without_one_peer_its_share_is_loaded_here(runtime);
    a_failing_peer_is_asked_and_its_share_loaded_here(runtime);
    with_a_ring_a_stopped_peers_keys_alone_move_here(runtime);
    coord_runtime_free(runtime);
    return check_result();
}
