/* Peers of a list, picked and found, and asked one by one over HTTP. */
#include <coord/coord.h>

#include "handles.h"

typedef struct node {
    coord_runtime* runtime;
    coord_peers* peers;
    coord_group* group;
    int loads;
} node;

static void load(void* user, coord_request* request) {
    ((node*)user)->loads++;
    size_t len = 0;
    const char* key = coord_request_key(request, 0, &len);
    if (strcmp(key, "none") == 0) {
        coord_request_fail(request, COORD_NOT_FOUND, "no such key", COORD_NUL);
        return;
    }
    coord_request_succeed(request, key, len, NULL);
}

static void begin(node* is) {
    is->runtime = new_runtime();
    CHECK_OK(coord_peers_new(
        is->runtime,
        COORD_OPTIONS(coord_peers_options, .listen = "127.0.0.1:0", .listen_len = COORD_NUL),
        &is->peers,
        ERR));
    CHECK_OK(coord_group_new(
        is->runtime,
        "g",
        1,
        COORD_OPTIONS(coord_group_options, .load = load, .user = is, .peers = is->peers),
        &is->group,
        ERR));
}

static void end(node* is) {
    coord_group_free(is->group);
    coord_peers_free(is->peers);
    coord_runtime_free(is->runtime);
}

static void picking_and_finding_agree_with_the_list(node* me, node* other) {
    const char* self = coord_peers_self_url(me->peers, NULL);
    const char* theirs = coord_peers_self_url(other->peers, NULL);
    int far = 0;
    for (int k = 0; k < 50; k++) {
        char key[32];
        size_t len = 0;
        coord_bytes* url = NULL;
        snprintf(key, sizeof key, "%d of many keys", k);
        CHECK_OK(coord_peers_owner(me->peers, key, COORD_NUL, &url, ERR));
        coord_peer* peer = coord_peers_pick(me->peers, key, COORD_NUL);
        CHECK(is_text(url, peer == NULL ? self : coord_peer_url(peer, &len)));
        CHECK(peer == NULL || len == strlen(theirs));
        far += peer != NULL;
        coord_peer_free(peer);
        coord_bytes_free(url);
    }
    CHECK(far > 0 && far < 50);
    CHECK(coord_peers_pick(me->peers, NULL, 3) == NULL);
    CHECK(coord_peers_find(me->peers, self, COORD_NUL) == NULL);
    CHECK(coord_peers_find(me->peers, "http://10.0.0.9:1", COORD_NUL) == NULL);
    CHECK(coord_peers_find(me->peers, NULL, 3) == NULL);
    CHECK(coord_peers_find(me->peers, NULL, 0) == NULL);
    coord_peer* peer = coord_peers_find(me->peers, theirs, strlen(theirs));
    CHECK_TEXT(coord_peer_url(peer, NULL), theirs);
    coord_peer_free(peer);
}

static void a_peer_can_be_asked_for_anything(node* me, node* other) {
    coord_peer* peer =
        coord_peers_find(me->peers, coord_peers_self_url(other->peers, NULL), COORD_NUL);
    coord_bytes* value = NULL;
    coord_error* err = NULL;
    CHECK_OK(coord_peer_get(peer, "g", 1, "a key / of any kind", COORD_NUL, NULL, &value, ERR));
    CHECK(was_text(value, "a key / of any kind"));
    CHECK_OK(coord_peer_get(peer, "g", 1, "", 0, NULL, &value, ERR));
    CHECK(was_text(value, ""));
    CHECK(other->loads == 2 && me->loads == 0);
    CHECK(coord_group_lookup(me->group, "a key / of any kind", COORD_NUL, &value, NULL) ==
          COORD_NOT_FOUND);
    /* What it keeps is what it was given, until it is told to drop it. */
    CHECK_OK(coord_peer_set(peer, "g", 1, "k", 1, "set", 3, NULL, NULL, ERR));
    CHECK_OK(coord_peer_get(peer, "g", 1, "k", 1, NULL, &value, ERR));
    CHECK(was_text(value, "set"));
    const int64_t later = 4102444800000000000; /* the year 2100 */
    CHECK_OK(coord_peer_set(peer,
                            "g",
                            1,
                            "k",
                            1,
                            "dated",
                            5,
                            COORD_OPTIONS(coord_value_options, .expire_unix_ns = later),
                            NULL,
                            ERR));
    CHECK_OK(coord_group_lookup(other->group, "k", 1, &value, ERR));
    CHECK(coord_bytes_expire_unix_ns(value) == later);
    CHECK(was_text(value, "dated"));
    CHECK_OK(coord_peer_remove(peer, "g", 1, "k", 1, NULL, ERR));
    CHECK(coord_group_lookup(other->group, "k", 1, &value, NULL) == COORD_NOT_FOUND);
    /* Failures carry what the peer said. */
    CHECK(coord_peer_get(peer, "g", 1, "none", 4, NULL, &value, &err) == COORD_NOT_FOUND);
    CHECK_TEXT(coord_error_message(err), "no such key");
    CHECK_TEXT(coord_error_native_domain(err), "http");
    CHECK(coord_error_native_code(err) == 404);
    size_t len = 0;
    CHECK_TEXT(coord_error_detail(err, "status", COORD_NUL, &len), "404 Not Found");
    CHECK(len == 13);
    CHECK_TEXT(coord_error_detail(err, "body", COORD_NUL, NULL), "no such key\n");
    CHECK_TEXT(coord_error_detail(err, "group", COORD_NUL, NULL), "g");
    CHECK_TEXT(coord_error_detail(err, "key", COORD_NUL, NULL), "none");
    CHECK_TEXT(coord_error_detail(err, "peer", COORD_NUL, NULL), coord_peer_url(peer, NULL));
    CHECK(coord_error_detail(err, "reason", COORD_NUL, NULL) == NULL);
    coord_error_free(err);
    CHECK(coord_peer_get(peer, "nope", 4, "k", 1, NULL, &value, &err) == COORD_UNAVAILABLE);
    CHECK_TEXT(coord_error_detail(err, "reason", COORD_NUL, NULL), "group-not-found");
    coord_error_free(err);
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "group:",
                coord_peer_get(peer, "a/b", 3, "k", 1, NULL, &value, ERR));
    char name[257];
    memset(name, 'x', sizeof name);
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "group:",
                coord_peer_remove(peer, name, sizeof name, "k", 1, NULL, ERR));
    coord_peer_free(peer);
}

