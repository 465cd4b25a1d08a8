/* What group.h says about peers: options that must fit together, who is asked, whose port serves
 * the group, and PEER_ERROR requests as events. */
#include <coord/coord.h>

#include "handles.h"

static void refused(coord_runtime* runtime,
                    coord_group_options options,
                    coord_status status,
                    const char* field) {
    int freed = 0;
    coord_group* group = POISON;
    options.size = sizeof options;
    options.user = &freed;
    options.user_free = count_free;
    CHECK_FAILS(
        status, field, coord_group_new(runtime, "refused", COORD_NUL, &options, &group, ERR));
    CHECK(group == NULL && freed == 1);
    group = POISON;
    CHECK_FAILS(status,
                field,
                coord_group_find_or_new(runtime, "refused", COORD_NUL, &options, &group, ERR));
    CHECK(group == NULL && freed == 2);
    CHECK(coord_group_find(runtime, "refused", COORD_NUL) == NULL);
}

static void what_is_about_peers_must_fit_together(coord_runtime* runtime) {
    const coord_status invalid = COORD_INVALID_ARGUMENT;
    coord_runtime* other = new_runtime();
    coord_queue* queue = new_queue(runtime);
    coord_peers* peers = NULL;
    coord_picker* picker = NULL;
    coord_picker* foreign = NULL;
    CHECK_OK(coord_peers_new(runtime, NULL, &peers, ERR));
    CHECK_OK(coord_picker_new(runtime, NULL, &picker, ERR));
    CHECK_OK(coord_picker_new(other, NULL, &foreign, ERR));
    refused(runtime, (coord_group_options){.hot_policy = 3}, invalid, "options.hot_policy");
    refused(runtime, (coord_group_options){.hot_policy = -1}, invalid, "options.hot_policy");
    refused(runtime, (coord_group_options){.hot_policy = 5}, invalid, "options.hot_policy");
    refused(runtime, (coord_group_options){.hot_one_in = 3}, invalid, "options.hot_one_in");
    refused(runtime,
            (coord_group_options){.hot_policy = COORD_HOT_NEVER, .hot_one_in = 3},
            invalid,
            "options.hot_one_in");
    refused(runtime,
            (coord_group_options){.picker = (coord_picker*)(void*)queue},
            invalid,
            "not a picker handle");
    refused(runtime, (coord_group_options){.picker = foreign}, invalid, "options.picker");
    refused(runtime,
            (coord_group_options){.flags = COORD_GROUP_LOCAL, .peers = peers},
            invalid,
            "options.peers");
    refused(runtime,
            (coord_group_options){.flags = COORD_GROUP_LOCAL, .picker = picker},
            invalid,
            "options.picker");
    refused(runtime,
            (coord_group_options){.flags = COORD_GROUP_LOCAL, .peer_error = load_echo},
            invalid,
            "options.peer_error");
    refused(runtime,
            (coord_group_options){.flags = COORD_GROUP_LOCAL | COORD_GROUP_PEER_ERROR,
                                  .requests = queue},
            invalid,
            "options.flags");
    refused(runtime,
            (coord_group_options){.flags = COORD_GROUP_PEER_ERROR, .peers = peers},
            invalid,
            "options.flags");
    refused(runtime,
            (coord_group_options){.flags = COORD_GROUP_PEER_ERROR,
                                  .peers = peers,
                                  .requests = queue,
                                  .peer_error = load_echo},
            invalid,
            "options.peer_error");
    coord_group* group = POISON;
    CHECK_FAILS(invalid,
                "name",
                coord_group_new(runtime,
                                "a/b",
                                COORD_NUL,
                                COORD_OPTIONS(coord_group_options, .picker = picker),
                                &group,
                                ERR));
    CHECK(group == NULL);
    CHECK_OK(coord_group_new(runtime,
                             "fits",
                             COORD_NUL,
                             COORD_OPTIONS(coord_group_options,
                                           .flags = COORD_GROUP_PEER_ERROR,
                                           .requests = queue,
                                           .peers = peers,
                                           .picker = picker,
                                           .hot_policy = COORD_HOT_ONE_IN,
                                           .hot_one_in = 2),
                             &group,
                             ERR));
    /* A group keeps what it uses. */
    coord_picker_free(picker);
    coord_peers_free(peers);
    CHECK_OK(coord_group_set(group, "k", 1, "v", 1, NULL, NULL, ERR));
    coord_group_free(group);
    coord_picker_free(foreign);
    coord_queue_free(queue);
    coord_runtime_free(other);
}

static void load_here(void* user, coord_request* request) {
    (void)user;
    coord_request_succeed(request, "loaded by its owner", 19, NULL);
}

