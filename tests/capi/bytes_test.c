/* bytes.h: three kinds of values, their references, and what is refused. */
#include <coord/coord.h>

#include "handles.h"

static void accessors_take_anything(void* wrong) {
    size_t len = 99;
    CHECK_TEXT((const char*)coord_bytes_data(wrong, &len), "");
    CHECK(len == 0);
    CHECK_TEXT((const char*)coord_bytes_data(wrong, NULL), "");
    CHECK(coord_bytes_size(wrong) == 0);
    CHECK(coord_bytes_expire_unix_ns(wrong) == 0);
    CHECK(coord_bytes_flags(wrong) == 0);
    CHECK(coord_bytes_ref(wrong) == NULL);
    coord_bytes* slice = POISON;
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "bytes:", coord_bytes_slice(wrong, 0, 0, &slice, ERR));
    CHECK(slice == NULL);
    coord_bytes_free(wrong);
}

static void a_copy_is_a_copy(void) {
    char text[] = "hello";
    coord_bytes* bytes = POISON;
    CHECK_OK(coord_bytes_new(text, 5, &bytes, ERR));
    text[0] = 'j';
    CHECK(is_text(bytes, "hello"));
    CHECK(coord_bytes_size(bytes) == 5);
    CHECK(coord_bytes_expire_unix_ns(bytes) == 0 && coord_bytes_flags(bytes) == 0);
    CHECK(coord_bytes_ref(bytes) == bytes);
    coord_bytes_free(bytes);
    CHECK(is_text(bytes, "hello"));
    coord_bytes_free(bytes);
}

static void nothing_is_a_value_too(void) {
    coord_bytes* bytes = NULL;
    coord_bytes* slice = NULL;
    size_t len = 9;
    CHECK_OK(coord_bytes_new(NULL, 0, &bytes, ERR));
    CHECK(bytes != NULL && coord_bytes_data(bytes, &len) != NULL && len == 0);
    CHECK_OK(coord_bytes_slice(bytes, 0, 0, &slice, ERR));
    CHECK(slice != NULL && coord_bytes_size(slice) == 0);
    coord_bytes_free(bytes);
    coord_bytes_free(slice);
}

static void wrong_lengths_are_refused(void) {
    static const size_t too_long[] = {
        COORD_NUL, COORD_NUL - 1, (size_t)UINT32_MAX + 1, (size_t)1 << 63};
    coord_bytes* bytes = POISON;
    for (size_t i = 0; i < sizeof too_long / sizeof *too_long; i++) {
        bytes = POISON;
        CHECK_FAILS(
            COORD_INVALID_ARGUMENT, "data:", coord_bytes_new("x", too_long[i], &bytes, ERR));
        CHECK(bytes == NULL);
    }
    bytes = POISON;
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "data:", coord_bytes_new(NULL, 1, &bytes, ERR));
    CHECK(bytes == NULL);
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "bytes:", coord_bytes_new("x", 1, NULL, ERR));
}

static void external_memory_is_released_once(void) {
    int released = 0;
    coord_bytes* bytes = NULL;
    coord_bytes* slice = NULL;
    static const char text[] = "memory of the host";
    CHECK_OK(coord_bytes_new_external(text, sizeof text - 1, &released, count_free, &bytes, ERR));
    CHECK(coord_bytes_data(bytes, NULL) == text);
    CHECK_OK(coord_bytes_slice(bytes, 10, 8, &slice, ERR));
    CHECK(coord_bytes_data(slice, NULL) == text + 10);
    CHECK(coord_bytes_ref(bytes) == bytes);
    coord_bytes_free(bytes);
    coord_bytes_free(bytes);
    CHECK(released == 0 && is_text(slice, "the host"));
    coord_bytes_free(slice);
    CHECK(released == 1);
    CHECK_OK(coord_bytes_new_external(NULL, 0, NULL, NULL, &bytes, ERR));
    CHECK(coord_bytes_size(bytes) == 0);
    coord_bytes_free(bytes);
}

