/* peer.h: every wrong way to make and to ask a peer of the host. */
#include <coord/coord.h>

#include "handles.h"

static int asked;

static void answer(void* user, coord_request* request) {
    (void)user;
    asked++;
    coord_request_free(request);
}

static void peers_are_wanted(void* wrong) {
    const coord_status invalid = COORD_INVALID_ARGUMENT;
    coord_bytes* value = POISON;
    coord_op* op = POISON;
    size_t len = 9;
    CHECK(coord_peer_ref(wrong) == NULL);
    CHECK_TEXT(coord_peer_url(wrong, &len), "");
    CHECK(len == 0);
    CHECK_FAILS(invalid, "peer:", coord_peer_get(wrong, "g", 1, "k", 1, NULL, &value, ERR));
    CHECK(value == NULL);
    CHECK_FAILS(invalid, "peer:", coord_peer_set(wrong, "g", 1, "k", 1, "v", 1, NULL, NULL, ERR));
    CHECK_FAILS(invalid, "peer:", coord_peer_remove(wrong, "g", 1, "k", 1, NULL, ERR));
    CHECK_FAILS(
        invalid, "peer:", coord_peer_get_start(wrong, "g", 1, "k", 1, NULL, NULL, 1, &op, ERR));
    CHECK(op == NULL);
    op = POISON;
    CHECK_FAILS(invalid,
                "peer:",
                coord_peer_set_start(wrong, "g", 1, "k", 1, "v", 1, NULL, NULL, NULL, 1, &op, ERR));
    CHECK(op == NULL);
    op = POISON;
    CHECK_FAILS(
        invalid, "peer:", coord_peer_remove_start(wrong, "g", 1, "k", 1, NULL, NULL, 1, &op, ERR));
    CHECK(op == NULL);
    coord_peer_free(wrong);
}

static void refused(coord_runtime* runtime,
                    const char* url,
                    size_t len,
                    coord_peer_options options,
                    const char* part) {
    static int freed;
    const int before = freed;
    coord_peer* peer = POISON;
    options.size = sizeof options;
    options.user = &freed;
    options.user_free = count_free;
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, part, coord_peer_new(runtime, url, len, &options, &peer, ERR));
    CHECK(peer == NULL);
    CHECK(freed == before + 1);
}

static void wrong_options_are_refused(coord_runtime* runtime, coord_queue* queue) {
    static char long_url[1025];
    memset(long_url, 'x', sizeof long_url);
    const coord_peer_options good = {.peer_get = answer, .peer_remove = answer};
    coord_peer_options bad = good;
    refused(NULL, "p", 1, good, "runtime:");
    refused(runtime, NULL, 1, good, "url:");
    refused(runtime, "", 0, good, "url:");
    refused(runtime, NULL, 0, good, "url:");
    refused(runtime, long_url, sizeof long_url, good, "url:");
    bad.flags = 2;
    refused(runtime, "p", 1, bad, "options.flags:");
    bad.flags = COORD_PEER_TAKES_SET;
    refused(runtime, "p", 1, bad, "options.flags:");
    bad = good;
    bad.peer_get = NULL;
    refused(runtime, "p", 1, bad, "options.peer_get:");
    bad = good;
    bad.peer_remove = NULL;
    refused(runtime, "p", 1, bad, "options.peer_remove:");
    bad = good;
    bad.requests = queue;
    refused(runtime, "p", 1, bad, "options.requests:");
    bad = (coord_peer_options){.requests = (coord_queue*)(void*)runtime};
    refused(runtime, "p", 1, bad, "queue:");
    coord_peer* peer = POISON;
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "options:", coord_peer_new(runtime, "p", 1, NULL, &peer, ERR));
    CHECK(peer == NULL);
    bad = good;
    bad.size = 3;
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "options.size", coord_peer_new(runtime, "p", 1, &bad, &peer, ERR));
    bad.size = sizeof bad;
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "peer:", coord_peer_new(runtime, "p", 1, &bad, NULL, ERR));
    coord_queue* closed = new_queue(runtime);
    coord_queue_close(closed);
    CHECK_FAILS(
        COORD_CLOSED,
        "options.requests",
        coord_peer_new(
            runtime, "p", 1, COORD_OPTIONS(coord_peer_options, .requests = closed), &peer, ERR));
    coord_queue_free(closed);
}

