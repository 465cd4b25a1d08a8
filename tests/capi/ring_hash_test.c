/* ring.h as the reference's consistenthash: rings with a hash of the host, rings that grow, and
 * rings written down. */
#include "handles.h"

static uint64_t as_number(void* user, const void* data, size_t len) {
    char digits[32] = "";
    CHECK(len < sizeof digits);
    memcpy(digits, data, len);
    if (user != NULL) ++*(int*)user;
    return strtoull(digits, NULL, 10);
}

static int owned_by(const coord_ring* ring, const char* key, const char* peer) {
    coord_bytes* owner = NULL;
    CHECK_OK(coord_ring_owner(ring, key, COORD_NUL, &owner, ERR));
    return was_text(owner, peer);
}

static coord_ring* new_ring(uint32_t replicas) {
    coord_ring* ring = NULL;
    CHECK_OK(coord_ring_new(COORD_OPTIONS(coord_ring_options, .replicas = replicas), &ring, ERR));
    return ring;
}

/* Its virtual nodes are at 2, 4, 6, 12, 14, 16, 22, 24, 26. */
static void a_hash_that_can_be_foreseen_places_keys_as_foreseen(void) {
    coord_ring* ring = NULL;
    CHECK_OK(coord_ring_new(COORD_OPTIONS(coord_ring_options,
                                          .profile = COORD_RING_GOLANG_CRC32,
                                          .replicas = 3,
                                          .hash = as_number),
                            &ring,
                            ERR));
    CHECK_OK(coord_ring_add(ring, "6,4,2", COORD_NUL, ERR));
    CHECK(owned_by(ring, "2", "2") && owned_by(ring, "11", "2"));
    CHECK(owned_by(ring, "23", "4") && owned_by(ring, "27", "2"));
    CHECK_OK(coord_ring_add(ring, "8", COORD_NUL, ERR));
    CHECK(owned_by(ring, "2", "2") && owned_by(ring, "11", "2"));
    CHECK(owned_by(ring, "23", "4") && owned_by(ring, "27", "8"));
    CHECK(coord_ring_count(ring) == 4);

    coord_bytes* text = NULL;
    CHECK_OK(coord_ring_set(ring, "6,4", COORD_NUL, ERR));
    CHECK_OK(coord_ring_dump(ring, &text, ERR));
    CHECK(was_text(text,
                   "0000000000000004 4\n0000000000000006 6\n"
                   "000000000000000e 4\n0000000000000010 6\n"
                   "0000000000000018 4\n000000000000001a 6\n"));
    coord_ring_free(ring);
}

static void the_real_hash_places_known_keys_where_the_reference_does(void) {
    coord_ring* ring = new_ring(512);
    CHECK_OK(coord_ring_add(ring, "6 4 2", COORD_NUL, ERR));
    CHECK(owned_by(ring, "12,000", "4") && owned_by(ring, "11", "6"));
    CHECK(owned_by(ring, "500,000", "4") && owned_by(ring, "1,000,000", "2"));
    CHECK_OK(coord_ring_add(ring, "8", COORD_NUL, ERR));
    CHECK(owned_by(ring, "12,000", "4") && owned_by(ring, "11", "8"));
    CHECK(owned_by(ring, "500,000", "4") && owned_by(ring, "1,000,000", "8"));
    coord_ring_free(ring);
}

static int same_owner(const coord_ring* one, const coord_ring* other, const char* key) {
    coord_bytes* owners[2] = {NULL, NULL};
    CHECK_OK(coord_ring_owner(one, key, COORD_NUL, &owners[0], ERR));
    CHECK_OK(coord_ring_owner(other, key, COORD_NUL, &owners[1], ERR));
    size_t len = 0;
    const void* data = coord_bytes_data(owners[1], &len);
    const int same = coord_bytes_equal(owners[0], data, len);
    coord_bytes_free(owners[0]);
    coord_bytes_free(owners[1]);
    return same;
}

