/* EXCHANGE: a request to a peer passes through the hands of the host, which adds to it, answers it
 * by a way of its own, or stops it. */
#include <coord/coord.h>

#include "handles.h"
#include "latch.h"

static const coord_status invalid = COORD_INVALID_ARGUMENT;

typedef struct node {
    coord_runtime* runtime;
    coord_peers* peers;
    coord_group* group;
    int loads;
} node;

static void load(void* user, coord_request* request) {
    ((node*)user)->loads++;
    load_echo(NULL, request);
}

static void begin(node* is, coord_peers_options options) {
    options.size = sizeof options;
    is->runtime = new_runtime();
    CHECK_OK(coord_peers_new(is->runtime, &options, &is->peers, ERR));
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

static int is_part(const coord_request* request, const char* field, const char* text) {
    size_t len = 0;
    const char* got = coord_request_http(request, field, COORD_NUL, &len);
    return got != NULL && len == strlen(text) && memcmp(got, text, len) == 0;
}

/* --- a token that the other side asks for */

static void sign(void* user, coord_request* request) {
    const char* token = user;
    CHECK(coord_request_kind(request) == COORD_REQUEST_EXCHANGE);
    CHECK(coord_request_count(request) == 0);
    CHECK(strncmp(coord_request_peer(request, NULL), "http://127.0.0.1:", 17) == 0);
    CHECK(is_part(request, "method", "GET"));
    CHECK(is_part(request, "target", "/_groupcache/g/key"));
    CHECK(is_part(request, "body", ""));
    size_t len = 0;
    CHECK(strncmp(coord_request_http(request, "headers", 7, &len), "Host: 127.0.0.1:", 16) == 0);
    CHECK(coord_request_http(request, "trailers", COORD_NUL, &len) == NULL && len == 0);
    const struct {
        const char* name;
        const char* value;
        const char* part;
    } wrong[] = {
        {"", "v", "name:"},
        {"a b", "v", "name:"},
        {"Host", "v", "name:"},
        {"content-LENGTH", "v", "name:"},
        {"Transfer-Encoding", "v", "name:"},
        {"Connection", "v", "name:"},
        {"X", "a\r\nY: b", "value:"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK_FAILS(invalid,
                    wrong[i].part,
                    coord_request_set_header(
                        request, wrong[i].name, COORD_NUL, wrong[i].value, COORD_NUL, ERR));
    CHECK_FAILS(invalid, "name:", coord_request_set_header(request, NULL, 1, "v", 1, ERR));
    CHECK_FAILS(invalid, "value:", coord_request_set_header(request, "n", 1, NULL, 1, ERR));
    static char large[8200];
    memset(large, 'x', sizeof large);
    CHECK_FAILS(
        invalid, "8 KiB", coord_request_set_header(request, "n", 1, large, sizeof large, ERR));
    CHECK_FAILS(COORD_UNSUPPORTED, "", coord_request_set(request, 0, "v", 1, NULL, ERR));
    if (token != NULL)
        CHECK_OK(
            coord_request_set_header(request, "Authorization", COORD_NUL, token, COORD_NUL, ERR));
    coord_request_succeed(request, NULL, 0, NULL);
}

static void admit(void* user, coord_request* request) {
    size_t len = 0;
    const char* headers = coord_request_http(request, "headers", COORD_NUL, &len);
    char text[2048] = "";
    memcpy(text, headers, len < sizeof text ? len : sizeof text - 1);
    if (strstr(text, "Authorization: secret\r\n") != NULL)
        coord_request_succeed(request, NULL, 0, NULL);
    else
        coord_request_fail(request, COORD_DENIED, "who are you?", COORD_NUL);
    (void)user;
}

static void headers_are_added(void) {
    char secret[] = "secret";
    char wrong[] = "wrong";
    char* tokens[] = {secret, wrong, NULL};
    for (int i = 0; i < 3; i++) {
        node owner = {0};
        node me = {0};
        begin(&owner,
              (coord_peers_options){
                  .listen = "127.0.0.1:0", .listen_len = COORD_NUL, .accept = admit});
        begin(&me,
              (coord_peers_options){.list = coord_peers_self_url(owner.peers, NULL),
                                    .list_len = COORD_NUL,
                                    .exchange = sign,
                                    .user = tokens[i]});
        coord_bytes* value = NULL;
        CHECK_OK(coord_group_get(me.group, "key", 3, NULL, &value, ERR));
        CHECK(was_text(value, "key"));
        CHECK(owner.loads == (i == 0) && me.loads == (i != 0));
        end(&me);
        end(&owner);
    }
}

/* --- a way of its own: the request is served by the other node without any socket */

static void carry(void* user, coord_request* request) {
    node* to = user;
    const char* field[4] = {"method", "target", "headers", "body"};
    const char* text[4];
    size_t len[4];
    for (int i = 0; i < 4; i++) text[i] = coord_request_http(request, field[i], COORD_NUL, &len[i]);
    coord_response* response = NULL;
    CHECK_OK(coord_peers_serve(to->peers,
                               COORD_OPTIONS(coord_http_message,
                                             .method = text[0],
                                             .method_len = len[0],
                                             .target = text[1],
                                             .target_len = len[1],
                                             .headers = text[2],
                                             .headers_len = len[2],
                                             .body = text[3],
                                             .body_len = len[3]),
                               NULL,
                               &response,
                               ERR));
    size_t headers_len = 0;
    size_t body_len = 0;
    const char* headers = coord_response_headers(response, &headers_len);
    const void* body = coord_response_body(response, &body_len);
    coord_http_message answer = {.size = sizeof answer, .status = 42};
    CHECK_FAILS(invalid, "status", coord_request_set_response(request, &answer, ERR));
    CHECK_FAILS(invalid, "", coord_request_set_response(request, NULL, ERR));
    answer.status = 200;
    answer.headers = "no colon";
    answer.headers_len = COORD_NUL;
    CHECK_FAILS(invalid, "headers", coord_request_set_response(request, &answer, ERR));
    answer.status = coord_response_status(response);
    answer.headers = headers;
    answer.headers_len = headers_len;
    answer.body = body;
    answer.body_len = body_len;
    CHECK_OK(coord_request_set_response(request, &answer, ERR));
    coord_response_free(response);
    coord_request_succeed(request, NULL, 0, NULL);
}

static void the_whole_exchange_can_be_replaced(void) {
    node owner = {0};
    node me = {0};
    /* https goes no further than the hook. */
    begin(&owner, (coord_peers_options){.self_url = "http://owner", .self_url_len = COORD_NUL});
    begin(&me,
          (coord_peers_options){.list = "https://owner.example/sub",
                                .list_len = COORD_NUL,
                                .exchange = carry,
                                .user = &owner});
    coord_bytes* value = NULL;
    CHECK_OK(coord_group_get(me.group, "key", 3, NULL, &value, ERR));
    CHECK(owner.loads == 0 && me.loads == 1); /* the target is below /sub, where nobody serves */
    coord_bytes_free(value);
    CHECK_OK(coord_peers_set(me.peers, "https://owner.example", COORD_NUL, ERR));
    CHECK_OK(coord_group_get(me.group, "other key", COORD_NUL, NULL, &value, ERR));
    CHECK(was_text(value, "other key"));
    CHECK(owner.loads == 1 && me.loads == 1);
    CHECK_OK(coord_group_set(me.group, "other key", COORD_NUL, "set", 3, NULL, NULL, ERR));
    CHECK_OK(coord_group_get(owner.group, "other key", COORD_NUL, NULL, &value, ERR));
    CHECK(was_text(value, "set"));
    CHECK_OK(coord_group_get(me.group, "other key", COORD_NUL, NULL, &value, ERR));
    CHECK(was_text(value, "set"));
    CHECK_OK(coord_group_remove(me.group, "other key", COORD_NUL, NULL, ERR));
    CHECK(coord_group_lookup(owner.group, "other key", COORD_NUL, &value, NULL) == COORD_NOT_FOUND);
    end(&me);
    end(&owner);
}

/* --- hooks that stop, forget and hang */

static void stop(void* user, coord_request* request) {
    (void)user;
    coord_request_fail(request, COORD_DENIED, "no token today", COORD_NUL);
}

static void go_on(void* user, coord_request* request) {
    (void)user;
    coord_request_succeed(request, NULL, 0, NULL);
}

static void forget(void* user, coord_request* request) {
    (void)user;
    coord_request_free(request);
}

static coord_request* kept;
static latch was_kept = LATCH_INIT;
static void keep(void* user, coord_request* request) {
    (void)user;
    kept = request;
    latch_add(&was_kept);
}

static coord_error* asked_through(coord_request_fn hook,
                                  const char* url,
                                  int64_t timeout_ns,
                                  int64_t request_timeout_ns,
                                  coord_status expected) {
    node me = {0};
    coord_error* err = NULL;
    coord_bytes* value = POISON;
    begin(&me,
          (coord_peers_options){.list = url,
                                .list_len = COORD_NUL,
                                .exchange = hook,
                                .request_timeout_ns = request_timeout_ns});
    coord_peer* peer = coord_peers_find(me.peers, url, COORD_NUL);
    const coord_call_options call = {.size = sizeof call, .timeout_ns = timeout_ns};
    CHECK(coord_peer_get(peer, "g", 1, "k", 1, &call, &value, &err) == expected);
    CHECK(value == NULL);
    coord_peer_free(peer);
    /* What is not reached is loaded here. */
    if (expected != COORD_TIMED_OUT || request_timeout_ns != 0) {
        CHECK_OK(coord_group_get(me.group, "k", 1, NULL, &value, ERR));
        CHECK(was_text(value, "k"));
    }
    end(&me);
    return err;
}

static void hooks_that_do_not_help_are_peers_out_of_reach(void) {
    const char* nobody = "http://127.0.0.1:1";
    coord_error* err = asked_through(stop, nobody, 0, 0, COORD_UNAVAILABLE);
    CHECK(strstr(coord_error_message(err), "no token today") != NULL);
    CHECK(coord_error_status(coord_error_cause(err)) == COORD_DENIED);
    CHECK_TEXT(coord_error_detail(err, "peer", COORD_NUL, NULL), nobody);
    coord_error_free(err);
    err = asked_through(forget, nobody, 0, 0, COORD_UNAVAILABLE);
    CHECK(coord_error_status(coord_error_cause(err)) == COORD_ABANDONED);
    coord_error_free(err);
    err = asked_through(go_on, "https://owner.example", 0, 0, COORD_UNSUPPORTED);
    CHECK(strstr(coord_error_message(err), "https") != NULL);
    coord_error_free(err);
    err = asked_through(keep, nobody, 20000000, 0, COORD_TIMED_OUT);
    coord_error_free(err);
    latch_wait(&was_kept, 1);
    CHECK(is_part(kept, "method", "GET"));
    coord_request_succeed(kept, NULL, 0, NULL); /* late: nobody is there any more */
}

static void hang(void* user, coord_request* request) {
    (void)user;
    latch_add(&was_kept);
    const coord_context* until = coord_request_context(request);
    while (coord_context_is_cancelled(until) == 0 && coord_context_remaining_ns(until) > 0) {
    }
    coord_request_free(request);
}

static void a_request_has_a_time_of_its_own(void) {
    coord_error* err = asked_through(hang, "http://127.0.0.1:1", 0, 20000000, COORD_TIMED_OUT);
    coord_error_free(err);
}

/* --- requests as events */

static void exchanges_come_to_a_queue(void) {
    coord_runtime* runtime = new_runtime();
    coord_queue* requests = new_queue(runtime);
    coord_queue* answers = new_queue(runtime);
    coord_peers* peers = NULL;
    CHECK_OK(coord_peers_new(runtime,
                             COORD_OPTIONS(coord_peers_options,
                                           .flags = COORD_PEERS_EXCHANGE,
                                           .list = "https://owner.example",
                                           .list_len = COORD_NUL,
                                           .requests = requests,
                                           .requests_token = 3),
                             &peers,
                             ERR));
    coord_peer* peer = coord_peers_find(peers, "https://owner.example", COORD_NUL);
    CHECK_OK(coord_peer_get_start(peer, "g", 1, "k", 1, NULL, answers, 1, NULL, ERR));
    coord_event asked = next_event(requests);
    CHECK(asked.kind == COORD_EVENT_REQUEST && asked.token == 3);
    CHECK(coord_request_kind(asked.value) == COORD_REQUEST_EXCHANGE);
    CHECK_TEXT(coord_request_peer(asked.value, NULL), "https://owner.example");
    const coord_http_message value = {
        .size = sizeof value, .status = 200, .body = "\x0A\x03VAL\x18\0", .body_len = 7};
    CHECK_OK(coord_request_set_response(asked.value, &value, ERR));
    coord_request_succeed(asked.value, NULL, 0, NULL);
    coord_event ended = next_event(answers);
    CHECK(ended.status == COORD_OK && is_text(ended.value, "VAL"));
    coord_event_clear(&ended);
    /* Closing ends what lies there. */
    CHECK_OK(coord_peer_get_start(peer, "g", 1, "k", 1, NULL, answers, 2, NULL, ERR));
    asked = next_event(requests);
    coord_peers_free(peers);
    ended = next_event(answers);
    CHECK(ended.token == 2 && ended.status == COORD_UNAVAILABLE);
    coord_event_clear(&ended);
    CHECK_FAILS(
        invalid,
        "",
        coord_request_set_response(asked.value, &(coord_http_message){.size = sizeof value}, ERR));
    coord_request_free(asked.value);
    coord_peer_free(peer);
    coord_queue_free(requests);
    coord_queue_free(answers);
    coord_runtime_free(runtime);
}

static void other_requests_have_no_use_for_it(void* user, coord_request* request) {
    (void)user;
    const coord_http_message answer = {.size = sizeof answer, .status = 200};
    CHECK_FAILS(
        COORD_UNSUPPORTED, "", coord_request_set_header(request, "Name", 4, "value", 5, ERR));
    CHECK_FAILS(COORD_UNSUPPORTED, "", coord_request_set_response(request, &answer, ERR));
    CHECK(coord_request_http(request, "method", COORD_NUL, NULL) == NULL);
    coord_request_succeed(request, "v", 1, NULL);
}

int main(void) {
    headers_are_added();
    the_whole_exchange_can_be_replaced();
    hooks_that_do_not_help_are_peers_out_of_reach();
    a_request_has_a_time_of_its_own();
    exchanges_come_to_a_queue();
    coord_runtime* runtime = new_runtime();
    coord_bytes* value = NULL;
    coord_group* group = new_group(runtime, "loads", other_requests_have_no_use_for_it);
    CHECK_OK(coord_group_get(group, "k", 1, NULL, &value, ERR));
    coord_bytes_free(value);
    coord_group_free(group);
    coord_runtime_free(runtime);
    return check_result();
}
