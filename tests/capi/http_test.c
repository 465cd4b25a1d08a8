/* http.h: parts of requests, and answers that a host words itself, for a SERVER_ERROR. */
#include "serving.h"

static coord_http_message answering(int32_t status) {
    return (coord_http_message){.size = sizeof(coord_http_message), .status = status};
}

static void requests_are_wanted(void* wrong) {
    const coord_http_message answer = answering(200);
    size_t len = 9;
    CHECK(coord_request_http(wrong, "method", COORD_NUL, &len) == NULL && len == 0);
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "request:", coord_request_set_header(wrong, "A", 1, "b", 1, ERR));
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "request:", coord_request_set_response(wrong, &answer, ERR));
}

static void refused(coord_request* request,
                    coord_http_message answer,
                    coord_status status,
                    const char* part) {
    CHECK_FAILS(status, part, coord_request_set_response(request, &answer, ERR));
}

static void wrong_answers_are_refused(coord_request* request) {
    const coord_status invalid = COORD_INVALID_ARGUMENT;
    CHECK_FAILS(invalid, "response:", coord_request_set_response(request, NULL, ERR));
    refused(request, (coord_http_message){.size = 3, .status = 200}, invalid, "response.size:");
    const int32_t statuses[] = {0, -1, 100, 199, 600, INT32_MAX};
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
        refused(request, answering(statuses[i]), invalid, "response.status:");
    coord_http_message wrong = answering(200);
    wrong.headers_len = 3;
    refused(request, wrong, invalid, "response.headers:");
    wrong.headers = "no colon";
    wrong.headers_len = COORD_NUL;
    refused(request, wrong, invalid, "response.headers:");
    wrong.headers = "A: \x01";
    refused(request, wrong, invalid, "response.headers:");
    wrong = answering(200);
    wrong.body_len = 3;
    refused(request, wrong, invalid, "response.body:");
    wrong.body = "0123456789a";
    wrong.body_len = 11;
    refused(request, wrong, COORD_EXHAUSTED, "response.body:");
    wrong = answering(200);
    wrong.method = "GET";
    wrong.method_len = 3;
    refused(request, wrong, invalid, "response.method");
}

static void wrong_headers_are_refused(coord_request* request, coord_status otherwise) {
    const coord_status invalid = COORD_INVALID_ARGUMENT;
    const char* names[] = {"", "a b", "a:b", "a\r\nb", "Host", "content-length"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        CHECK_FAILS(
            invalid, "name:", coord_request_set_header(request, names[i], COORD_NUL, "v", 1, ERR));
    CHECK_FAILS(invalid, "name:", coord_request_set_header(request, NULL, 0, "v", 1, ERR));
    CHECK_FAILS(invalid, "name:", coord_request_set_header(request, NULL, 3, "v", 1, ERR));
    CHECK_FAILS(invalid, "value:", coord_request_set_header(request, "A", 1, NULL, 3, ERR));
    CHECK_FAILS(invalid, "value:", coord_request_set_header(request, "A", 1, "a\r\nb", 4, ERR));
    CHECK_FAILS(invalid, "value:", coord_request_set_header(request, "A", 1, "\0", 1, ERR));
    CHECK_FAILS(otherwise, "", coord_request_set_header(request, "A", 1, "b", 1, ERR));
}

static void load_is_no_message(void* user, coord_request* request) {
    (void)user;
    const coord_http_message answer = answering(200);
    size_t len = 9;
    CHECK(coord_request_http(request, "method", COORD_NUL, &len) == NULL && len == 0);
    wrong_headers_are_refused(request, COORD_UNSUPPORTED);
    CHECK_FAILS(COORD_UNSUPPORTED, "", coord_request_set_response(request, &answer, ERR));
    coord_peers_default_server_error(NULL, request);
}

static void other_kinds_are_told_so(void) {
    coord_runtime* runtime = new_runtime();
    coord_group* group = new_group(runtime, "loads", load_is_no_message);
    coord_bytes* value = POISON;
    CHECK_FAILS(
        COORD_UNSUPPORTED, "SERVER_ERROR", coord_group_get(group, "k", 1, NULL, &value, ERR));
    coord_peers_default_server_error(NULL, NULL);
    coord_group_free(group);
    coord_runtime_free(runtime);
}

static int is_detail(const coord_error* error, const char* name, const char* text) {
    const char* got = coord_error_detail(error, name, COORD_NUL, NULL);
    return text == NULL ? got == NULL : got != NULL && strcmp(got, text) == 0;
}

static const char* reason_wanted;

/* Rewords what is wrong with the request; the rest goes out as usual. */
static void reword(void* user, coord_request* request) {
    (void)user;
    const coord_error* error = coord_request_error(request);
    CHECK(coord_request_kind(request) == COORD_REQUEST_SERVER_ERROR);
    CHECK(is_detail(error, "reason", reason_wanted));
    wrong_answers_are_refused(request);
    wrong_headers_are_refused(request, COORD_UNSUPPORTED);
    if (reason_wanted == NULL) {
        CHECK(is_detail(error, "group", "g") && is_detail(error, "key", "k"));
        coord_peers_default_server_error(NULL, request);
        return;
    }
    coord_http_message answer = answering(418);
    answer.headers = "Content-Type: text/teapot\nContent-Length: 77\nX-Own: yes";
    answer.headers_len = COORD_NUL;
    answer.body = "teapot";
    answer.body_len = 6;
    CHECK_OK(coord_request_set_response(request, &answer, ERR));
    coord_request_succeed(request, NULL, 0, NULL);
}

static void load_failing(void* user, coord_request* request) {
    (void)user;
    coord_request_fail(request, COORD_HOST_FAILED, "on fire", COORD_NUL);
}

static void errors_can_be_reworded(void) {
    serving_node node = new_node(
        (coord_peers_options){.server_error = reword, .max_value_bytes = 10}, load_failing, NULL);
    const char* const targets[] = {BASE "g", BASE "no/k"};
    const char* const reasons[] = {"bad-request", "group-not-found"};
    for (int i = 0; i < 2; i++) {
        const coord_http_message message = asking("GET", targets[i]);
        reason_wanted = reasons[i];
        coord_response* response = serve(node.peers, &message);
        CHECK(coord_response_status(response) == 418 && has_body(response, "teapot", 6));
        CHECK_TEXT(coord_response_headers(response, NULL),
                   "Coord-Peer: 1; set\r\nContent-Type: text/teapot\r\nX-Own: yes\r\n");
        coord_response_free(response);
    }
    const coord_http_message message = asking("GET", BASE "g/k");
    reason_wanted = NULL;
    coord_response* response = serve(node.peers, &message);
    CHECK(coord_response_status(response) == 503 && has_body(response, "on fire\n", 8));
    coord_response_free(response);
    free_node(&node);
}

int main(void) {
    for_wrong_kinds(KIND_REQUEST, requests_are_wanted);
    other_kinds_are_told_so();
    errors_can_be_reworded();
    return check_result();
}
