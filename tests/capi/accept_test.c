/* ACCEPT: who asks is seen, refused, or given a pointer that the loader gets. */
#include "serving.h"

static int is_field(const coord_request* request, const char* field, const char* text) {
    size_t len = 0;
    const char* got = coord_request_http(request, field, COORD_NUL, &len);
    return got != NULL && len == strlen(text) && memcmp(got, text, len) == 0;
}

typedef struct gate {
    coord_status refuses_with; /* COORD_OK lets all in */
    void* attaches;
    int freed;
    int asked;
} gate;

static void count_freed(void* user) {
    ++*(int*)user;
}

static void accept_or_not(void* user, coord_request* request) {
    gate* mine = user;
    mine->asked++;
    CHECK(coord_request_kind(request) == COORD_REQUEST_ACCEPT);
    CHECK(coord_request_count(request) == 0 && coord_request_error(request) == NULL);
    CHECK(is_field(request, "method", "GET") && is_field(request, "body", ""));
    CHECK(is_field(request, "headers", "X-Who: me\r\n"));
    CHECK(coord_request_http(request, "cookie", COORD_NUL, NULL) == NULL);
    CHECK(coord_request_http(request, NULL, 0, NULL) == NULL);
    if (mine->attaches != NULL)
        CHECK_OK(coord_request_set_user(request, mine->attaches, count_freed, ERR));
    if (mine->refuses_with != COORD_OK)
        coord_request_fail(request, mine->refuses_with, "go away", COORD_NUL);
    else
        coord_request_succeed(request, NULL, 0, NULL);
}

static void* seen_user;

static void load_seeing_user(void* user, coord_request* request) {
    (void)user;
    seen_user = coord_request_user(request, 0);
    CHECK(coord_request_user(request, 1) == NULL);
    coord_request_succeed(request, "v", 1, NULL);
}

static int32_t ask(coord_peers* peers, const char* key) {
    char target[64];
    snprintf(target, sizeof target, BASE "g/%s", key);
    coord_http_message message = asking("GET", target);
    message.headers = "X-Who: me\n";
    message.headers_len = COORD_NUL;
    coord_response* response = serve(peers, &message);
    const int32_t status = coord_response_status(response);
    CHECK(status == 200 || has_body(response, "go away\n", 8));
    coord_response_free(response);
    return status;
}

static void the_host_decides_who_is_served(void) {
    gate mine = {0};
    int user_freed = 0;
    serving_node node = new_node(
        (coord_peers_options){.accept = accept_or_not, .user = &mine}, load_seeing_user, NULL);
    CHECK(ask(node.peers, "a") == 200 && seen_user == NULL);
    const struct {
        coord_status why;
        int32_t status;
    } rows[] = {{COORD_DENIED, 403},
                {COORD_EXHAUSTED, 503},
                {COORD_UNAVAILABLE, 503},
                {COORD_NOT_FOUND, 400},
                {COORD_HOST_FAILED, 400}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        mine.refuses_with = rows[i].why;
        CHECK(ask(node.peers, "a") == rows[i].status);
    }
    CHECK(mine.asked == 6);
    mine.refuses_with = COORD_OK;
    mine.attaches = &user_freed;
    CHECK(ask(node.peers, "b") == 200);
    CHECK(seen_user == &user_freed);
    coord_bytes* value = NULL;
    CHECK_OK(coord_group_get(node.group, "c", 1, NULL, &value, ERR));
    CHECK(was_text(value, "v") && seen_user == NULL);
    free_node(&node);
    CHECK(user_freed == 1);
}

