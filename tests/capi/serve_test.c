/* coord_peers_serve: the endpoint of peers inside a server of the host's own. */
#include "serving.h"

static void peers_are_wanted(void* wrong) {
    const coord_http_message message = asking("GET", BASE "g/k");
    coord_runtime* runtime = new_runtime();
    coord_queue* queue = new_queue(runtime);
    coord_response* response = POISON;
    coord_op* op = POISON;
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "peers:", coord_peers_serve(wrong, &message, NULL, &response, ERR));
    CHECK(response == NULL);
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "peers:",
                coord_peers_serve_start(wrong, &message, NULL, queue, 1, &op, ERR));
    CHECK(op == NULL);
    coord_queue_free(queue);
    coord_runtime_free(runtime);
}

static void responses_are_wanted(void* wrong) {
    size_t len = 9;
    CHECK(coord_response_status(wrong) == 0);
    CHECK_TEXT(coord_response_headers(wrong, &len), "");
    CHECK(len == 0);
    len = 9;
    CHECK(coord_response_body(wrong, &len) != NULL && len == 0);
    CHECK(coord_response_headers(wrong, NULL) != NULL && coord_response_body(wrong, NULL) != NULL);
    coord_response_free(wrong);
}

static void refused(coord_peers* peers,
                    coord_queue* queue,
                    const coord_http_message* message,
                    const char* part) {
    coord_response* response = POISON;
    coord_op* op = POISON;
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, part, coord_peers_serve(peers, message, NULL, &response, ERR));
    CHECK(response == NULL);
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                part,
                coord_peers_serve_start(peers, message, NULL, queue, 1, &op, ERR));
    CHECK(op == NULL);
}

static void what_is_no_request_is_refused(void) {
    serving_node node = new_node((coord_peers_options){0}, load_echo, NULL);
    coord_queue* queue = new_queue(node.runtime);
    coord_http_message wrong = asking(NULL, "/");
    wrong.method_len = 0;
    refused(node.peers, queue, NULL, "message:");
    refused(node.peers, queue, &wrong, "message.method:");
    wrong = asking("", "/");
    refused(node.peers, queue, &wrong, "message.method:");
    wrong = asking("GET", "");
    refused(node.peers, queue, &wrong, "message.target:");
    wrong = asking("GET", NULL);
    refused(node.peers, queue, &wrong, "message.target:");
    wrong = asking("GET", "/");
    wrong.size = 3;
    refused(node.peers, queue, &wrong, "message.size:");
    wrong = asking("GET", "/");
    wrong.status = 200;
    refused(node.peers, queue, &wrong, "message.status:");
    wrong = asking("GET", "/");
    wrong.headers_len = 4;
    refused(node.peers, queue, &wrong, "message.headers:");
    wrong = asking("GET", "/");
    wrong.body_len = 4;
    refused(node.peers, queue, &wrong, "message.body:");
    wrong = asking("GET", "/");
    wrong.body = "x";
    wrong.body_len = COORD_NUL;
    refused(node.peers, queue, &wrong, "message.body:");

    const coord_http_message good = asking("GET", BASE "g/k");
    coord_response* response = POISON;
    coord_op* op = POISON;
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "response:", coord_peers_serve(node.peers, &good, NULL, NULL, ERR));
    const coord_call_options never = {.size = sizeof never, .timeout_ns = -7};
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "timeout_ns",
                coord_peers_serve(node.peers, &good, &never, &response, ERR));
    CHECK(response == NULL);
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "queue:",
                coord_peers_serve_start(node.peers, &good, NULL, NULL, 1, &op, ERR));
    CHECK(op == NULL);
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "queue:",
                coord_peers_serve_start(node.peers, &good, NULL, (void*)node.group, 1, &op, ERR));
    coord_queue_close(queue);
    CHECK_FAILS(COORD_CLOSED,
                "closed",
                coord_peers_serve_start(node.peers, &good, NULL, queue, 1, &op, ERR));
    coord_queue_free(queue);
    free_node(&node);
}

