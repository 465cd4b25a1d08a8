/* coord_group_get_into: the value in memory of the host, cut off where that ends. */
#include "handles.h"

static void a_large_buffer_holds_the_value_and_a_small_one_its_start(coord_runtime* runtime) {
    coord_group* group = new_group(runtime, "into", load_echo);
    char buffer[100];
    size_t len = 99;
    memset(buffer, '#', sizeof buffer);
    CHECK_OK(coord_group_get_into(group, "some value", COORD_NUL, NULL, buffer, 100, &len, ERR));
    CHECK(len == 10 && memcmp(buffer, "some value#", 11) == 0);
    memset(buffer, '#', sizeof buffer);
    CHECK_OK(coord_group_get_into(group, "some value", COORD_NUL, NULL, buffer, 6, &len, ERR));
    CHECK(len == 10 && memcmp(buffer, "some v#", 7) == 0);
    CHECK_OK(coord_group_get_into(group, "some value", COORD_NUL, NULL, NULL, 0, &len, ERR));
    CHECK(len == 10);
    CHECK_OK(coord_group_get_into(group, "some value", COORD_NUL, NULL, buffer, 1, NULL, ERR));
    CHECK_OK(coord_group_get_into(group, NULL, 0, NULL, buffer, 100, &len, ERR));
    CHECK(len == 0);
    coord_group_stats stats = {.size = sizeof stats};
    CHECK_OK(coord_group_stats_read(group, &stats, ERR));
    CHECK(stats.gets == 5 && stats.local_loads == 2);
    coord_group_free(group);
}

/* The buffer is the host's: what it does with it changes no value. */
static void the_buffer_shares_nothing_with_the_cache(coord_runtime* runtime) {
    coord_group* group = new_group(runtime, "apart", load_echo);
    char buffer[8] = "";
    coord_bytes* value = NULL;
    CHECK_OK(coord_group_get_into(group, "value", COORD_NUL, NULL, buffer, 8, NULL, ERR));
    memset(buffer, 'X', sizeof buffer);
    CHECK_OK(coord_group_get(group, "value", COORD_NUL, NULL, &value, ERR));
    CHECK(was_text(value, "value"));
    coord_group_free(group);
}

static void refuse(void* user, coord_request* request) {
    (void)user;
    coord_request_fail(request, COORD_NOT_FOUND, "no such row", COORD_NUL);
}

static void a_failure_leaves_the_buffer_alone(coord_runtime* runtime) {
    coord_group* group = new_group(runtime, "refuses", refuse);
    char buffer[4] = "abc";
    size_t len = 7;
    CHECK_FAILS(COORD_NOT_FOUND,
                "no such row",
                coord_group_get_into(group, "k", 1, NULL, buffer, 4, &len, ERR));
    CHECK(len == 0);
    len = 7;
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "buffer:",
                coord_group_get_into(group, "k", 1, NULL, NULL, 4, &len, ERR));
    CHECK(len == 0);
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "key:",
                coord_group_get_into(group, NULL, 1, NULL, buffer, 4, &len, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "timeout_ns",
                coord_group_get_into(group,
                                     "k",
                                     1,
                                     COORD_OPTIONS(coord_call_options, .timeout_ns = -5),
                                     buffer,
                                     4,
                                     &len,
                                     ERR));
    CHECK_OK(coord_group_close(group, NULL, ERR));
    CHECK_FAILS(
        COORD_CLOSED, "closed", coord_group_get_into(group, "k", 1, NULL, buffer, 4, &len, ERR));
    CHECK_TEXT(buffer, "abc");
    coord_group_free(group);
}

static void a_group_is_wanted(void* wrong) {
    char buffer[4] = "abc";
    size_t len = 7;
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "group:",
                coord_group_get_into(wrong, "k", 1, NULL, buffer, 4, &len, ERR));
    CHECK(len == 0);
    CHECK_TEXT(buffer, "abc");
}

int main(void) {
    coord_runtime* runtime = new_runtime();
    a_large_buffer_holds_the_value_and_a_small_one_its_start(runtime);
    the_buffer_shares_nothing_with_the_cache(runtime);
    a_failure_leaves_the_buffer_alone(runtime);
    for_wrong_kinds(KIND_GROUP, a_group_is_wanted);
    coord_runtime_free(runtime);
    return check_result();
}