static void requests_may_be_events(void) {
    coord_runtime* runtime = new_runtime();
    coord_queue* hooks = new_queue(runtime);
    coord_queue* answers = new_queue(runtime);
    coord_peers* peers = NULL;
    coord_response* response = POISON;
    CHECK_OK(coord_peers_new(runtime,
                             COORD_OPTIONS(coord_peers_options,
                                           .flags = COORD_PEERS_ACCEPT | COORD_PEERS_SERVER_ERROR,
                                           .requests = hooks,
                                           .requests_token = 77),
                             &peers,
                             ERR));
    const coord_http_message message = asking("GET", BASE "no/k");
    CHECK_OK(coord_peers_serve_start(peers, &message, NULL, answers, 1, NULL, ERR));
    coord_event event = next_event(hooks);
    CHECK(event.kind == COORD_EVENT_REQUEST && event.token == 77);
    CHECK(coord_request_kind(event.value) == COORD_REQUEST_ACCEPT);
    /* This thread would wait for itself. */
    CHECK_FAILS(COORD_WOULD_DEADLOCK,
                "coord_peers_serve_start",
                coord_peers_serve(peers, &message, NULL, &response, ERR));
    coord_request_succeed(event.value, NULL, 0, NULL);
    event = next_event(hooks);
    CHECK(event.token == 77 && coord_request_kind(event.value) == COORD_REQUEST_SERVER_ERROR);
    CHECK(coord_error_status(coord_request_error(event.value)) == COORD_NOT_FOUND);
    coord_peers_default_server_error(NULL, event.value);
    event = next_event(answers);
    CHECK(coord_response_status(event.value) == 500);
    coord_event_clear(&event);

    /* Freed unanswered, as by clearing the event, refuses. */
    CHECK_OK(coord_peers_serve_start(peers, &message, NULL, answers, 2, NULL, ERR));
    event = next_event(hooks);
    coord_event_clear(&event);
    event = next_event(hooks);
    CHECK(coord_error_status(coord_request_error(event.value)) == COORD_ABANDONED);
    coord_event_clear(&event);
    event = next_event(answers);
    CHECK(coord_response_status(event.value) == 400);
    coord_event_clear(&event);

    /* Nobody will ever see them. */
    coord_queue_close(hooks);
    CHECK(status_of(peers, "GET", BASE "no/k") == 503);
    coord_peers_free(peers);
    coord_queue_free(hooks);
    coord_queue_free(answers);
    coord_runtime_free(runtime);
}

static void load_refusing_a_user(void* user, coord_request* request) {
    int freed = 0;
    (void)user;
    CHECK_FAILS(COORD_UNSUPPORTED, "", coord_request_set_user(request, &freed, count_freed, ERR));
    CHECK(freed == 1);
    CHECK(coord_request_http(request, "method", COORD_NUL, NULL) == NULL);
    coord_request_succeed(request, "v", 1, NULL);
}

static void other_kinds_take_no_user(void) {
    coord_runtime* runtime = new_runtime();
    coord_group* group = new_group(runtime, "loads", load_refusing_a_user);
    coord_bytes* value = NULL;
    CHECK_OK(coord_group_get(group, "k", 1, NULL, &value, ERR));
    coord_bytes_free(value);
    coord_group_free(group);
    coord_runtime_free(runtime);
}

static uint64_t first_byte(void* user, const void* data, size_t len) {
    (void)user;
    return len != 0 ? *(const unsigned char*)data : 0;
}

/* Whether it works or not, both pointers are freed once. */
static void made_or_not(coord_runtime* runtime,
                        coord_peers_options options,
                        coord_status status,
                        const char* part) {
    int freed = 0;
    int hash_freed = 0;
    coord_peers* peers = POISON;
    options.size = sizeof options;
    options.user = &freed;
    options.user_free = count_freed;
    options.hash_user = &hash_freed;
    options.hash_user_free = count_freed;
    if (status == COORD_OK) {
        CHECK_OK(coord_peers_new(runtime, &options, &peers, ERR));
        CHECK(freed == 0 && (options.hash == NULL || hash_freed == 0));
        coord_peers_free(peers);
    } else {
        CHECK_FAILS(status, part, coord_peers_new(runtime, &options, &peers, ERR));
        CHECK(peers == NULL);
    }
    CHECK(freed == 1 && hash_freed == 1);
}