static void each_request_has_its_answer(void) {
    serving_node node = new_node((coord_peers_options){0}, load_echo, NULL);
    coord_http_message message = asking("GET", BASE "g/k%20y?x");
    message.headers = "X-Any: thing\r\nContent-Length: 99\nHost: mine";
    message.headers_len = COORD_NUL;
    coord_response* response = serve(node.peers, &message);
    CHECK(coord_response_status(response) == 200);
    CHECK(has_body(response, "\x0A\x03k y\x18\0", 7));
    CHECK(has_header(response, "Content-Type: application/x-protobuf\r\n"));
    CHECK(has_header(response, "Coord-Peer: 1; set\r\n"));
    CHECK(!has_header(response, "Content-Length") && !has_header(response, "Date"));
    size_t len = 0;
    CHECK(strlen(coord_response_headers(response, &len)) == len);
    coord_response_free(response);

    /* A SetRequest with group, key, value and no expiry. */
    static const char set[] = "\x0A\x01g\x12\x01k\x1A\x03VAL\x20";
    message = asking("PUT", BASE "g/k");
    message.body = set;
    message.body_len = sizeof set; /* with the zero */
    response = serve(node.peers, &message);
    CHECK(coord_response_status(response) == 200 && has_body(response, "", 0));
    coord_response_free(response);
    coord_bytes* value = NULL;
    CHECK_OK(coord_group_get(node.group, "k", 1, NULL, &value, ERR));
    CHECK(was_text(value, "VAL"));
    CHECK(status_of(node.peers, "DELETE", BASE "g/k") == 200);
    CHECK_OK(coord_group_get(node.group, "k", 1, NULL, &value, ERR));
    CHECK(was_text(value, "k"));

    CHECK(status_of(node.peers, "GET", BASE "other/k") == 500);
    CHECK(status_of(node.peers, "GET", BASE "g") == 400);
    CHECK(status_of(node.peers, "GET", "/") == 404);
    CHECK(status_of(node.peers, "GET", "relative") == 400);
    CHECK(status_of(node.peers, "POST", BASE "g/k") == 405);
    message = asking("GET", BASE "g/k");
    message.headers = "no colon";
    message.headers_len = COORD_NUL;
    response = serve(node.peers, &message);
    CHECK(coord_response_status(response) == 400);
    coord_response_free(response);
    message = asking("GET", BASE "g/k");
    message.body = "x";
    message.body_len = 1;
    response = serve(node.peers, &message);
    CHECK(coord_response_status(response) == 400);
    coord_response_free(response);

    coord_peers_stats stats = {.size = sizeof stats};
    CHECK_OK(coord_peers_stats_read(node.peers, &stats, ERR));
    CHECK(stats.server_requests == 4 && stats.server_malformed == 6);
    free_node(&node);
}

static void a_started_one_ends_in_one_event(void) {
    serving_node node = new_node((coord_peers_options){0}, load_echo, NULL);
    coord_queue* queue = new_queue(node.runtime);
    coord_http_message message = asking("GET", BASE "g/k");
    coord_op* op = NULL;
    CHECK_OK(coord_peers_serve_start(node.peers, &message, NULL, queue, 7, &op, ERR));
    coord_op_free(op);
    coord_event event = next_event(queue);
    CHECK(event.kind == COORD_EVENT_RESPONSE && event.status == COORD_OK && event.token == 7);
    CHECK(coord_response_status(event.value) == 200);
    responses_are_wanted(NULL);
    coord_event_clear(&event);

    coord_context* gone = NULL;
    CHECK_OK(coord_context_new(NULL, &gone, ERR));
    coord_context_cancel(gone);
    const coord_call_options call = {.size = sizeof call, .context = gone};
    CHECK_OK(coord_peers_serve_start(node.peers, &message, &call, queue, 8, NULL, ERR));
    event = next_event(queue);
    CHECK(event.kind == COORD_EVENT_RESPONSE && event.status == COORD_CANCELLED);
    CHECK(event.value == NULL && event.token == 8);
    coord_event_clear(&event);
    coord_context_free(gone);

    /* One that is left in the queue is freed with it. */
    CHECK_OK(coord_peers_serve_start(node.peers, &message, NULL, queue, 9, NULL, ERR));
    coord_queue_free(queue);
    free_node(&node);
}

