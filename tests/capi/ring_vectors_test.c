/* The golden vectors through the C API: who owns each of 40 keys, by every profile, with 1, 3 and 7
 * peers, as the reference packages computed it. */
#include "handles.h"

typedef struct setting {
    const char* set;
    int32_t profile;
    uint32_t replicas;
} setting;

/* What the sets were computed with; "seed" hashes as mailgun does, and v3 was once given urls. */
static const setting settings[] = {
    {"golang_crc32_50", COORD_RING_GOLANG_CRC32, 50},
    {"mailgun_crc32_50", COORD_RING_V2_CRC32_MD5, 50},
    {"mailgun_default_fnv1_64_50", COORD_RING_V2_FNV1_MD5, 0},
    {"mailgun_default_fnv1_64_512", COORD_RING_V2_FNV1_MD5, 512},
    {"mailgun_fnv1a_64_50", COORD_RING_V2_FNV1A_MD5, 50},
    {"seed_crc32_50", COORD_RING_V2_CRC32_MD5, 50},
    {"seed_default_50", 0, 0},
    {"v3_default_50_hostport", COORD_RING_V3_HOSTPORT, 50},
    {"v3_default_50_url", COORD_RING_V2_FNV1_MD5, 50},
};

static const char* const peers[] = {
#define RING_PEER(text) text,
#include "vectors/ring_vectors.inc"
#undef RING_PEER
};

static const struct {
    const char* text;
    size_t len;
} keys[] = {
#define RING_KEY(index, text, length, crc32, fnv1) {text, length},
#include "vectors/ring_vectors.inc"
#undef RING_KEY
};

enum { KEYS = sizeof keys / sizeof keys[0] };

static const struct {
    const char* set;
    size_t peers;
    size_t owners[KEYS];
} rows[] = {
#define RING_OWNERS(set, peers, ...) {set, peers, {__VA_ARGS__}},
#include "vectors/ring_vectors.inc"
#undef RING_OWNERS
};

static coord_ring* make(const char* set, size_t count) {
    const setting* chosen = NULL;
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        if (strcmp(settings[i].set, set) == 0) chosen = &settings[i];
    if (!CHECK(chosen != NULL)) return NULL;
    coord_ring* ring = NULL;
    CHECK_OK(coord_ring_new(
        COORD_OPTIONS(coord_ring_options, .profile = chosen->profile, .replicas = chosen->replicas),
        &ring,
        ERR));
    char list[512] = "";
    for (size_t i = 0; i < count; i++) {
        strcat(list, peers[i]);
        strcat(list, i % 2 == 0 ? ", " : "\n");
    }
    CHECK_OK(coord_ring_set(ring, list, COORD_NUL, ERR));
    return ring;
}

int main(void) {
    size_t checked = 0;
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        coord_ring* ring = make(rows[r].set, rows[r].peers);
        for (size_t k = 0; ring != NULL && k < KEYS; k++, checked++) {
            coord_bytes* owner = NULL;
            size_t len = 0;
            CHECK_OK(coord_ring_owner(ring, keys[k].text, keys[k].len, &owner, ERR));
            const char* expected = peers[rows[r].owners[k]];
            const char* got = coord_bytes_data(owner, &len);
            if (!CHECK(len == strlen(expected) && memcmp(got, expected, len) == 0))
                fprintf(stderr, "    %s, %zu peers, key %zu\n", rows[r].set, rows[r].peers, k);
            coord_bytes_free(owner);
        }
        coord_ring_free(ring);
    }
    CHECK(checked >= 24 * KEYS);
    return check_result();
}
