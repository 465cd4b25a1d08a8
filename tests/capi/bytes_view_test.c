/* bytes.h as the reference's ByteView: over each kind of bytes, a length, one byte, parts, copies
 * and equality. */
#include "handles.h"

enum { forms = 3 };

/* The same bytes three ways: held by libcoord, by the host, and as a part of more. */
static coord_bytes* made(const char* text, int form) {
    char around[64];
    coord_bytes* bytes = NULL;
    if (form == 0) return new_text(text);
    if (form == 1) {
        CHECK_OK(coord_bytes_new_external(text, strlen(text), NULL, NULL, &bytes, ERR));
        return bytes;
    }
    snprintf(around, sizeof around, "<%s>", text);
    coord_bytes* whole = new_text(around);
    CHECK_OK(coord_bytes_slice(whole, 1, strlen(text), &bytes, ERR));
    coord_bytes_free(whole);
    return bytes;
}

static void read_all_ways(const char* text, int form) {
    const size_t size = strlen(text);
    coord_bytes* view = made(text, form);
    char room[16];
    CHECK(coord_bytes_size(view) == size && is_text(view, text));
    memset(room, '#', sizeof room);
    CHECK(coord_bytes_copy(view, 0, room, sizeof room) == size);
    CHECK(memcmp(room, text, size) == 0 && room[size] == '#');
    memset(room, '#', sizeof room);
    const size_t fits = size == 0 ? 0 : size - 1;
    CHECK(coord_bytes_copy(view, 0, room, fits) == fits);
    CHECK(memcmp(room, text, fits) == 0 && room[fits] == '#');
    /* Piece by piece, as a reader does. */
    char whole[16] = "";
    size_t at = 0;
    for (size_t got = 1; got != 0; at += got) got = coord_bytes_copy(view, at, whole + at, 1);
    CHECK(at == size);
    CHECK_TEXT(whole, text);
    CHECK(coord_bytes_copy(view, 0, NULL, 0) == 0);
    CHECK(coord_bytes_copy(view, size, room, 1) == 0);
    CHECK(coord_bytes_copy(view, SIZE_MAX, room, SIZE_MAX) == 0);
    coord_bytes_free(view);
}

static void a_view_is_read_whole_cut_off_and_piece_by_piece(void) {
    static const char* const texts[] = {"", "x", "yy"};
    for (int i = 0; i < 3; i++)
        for (int form = 0; form < forms; form++) read_all_ways(texts[i], form);
}

static void equality_is_that_of_length_and_bytes(void) {
    static const struct {
        const char* view;
        const char* other;
        int same;
    } rows[] = {
        {"x", "x", 1}, {"x", "y", 0}, {"x", "yy", 0}, {"xx", "x", 0}, {"", "", 1}, {"", "x", 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (int form = 0; form < forms; form++) {
            coord_bytes* view = made(rows[i].view, form);
            coord_bytes* other = made(rows[i].other, (form + 1) % forms);
            size_t len = 0;
            CHECK(coord_bytes_equal(view, rows[i].other, strlen(rows[i].other)) == rows[i].same);
            const void* data = coord_bytes_data(other, &len);
            CHECK(coord_bytes_equal(view, data, len) == rows[i].same);
            coord_bytes_free(view);
            coord_bytes_free(other);
        }
    }
    coord_bytes* empty = new_text("");
    CHECK(coord_bytes_equal(empty, NULL, 0) == 1 && coord_bytes_equal(empty, NULL, 1) == 0);
    coord_bytes_free(empty);
}

static void one_byte_is_given_or_refused(void) {
    for (int form = 0; form < forms; form++) {
        coord_bytes* view = made("x\xFF", form);
        uint8_t byte = 7;
        CHECK_OK(coord_bytes_at(view, 0, &byte, ERR));
        CHECK(byte == 'x');
        CHECK_OK(coord_bytes_at(view, 1, &byte, ERR));
        CHECK(byte == 0xFF);
        byte = 7;
        CHECK_FAILS(COORD_INVALID_ARGUMENT, "index:", coord_bytes_at(view, 2, &byte, ERR));
        CHECK_FAILS(COORD_INVALID_ARGUMENT, "index:", coord_bytes_at(view, SIZE_MAX, &byte, ERR));
        CHECK(byte == 7);
        CHECK_FAILS(COORD_INVALID_ARGUMENT, "byte:", coord_bytes_at(view, 0, NULL, ERR));
        coord_bytes_free(view);
    }
}

static void parts_of_parts_are_parts(void) {
    for (int form = 0; form < forms; form++) {
        coord_bytes* view = made("some bytes", form);
        coord_bytes* rest = NULL;
        coord_bytes* middle = NULL;
        CHECK_OK(coord_bytes_slice_from(view, 5, &rest, ERR));
        CHECK_OK(coord_bytes_slice(view, 2, 5, &middle, ERR));
        CHECK((const char*)coord_bytes_data(rest, NULL) ==
              (const char*)coord_bytes_data(view, NULL) + 5);
        coord_bytes_free(view);
        CHECK(is_text(rest, "bytes") && is_text(middle, "me by"));
        coord_bytes* last = NULL;
        coord_bytes* none = NULL;
        CHECK_OK(coord_bytes_slice_from(rest, 4, &last, ERR));
        CHECK_OK(coord_bytes_slice_from(rest, 5, &none, ERR));
        coord_bytes_free(rest);
        CHECK(was_text(last, "s") && was_text(none, "") && was_text(middle, "me by"));
    }
}

static void a_part_that_begins_beyond_the_end_is_refused(void) {
    coord_bytes* view = new_text("0123456789");
    static const size_t wrong[] = {11, SIZE_MAX};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        coord_bytes* rest = POISON;
        CHECK_FAILS(
            COORD_INVALID_ARGUMENT, "offset:", coord_bytes_slice_from(view, wrong[i], &rest, ERR));
        CHECK(rest == NULL);
    }
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "slice:", coord_bytes_slice_from(view, 0, NULL, ERR));
    coord_bytes_free(view);
}

static void bytes_are_wanted(void* wrong) {
    uint8_t byte = 7;
    char room[4] = "abc";
    coord_bytes* rest = POISON;
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "bytes:", coord_bytes_at(wrong, 0, &byte, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "bytes:", coord_bytes_slice_from(wrong, 0, &rest, ERR));
    CHECK(rest == NULL && byte == 7);
    CHECK(coord_bytes_copy(wrong, 0, room, sizeof room) == 0);
    CHECK_TEXT(room, "abc");
    CHECK(coord_bytes_equal(wrong, "", 0) == 0);
}

int main(void) {
    a_view_is_read_whole_cut_off_and_piece_by_piece();
    equality_is_that_of_length_and_bytes();
    one_byte_is_given_or_refused();
    parts_of_parts_are_parts();
    a_part_that_begins_beyond_the_end_is_refused();
    for_wrong_kinds(KIND_BYTES, bytes_are_wanted);
    return check_result();
}