static void a_load_that_hangs_ends_by_the_deadline_or_the_close(void) {
    coord_runtime* runtime = new_runtime();
    coord_queue* loads = new_queue(runtime);
    coord_queue* answers = new_queue(runtime);
    coord_peers* peers = NULL;
    coord_group* group = NULL;
    coord_response* response = POISON;
    CHECK_OK(coord_peers_new(runtime, NULL, &peers, ERR));
    CHECK_OK(coord_group_new(runtime,
                             "g",
                             COORD_NUL,
                             COORD_OPTIONS(coord_group_options, .requests = loads, .peers = peers),
                             &group,
                             ERR));
    const coord_http_message message = asking("GET", BASE "g/k");
    const coord_call_options soon = {.size = sizeof soon, .timeout_ns = 1000000};
    CHECK_FAILS(COORD_TIMED_OUT, "", coord_peers_serve(peers, &message, &soon, &response, ERR));
    CHECK(response == NULL);
    CHECK_OK(coord_peers_serve_start(peers, &message, NULL, answers, 1, NULL, ERR));
    const coord_call_options now = {.size = sizeof now, .timeout_ns = COORD_OFF};
    CHECK_FAILS(COORD_TIMED_OUT, "cut", coord_peers_close(peers, &now, ERR));
    coord_event event = next_event(answers);
    CHECK(event.kind == COORD_EVENT_RESPONSE && event.status == COORD_CLOSED);
    coord_event_clear(&event);
    CHECK_FAILS(COORD_CLOSED, "closed", coord_peers_serve(peers, &message, NULL, &response, ERR));
    CHECK_FAILS(COORD_CLOSED,
                "closed",
                coord_peers_serve_start(peers, &message, NULL, answers, 1, NULL, ERR));
    event = next_event(loads);
    coord_request_succeed(event.value, "late", 4, NULL);
    coord_group_free(group);
    coord_peers_free(peers);
    coord_queue_free(loads);
    coord_queue_free(answers);
    coord_runtime_free(runtime);
}

static void a_node_without_a_port_owns_its_keys(void) {
    serving_node node =
        new_node((coord_peers_options){.self_url = "http://10.0.0.1:80",
                                       .self_url_len = COORD_NUL,
                                       .list = "http://10.0.0.1:80 http://10.0.0.2:80",
                                       .list_len = COORD_NUL},
                 load_echo,
                 NULL);
    int own = 0;
    for (int k = 0; k < 20; k++) {
        char key[32];
        coord_bytes* url = NULL;
        coord_bytes* value = NULL;
        snprintf(key, sizeof key, "%d of many keys", k);
        CHECK_OK(coord_peers_owner(node.peers, key, COORD_NUL, &url, ERR));
        if (was_text(url, "http://10.0.0.1:80")) {
            own++;
            CHECK_OK(coord_group_get(node.group, key, COORD_NUL, NULL, &value, ERR));
            CHECK(was_text(value, key));
        }
    }
    coord_peers_stats stats = {.size = sizeof stats};
    CHECK_OK(coord_peers_stats_read(node.peers, &stats, ERR));
    CHECK(own > 0 && stats.client_requests == 0);
    free_node(&node);
}

int main(void) {
    for_wrong_kinds(KIND_PEERS, peers_are_wanted);
    for_wrong_kinds(KIND_COUNT, responses_are_wanted);
    what_is_no_request_is_refused();
    each_request_has_its_answer();
    a_started_one_ends_in_one_event();
    a_load_that_hangs_ends_by_the_deadline_or_the_close();
    a_node_without_a_port_owns_its_keys();
    return check_result();
}