static void asking_can_be_started(node* me, node* other) {
    coord_peer* peer =
        coord_peers_find(me->peers, coord_peers_self_url(other->peers, NULL), COORD_NUL);
    coord_queue* queue = new_queue(me->runtime);
    CHECK_OK(coord_peer_set_start(peer, "g", 1, "s", 1, "v", 1, NULL, NULL, queue, 1, NULL, ERR));
    coord_event event = next_event(queue);
    CHECK(event.kind == COORD_EVENT_DONE && event.token == 1 && event.status == COORD_OK);
    CHECK_OK(coord_peer_get_start(peer, "g", 1, "s", 1, NULL, queue, 2, NULL, ERR));
    event = next_event(queue);
    CHECK(event.kind == COORD_EVENT_BYTES && event.token == 2 && is_text(event.value, "v"));
    coord_event_clear(&event);
    CHECK_OK(coord_peer_remove_start(peer, "g", 1, "s", 1, NULL, queue, 3, NULL, ERR));
    event = next_event(queue);
    CHECK(event.kind == COORD_EVENT_DONE && event.token == 3 && event.status == COORD_OK);
    CHECK_OK(coord_peer_get_start(peer, "g", 1, "none", 4, NULL, queue, 4, NULL, ERR));
    event = next_event(queue);
    CHECK(event.token == 4 && event.status == COORD_NOT_FOUND);
    coord_event_clear(&event);
    /* A context that is over already. */
    coord_context* over = NULL;
    coord_bytes* value = NULL;
    CHECK_OK(coord_context_new(NULL, &over, ERR));
    coord_context_cancel(over);
    const coord_call_options call = {.size = sizeof call, .context = over};
    CHECK_OK(coord_peer_get_start(peer, "g", 1, "s", 1, &call, queue, 5, NULL, ERR));
    event = next_event(queue);
    CHECK(event.token == 5 && event.status == COORD_CANCELLED);
    coord_event_clear(&event);
    CHECK_FAILS(
        COORD_CANCELLED, "cancelled", coord_peer_get(peer, "g", 1, "s", 1, &call, &value, ERR));
    coord_context_free(over);
    coord_queue_free(queue);
    coord_peer_free(peer);
}

static void a_list_is_a_picker_for_groups_without_a_port(node* me, node* other) {
    coord_picker* picker = coord_peers_picker(me->peers);
    coord_group* group = NULL;
    coord_bytes* value = NULL;
    CHECK(picker != NULL);
    /* Named as the group of the other one, so that it serves what is asked here. */
    node here = {0};
    here.runtime = me->runtime;
    coord_group_free(me->group);
    CHECK_OK(coord_group_new(
        me->runtime,
        "g",
        1,
        COORD_OPTIONS(coord_group_options, .load = load, .user = &here, .picker = picker),
        &group,
        ERR));
    coord_picker_free(picker);
    other->loads = 0;
    for (int k = 0; k < 40; k++) {
        char key[32];
        snprintf(key, sizeof key, "%d of new keys", k);
        CHECK_OK(coord_group_get(group, key, COORD_NUL, NULL, &value, ERR));
        CHECK(was_text(value, key));
    }
    CHECK(here.loads > 0 && other->loads > 0 && here.loads + other->loads == 40);
    me->group = group;
    /* What a peer of a list says once the list is gone. */
    coord_peer* peer =
        coord_peers_find(me->peers, coord_peers_self_url(other->peers, NULL), COORD_NUL);
    CHECK_OK(coord_peers_close(me->peers, NULL, ERR));
    CHECK_FAILS(
        COORD_UNAVAILABLE, "closed", coord_peer_get(peer, "g", 1, "k", 1, NULL, &value, ERR));
    coord_peer_free(peer);
}

int main(void) {
    node nodes[2] = {{0}, {0}};
    char list[256];
    for (int i = 0; i < 2; i++) begin(&nodes[i]);
    snprintf(list,
             sizeof list,
             "%s %s",
             coord_peers_self_url(nodes[0].peers, NULL),
             coord_peers_self_url(nodes[1].peers, NULL));
    for (int i = 0; i < 2; i++) CHECK_OK(coord_peers_set(nodes[i].peers, list, COORD_NUL, ERR));
    picking_and_finding_agree_with_the_list(&nodes[0], &nodes[1]);
    a_peer_can_be_asked_for_anything(&nodes[0], &nodes[1]);
    asking_can_be_started(&nodes[0], &nodes[1]);
    a_list_is_a_picker_for_groups_without_a_port(&nodes[0], &nodes[1]);
    for (int i = 0; i < 2; i++) end(&nodes[i]);
    return check_result();
}
