// Requests of peers under short memory, served without a port and through hooks.
#include "oom/scenario.hpp"

namespace oom {
namespace {

coord_peers* peers_of(stage& on) {
    return static_cast<coord_peers*>(on.made);
}

void echo(void*, coord_request* request) {
    std::size_t size = 0;
    const char* const key = coord_request_key(request, 0, &size);
    coord_request_succeed(request, key, size, nullptr);
}

void make(stage& on, coord_peers_options options) {
    options.size = sizeof options;
    options.user = &on.freed;
    options.user_free = count_free;
    coord_peers* peers = nullptr;
    check(coord_peers_new(on.runtime, &options, &peers, nullptr) == COORD_OK, "peers are made");
    on.made = peers;
    coord_group_free(on.group);
    on.group = nullptr;
    auto group = defaults<coord_group_options>();
    group.load = echo;
    group.peers = peers;
    check(coord_group_new(on.runtime, "g", COORD_NUL, &group, &on.group, nullptr) == COORD_OK,
          "a group with peers is made");
}
void before_plain(stage& on) {
    make(on, {});
}
void free_peers(stage& on) {
    coord_group_free(on.group);
    on.group = nullptr;
    coord_peers_free(peers_of(on));
    on.made = nullptr;
}
void after(stage& on, coord_status) {
    expect_group_works(on.group);
    free_peers(on);
    check(on.freed == 1, "user is freed once");
}

coord_http_message asking(const char* method, const char* target) {
    coord_http_message message{};
    message.size = sizeof message;
    message.method = method;
    message.method_len = COORD_NUL;
    message.target = target;
    message.target_len = COORD_NUL;
    message.headers = "X-Any: some header that is too long to be kept in place\n";
    message.headers_len = COORD_NUL;
    return message;
}

coord_status serve(stage& on,
                   const coord_http_message& message,
                   int32_t expected,
                   int32_t when_short = 0) {
    coord_response* response = nullptr;
    const auto status = coord_peers_serve(peers_of(on), &message, nullptr, &response, &on.error);
    check((status == COORD_OK) == (response != nullptr), "a response exactly with OK");
    if (response != nullptr)
        check(coord_response_status(response) == expected ||
                  coord_response_status(response) == when_short,
              "the response has its status");
    coord_response_free(response);
    return status;
}
coord_status serve_remove(stage& on) {
    return serve(on, asking("DELETE", "/_groupcache/g/some-key-that-is-not-a-short-one"), 200);
}
coord_status serve_bad_target(stage& on) {
    return serve(on, asking("GET", "/_groupcache/a-group-without-a-key-and-a-slash"), 400);
}
coord_status serve_other_method(stage& on) {
    return serve(on, asking("POST", "/_groupcache/g/k"), 405);
}
coord_status serve_set(stage& on) {
    static const char body[] =
        "\x0A\x01g\x12\x01k\x1A\x1E"
        "a value that is not very short\x20";
    auto message = asking("PUT", "/_groupcache/g/k");
    message.body = body;
    message.body_len = sizeof body;
    return serve(on, message, 200, 413);  // a store that cannot grow has no room for it
}
void before_hit(stage& on) {
    before_plain(on);
    coord_bytes* value = nullptr;
    coord_group_get(on.group, "k", 1, nullptr, &value, nullptr);
    coord_bytes_free(value);
}
coord_status serve_hit(stage& on) {
    return serve(on, asking("GET", "/_groupcache/g/k"), 200);
}

coord_status start(stage& on, const char* target) {
    const auto message = asking("GET", target);
    return coord_peers_serve_start(
        peers_of(on), &message, nullptr, on.answers, 1, &on.op, &on.error);
}
coord_status start_hit(stage& on) {
    return start(on, "/_groupcache/g/k");
}
void after_start(stage& on, coord_status status) {
    if (status == COORD_OK)
        expect_event(on.answers, COORD_EVENT_RESPONSE, COORD_OK, COORD_NO_MEMORY);
    expect_no_event(on.answers);
    coord_op_free(on.op);
    on.op = nullptr;
    after(on, status);
}

// The host has ACCEPT and SERVER_ERROR in `loads`, and answers them on this thread.
void before_hooks(stage& on) {
    coord_peers_options options{};
    options.flags = COORD_PEERS_ACCEPT | COORD_PEERS_SERVER_ERROR;
    options.requests = on.loads;
    make(on, options);
}
coord_status start_accept(stage& on) {
    return start(on, "/_groupcache/another-group-than-there-is/k");
}
// Answers what comes until the response is there.
void after_start_accept(stage& on, coord_status status) {
    bool is_over = status != COORD_OK;
    while (!is_over) {
        coord_event event{};
        size_t count = 0;
        coord_queue_drain(on.loads, &event, 1, &count, nullptr);
        if (count == 1 && coord_request_kind(static_cast<coord_request*>(event.value)) ==
                              COORD_REQUEST_SERVER_ERROR) {
            coord_peers_default_server_error(nullptr, static_cast<coord_request*>(event.value));
        } else if (count == 1) {
            coord_request_succeed(static_cast<coord_request*>(event.value), nullptr, 0, nullptr);
        } else {
            coord_queue_drain(on.answers, &event, 1, &count, nullptr);
            is_over = count == 1;
            check(!is_over || event.kind == COORD_EVENT_RESPONSE, "it ends in a response");
            if (is_over) coord_event_clear(&event);
        }
    }
    expect_no_event(on.answers);
    coord_op_free(on.op);
    on.op = nullptr;
    after(on, status);
}
void before_accepted(stage& on) {
    before_hooks(on);
    check(start_accept(on) == COORD_OK, "it is started");
    coord_event event{};
    size_t count = 0;
    coord_queue_wait(on.loads, COORD_MINUTE, &event, 1, &count, nullptr);
    on.request = static_cast<coord_request*>(event.value);
}
coord_status set_user(stage& on) {
    const auto status = coord_request_set_user(on.request, &on.freed_before, count_free, &on.error);
    coord_request_succeed(on.request, nullptr, 0, nullptr);
    on.request = nullptr;
    return status;
}
void after_set_user(stage& on, coord_status) {
    after_start_accept(on, COORD_OK);
    check(on.freed_before == 1, "what was attached is freed once");
}
void before_failed(stage& on) {
    before_accepted(on);
    coord_request_succeed(on.request, nullptr, 0, nullptr);
    coord_event event{};
    size_t count = 0;
    coord_queue_wait(on.loads, COORD_MINUTE, &event, 1, &count, nullptr);
    on.request = static_cast<coord_request*>(event.value);
}
coord_status set_response(stage& on) {
    auto answer = coord_http_message{};
    answer.size = sizeof answer;
    answer.status = 418;
    answer.headers = "Content-Type: text/something-rather-long\nX-Other: more\n";
    answer.headers_len = COORD_NUL;
    answer.body = "a body that is not very short either";
    answer.body_len = 36;
    const auto status = coord_request_set_response(on.request, &answer, &on.error);
    coord_request_succeed(on.request, nullptr, 0, nullptr);
    on.request = nullptr;
    return status;
}
void after_set_response(stage& on, coord_status) {
    after_start_accept(on, COORD_OK);
}

coord_status new_peers(stage& on) {
    auto options = defaults<coord_peers_options>();
    options.user = &on.freed;
    options.user_free = count_free;
    options.hash_user = &on.freed_before;
    options.hash_user_free = count_free;
    options.hash = [](void*, const void*, size_t len) -> uint64_t { return len; };
    options.list = "http://127.0.0.1:1";
    options.list_len = COORD_NUL;
    coord_peers* peers = nullptr;
    const auto status = coord_peers_new(on.runtime, &options, &peers, &on.error);
    on.made = peers;
    return status;
}
void after_new_peers(stage& on, coord_status status) {
    check((status == COORD_OK) == (on.made != nullptr), "peers exactly with OK");
    check(on.freed == (status == COORD_OK ? 0 : 1), "user is freed when there are none");
    coord_peers_free(peers_of(on));
    on.made = nullptr;
    check(on.freed == 1 && on.freed_before == 1, "both are freed once");
}

}  // namespace

const std::vector<scenario>& serving_scenarios() {
    static const std::vector<scenario> all = {
        {"coord_peers_new: with users", nullptr, new_peers, after_new_peers, COORD_OK},
        {"coord_peers_serve: a hit", before_hit, serve_hit, after, COORD_OK},
        {"coord_peers_serve: a set", before_plain, serve_set, after, COORD_OK},
        {"coord_peers_serve: a removal", before_plain, serve_remove, after, COORD_OK},
        {"coord_peers_serve: a bad target", before_plain, serve_bad_target, after, COORD_OK},
        {"coord_peers_serve: another method", before_plain, serve_other_method, after, COORD_OK},
        {"coord_peers_serve_start: a hit", before_hit, start_hit, after_start, COORD_OK},
        {"coord_peers_serve_start: hooks",
         before_hooks,
         start_accept,
         after_start_accept,
         COORD_OK},
        {"coord_request_set_user", before_accepted, set_user, after_set_user, COORD_OK},
        {"coord_request_set_response", before_failed, set_response, after_set_response, COORD_OK},
    };
    return all;
}

}  // namespace oom