/* A picker decides whom the group asks; the port of the peers serves it all the same. */
static void the_port_of_the_peers_serves_a_group_with_a_picker(coord_runtime* runtime) {
    coord_runtime* away = new_runtime();
    coord_picker* nobody = NULL;
    coord_peers* here = NULL;
    coord_peers* there = NULL;
    coord_group* served = NULL;
    coord_group* asking = NULL;
    CHECK_OK(coord_peers_new(
        runtime,
        COORD_OPTIONS(coord_peers_options, .listen = "127.0.0.1:0", .listen_len = COORD_NUL),
        &here,
        ERR));
    CHECK_OK(coord_peers_new(
        away,
        COORD_OPTIONS(
            coord_peers_options, .list = coord_peers_self_url(here, NULL), .list_len = COORD_NUL),
        &there,
        ERR));
    CHECK_OK(coord_picker_new(runtime, NULL, &nobody, ERR));
    CHECK_OK(coord_group_new(
        runtime,
        "served",
        COORD_NUL,
        COORD_OPTIONS(coord_group_options, .load = load_here, .peers = here, .picker = nobody),
        &served,
        ERR));
    CHECK_OK(coord_group_new(away,
                             "served",
                             COORD_NUL,
                             COORD_OPTIONS(coord_group_options, .load = load_echo, .peers = there),
                             &asking,
                             ERR));
    coord_bytes* value = NULL;
    CHECK_OK(coord_group_get(asking, "k", 1, NULL, &value, ERR));
    CHECK(was_text(value, "loaded by its owner"));
    coord_group_stats stats = {.size = sizeof stats};
    CHECK_OK(coord_group_stats_read(served, &stats, ERR));
    CHECK(stats.server_requests == 1);
    coord_group_free(asking);
    coord_group_free(served);
    coord_picker_free(nobody);
    coord_peers_free(there);
    coord_peers_free(here);
    coord_runtime_free(away);
}

static void fail(void* user, coord_request* request) {
    (void)user;
    coord_request_fail(request, COORD_UNAVAILABLE, "cannot be reached", COORD_NUL);
}

static coord_peer* all_are_its(void* user, const char* key, size_t len) {
    (void)key;
    (void)len;
    return user;
}

static void peer_errors_come_as_events(coord_runtime* runtime) {
    coord_queue* requests = new_queue(runtime);
    coord_queue* answers = new_queue(runtime);
    coord_peer* owner = NULL;
    coord_picker* picker = NULL;
    coord_group* group = NULL;
    CHECK_OK(
        coord_peer_new(runtime,
                       "owner",
                       COORD_NUL,
                       COORD_OPTIONS(coord_peer_options, .peer_get = fail, .peer_remove = fail),
                       &owner,
                       ERR));
    CHECK_OK(
        coord_picker_new(runtime,
                         COORD_OPTIONS(coord_picker_options, .pick = all_are_its, .user = owner),
                         &picker,
                         ERR));
    CHECK_OK(coord_group_new(runtime,
                             "queued",
                             COORD_NUL,
                             COORD_OPTIONS(coord_group_options,
                                           .flags = COORD_GROUP_PEER_ERROR,
                                           .requests = requests,
                                           .requests_token = 12,
                                           .picker = picker),
                             &group,
                             ERR));
    CHECK_OK(coord_group_get_start(group, "k", 1, NULL, answers, 1, NULL, ERR));
    coord_event event = next_event(requests);
    CHECK(event.kind == COORD_EVENT_REQUEST && event.token == 12);
    CHECK(coord_request_kind(event.value) == COORD_REQUEST_PEER_ERROR);
    CHECK_TEXT(coord_request_peer(event.value, NULL), "owner");
    CHECK(coord_error_status(coord_request_error(event.value)) == COORD_UNAVAILABLE);
    coord_request_succeed(event.value, NULL, 0, NULL);
    event = next_event(requests);
    CHECK(coord_request_kind(event.value) == COORD_REQUEST_LOAD && event.token == 12);
    coord_request_succeed(event.value, "mine", 4, NULL);
    event = next_event(answers);
    CHECK(event.status == COORD_OK && is_text(event.value, "mine"));
    coord_event_clear(&event);
    /* Cleared unanswered, it fails the get. */
    CHECK_OK(coord_group_get_start(group, "l", 1, NULL, answers, 2, NULL, ERR));
    event = next_event(requests);
    coord_event_clear(&event);
    event = next_event(answers);
    CHECK(event.token == 2 && event.status == COORD_ABANDONED);
    coord_event_clear(&event);
    coord_group_free(group);
    coord_picker_free(picker);
    coord_peer_free(owner);
    coord_queue_free(answers);
    coord_queue_free(requests);
}

int main(void) {
    coord_runtime* runtime = new_runtime();
    what_is_about_peers_must_fit_together(runtime);
    the_port_of_the_peers_serves_a_group_with_a_picker(runtime);
    peer_errors_come_as_events(runtime);
    coord_runtime_free(runtime);
    return check_result();
}
