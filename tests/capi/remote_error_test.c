/* What a caller can see of a failure that came from another peer: the particulars of a failed
 * remote load, and requests that a peer's endpoint refused. */
#include <coord/coord.h>

#include "handles.h"

typedef struct member {
    coord_runtime* runtime;
    coord_peers* peers;
    coord_group* group;
} member;

static void load(void* user, coord_request* request) {
    (void)user;
    const char* key = coord_request_key(request, 0, NULL);
    if (strcmp(key, "missing") == 0)
        coord_request_fail(request, COORD_NOT_FOUND, "no such row", COORD_NUL);
    else
        coord_request_fail(request, COORD_HOST_FAILED, "the table is gone", COORD_NUL);
}

static member begin(coord_request_fn peer_error) {
    member made = {.runtime = new_runtime()};
    CHECK_OK(coord_peers_new(made.runtime,
                             COORD_OPTIONS(coord_peers_options,
                                           .listen = "127.0.0.1:0",
                                           .listen_len = COORD_NUL,
                                           .max_key_bytes = 100),
                             &made.peers,
                             ERR));
    CHECK_OK(coord_group_new(
        made.runtime,
        "rows",
        COORD_NUL,
        COORD_OPTIONS(
            coord_group_options, .load = load, .peers = made.peers, .peer_error = peer_error),
        &made.group,
        ERR));
    return made;
}

static void end(member* is) {
    coord_group_free(is->group);
    coord_peers_free(is->peers);
    coord_runtime_free(is->runtime);
}

static int detail_is(const coord_error* error, const char* name, const char* text) {
    size_t len = 0;
    const char* found = coord_error_detail(error, name, COORD_NUL, &len);
    return found != NULL && len == strlen(text) && strcmp(found, text) == 0;
}

/* The error of a get that must fail; OWNED. */
static coord_error* failure_of(member* at, const char* key, coord_status expected) {
    coord_error* err = NULL;
    coord_bytes* value = NULL;
    CHECK(coord_group_get(at->group, key, COORD_NUL, NULL, &value, &err) == expected);
    CHECK(value == NULL);
    return err;
}

static void what_the_owners_loader_said_comes_with_its_particulars(member* asks,
                                                                   const char* owner) {
    coord_error* err = failure_of(asks, "missing", COORD_NOT_FOUND);
    CHECK_TEXT(coord_error_message(err), "no such row");
    CHECK(detail_is(err, "group", "rows") && detail_is(err, "key", "missing"));
    CHECK(detail_is(err, "peer", owner));
    CHECK(detail_is(err, "status", "404 Not Found") && detail_is(err, "body", "no such row\n"));
    CHECK_TEXT(coord_error_native_domain(err), "http");
    CHECK(coord_error_native_code(err) == 404);
    CHECK(coord_error_detail(err, "reason", COORD_NUL, NULL) == NULL);
    const coord_error* cause = coord_error_cause(err);
    CHECK(cause != NULL && strstr(coord_error_message(cause), owner) != NULL);
    coord_error_free(err);

    err = failure_of(asks, "any other", COORD_HOST_FAILED);
    CHECK_TEXT(coord_error_message(err), "the table is gone");
    CHECK(coord_error_native_code(err) == 503);
    CHECK(detail_is(err, "status", "503 Service Unavailable"));
    CHECK(detail_is(err, "body", "the table is gone\n"));
    coord_error_free(err);
}

static void a_peer_that_is_not_there_has_no_status_but_a_cause(void) {
    coord_runtime* runtime = new_runtime();
    coord_peers* peers = NULL;
    CHECK_OK(coord_peers_new(
        runtime,
        COORD_OPTIONS(coord_peers_options, .list = "http://127.0.0.1:1", .list_len = COORD_NUL),
        &peers,
        ERR));
    coord_peer* nobody = coord_peers_find(peers, "http://127.0.0.1:1", COORD_NUL);
    coord_bytes* value = NULL;
    coord_error* err = NULL;
    CHECK(coord_peer_get(nobody, "rows", 4, "k", 1, NULL, &value, &err) == COORD_UNAVAILABLE);
    CHECK(detail_is(err, "group", "rows") && detail_is(err, "key", "k"));
    CHECK(detail_is(err, "peer", "http://127.0.0.1:1"));
    CHECK(coord_error_detail(err, "status", COORD_NUL, NULL) == NULL);
    CHECK(coord_error_detail(err, "body", COORD_NUL, NULL) == NULL);
    const coord_error* root = err;
    while (coord_error_cause(root) != NULL) root = coord_error_cause(root);
    CHECK_TEXT(coord_error_native_domain(root), "errno");
    CHECK(coord_error_native_code(root) != 0);
    coord_error_free(err);
    coord_peer_free(nobody);
    coord_peers_free(peers);
    coord_runtime_free(runtime);
}

static void requests_that_were_refused_say_why(member* asks, const char* owner) {
    coord_peer* peer = coord_peers_find(asks->peers, owner, COORD_NUL);
    coord_bytes* value = NULL;
    coord_error* err = NULL;
    CHECK(coord_peer_get(peer, "nobody's", COORD_NUL, "k", 1, NULL, &value, &err) ==
          COORD_UNAVAILABLE);
    CHECK(detail_is(err, "reason", "group-not-found"));
    CHECK(strstr(coord_error_message(err), "no such group: nobody's") != NULL);
    coord_error_free(err);

    char key[101];
    memset(key, 'k', sizeof key);
    CHECK(coord_peer_get(peer, "rows", 4, key, sizeof key, NULL, &value, &err) ==
          COORD_UNAVAILABLE);
    CHECK(detail_is(err, "reason", "bad-request"));
    CHECK(detail_is(err, "status", "414 Request URI Too Long"));
    CHECK(strstr(coord_error_message(err), "longer than 100 bytes") != NULL);
    coord_error_free(err);
    coord_peer_free(peer);
}

static void give_another_error(void* user, coord_request* request) {
    (void)user;
    const coord_error* seen = coord_request_error(request);
    CHECK(detail_is(seen, "group", "rows") && detail_is(seen, "status", "404 Not Found"));
    coord_request_fail(request, COORD_CONFLICT, "as the host sees it", COORD_NUL);
}

static void a_handlers_own_error_keeps_the_particulars_in_its_cause(const char* owner) {
    member asks = begin(give_another_error);
    CHECK_OK(coord_peers_set(asks.peers, owner, COORD_NUL, ERR));
    coord_error* err = failure_of(&asks, "missing", COORD_CONFLICT);
    CHECK_TEXT(coord_error_message(err), "as the host sees it");
    CHECK(detail_is(err, "peer", owner) && detail_is(err, "body", "no such row\n"));
    CHECK(coord_error_status(coord_error_cause(err)) == COORD_NOT_FOUND);
    coord_error_free(err);
    end(&asks);
}

int main(void) {
    member owns = begin(NULL), asks = begin(NULL);
    const char* owner = coord_peers_self_url(owns.peers, NULL);
    CHECK_OK(coord_peers_set(owns.peers, owner, COORD_NUL, ERR));
    CHECK_OK(coord_peers_set(asks.peers, owner, COORD_NUL, ERR));
    what_the_owners_loader_said_comes_with_its_particulars(&asks, owner);
    a_peer_that_is_not_there_has_no_status_but_a_cause();
    requests_that_were_refused_say_why(&asks, owner);
    a_handlers_own_error_keeps_the_particulars_in_its_cause(owner);
    end(&asks);
    end(&owns);
    return check_result();
}
