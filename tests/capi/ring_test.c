/* ring.h: what is refused, and that a ring can be replaced. Who owns what is tested by golden
 * vectors elsewhere. */
#include <coord/coord.h>

#include "handles.h"

static void a_ring_is_wanted(void* wrong) {
    coord_bytes* peer = POISON;
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "ring:", coord_ring_set(wrong, "a", 1, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "ring:", coord_ring_owner(wrong, "k", 1, &peer, ERR));
    CHECK(peer == NULL);
    coord_ring_free(wrong);
}

static void wrong_options_are_refused(void) {
    coord_ring* ring = POISON;
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "size",
                coord_ring_new(&(coord_ring_options){.size = 3}, &ring, ERR));
    CHECK(ring == NULL);
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "flags",
                coord_ring_new(COORD_OPTIONS(coord_ring_options, .flags = 4), &ring, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "profile",
                coord_ring_new(COORD_OPTIONS(coord_ring_options, .profile = 6), &ring, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "profile",
                coord_ring_new(COORD_OPTIONS(coord_ring_options, .profile = -1), &ring, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "replicas",
                coord_ring_new(COORD_OPTIONS(coord_ring_options, .replicas = 65537), &ring, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "ring:", coord_ring_new(NULL, NULL, ERR));
    struct newer {
        coord_ring_options known;
        uint64_t more;
    } options = {.known = {.size = sizeof options}, .more = 1};
    CHECK_FAILS(COORD_UNSUPPORTED, "does not know", coord_ring_new(&options.known, &ring, ERR));
    options.more = 0;
    CHECK_OK(coord_ring_new(&options.known, &ring, ERR));
    coord_ring_free(ring);
    options.known.size = sizeof(coord_ring_options);
    CHECK_OK(coord_ring_new(&options.known, &ring, ERR));
    coord_ring_free(ring);
}

static void every_profile_places_keys(void) {
    for (int32_t profile = COORD_RING_V2_FNV1_MD5; profile <= COORD_RING_V3_HOSTPORT; profile++) {
        coord_ring* ring = NULL;
        coord_bytes* peer = NULL;
        CHECK_OK(coord_ring_new(
            COORD_OPTIONS(coord_ring_options, .profile = profile, .replicas = 1), &ring, ERR));
        CHECK_OK(coord_ring_set(ring, "http://10.0.0.1:80", COORD_NUL, ERR));
        CHECK_OK(coord_ring_owner(ring, "any", COORD_NUL, &peer, ERR));
        CHECK(was_text(peer, "http://10.0.0.1:80"));
        coord_ring_free(ring);
    }
}

static void a_ring_without_peers_owns_nothing(void) {
    coord_ring* ring = NULL;
    coord_bytes* peer = POISON;
    CHECK_OK(coord_ring_new(NULL, &ring, ERR));
    CHECK_FAILS(COORD_NOT_FOUND, "peers", coord_ring_owner(ring, "k", 1, &peer, ERR));
    CHECK(peer == NULL);
    CHECK_OK(coord_ring_set(ring, "a:1, b:1", COORD_NUL, ERR));
    CHECK_OK(coord_ring_owner(ring, NULL, 0, &peer, ERR));
    CHECK(is_text(peer, "a:1") || is_text(peer, "b:1"));
    coord_bytes_free(peer);
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "peer:", coord_ring_owner(ring, "k", 1, NULL, ERR));
    peer = POISON;
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "key:", coord_ring_owner(ring, NULL, 1, &peer, ERR));
    CHECK(peer == NULL);
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "list:", coord_ring_set(ring, NULL, 3, ERR));
    CHECK_OK(coord_ring_set(ring, NULL, 0, ERR));
    CHECK_FAILS(COORD_NOT_FOUND, "peers", coord_ring_owner(ring, "k", 1, &peer, ERR));
    coord_ring_free(ring);
}

static void too_many_peers_leave_the_old_list(void) {
    coord_ring* ring = NULL;
    coord_bytes* peer = NULL;
    CHECK_OK(coord_ring_new(COORD_OPTIONS(coord_ring_options, .replicas = 1), &ring, ERR));
    CHECK_OK(coord_ring_set(ring, "old", COORD_NUL, ERR));
    const size_t room = 10001 * 6 + 1;
    char* list = malloc(room);
    size_t len = 0;
    for (int i = 0; i < 10001; i++) len += (size_t)snprintf(list + len, room - len, "%05d,", i);
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "peers", coord_ring_set(ring, list, len, ERR));
    CHECK_OK(coord_ring_owner(ring, "k", 1, &peer, ERR));
    CHECK(was_text(peer, "old"));
    CHECK_OK(coord_ring_set(ring, list, len - 6, ERR));
    CHECK_OK(coord_ring_owner(ring, "k", 1, &peer, ERR));
    CHECK(coord_bytes_size(peer) == 5);
    coord_bytes_free(peer);
    coord_ring_free(ring);
    free(list);
}

int main(void) {
    for_wrong_kinds(KIND_RING, a_ring_is_wanted);
    wrong_options_are_refused();
    every_profile_places_keys();
    a_ring_without_peers_owns_nothing();
    too_many_peers_leave_the_old_list();
    return check_result();
}
