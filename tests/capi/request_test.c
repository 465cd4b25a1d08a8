/* request.h: what a request tells, and every way to end it. */
#include <coord/coord.h>

#include "handles.h"

static void accessors_take_anything(void* wrong) {
    size_t len = 9;
    CHECK(coord_request_kind(wrong) == 0);
    CHECK(coord_request_count(wrong) == 0);
    CHECK_TEXT(coord_request_key(wrong, 0, &len), "");
    CHECK(len == 0);
    CHECK(coord_request_value(wrong, 0) == NULL);
    CHECK(coord_request_user(wrong, 0) == NULL);
    CHECK(coord_request_context(wrong) == NULL);
    len = 9;
    CHECK_TEXT(coord_request_group(wrong, &len), "");
    CHECK(len == 0);
    len = 9;
    CHECK_TEXT(coord_request_peer(wrong, &len), "");
    CHECK(len == 0);
    CHECK(coord_request_error(wrong) == NULL);
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "request:", coord_request_set(wrong, 0, "v", 1, NULL, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "request:",
                coord_request_set_error(wrong, 0, COORD_LOST, NULL, 0, ERR));
    coord_request_succeed(wrong, "v", 1, NULL);
    coord_request_fail(wrong, COORD_LOST, "m", 1);
    coord_request_free(wrong);
}

/* A group fed by a queue, and a get under way whose request is in hand. */
typedef struct asked {
    coord_runtime* runtime;
    coord_queue* loads;
    coord_queue* answers;
    coord_group* group;
    coord_request* request;
} asked;

static asked ask(const char* key) {
    asked it = {.runtime = new_runtime()};
    it.loads = new_queue(it.runtime);
    it.answers = new_queue(it.runtime);
    CHECK_OK(coord_group_new(
        it.runtime,
        "asked",
        COORD_NUL,
        COORD_OPTIONS(coord_group_options, .requests = it.loads, .requests_token = 42),
        &it.group,
        ERR));
    CHECK_OK(coord_group_get_start(it.group, key, COORD_NUL, NULL, it.answers, 7, NULL, ERR));
    coord_event event = next_event(it.loads);
    CHECK(event.kind == COORD_EVENT_REQUEST && event.token == 42 && event.status == COORD_OK &&
          event.error == NULL);
    it.request = event.value;
    return it;
}

static void end_asked(asked* it) {
    coord_group_free(it->group);
    coord_queue_free(it->loads);
    coord_queue_free(it->answers);
    coord_runtime_free(it->runtime);
}

static void answered_value(asked* it, const char* text) {
    coord_event event = next_event(it->answers);
    CHECK(event.kind == COORD_EVENT_BYTES && event.token == 7 && event.status == COORD_OK &&
          event.error == NULL);
    CHECK(is_text(event.value, text));
    coord_event_clear(&event);
    end_asked(it);
}

/* NULL for the message: any. */
static void answered_error(asked* it, coord_status status, const char* message) {
    coord_event event = next_event(it->answers);
    CHECK(event.kind == COORD_EVENT_BYTES && event.token == 7 && event.status == status &&
          event.value == NULL);
    CHECK(coord_error_status(event.error) == status);
    if (message != NULL) CHECK_TEXT(coord_error_message(event.error), message);
    coord_event_clear(&event);
    end_asked(it);
}

static void a_load_tells_what_is_asked(void) {
    asked it = ask("the key");
    size_t len = 0;
    CHECK(coord_request_kind(it.request) == COORD_REQUEST_LOAD);
    CHECK(coord_request_count(it.request) == 1);
    CHECK_TEXT(coord_request_key(it.request, 0, &len), "the key");
    CHECK(len == 7);
    CHECK_TEXT(coord_request_key(it.request, 1, &len), "");
    CHECK(len == 0);
    CHECK_TEXT(coord_request_key(it.request, SIZE_MAX, NULL), "");
    CHECK_TEXT(coord_request_group(it.request, &len), "asked");
    CHECK(len == 5);
    CHECK(coord_request_value(it.request, 0) == NULL && coord_request_user(it.request, 0) == NULL);
    coord_context* context = coord_request_context(it.request);
    CHECK(context != NULL && coord_request_context(it.request) == context);
    const int64_t left = coord_context_remaining_ns(context);
    CHECK(left > 0 && left <= 30 * COORD_SECOND);
    coord_request_succeed(it.request, "v", 1, NULL);
    answered_value(&it, "v");
}

static void every_way_to_succeed(void) {
    asked it = ask("k");
    coord_request_succeed(it.request, NULL, 0, NULL);
    answered_value(&it, "");
    it = ask("k");
    CHECK_OK(coord_request_set(it.request, 0, "first", 5, NULL, ERR));
    CHECK_OK(coord_request_set(it.request, 0, "second", 6, NULL, ERR));
    coord_request_succeed(it.request, NULL, 0, NULL);
    answered_value(&it, "second");
    it = ask("k");
    CHECK_OK(coord_request_set_error(it.request, 0, COORD_LOST, "gone", COORD_NUL, ERR));
    CHECK_OK(coord_request_set(it.request, 0, "found again", 11, NULL, ERR));
    coord_request_succeed(it.request, NULL, 0, NULL);
    answered_value(&it, "found again");
    it = ask("k");
    CHECK_OK(coord_request_set(it.request, 0, "set", 3, NULL, ERR));
    coord_request_succeed(it.request, "given", 5, NULL);
    answered_value(&it, "given");
}

