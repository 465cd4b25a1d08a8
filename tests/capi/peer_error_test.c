/* PEER_ERROR requests: what they tell, and each way to decide. The owner is a port where nobody
 * listens. */
#include <coord/coord.h>

#include <sched.h>

#include "handles.h"

#define NOBODY "http://127.0.0.1:1"

enum decision { LOAD_HERE, TELL, DEFAULT, FORGET, GIVE_A_VALUE };

typedef struct scene {
    enum decision decision;
    int errors;
    int loads;
    _Atomic int freed;
} scene;

static void load(void* user, coord_request* request) {
    scene* is = user;
    is->loads++;
    CHECK(coord_request_error(request) == NULL);
    size_t len = 9;
    CHECK_TEXT(coord_request_peer(request, &len), "");
    CHECK(len == 0);
    coord_request_succeed(request, "loaded", 6, NULL);
}

static void decide(void* user, coord_request* request) {
    scene* is = user;
    is->errors++;
    size_t len = 0;
    CHECK(coord_request_kind(request) == COORD_REQUEST_PEER_ERROR);
    CHECK(coord_request_count(request) == 1);
    CHECK_TEXT(coord_request_key(request, 0, &len), "key");
    CHECK_TEXT(coord_request_group(request, NULL), "decided");
    CHECK_TEXT(coord_request_peer(request, &len), NOBODY);
    CHECK(len == strlen(NOBODY));
    CHECK(coord_request_context(request) != NULL);
    const coord_error* why = coord_request_error(request);
    CHECK(coord_error_status(why) == COORD_UNAVAILABLE);
    CHECK_TEXT(coord_error_native_domain(why), "errno");
    coord_error* err = NULL;
    CHECK(coord_request_set(request, 0, "v", 1, NULL, &err) == COORD_UNSUPPORTED);
    coord_error_free(err);
    switch (is->decision) {
        case LOAD_HERE:
            coord_request_succeed(request, NULL, 0, NULL);
            break;
        case TELL:
            coord_request_fail(request, COORD_DENIED, "not here", COORD_NUL);
            break;
        case DEFAULT:
            coord_peers_default_peer_error(NULL, request);
            break;
        case FORGET:
            coord_request_free(request);
            break;
        case GIVE_A_VALUE:
            coord_request_succeed(request, "value", 5, NULL);
            break;
    }
}

static void count_freed(void* user) {
    ((scene*)user)->freed++;
}

static void decided(coord_runtime* runtime, enum decision how, coord_status expected, int loads) {
    scene is = {.decision = how};
    coord_peers* peers = NULL;
    coord_group* group = NULL;
    coord_bytes* value = NULL;
    coord_error* err = NULL;
    CHECK_OK(
        coord_peers_new(runtime,
                        COORD_OPTIONS(coord_peers_options, .list = NOBODY, .list_len = COORD_NUL),
                        &peers,
                        ERR));
    CHECK_OK(coord_group_new(runtime,
                             "decided",
                             COORD_NUL,
                             COORD_OPTIONS(coord_group_options,
                                           .load = load,
                                           .peers = peers,
                                           .peer_error = decide,
                                           .user = &is,
                                           .user_free = count_freed),
                             &group,
                             ERR));
    coord_peers_free(peers); /* the group keeps them */
    CHECK(coord_group_get(group, "key", COORD_NUL, NULL, &value, &err) == expected);
    CHECK(expected != COORD_OK || was_text(value, "loaded"));
    CHECK(is.errors == 1 && is.loads == loads);
    coord_error_free(err);
    coord_group_free(group);
    while (is.freed == 0) sched_yield(); /* a worker may be on its way out of decide */
    CHECK(is.freed == 1);
}

static void peers_of_another_runtime_are_refused(coord_runtime* runtime) {
    coord_runtime* other = new_runtime();
    coord_peers* peers = NULL;
    coord_group* group = POISON;
    CHECK_OK(coord_peers_new(other, NULL, &peers, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "another runtime",
                coord_group_new(runtime,
                                "g",
                                COORD_NUL,
                                COORD_OPTIONS(coord_group_options, .peers = peers),
                                &group,
                                ERR));
    CHECK(group == NULL);
    group = POISON;
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "peer_error",
                coord_group_new(runtime,
                                "g",
                                COORD_NUL,
                                COORD_OPTIONS(coord_group_options, .peer_error = decide),
                                &group,
                                ERR));
    coord_peers_free(peers);
    coord_runtime_free(other);
}

int main(void) {
    coord_runtime* runtime = new_runtime();
    decided(runtime, LOAD_HERE, COORD_OK, 1);
    decided(runtime, TELL, COORD_DENIED, 0);
    decided(runtime, DEFAULT, COORD_OK, 1);
    decided(runtime, FORGET, COORD_ABANDONED, 0);
    decided(runtime, GIVE_A_VALUE, COORD_UNSUPPORTED, 0);
    peers_of_another_runtime_are_refused(runtime);
    coord_runtime_free(runtime);
    return check_result();
}