static void external_memory_is_released_on_failure_too(void) {
    int released = 0;
    coord_bytes* bytes = POISON;
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "data:",
                coord_bytes_new_external(NULL, 1, &released, count_free, &bytes, ERR));
    CHECK(bytes == NULL && released == 1);
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "bytes:",
                coord_bytes_new_external("x", 1, &released, count_free, NULL, ERR));
    CHECK(released == 2);
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "data:",
                coord_bytes_new_external("x", COORD_NUL, &released, count_free, &bytes, ERR));
    CHECK(released == 3);
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "data:",
                coord_bytes_new_external("x", COORD_NUL, NULL, NULL, &bytes, ERR));
}

static void a_slice_stays_inside(void) {
    coord_bytes* bytes = new_text("0123456789");
    static const size_t wrong[][2] = {
        {11, 0}, {0, 11}, {10, 1}, {5, 6}, {SIZE_MAX, 1}, {1, SIZE_MAX}, {SIZE_MAX, SIZE_MAX}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        coord_bytes* slice = POISON;
        CHECK_FAILS(COORD_INVALID_ARGUMENT,
                    "offset",
                    coord_bytes_slice(bytes, wrong[i][0], wrong[i][1], &slice, ERR));
        CHECK(slice == NULL);
    }
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "slice:", coord_bytes_slice(bytes, 0, 1, NULL, ERR));
    coord_bytes* whole = NULL;
    coord_bytes* end = NULL;
    CHECK_OK(coord_bytes_slice(bytes, 0, 10, &whole, ERR));
    CHECK_OK(coord_bytes_slice(whole, 10, 0, &end, ERR));
    coord_bytes_free(bytes);
    CHECK(is_text(whole, "0123456789") && coord_bytes_size(end) == 0);
    coord_bytes_free(whole);
    coord_bytes_free(end);
}

static void a_long_chain_of_slices_is_freed_without_recursion(void) {
    coord_bytes* last = new_text("0123456789");
    for (int i = 0; i < 200000; i++) {
        coord_bytes* slice = NULL;
        if (coord_bytes_slice(last, 0, 10, &slice, NULL) != COORD_OK) break;
        coord_bytes_free(last);
        last = slice;
    }
    CHECK(is_text(last, "0123456789"));
    coord_bytes_free(last);
}

static void load_flagged(void* user, coord_request* request) {
    (void)user;
    coord_request_succeed(
        request,
        "v",
        1,
        COORD_OPTIONS(
            coord_value_options, .flags = COORD_VALUE_NO_STORE, .expire_unix_ns = INT64_MAX));
}

static void a_value_knows_its_flags_and_expiry(void) {
    coord_runtime* runtime = new_runtime();
    coord_group* group = new_group(runtime, "flagged", load_flagged);
    coord_bytes* value = NULL;
    coord_bytes* slice = NULL;
    CHECK_OK(coord_group_get(group, "k", 1, NULL, &value, ERR));
    CHECK(coord_bytes_flags(value) == COORD_VALUE_NO_STORE);
    CHECK(coord_bytes_expire_unix_ns(value) == INT64_MAX);
    CHECK_OK(coord_bytes_slice(value, 0, 1, &slice, ERR));
    CHECK(coord_bytes_expire_unix_ns(slice) == 0);
    coord_group_free(group);
    coord_runtime_free(runtime);
    coord_bytes_free(value);
    CHECK(is_text(slice, "v"));
    coord_bytes_free(slice);
}

int main(void) {
    for_wrong_kinds(KIND_BYTES, accessors_take_anything);
    a_copy_is_a_copy();
    nothing_is_a_value_too();
    wrong_lengths_are_refused();
    external_memory_is_released_once();
    external_memory_is_released_on_failure_too();
    a_slice_stays_inside();
    a_long_chain_of_slices_is_freed_without_recursion();
    a_value_knows_its_flags_and_expiry();
    return check_result();
}
