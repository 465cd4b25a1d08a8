/* A transport of the test's own: one side asks, the other serves a group, over a pair of Unix
 * sockets. One datagram is one question or one answer; questions are answered in any order. */
#pragma once

#include <coord/coord.h>

#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"
#include "latch.h"

enum { MAX_OPEN = 256, MAX_FRAME = 4096 };

typedef struct frame {
    uint64_t id;
    int32_t kind;   /* of a question: COORD_REQUEST_PEER_* */
    int32_t status; /* of an answer */
    int64_t expire_unix_ns;
    uint32_t key_len;
    uint32_t data_len; /* value, or the message of a failure */
    char bytes[MAX_FRAME];
} frame;

enum manners { GOOD, SILENT, SAYS_ALL_TWICE };

typedef struct line {
    coord_group* serves; /* at the far end */
    int ends[2];         /* who asks, who serves */
    pthread_t reader;
    pthread_t server;
    pthread_mutex_t mutex;
    coord_request* open[MAX_OPEN]; /* by id, which is never used again */
    uint64_t ids[MAX_OPEN];
    uint64_t last_id;
    int is_down;
    _Atomic int manners;
    frame unanswered;  /* the last question of a silent one */
    latch questions;   /* that the far end has seen */
    latch answers;     /* that ended a request */
    _Atomic int stray; /* answers to nothing */
} line;

static inline size_t frame_size(const frame* what) {
    return offsetof(frame, bytes) + what->key_len + what->data_len;
}

static inline void add_bytes(frame* to, const void* data, size_t len) {
    CHECK(to->key_len + to->data_len + len <= MAX_FRAME);
    if (len != 0) memcpy(to->bytes + to->key_len + to->data_len, data, len);
}

static inline int send_frame(int to, const frame* what) {
    return send(to, what, frame_size(what), MSG_NOSIGNAL) == (ssize_t)frame_size(what);
}

static inline coord_request* take_open(line* on, uint64_t id) {
    pthread_mutex_lock(&on->mutex);
    const size_t slot = id % MAX_OPEN;
    coord_request* found = on->ids[slot] == id ? on->open[slot] : NULL;
    if (found != NULL) on->open[slot] = NULL;
    pthread_mutex_unlock(&on->mutex);
    return found;
}

/* 0 when the line is down, or too many are open. */
static inline uint64_t put_open(line* on, coord_request* request) {
    uint64_t id = 0;
    pthread_mutex_lock(&on->mutex);
    for (int i = 0; i < MAX_OPEN && id == 0 && !on->is_down; i++) {
        const size_t slot = ++on->last_id % MAX_OPEN;
        if (on->open[slot] != NULL) continue;
        on->open[slot] = request;
        on->ids[slot] = id = on->last_id;
    }
    pthread_mutex_unlock(&on->mutex);
    return id;
}

/* --- the side that asks */

/* A coord_request_fn of all three kinds. */
static inline void line_ask(void* user, coord_request* request) {
    line* on = user;
    size_t len = 0;
    frame asked = {.kind = coord_request_kind(request)};
    const char* key = coord_request_key(request, 0, &len);
    add_bytes(&asked, key, len);
    asked.key_len = (uint32_t)len;
    const coord_bytes* value = coord_request_value(request, 0);
    const void* data = coord_bytes_data(value, &len);
    add_bytes(&asked, data, len);
    asked.data_len = (uint32_t)len;
    asked.expire_unix_ns = coord_bytes_expire_unix_ns(value);
    asked.id = put_open(on, request);
    if (asked.id != 0 && send_frame(on->ends[0], &asked)) return;
    /* The reader may have found it first. */
    if (asked.id == 0 || take_open(on, asked.id) == request)
        coord_request_fail(request, COORD_UNAVAILABLE, "the line is down", COORD_NUL);
}

