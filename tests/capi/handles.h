/* One open handle of every kind, to be given to functions that want another; and short ways to make
 * what tests need. */
#pragma once

#include <coord/coord.h>

#include "check.h"

enum {
    KIND_RUNTIME,
    KIND_CONTEXT,
    KIND_QUEUE,
    KIND_GROUP,
    KIND_OP,
    KIND_REQUEST,
    KIND_RING,
    KIND_CACHE,
    KIND_FLIGHT,
    KIND_PEERS,
    KIND_PEER,
    KIND_PICKER,
    KIND_ERROR,
    KIND_BYTES,
    KIND_SLICE,
    KIND_EXTERNAL,
    KIND_COUNT
};

typedef struct every_kind {
    void* handle[KIND_COUNT];
    coord_queue* loads; /* where the group's requests came to */
} every_kind;

static inline coord_runtime* new_runtime(void) {
    coord_runtime* runtime = NULL;
    CHECK_OK(coord_runtime_new(
        COORD_OPTIONS(coord_runtime_options, .worker_threads = 2), &runtime, ERR));
    return runtime;
}

static inline coord_queue* new_queue(coord_runtime* runtime) {
    coord_queue* queue = NULL;
    CHECK_OK(coord_queue_new(runtime, &queue, ERR));
    return queue;
}

/* A group that loads by callback. */
static inline coord_group* new_group(coord_runtime* runtime,
                                     const char* name,
                                     coord_request_fn load) {
    coord_group* group = NULL;
    CHECK_OK(coord_group_new(
        runtime, name, COORD_NUL, COORD_OPTIONS(coord_group_options, .load = load), &group, ERR));
    return group;
}

/* The next event, however long it takes. */
static inline coord_event next_event(coord_queue* queue) {
    coord_event event = {0};
    size_t count = 0;
    CHECK_OK(coord_queue_wait(queue, 0, &event, 1, &count, ERR));
    CHECK(count == 1);
    return event;
}

static inline coord_bytes* new_text(const char* text) {
    coord_bytes* bytes = NULL;
    CHECK_OK(coord_bytes_new(text, strlen(text), &bytes, ERR));
    return bytes;
}

static inline int is_text(const coord_bytes* bytes, const char* text) {
    size_t len = 0;
    const void* got = coord_bytes_data(bytes, &len);
    return bytes != NULL && len == strlen(text) && memcmp(got, text, len) == 0;
}

/* Frees the value that it compares. */
static inline int was_text(coord_bytes* bytes, const char* text) {
    const int same = is_text(bytes, text);
    coord_bytes_free(bytes);
    return same;
}

/* A loader whose value is the key. */
static inline void load_echo(void* user, coord_request* request) {
    (void)user;
    size_t len = 0;
    const char* key = coord_request_key(request, 0, &len);
    coord_request_succeed(request, key, len, NULL);
}

/* A user_free that counts, in an int. */
static inline void count_free(void* user) {
    ++*(int*)user;
}