static void the_order_in_which_peers_come_does_not_matter(void) {
    coord_ring* one = new_ring(1);
    coord_ring* other = new_ring(1);
    CHECK_OK(coord_ring_add(one, "Bill,Bob,Bonny", COORD_NUL, ERR));
    CHECK_OK(coord_ring_add(other, "Bob,Bonny,Bill", COORD_NUL, ERR));
    CHECK(same_owner(one, other, "Ben"));
    CHECK_OK(coord_ring_add(other, "Becky,Ben,Bobby", COORD_NUL, ERR));
    CHECK_OK(coord_ring_add(one, "Bobby", COORD_NUL, ERR));
    CHECK_OK(coord_ring_add(one, "Ben,Becky", COORD_NUL, ERR));
    CHECK(same_owner(one, other, "Ben") && same_owner(one, other, "Bob"));
    CHECK(same_owner(one, other, "Bonny") && same_owner(one, other, "Becky"));
    coord_ring_free(one);
    coord_ring_free(other);
}

static void a_ring_is_empty_until_somebody_is_added(void) {
    coord_ring* ring = new_ring(1);
    coord_bytes* text = NULL;
    CHECK(coord_ring_count(ring) == 0);
    CHECK_OK(coord_ring_dump(ring, &text, ERR));
    CHECK(was_text(text, ""));
    CHECK_OK(coord_ring_add(ring, NULL, 0, ERR));
    CHECK(coord_ring_count(ring) == 0);
    CHECK_OK(coord_ring_add(ring, "a,b", COORD_NUL, ERR));
    CHECK_OK(coord_ring_add(ring, "b,a,c", COORD_NUL, ERR));
    CHECK(coord_ring_count(ring) == 3);
    coord_ring_free(ring);
}

static void too_many_together_leave_those_there(void) {
    coord_ring* ring = new_ring(65536);
    char list[160 * 4] = "";
    for (int i = 0; i < 152; i++) snprintf(list + i * 4, 5, "%03d,", i);
    CHECK_OK(coord_ring_add(ring, "first", COORD_NUL, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "list:", coord_ring_add(ring, list, COORD_NUL, ERR));
    CHECK(coord_ring_count(ring) == 1 && owned_by(ring, "k", "first"));
    coord_ring_free(ring);

    enum { most = 10000 };
    ring = new_ring(1);
    char* many = malloc(most * 6 + 1);
    for (int i = 0; i < most; i++) snprintf(many + (size_t)i * 6, 7, "%05d,", i);
    CHECK_OK(coord_ring_set(ring, many, COORD_NUL, ERR));
    CHECK_OK(coord_ring_add(ring, "00000", COORD_NUL, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "10000", coord_ring_add(ring, "more", COORD_NUL, ERR));
    CHECK(coord_ring_count(ring) == most);
    coord_ring_free(ring);
    free(many);
}

static void the_hashs_user_is_freed_once_on_every_way(void) {
    int freed = 0;
    coord_ring_options options = {.size = sizeof options,
                                  .hash = as_number,
                                  .hash_user = &freed,
                                  .hash_user_free = count_free,
                                  .replicas = 3};
    coord_ring* ring = NULL;
    CHECK_OK(coord_ring_new(&options, &ring, ERR));
    CHECK(freed == 0);
    coord_ring_free(ring);
    CHECK(freed == 1);
    options.profile = 99;
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "profile", coord_ring_new(&options, &ring, ERR));
    CHECK(freed == 2 && ring == NULL);
    options.profile = 0;
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "ring:", coord_ring_new(&options, NULL, ERR));
    CHECK(freed == 3);
    options.hash = NULL;
    CHECK_OK(coord_ring_new(&options, &ring, ERR));
    coord_ring_free(ring);
    CHECK(freed == 4);
}

typedef struct inward {
    coord_ring* ring;
    int calls;
} inward;

/* While a list is placed, the ring answers, and takes another list. */
static uint64_t look_inside(void* user, const void* data, size_t len) {
    inward* me = user;
    if (me->ring != NULL && me->calls++ == 0) {
        CHECK(coord_ring_count(me->ring) == 1);
        CHECK_OK(coord_ring_set(me->ring, "between", COORD_NUL, ERR));
        CHECK(coord_ring_count(me->ring) == 1);
    }
    uint64_t hash = 1469598103934665603u;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ ((const unsigned char*)data)[i]) * 1099511628211u;
    return hash;
}