static void wrong_arguments_are_refused(coord_runtime* runtime) {
    static char long_name[65536];
    memset(long_name, 'x', sizeof long_name);
    coord_peer* peer = NULL;
    CHECK_OK(coord_peer_new(
        runtime,
        "mine",
        COORD_NUL,
        COORD_OPTIONS(
            coord_peer_options, .peer_get = answer, .peer_set = answer, .peer_remove = answer),
        &peer,
        ERR));
    coord_queue* queue = new_queue(runtime);
    coord_bytes* value = POISON;
    const coord_status invalid = COORD_INVALID_ARGUMENT;
    CHECK_FAILS(invalid, "value:", coord_peer_get(peer, "g", 1, "k", 1, NULL, NULL, ERR));
    CHECK_FAILS(invalid, "group:", coord_peer_get(peer, NULL, 1, "k", 1, NULL, &value, ERR));
    CHECK(value == NULL);
    CHECK_FAILS(
        invalid, "group:", coord_peer_get(peer, long_name, 1025, "k", 1, NULL, &value, ERR));
    CHECK_FAILS(invalid, "key:", coord_peer_get(peer, "g", 1, NULL, 1, NULL, &value, ERR));
    CHECK_FAILS(invalid, "key:", coord_peer_remove(peer, "g", 1, long_name, 65536, NULL, ERR));
    CHECK_FAILS(invalid, "key:", coord_peer_remove(peer, "g", 1, "k", (size_t)-2, NULL, ERR));
    CHECK_FAILS(invalid, "data:", coord_peer_set(peer, "g", 1, "k", 1, NULL, 1, NULL, NULL, ERR));
    CHECK_FAILS(
        invalid, "data:", coord_peer_set(peer, "g", 1, "k", 1, "v", COORD_NUL, NULL, NULL, ERR));
    CHECK_FAILS(invalid,
                "value.flags",
                coord_peer_set(peer,
                               "g",
                               1,
                               "k",
                               1,
                               "v",
                               1,
                               COORD_OPTIONS(coord_value_options, .flags = COORD_VALUE_NO_STORE),
                               NULL,
                               ERR));
    CHECK_FAILS(invalid,
                "value.ttl_ns",
                coord_peer_set(peer,
                               "g",
                               1,
                               "k",
                               1,
                               "v",
                               1,
                               COORD_OPTIONS(coord_value_options, .ttl_ns = -1),
                               NULL,
                               ERR));
    const coord_call_options late = {.size = sizeof late, .timeout_ns = -5};
    CHECK_FAILS(invalid, "timeout_ns", coord_peer_remove(peer, "g", 1, "k", 1, &late, ERR));
    CHECK_FAILS(
        invalid, "queue:", coord_peer_get_start(peer, "g", 1, "k", 1, NULL, NULL, 1, NULL, ERR));
    CHECK_FAILS(
        invalid, "key:", coord_peer_get_start(peer, "g", 1, NULL, 1, NULL, queue, 1, NULL, ERR));
    CHECK_FAILS(
        invalid,
        "data:",
        coord_peer_set_start(peer, "g", 1, "k", 1, NULL, 1, NULL, NULL, queue, 1, NULL, ERR));
    coord_queue_close(queue);
    CHECK_FAILS(COORD_CLOSED,
                "queue",
                coord_peer_remove_start(peer, "g", 1, "k", 1, NULL, queue, 1, NULL, ERR));
    CHECK(asked == 0);
    coord_queue_free(queue);
    CHECK(coord_peer_ref(peer) == peer);
    coord_peer_free(peer);
    CHECK_TEXT(coord_peer_url(peer, NULL), "mine");
    coord_peer_free(peer);
}

int main(void) {
    coord_runtime* runtime = new_runtime();
    coord_queue* queue = new_queue(runtime);
    for_wrong_kinds(KIND_PEER, peers_are_wanted);
    wrong_options_are_refused(runtime, queue);
    wrong_arguments_are_refused(runtime);
    coord_queue_free(queue);
    coord_runtime_free(runtime);
    return check_result();
}