static void every_way_to_fail(void) {
    asked it = ask("k");
    coord_request_fail(it.request, COORD_NOT_FOUND, "no such row", COORD_NUL);
    answered_error(&it, COORD_NOT_FOUND, "no such row");
    it = ask("k");
    coord_request_fail(it.request, COORD_OK, "said ok", 7);
    answered_error(&it, COORD_HOST_FAILED, "said ok");
    it = ask("k");
    coord_request_fail(it.request, COORD_DENIED, NULL, 0);
    answered_error(&it, COORD_DENIED, NULL);
    it = ask("k");
    coord_request_fail(it.request, COORD_DENIED, NULL, COORD_NUL);
    answered_error(&it, COORD_DENIED, NULL);
    it = ask("k");
    coord_request_fail(it.request, 12345, "a status of tomorrow", COORD_NUL);
    answered_error(&it, 12345, "a status of tomorrow");
    it = ask("k");
    coord_request_free(it.request);
    answered_error(&it, COORD_ABANDONED, NULL);
    it = ask("k");
    CHECK_OK(coord_request_set(it.request, 0, "v", 1, NULL, ERR));
    CHECK_OK(coord_request_set_error(it.request, 0, COORD_LOST, "then lost, and more", 9, ERR));
    coord_request_succeed(it.request, NULL, 0, NULL);
    answered_error(&it, COORD_LOST, "then lost");
    it = ask("k");
    coord_event event = {.kind = COORD_EVENT_REQUEST, .value = it.request};
    coord_event_clear(&event);
    answered_error(&it, COORD_ABANDONED, NULL);
}

static void wrong_setters_are_refused_and_change_nothing(void) {
    asked it = ask("k");
    coord_value_options both = {.size = sizeof both, .ttl_ns = 1, .expire_unix_ns = 1};
    CHECK_OK(coord_request_set(it.request, 0, "kept", 4, NULL, ERR));
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "item", coord_request_set(it.request, 1, "v", 1, NULL, ERR));
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "data", coord_request_set(it.request, 0, NULL, 1, NULL, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "data",
                coord_request_set(it.request, 0, "v", COORD_NUL, NULL, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "data",
                coord_request_set(it.request, 0, "v", (size_t)1 << 32, NULL, ERR));
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "not both", coord_request_set(it.request, 0, "v", 1, &both, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "ttl_ns",
                coord_request_set(
                    it.request, 0, "v", 1, COORD_OPTIONS(coord_value_options, .ttl_ns = -1), ERR));
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT,
        "expire_unix_ns",
        coord_request_set(
            it.request, 0, "v", 1, COORD_OPTIONS(coord_value_options, .expire_unix_ns = -1), ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "flags",
                coord_request_set(
                    it.request, 0, "v", 1, COORD_OPTIONS(coord_value_options, .flags = 4), ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "size",
                coord_request_set(it.request, 0, "v", 1, &(coord_value_options){.size = 0}, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "item",
                coord_request_set_error(it.request, 1, COORD_LOST, NULL, 0, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "status",
                coord_request_set_error(it.request, 0, COORD_OK, NULL, 0, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "message",
                coord_request_set_error(it.request, 0, COORD_LOST, NULL, 1, ERR));
    coord_request_succeed(it.request, NULL, 0, NULL);
    answered_value(&it, "kept");
}

static void callers_see_what_was_wrong_with_an_answer(void) {
    coord_value_options both = {.size = sizeof both, .ttl_ns = 1, .expire_unix_ns = 1};
    asked it = ask("k");
    coord_request_succeed(it.request, "v", 1, &both);
    answered_error(&it, COORD_INVALID_ARGUMENT, NULL);
    it = ask("k");
    coord_request_succeed(it.request, NULL, 1, NULL);
    answered_error(&it, COORD_INVALID_ARGUMENT, NULL);
    it = ask("k");
    coord_request_succeed(it.request, "v", COORD_NUL, NULL);
    answered_error(&it, COORD_INVALID_ARGUMENT, NULL);
    it = ask("k");
    coord_request_succeed(it.request, "v", 1, &(coord_value_options){.size = 1});
    answered_error(&it, COORD_INVALID_ARGUMENT, NULL);
}

static void a_long_message_is_cut(void) {
    char* message = malloc(10000);
    memset(message, 'm', 10000);
    asked it = ask("k");
    coord_request_fail(it.request, COORD_LOST, message, 10000);
    coord_event event = next_event(it.answers);
    CHECK(strlen(coord_error_message(event.error)) == 4096);
    coord_event_clear(&event);
    end_asked(&it);
    free(message);
}

int main(void) {
    for_wrong_kinds(KIND_REQUEST, accessors_take_anything);
    a_load_tells_what_is_asked();
    every_way_to_succeed();
    every_way_to_fail();
    wrong_setters_are_refused_and_change_nothing();
    callers_see_what_was_wrong_with_an_answer();
    a_long_message_is_cut();
    return check_result();
}