static void a_hash_may_use_its_ring_and_no_list_is_lost(void) {
    inward me = {NULL, 0};
    coord_ring* ring = NULL;
    CHECK_OK(coord_ring_new(
        COORD_OPTIONS(coord_ring_options, .replicas = 2, .hash = look_inside, .hash_user = &me),
        &ring,
        ERR));
    CHECK_OK(coord_ring_set(ring, "old", COORD_NUL, ERR));
    me.ring = ring;
    CHECK_OK(coord_ring_add(ring, "added", COORD_NUL, ERR));
    me.ring = NULL;
    coord_bytes* text = NULL;
    CHECK_OK(coord_ring_dump(ring, &text, ERR));
    CHECK(coord_ring_count(ring) == 2 && me.calls > 1);
    CHECK(coord_bytes_size(text) == 2 * (17 + sizeof "between") + 2 * (17 + sizeof "added"));
    coord_bytes_free(text);
    coord_ring_free(ring);
}

static void peers_give_their_ring_as_it_is_now(void) {
    coord_runtime* runtime = new_runtime();
    coord_peers* peers = NULL;
    coord_ring* ring = NULL;
    coord_ring* same = new_ring(0);
    static const char list[] = "http://127.0.0.1:1,http://127.0.0.1:2,http://127.0.0.1:3";
    CHECK_OK(coord_peers_new(
        runtime,
        COORD_OPTIONS(
            coord_peers_options, .self_url = "http://127.0.0.1:1", .self_url_len = COORD_NUL),
        &peers,
        ERR));
    CHECK_OK(coord_peers_ring(peers, &ring, ERR));
    CHECK(coord_ring_count(ring) == 0);
    CHECK_OK(coord_ring_set(ring, "http://127.0.0.1:9", COORD_NUL, ERR));
    CHECK(owned_by(ring, "k", "http://127.0.0.1:9"));
    coord_ring_free(ring);
    CHECK_OK(coord_peers_set(peers, list, COORD_NUL, ERR));
    CHECK_OK(coord_ring_set(same, list, COORD_NUL, ERR));
    CHECK_OK(coord_peers_ring(peers, &ring, ERR));
    CHECK_OK(coord_peers_set(peers, "http://127.0.0.1:1", COORD_NUL, ERR));
    coord_peers_free(peers);
    coord_runtime_free(runtime);
    coord_bytes* texts[2] = {NULL, NULL};
    CHECK_OK(coord_ring_dump(ring, &texts[0], ERR));
    CHECK_OK(coord_ring_dump(same, &texts[1], ERR));
    size_t len = 0;
    const void* expected = coord_bytes_data(texts[1], &len);
    CHECK(len > 3 * 50 * 17 && coord_bytes_equal(texts[0], expected, len));
    coord_bytes_free(texts[0]);
    coord_bytes_free(texts[1]);
    coord_ring_free(ring);
    coord_ring_free(same);
}

static void a_ring_is_wanted(void* wrong) {
    coord_bytes* text = POISON;
    CHECK(coord_ring_count(wrong) == 0);
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "ring:", coord_ring_add(wrong, "a", 1, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "ring:", coord_ring_dump(wrong, &text, ERR));
    CHECK(text == NULL);
}

static void peers_are_wanted(void* wrong) {
    coord_ring* ring = POISON;
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "peers:", coord_peers_ring(wrong, &ring, ERR));
    CHECK(ring == NULL);
}

int main(void) {
    a_hash_that_can_be_foreseen_places_keys_as_foreseen();
    the_real_hash_places_known_keys_where_the_reference_does();
    the_order_in_which_peers_come_does_not_matter();
    a_ring_is_empty_until_somebody_is_added();
    too_many_together_leave_those_there();
    the_hashs_user_is_freed_once_on_every_way();
    a_hash_may_use_its_ring_and_no_list_is_lost();
    peers_give_their_ring_as_it_is_now();
    for_wrong_kinds(KIND_RING, a_ring_is_wanted);
    for_wrong_kinds(KIND_PEERS, peers_are_wanted);
    return check_result();
}
