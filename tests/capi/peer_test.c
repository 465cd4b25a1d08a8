/* peer.h: peers of the host. What they are asked, what their answers mean, and how questions end.
 */
#include <coord/coord.h>

#include "handles.h"
#include "latch.h"

enum how { VALUE, NOTHING, REFUSE, OUT_OF_REACH, FORGET, TWICE, KEEP };

typedef struct scene {
    enum how how;
    int32_t kind;
    char set[32];
    latch asked;
    coord_request* kept;
    int freed;
} scene;

static void end_request(scene* is, coord_request* request) {
    switch (is->how) {
        case VALUE:
            coord_request_succeed(request,
                                  "value",
                                  5,
                                  COORD_OPTIONS(coord_value_options, .expire_unix_ns = INT64_MAX));
            break;
        case NOTHING:
            coord_request_succeed(request, NULL, 0, NULL);
            break;
        case REFUSE:
            coord_request_fail(request, COORD_NOT_FOUND, "no such key", COORD_NUL);
            break;
        case OUT_OF_REACH:
            coord_request_fail(request, COORD_UNAVAILABLE, "the line is dead", COORD_NUL);
            break;
        case FORGET:
            coord_request_free(request);
            break;
        case TWICE:
            coord_request_succeed(request, "first", 5, NULL);
            coord_request_succeed(request, "second", 6, NULL);
            coord_request_fail(request, COORD_DENIED, NULL, 0);
            break;
        case KEEP:
            is->kept = request;
            break;
    }
}