static inline every_kind make_every_kind(void) {
    every_kind all;
    memset(&all, 0, sizeof all);
    coord_runtime* runtime = new_runtime();
    all.loads = new_queue(runtime);
    coord_queue* answers = new_queue(runtime);
    coord_group* group = NULL;
    coord_op* op = NULL;
    CHECK_OK(coord_group_new(runtime,
                             "kinds",
                             COORD_NUL,
                             COORD_OPTIONS(coord_group_options, .requests = all.loads),
                             &group,
                             ERR));
    CHECK_OK(coord_group_get_start(group, "key", COORD_NUL, NULL, answers, 1, &op, ERR));
    all.handle[KIND_RUNTIME] = runtime;
    all.handle[KIND_QUEUE] = answers;
    all.handle[KIND_GROUP] = group;
    all.handle[KIND_OP] = op;
    all.handle[KIND_REQUEST] = next_event(all.loads).value;
    coord_context* context = NULL;
    coord_ring* ring = NULL;
    coord_cache* cache = NULL;
    coord_peers* peers = NULL;
    coord_error* error = NULL;
    CHECK_OK(coord_context_new(NULL, &context, ERR));
    CHECK_OK(coord_ring_new(NULL, &ring, ERR));
    CHECK_OK(coord_cache_new(runtime, NULL, &cache, ERR));
    CHECK_OK(coord_peers_new(runtime, NULL, &peers, ERR));
    CHECK(coord_ring_new(NULL, NULL, &error) == COORD_INVALID_ARGUMENT);
    coord_flight* flight = NULL;
    CHECK_OK(coord_flight_new(
        runtime, COORD_OPTIONS(coord_flight_options, .load = load_echo), &flight, ERR));
    coord_bytes* bytes = new_text("bytes");
    coord_bytes* slice = NULL;
    coord_bytes* external = NULL;
    CHECK_OK(coord_bytes_slice(bytes, 1, 2, &slice, ERR));
    CHECK_OK(coord_bytes_new_external("outside", 7, NULL, NULL, &external, ERR));
    all.handle[KIND_CONTEXT] = context;
    all.handle[KIND_RING] = ring;
    all.handle[KIND_CACHE] = cache;
    all.handle[KIND_FLIGHT] = flight;
    all.handle[KIND_PEERS] = peers;
    coord_peer* peer = NULL;
    coord_picker* picker = NULL;
    CHECK_OK(coord_peer_new(runtime,
                            "kind",
                            COORD_NUL,
                            COORD_OPTIONS(coord_peer_options, .requests = all.loads),
                            &peer,
                            ERR));
    CHECK_OK(coord_picker_new(runtime, NULL, &picker, ERR));
    all.handle[KIND_PEER] = peer;
    all.handle[KIND_PICKER] = picker;
    all.handle[KIND_ERROR] = error;
    all.handle[KIND_BYTES] = bytes;
    all.handle[KIND_SLICE] = slice;
    all.handle[KIND_EXTERNAL] = external;
    return all;
}

/* Every handle must have stayed as it was, whatever it was given to. */
static inline void free_every_kind(every_kind* all) {
    coord_queue* answers = all->handle[KIND_QUEUE];
    coord_request_succeed(all->handle[KIND_REQUEST], "done", 4, NULL);
    coord_event event = next_event(answers);
    CHECK(event.kind == COORD_EVENT_BYTES && event.status == COORD_OK &&
          is_text(event.value, "done"));
    coord_event_clear(&event);
    CHECK(is_text(all->handle[KIND_BYTES], "bytes") && is_text(all->handle[KIND_SLICE], "yt"));
    CHECK(coord_error_status(all->handle[KIND_ERROR]) == COORD_INVALID_ARGUMENT);
    CHECK(coord_context_is_cancelled(all->handle[KIND_CONTEXT]) == 0);
    CHECK_OK(coord_ring_set(all->handle[KIND_RING], "a:1", COORD_NUL, ERR));
    CHECK_OK(coord_peers_set(all->handle[KIND_PEERS], "http://127.0.0.1:1", COORD_NUL, ERR));
    coord_op_free(all->handle[KIND_OP]);
    coord_group_free(all->handle[KIND_GROUP]);
    coord_queue_free(all->loads);
    coord_queue_free(answers);
    coord_runtime_free(all->handle[KIND_RUNTIME]);
    coord_context_free(all->handle[KIND_CONTEXT]);
    coord_ring_free(all->handle[KIND_RING]);
    coord_flight_free(all->handle[KIND_FLIGHT]);
    CHECK(coord_cache_count(all->handle[KIND_CACHE]) == 0);
    coord_cache_free(all->handle[KIND_CACHE]);
    coord_peers_free(all->handle[KIND_PEERS]);
    CHECK_TEXT(coord_peer_url(all->handle[KIND_PEER], NULL), "kind");
    coord_peer_free(all->handle[KIND_PEER]);
    coord_picker_free(all->handle[KIND_PICKER]);
    coord_error_free(all->handle[KIND_ERROR]);
    coord_bytes_free(all->handle[KIND_SLICE]);
    coord_bytes_free(all->handle[KIND_BYTES]);
    coord_bytes_free(all->handle[KIND_EXTERNAL]);
}

/* Runs `check` with NULL and with one handle of every kind but `right`. */
static inline void for_wrong_kinds(int right, void (*check)(void* wrong)) {
    every_kind all = make_every_kind();
    check(NULL);
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        if (kind == right) continue;
        if (right == KIND_BYTES && (kind == KIND_SLICE || kind == KIND_EXTERNAL)) continue;
        check(all.handle[kind]);
    }
    free_every_kind(&all);
}
