/* status.h and version.h. */
#include <coord/status.h>
#include <coord/version.h>

#include "check.h"

static void every_status_has_its_name(void) {
    static const char* const names[] = {"ok",
                                        "cancelled",
                                        "invalid_argument",
                                        "timed_out",
                                        "not_found",
                                        "already_exists",
                                        "denied",
                                        "exhausted",
                                        "conflict",
                                        "unavailable",
                                        "unsupported",
                                        "internal",
                                        "no_memory",
                                        "would_deadlock",
                                        "abandoned",
                                        "closed",
                                        "forked",
                                        "lost",
                                        "host_failed"};
    for (coord_status i = 0; i <= COORD_HOST_FAILED; i++)
        CHECK_TEXT(coord_status_name(i), names[i]);
}

static void an_unknown_status_is_called_unknown(void) {
    static const coord_status unknown[] = {COORD_HOST_FAILED + 1, -1, INT32_MIN, INT32_MAX, 100};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        CHECK_TEXT(coord_status_name(unknown[i]), "unknown");
}

static void options_init_is_what_the_macro_gives(void) {
    struct sized {
        uint32_t size;
        uint32_t flags;
        int64_t more;
    } by_call, by_macro;
    memset(&by_call, 0xA5, sizeof by_call);
    coord_options_init(&by_call, sizeof by_call);
    by_macro = *COORD_OPTIONS(struct sized, .flags = 0);
    CHECK(by_call.size == sizeof by_call && by_call.flags == 0 && by_call.more == 0);
    CHECK(memcmp(&by_call, &by_macro, sizeof by_call) == 0);
}

static void options_init_writes_no_further_than_told(void) {
    unsigned char room[16];
    memset(room, 0xA5, sizeof room);
    coord_options_init(room, 8);
    CHECK(room[7] == 0 && room[8] == 0xA5);
    memset(room, 0xA5, sizeof room);
    for (size_t size = 0; size < 4; size++) coord_options_init(room, size);
    coord_options_init(room, SIZE_MAX);
    coord_options_init(room, (size_t)UINT32_MAX + 1);
    for (size_t i = 0; i < sizeof room; i++) CHECK(room[i] == 0xA5);
    coord_options_init(NULL, 16);
    coord_options_init(room, 4);
    CHECK(room[0] == 4 && room[4] == 0xA5);
}

static void the_version_is_that_of_the_headers(void) {
    CHECK(coord_version() == COORD_VERSION);
    CHECK(coord_version() ==
          ((COORD_VERSION_MAJOR << 16) | (COORD_VERSION_MINOR << 8) | COORD_VERSION_PATCH));
}

static void features_are_there_or_absent(void) {
    CHECK(coord_has_feature("groupcache", COORD_NUL) == 1);
    CHECK(coord_has_feature("ring, and more", 4) == 1);
    CHECK(coord_has_feature("groupcache", 5) == 0);
    CHECK(coord_has_feature("no such thing", COORD_NUL) == 0);
    CHECK(coord_has_feature("", 0) == 0);
    CHECK(coord_has_feature(NULL, 0) == 0);
    CHECK(coord_has_feature(NULL, COORD_NUL) == 0);
}

int main(void) {
    every_status_has_its_name();
    an_unknown_status_is_called_unknown();
    options_init_is_what_the_macro_gives();
    options_init_writes_no_further_than_told();
    the_version_is_that_of_the_headers();
    features_are_there_or_absent();
    return check_result();
}