static void answer(void* user, coord_request* request) {
    scene* is = user;
    size_t len = 0;
    is->kind = coord_request_kind(request);
    CHECK(coord_request_count(request) == 1);
    CHECK_TEXT(coord_request_group(request, NULL), "g");
    CHECK_TEXT(coord_request_key(request, 0, &len), "key");
    CHECK(len == 3);
    CHECK_TEXT(coord_request_peer(request, &len), "a/peer of mine");
    CHECK(len == 14);
    CHECK(coord_request_user(request, 0) == NULL && coord_request_error(request) == NULL);
    CHECK(coord_context_remaining_ns(coord_request_context(request)) > 0);
    const coord_bytes* value = coord_request_value(request, 0);
    CHECK((value != NULL) == (is->kind == COORD_REQUEST_PEER_SET));
    CHECK(coord_request_value(request, 1) == NULL);
    if (value != NULL) {
        CHECK(is_text(value, "new"));
        CHECK(coord_bytes_expire_unix_ns(value) == 77);
    }
    if (is->kind != COORD_REQUEST_PEER_GET)
        CHECK_FAILS(
            COORD_UNSUPPORTED, "no value", coord_request_set(request, 0, "x", 1, NULL, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "item",
                coord_request_set_error(request, 1, COORD_DENIED, NULL, 0, ERR));
    end_request(is, request);
    latch_add(&is->asked);
}

static coord_peer_options by_callbacks(scene* is) {
    return (coord_peer_options){.size = sizeof(coord_peer_options),
                                .peer_get = answer,
                                .peer_set = answer,
                                .peer_remove = answer,
                                .user = is,
                                .user_free = NULL};
}

static coord_peer* make(coord_runtime* runtime, scene* is) {
    coord_peer* peer = NULL;
    coord_peer_options options = by_callbacks(is);
    CHECK_OK(coord_peer_new(runtime, "a/peer of mine", COORD_NUL, &options, &peer, ERR));
    return peer;
}

static void every_answer_has_its_meaning(coord_runtime* runtime) {
    static scene is = {.how = VALUE, .asked = LATCH_INIT};
    coord_peer* peer = make(runtime, &is);
    coord_bytes* value = NULL;
    CHECK_OK(coord_peer_get(peer, "g", 1, "key", COORD_NUL, NULL, &value, ERR));
    CHECK(is.kind == COORD_REQUEST_PEER_GET);
    CHECK(coord_bytes_expire_unix_ns(value) == INT64_MAX);
    CHECK(was_text(value, "value"));
    is.how = NOTHING;
    CHECK_OK(coord_peer_get(peer, "g", 1, "key", 3, NULL, &value, ERR));
    CHECK(was_text(value, ""));
    const coord_value_options keep = {.size = sizeof keep, .expire_unix_ns = 77};
    CHECK_OK(coord_peer_set(peer, "g", 1, "key", 3, "new", 3, &keep, NULL, ERR));
    CHECK(is.kind == COORD_REQUEST_PEER_SET);
    CHECK_OK(coord_peer_remove(peer, "g", 1, "key", 3, NULL, ERR));
    CHECK(is.kind == COORD_REQUEST_PEER_REMOVE);
    is.how = TWICE;
    CHECK_OK(coord_peer_get(peer, "g", 1, "key", 3, NULL, &value, ERR));
    CHECK(was_text(value, "first"));
    is.how = REFUSE;
    CHECK_FAILS(
        COORD_NOT_FOUND, "no such key", coord_peer_get(peer, "g", 1, "key", 3, NULL, &value, ERR));
    CHECK(value == NULL);
    is.how = OUT_OF_REACH;
    CHECK_FAILS(COORD_UNAVAILABLE,
                "the line is dead",
                coord_peer_set(peer, "g", 1, "key", 3, "new", 3, &keep, NULL, ERR));
    is.how = FORGET;
    coord_error* err = NULL;
    CHECK(coord_peer_remove(peer, "g", 1, "key", 3, NULL, &err) == COORD_UNAVAILABLE);
    CHECK(coord_error_status(coord_error_cause(err)) == COORD_ABANDONED);
    CHECK_TEXT(coord_error_detail(err, "peer", COORD_NUL, NULL), "a/peer of mine");
    CHECK_TEXT(coord_error_detail(err, "group", COORD_NUL, NULL), "g");
    CHECK_TEXT(coord_error_detail(err, "key", COORD_NUL, NULL), "key");
    coord_error_free(err);
    coord_peer_free(peer);
}

static void one_that_never_answers_costs_its_caller_the_timeout(coord_runtime* runtime) {
    static scene is = {.how = KEEP, .asked = LATCH_INIT};
    coord_peer* peer = make(runtime, &is);
    coord_bytes* value = POISON;
    const coord_call_options soon = {.size = sizeof soon, .timeout_ns = 20000000};
    CHECK_FAILS(
        COORD_TIMED_OUT, "deadline", coord_peer_get(peer, "g", 1, "key", 3, &soon, &value, ERR));
    CHECK(value == NULL);
    latch_wait(&is.asked, 1);
    coord_request_succeed(is.kept, "late", 4, NULL);
    /* The caller may go before that. */
    coord_queue* queue = new_queue(runtime);
    coord_op* op = NULL;
    CHECK_OK(coord_peer_get_start(peer, "g", 1, "key", 3, NULL, queue, 5, &op, ERR));
    latch_wait(&is.asked, 2);
    coord_op_cancel(op);
    coord_event event = next_event(queue);
    CHECK(event.kind == COORD_EVENT_BYTES && event.status == COORD_CANCELLED && event.token == 5);
    coord_event_clear(&event);
    coord_op_free(op);
    coord_request_succeed(is.kept, "late", 4, NULL);
    coord_queue_free(queue);
    coord_peer_free(peer);
}

static void requests_of_a_queue_are_answered_at_leisure(coord_runtime* runtime) {
    coord_queue* requests = new_queue(runtime);
    coord_queue* answers = new_queue(runtime);
    coord_peer* peer = NULL;
    coord_peer* reads_only = NULL;
    CHECK_OK(coord_peer_new(runtime,
                            "queue",
                            COORD_NUL,
                            COORD_OPTIONS(coord_peer_options,
                                          .flags = COORD_PEER_TAKES_SET,
                                          .requests = requests,
                                          .requests_token = 9),
                            &peer,
                            ERR));
    CHECK_OK(coord_peer_new(runtime,
                            "reader",
                            COORD_NUL,
                            COORD_OPTIONS(coord_peer_options, .requests = requests),
                            &reads_only,
                            ERR));
    CHECK_FAILS(COORD_UNSUPPORTED,
                "does not take values",
                coord_peer_set(reads_only, "g", 1, "key", 3, "v", 1, NULL, NULL, ERR));
    CHECK_OK(coord_peer_get_start(peer, "g", 1, "a", 1, NULL, answers, 1, NULL, ERR));
    CHECK_OK(coord_peer_set_start(peer, "g", 1, "b", 1, "v", 1, NULL, NULL, answers, 2, NULL, ERR));
    CHECK_OK(coord_peer_remove_start(peer, "g", 1, "c", 1, NULL, answers, 3, NULL, ERR));
    const int32_t kinds[] = {
        COORD_REQUEST_PEER_GET, COORD_REQUEST_PEER_SET, COORD_REQUEST_PEER_REMOVE};
    for (int i = 0; i < 3; i++) {
        coord_event asked = next_event(requests);
        CHECK(asked.kind == COORD_EVENT_REQUEST && asked.token == 9);
        CHECK(coord_request_kind(asked.value) == kinds[i]);
        if (i == 0) CHECK_OK(coord_request_set(asked.value, 0, "set", 3, NULL, ERR));
        coord_request_succeed(asked.value, NULL, 0, NULL);
        coord_event ended = next_event(answers);
        CHECK(ended.token == (uint64_t)i + 1 && ended.status == COORD_OK);
        CHECK(ended.kind == (i == 0 ? COORD_EVENT_BYTES : COORD_EVENT_DONE));
        CHECK(i != 0 || is_text(ended.value, "set"));
        coord_event_clear(&ended);
    }
    /* The last handle ends what is open; the request can still be ended by who has it. */
    CHECK_OK(coord_peer_get_start(peer, "g", 1, "d", 1, NULL, answers, 4, NULL, ERR));
    coord_event asked = next_event(requests);
    coord_peer_free(peer);
    coord_event ended = next_event(answers);
    CHECK(ended.token == 4 && ended.status == COORD_UNAVAILABLE);
    coord_event_clear(&ended);
    coord_request_succeed(asked.value, "late", 4, NULL);
    coord_peer_free(reads_only);
    coord_queue_free(requests);
    coord_queue_free(answers);
}

static void a_closed_runtime_is_said(void) {
    coord_runtime* runtime = new_runtime();
    static scene is = {.how = VALUE, .asked = LATCH_INIT};
    coord_peer* peer = make(runtime, &is);
    coord_peer* late = POISON;
    coord_bytes* value = NULL;
    CHECK_OK(coord_runtime_close(runtime, NULL, ERR));
    CHECK_FAILS(COORD_CLOSED, "closed", coord_peer_get(peer, "g", 1, "key", 3, NULL, &value, ERR));
    int freed = 0;
    coord_peer_options options = by_callbacks(&is);
    options.user = &freed;
    options.user_free = count_free;
    CHECK_FAILS(COORD_CLOSED, "closed", coord_peer_new(runtime, "p", 1, &options, &late, ERR));
    CHECK(late == NULL && freed == 1);
    coord_peer_free(peer);
    coord_runtime_free(runtime);
}

static void user_is_freed_with_the_peer(coord_runtime* runtime) {
    int freed = 0;
    coord_peer* peer = NULL;
    scene is = {0};
    coord_peer_options options = by_callbacks(&is);
    options.user = &freed;
    options.user_free = count_free;
    CHECK_OK(coord_peer_new(runtime, "p", 1, &options, &peer, ERR));
    CHECK(freed == 0);
    coord_peer_free(peer);
    CHECK(freed == 1);
}

int main(void) {
    coord_runtime* runtime = new_runtime();
    every_answer_has_its_meaning(runtime);
    one_that_never_answers_costs_its_caller_the_timeout(runtime);
    requests_of_a_queue_are_answered_at_leisure(runtime);
    a_closed_runtime_is_said();
    user_is_freed_with_the_peer(runtime);
    coord_runtime_free(runtime);
    return check_result();
}
