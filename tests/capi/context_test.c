/* context.h: deadlines, cancelling, children, and the text they carry. */
#include <coord/coord.h>

#include "handles.h"

static void accessors_take_anything(void* wrong) {
    size_t len = 9;
    CHECK(coord_context_ref(wrong) == NULL);
    CHECK(coord_context_is_cancelled(wrong) == 0);
    CHECK(coord_context_remaining_ns(wrong) == COORD_FOREVER);
    CHECK_TEXT(coord_context_trace(wrong, &len), "");
    CHECK(len == 0);
    CHECK(coord_context_user(wrong) == NULL);
    coord_context_cancel(wrong);
    coord_context_free(wrong);
    if (wrong == NULL) return;
    coord_context* child = POISON;
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT,
        "context:",
        coord_context_new(COORD_OPTIONS(coord_context_options, .parent = wrong), &child, ERR));
    CHECK(child == NULL);
}

static void defaults_have_no_end(void) {
    coord_context* context = POISON;
    size_t len = 9;
    CHECK_OK(coord_context_new(NULL, &context, ERR));
    CHECK(coord_context_is_cancelled(context) == 0);
    CHECK(coord_context_remaining_ns(context) == COORD_FOREVER);
    CHECK_TEXT(coord_context_trace(context, &len), "");
    CHECK(len == 0);
    CHECK(coord_context_ref(context) == context);
    coord_context_free(context);
    coord_context_cancel(context);
    coord_context_cancel(context);
    CHECK(coord_context_is_cancelled(context) == 1);
    CHECK(coord_context_remaining_ns(context) == 0);
    coord_context_free(context);
    CHECK_OK(coord_context_new(
        COORD_OPTIONS(coord_context_options, .timeout_ns = COORD_FOREVER), &context, ERR));
    CHECK(coord_context_remaining_ns(context) == COORD_FOREVER);
    coord_context_free(context);
}

static void a_timeout_runs_out(void) {
    coord_context* context = NULL;
    CHECK_OK(coord_context_new(
        COORD_OPTIONS(coord_context_options, .timeout_ns = COORD_MINUTE), &context, ERR));
    const int64_t left = coord_context_remaining_ns(context);
    CHECK(left > 0 && left <= COORD_MINUTE && coord_context_is_cancelled(context) == 0);
    coord_context_free(context);
    CHECK_OK(
        coord_context_new(COORD_OPTIONS(coord_context_options, .timeout_ns = 1), &context, ERR));
    while (coord_context_remaining_ns(context) != 0) continue;
    CHECK(coord_context_is_cancelled(context) == 1);
    coord_context_free(context);
}

static void a_child_ends_with_its_parent(void) {
    coord_context* parent = NULL;
    coord_context* child = NULL;
    coord_context* grandchild = NULL;
    coord_context* sibling = NULL;
    CHECK_OK(coord_context_new(COORD_OPTIONS(coord_context_options,
                                             .timeout_ns = COORD_SECOND,
                                             .trace = "up",
                                             .trace_len = COORD_NUL),
                               &parent,
                               ERR));
    coord_context_options of_child = {
        .size = sizeof of_child, .timeout_ns = COORD_MINUTE, .parent = parent};
    CHECK_OK(coord_context_new(&of_child, &child, ERR));
    CHECK_OK(coord_context_new(&of_child, &sibling, ERR));
    CHECK(coord_context_remaining_ns(child) <= COORD_SECOND);
    CHECK_TEXT(coord_context_trace(child, NULL), "up");
    coord_context_options of_grandchild = {
        .size = sizeof of_grandchild, .parent = child, .trace = "down!", .trace_len = 4};
    CHECK_OK(coord_context_new(&of_grandchild, &grandchild, ERR));
    CHECK_TEXT(coord_context_trace(grandchild, NULL), "down");
    coord_context_free(parent);
    coord_context_cancel(child);
    CHECK(coord_context_is_cancelled(grandchild) == 1 && coord_context_is_cancelled(sibling) == 0);
    coord_context_free(child);
    of_child.parent = grandchild;
    CHECK_OK(coord_context_new(&of_child, &child, ERR));
    CHECK(coord_context_is_cancelled(child) == 1);
    coord_context_free(child);
    coord_context_free(grandchild);
    coord_context_free(sibling);
}

