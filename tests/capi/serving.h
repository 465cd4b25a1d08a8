/* A node without a port, whose requests come as messages. */
#pragma once

#include "handles.h"

#define BASE "/_groupcache/"

/* Peers with these options, and a group "g" that they serve. */
typedef struct serving_node {
    coord_runtime* runtime;
    coord_peers* peers;
    coord_group* group;
} serving_node;

static inline serving_node new_node(coord_peers_options options,
                                    coord_request_fn load,
                                    void* user) {
    serving_node made = {.runtime = new_runtime()};
    options.size = sizeof options;
    CHECK_OK(coord_peers_new(made.runtime, &options, &made.peers, ERR));
    CHECK_OK(coord_group_new(
        made.runtime,
        "g",
        COORD_NUL,
        COORD_OPTIONS(coord_group_options, .load = load, .user = user, .peers = made.peers),
        &made.group,
        ERR));
    return made;
}

static inline void free_node(serving_node* node) {
    coord_group_free(node->group);
    coord_peers_free(node->peers);
    coord_runtime_free(node->runtime);
}

static inline coord_http_message asking(const char* method, const char* target) {
    return (coord_http_message){.size = sizeof(coord_http_message),
                                .method = method,
                                .method_len = COORD_NUL,
                                .target = target,
                                .target_len = COORD_NUL};
}

static inline coord_response* serve(coord_peers* peers, const coord_http_message* message) {
    coord_response* response = NULL;
    CHECK_OK(coord_peers_serve(peers, message, NULL, &response, ERR));
    return response;
}

/* Asks by this method, and gives the status alone. */
static inline int32_t status_of(coord_peers* peers, const char* method, const char* target) {
    const coord_http_message message = asking(method, target);
    coord_response* response = serve(peers, &message);
    const int32_t status = coord_response_status(response);
    coord_response_free(response);
    return status;
}

static inline int has_body(const coord_response* response, const void* bytes, size_t len) {
    size_t got = 0;
    const void* body = coord_response_body(response, &got);
    return got == len && memcmp(body, bytes, len) == 0;
}

static inline int has_header(const coord_response* response, const char* line) {
    return strstr(coord_response_headers(response, NULL), line) != NULL;
}