static void hooks_are_checked_and_users_freed_once(void) {
    const coord_status invalid = COORD_INVALID_ARGUMENT;
    coord_runtime* runtime = new_runtime();
    coord_queue* queue = new_queue(runtime);
    coord_queue* closed = new_queue(runtime);
    coord_queue_close(closed);
    made_or_not(runtime, (coord_peers_options){0}, COORD_OK, "");
    made_or_not(runtime, (coord_peers_options){.hash = first_byte}, COORD_OK, "");
    made_or_not(runtime, (coord_peers_options){.accept = accept_or_not}, COORD_OK, "");
    made_or_not(runtime,
                (coord_peers_options){.flags = COORD_PEERS_EXCHANGE, .requests = queue},
                COORD_OK,
                "");
    made_or_not(runtime, (coord_peers_options){.flags = 64}, invalid, "options.flags:");
    const uint32_t flags[] = {COORD_PEERS_EXCHANGE, COORD_PEERS_ACCEPT, COORD_PEERS_SERVER_ERROR};
    for (int i = 0; i < 3; i++)
        made_or_not(runtime, (coord_peers_options){.flags = flags[i]}, invalid, "options.flags:");
    made_or_not(runtime, (coord_peers_options){.requests = queue}, invalid, "options.requests:");
    made_or_not(runtime,
                (coord_peers_options){
                    .flags = COORD_PEERS_ACCEPT, .requests = queue, .accept = accept_or_not},
                invalid,
                "options.accept:");
    made_or_not(runtime,
                (coord_peers_options){
                    .flags = COORD_PEERS_EXCHANGE, .requests = queue, .exchange = accept_or_not},
                invalid,
                "options.exchange:");
    made_or_not(
        runtime,
        (coord_peers_options){
            .flags = COORD_PEERS_SERVER_ERROR, .requests = queue, .server_error = accept_or_not},
        invalid,
        "options.server_error:");
    made_or_not(runtime,
                (coord_peers_options){.flags = COORD_PEERS_ACCEPT, .requests = (void*)runtime},
                invalid,
                "queue:");
    made_or_not(runtime,
                (coord_peers_options){.flags = COORD_PEERS_ACCEPT, .requests = closed},
                COORD_CLOSED,
                "options.requests:");
    made_or_not(runtime,
                (coord_peers_options){.request_timeout_ns = -1},
                invalid,
                "options.request_timeout_ns:");
    made_or_not(runtime,
                (coord_peers_options){.list = "nonsense", .list_len = COORD_NUL},
                invalid,
                "nonsense");
    made_or_not(NULL, (coord_peers_options){0}, invalid, "runtime:");
    coord_queue_free(queue);
    coord_queue_free(closed);
    coord_runtime_free(runtime);
}

static void a_hash_of_the_host_decides_who_owns_what(void) {
    coord_runtime* runtime = new_runtime();
    coord_peers* peers = NULL;
    coord_bytes* url = NULL;
    int freed = 0;
    CHECK_OK(coord_peers_new(runtime,
                             COORD_OPTIONS(coord_peers_options,
                                           .list = "http://a:1 http://b:1",
                                           .list_len = COORD_NUL,
                                           .ring_profile = COORD_RING_GOLANG_CRC32,
                                           .ring_replicas = 1,
                                           .hash = first_byte,
                                           .hash_user = &freed,
                                           .hash_user_free = count_freed),
                             &peers,
                             ERR));
    /* All nodes are at '0', the first byte of every label: the last one wins. */
    CHECK_OK(coord_peers_owner(peers, "any", COORD_NUL, &url, ERR));
    CHECK(was_text(url, "http://b:1"));
    CHECK_OK(coord_peers_set(peers, "http://b:1 http://a:1", COORD_NUL, ERR));
    CHECK_OK(coord_peers_owner(peers, "any", COORD_NUL, &url, ERR));
    CHECK(was_text(url, "http://a:1") && freed == 0);
    coord_peers_free(peers);
    CHECK(freed == 1);
    coord_runtime_free(runtime);
}

int main(void) {
    the_host_decides_who_is_served();
    requests_may_be_events();
    other_kinds_take_no_user();
    hooks_are_checked_and_users_freed_once();
    a_hash_of_the_host_decides_who_owns_what();
    return check_result();
}