static void wrong_options_are_refused(void) {
    static char trace[4098];
    memset(trace, 't', sizeof trace - 1);
    coord_context* context = POISON;
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "size",
                coord_context_new(&(coord_context_options){.size = 0}, &context, ERR));
    CHECK(context == NULL);
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "flags",
                coord_context_new(COORD_OPTIONS(coord_context_options, .flags = 1), &context, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "timeout_ns",
                coord_context_new(
                    COORD_OPTIONS(coord_context_options, .timeout_ns = COORD_OFF), &context, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "timeout_ns",
                coord_context_new(
                    COORD_OPTIONS(coord_context_options, .timeout_ns = INT64_MIN), &context, ERR));
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT,
        "trace",
        coord_context_new(COORD_OPTIONS(coord_context_options, .trace = trace, .trace_len = 4097),
                          &context,
                          ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "trace",
                coord_context_new(
                    COORD_OPTIONS(coord_context_options, .trace = trace, .trace_len = COORD_NUL),
                    &context,
                    ERR));
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT,
        "trace",
        coord_context_new(COORD_OPTIONS(coord_context_options, .trace_len = 1), &context, ERR));
    CHECK(context == NULL);
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "context:", coord_context_new(NULL, NULL, ERR));
    CHECK_OK(coord_context_new(
        COORD_OPTIONS(coord_context_options, .trace = trace, .trace_len = 4096), &context, ERR));
    size_t len = 0;
    CHECK(strlen(coord_context_trace(context, &len)) == 4096 && len == 4096);
    coord_context_free(context);
}

static void sizes_older_and_newer_are_understood(void) {
    struct newer {
        coord_context_options known;
        uint64_t more;
    } options = {.known = {.size = sizeof options, .timeout_ns = COORD_SECOND}};
    coord_context* context = NULL;
    CHECK_OK(coord_context_new(&options.known, &context, ERR));
    CHECK(coord_context_remaining_ns(context) <= COORD_SECOND);
    coord_context_free(context);
    options.more = 1;
    context = POISON;
    CHECK_FAILS(
        COORD_UNSUPPORTED, "does not know", coord_context_new(&options.known, &context, ERR));
    CHECK(context == NULL);
    options.known.size = offsetof(coord_context_options, parent);
    options.known.parent = (coord_context*)POISON; /* beyond the size */
    CHECK_OK(coord_context_new(&options.known, &context, ERR));
    CHECK(coord_context_remaining_ns(context) <= COORD_SECOND);
    coord_context_free(context);
}

static void a_user_is_inherited_and_freed_once(void) {
    int freed = 0;
    int other = 0;
    coord_context* parent = NULL;
    coord_context* child = NULL;
    coord_context* grandchild = NULL;
    CHECK_OK(coord_context_new(
        COORD_OPTIONS(coord_context_options, .user = &freed, .user_free = count_free),
        &parent,
        ERR));
    CHECK_OK(
        coord_context_new(COORD_OPTIONS(coord_context_options, .parent = parent), &child, ERR));
    CHECK_OK(coord_context_new(
        COORD_OPTIONS(coord_context_options, .parent = child, .user = &other), &grandchild, ERR));
    CHECK(coord_context_user(parent) == &freed && coord_context_user(child) == &freed);
    CHECK(coord_context_user(grandchild) == &other);
    coord_context_free(parent);
    coord_context_free(grandchild);
    CHECK(freed == 0 && coord_context_user(child) == &freed);
    coord_context_free(child);
    CHECK(freed == 1 && other == 0);
    coord_context* context = POISON;
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "flags",
                coord_context_new(
                    COORD_OPTIONS(
                        coord_context_options, .flags = 1, .user = &freed, .user_free = count_free),
                    &context,
                    ERR));
    CHECK(context == NULL && freed == 2);
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "context:",
                coord_context_new(
                    COORD_OPTIONS(coord_context_options, .user = &freed, .user_free = count_free),
                    NULL,
                    ERR));
    CHECK(freed == 3);
}

static void a_chain_of_parents_has_an_end(void) {
    coord_context* last = NULL;
    CHECK_OK(coord_context_new(NULL, &last, ERR));
    coord_context* const first = coord_context_ref(last);
    coord_status status = COORD_OK;
    int made = 1;
    while (made < 1000) {
        coord_context* next = NULL;
        status =
            coord_context_new(COORD_OPTIONS(coord_context_options, .parent = last), &next, NULL);
        if (status != COORD_OK) break;
        coord_context_free(last);
        last = next;
        made++;
    }
    CHECK(status == COORD_EXHAUSTED && made >= 256 && made <= 258);
    coord_context_cancel(first);
    CHECK(coord_context_is_cancelled(last) == 1);
    coord_context_free(first);
    coord_context_free(last);
}

int main(void) {
    for_wrong_kinds(KIND_CONTEXT, accessors_take_anything);
    defaults_have_no_end();
    a_timeout_runs_out();
    a_child_ends_with_its_parent();
    wrong_options_are_refused();
    sizes_older_and_newer_are_understood();
    a_user_is_inherited_and_freed_once();
    a_chain_of_parents_has_an_end();
    return check_result();
}