static inline void end_open(line* on, const frame* answer) {
    coord_request* request = take_open(on, answer->id);
    if (request == NULL) {
        on->stray++;
        return;
    }
    if (answer->status != COORD_OK)
        coord_request_fail(request, answer->status, answer->bytes, answer->data_len);
    else if (coord_request_kind(request) == COORD_REQUEST_PEER_GET)
        coord_request_succeed(
            request,
            answer->bytes,
            answer->data_len,
            COORD_OPTIONS(coord_value_options, .expire_unix_ns = answer->expire_unix_ns));
    else
        coord_request_succeed(request, NULL, 0, NULL);
    latch_add(&on->answers);
}

static inline void* read_answers(void* argument) {
    line* on = argument;
    frame answer;
    while (recv(on->ends[0], &answer, sizeof answer, 0) > 0) end_open(on, &answer);
    pthread_mutex_lock(&on->mutex);
    on->is_down = 1;
    pthread_mutex_unlock(&on->mutex);
    for (size_t slot = 0; slot < MAX_OPEN; slot++) {
        coord_request* left = take_open(on, on->ids[slot]);
        if (left != NULL)
            coord_request_fail(left, COORD_UNAVAILABLE, "the line went down", COORD_NUL);
    }
    return NULL;
}

/* --- the side that serves */

static inline void line_answer(line* on, const frame* asked, int times) {
    frame answer = {.id = asked->id};
    coord_bytes* value = NULL;
    coord_error* err = NULL;
    size_t len = 0;
    const char* data = asked->bytes + asked->key_len;
    switch (asked->kind) {
        case COORD_REQUEST_PEER_GET:
            answer.status =
                coord_group_local_get(on->serves, asked->bytes, asked->key_len, NULL, &value, &err);
            break;
        case COORD_REQUEST_PEER_SET:
            answer.status = coord_group_local_set(
                on->serves,
                asked->bytes,
                asked->key_len,
                data,
                asked->data_len,
                COORD_OPTIONS(coord_value_options, .expire_unix_ns = asked->expire_unix_ns),
                &err);
            break;
        case COORD_REQUEST_PEER_REMOVE:
            answer.status =
                coord_group_local_remove(on->serves, asked->bytes, asked->key_len, &err);
            break;
        default:
            CHECK(0 && "a question of a known kind");
    }
    const char* message = coord_error_message(err);
    const void* text = value != NULL ? coord_bytes_data(value, &len) : message;
    if (value == NULL) len = strlen(message);
    add_bytes(&answer, text, len);
    answer.data_len = (uint32_t)len;
    answer.expire_unix_ns = coord_bytes_expire_unix_ns(value);
    coord_bytes_free(value);
    coord_error_free(err);
    while (times-- > 0) send_frame(on->ends[1], &answer);
}

static inline void* serve_questions(void* argument) {
    line* on = argument;
    frame asked;
    while (recv(on->ends[1], &asked, sizeof asked, 0) > 0) {
        const int manners = on->manners;
        if (manners == SILENT)
            on->unanswered = asked;
        else
            line_answer(on, &asked, manners == SAYS_ALL_TWICE ? 2 : 1);
        latch_add(&on->questions);
    }
    return NULL;
}

/* --- both */

static inline void line_begin(line* on, coord_group* serves) {
    memset(on, 0, sizeof *on);
    on->serves = serves;
    on->mutex = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    on->questions = (latch)LATCH_INIT;
    on->answers = (latch)LATCH_INIT;
    CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, on->ends) == 0);
    CHECK(pthread_create(&on->reader, NULL, read_answers, on) == 0);
    CHECK(pthread_create(&on->server, NULL, serve_questions, on) == 0);
}

static inline void line_cut(line* on) {
    shutdown(on->ends[0], SHUT_RDWR);
}

static inline void line_end(line* on) {
    line_cut(on);
    pthread_join(on->reader, NULL);
    pthread_join(on->server, NULL);
    close(on->ends[0]);
    close(on->ends[1]);
}
