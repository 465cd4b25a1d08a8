/* runtime.h: coord_runtime_dump. */
#include <coord/coord.h>

#include "handles.h"
#include "latch.h"

/* The dump as text that ends with NUL; freed by the caller. */
static char* dump_of(coord_runtime* runtime) {
    coord_bytes* text = NULL;
    CHECK_OK(coord_runtime_dump(runtime, &text, ERR));
    size_t len = 0;
    const char* data = coord_bytes_data(text, &len);
    CHECK(len > 0 && len <= 1 << 20 && data[len - 1] == '\n');
    char* copy = calloc(len + 1, 1);
    memcpy(copy, data, len);
    CHECK(strlen(copy) == len);
    coord_bytes_free(text);
    return copy;
}

/* The line that `part` is in; "" when there is none. Valid until the next call. */
static const char* line_with(const char* dump, const char* part) {
    static char line[1024];
    line[0] = '\0';
    const char* at = strstr(dump, part);
    if (at == NULL) return line;
    while (at > dump && at[-1] != '\n') at--;
    snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\n"), at);
    return line;
}

static void expect_line(coord_runtime* runtime, const char* with, const char* says) {
    char* dump = dump_of(runtime);
    const char* line = line_with(dump, with);
    if (!CHECK(strstr(line, says) != NULL))
        fprintf(stderr, "    no '%s' in the line with '%s':\n%s", says, with, dump);
    free(dump);
}

static void expect_none(coord_runtime* runtime, const char* part) {
    char* dump = dump_of(runtime);
    if (!CHECK(strstr(dump, part) == NULL)) fprintf(stderr, "    '%s' in:\n%s", part, dump);
    free(dump);
}

static void a_runtime_is_wanted(void* wrong) {
    coord_bytes* text = POISON;
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "runtime:", coord_runtime_dump(wrong, &text, ERR));
    CHECK(text == NULL);
}

static void an_idle_and_a_closed_runtime_have_a_dump(void) {
    coord_runtime* runtime = new_runtime();
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "text:", coord_runtime_dump(runtime, NULL, ERR));
    expect_line(runtime, "runtime:", "operations and posts pending 0, loads under way 0, timers 0");
    expect_line(runtime, "threads for callbacks:", "own 2, lent 0, in a callback 0");
    expect_none(runtime, "closing");
    CHECK_OK(coord_runtime_close(runtime, NULL, ERR));
    expect_line(runtime, "runtime:", "closing");
    coord_runtime_free(runtime);
}

static coord_group* queued(coord_runtime* runtime, coord_queue* loads, uint32_t max_loads) {
    coord_group* group = NULL;
    CHECK_OK(coord_group_new(
        runtime,
        "a \"group\"",
        COORD_NUL,
        COORD_OPTIONS(coord_group_options, .requests = loads, .max_loads = max_loads),
        &group,
        ERR));
    return group;
}

static void get(coord_group* group, const char* key, coord_queue* answers) {
    CHECK_OK(coord_group_get_start(group, key, COORD_NUL, NULL, answers, 1, NULL, ERR));
}

static void end(coord_queue* answers, int count) {
    for (int i = 0; i < count; i++) {
        coord_event event = next_event(answers);
        coord_event_clear(&event);
    }
}

static void flights_are_shown_with_their_stage_and_who_waits(void) {
    coord_runtime* runtime = new_runtime();
    coord_queue* loads = new_queue(runtime);
    coord_queue* answers = new_queue(runtime);
    coord_group* group = queued(runtime, loads, 1);
    get(group, "first", answers);
    get(group, "first", answers);
    get(group, "second", answers);
    expect_line(runtime, "runtime:", "operations and posts pending 3, loads under way 2");
    expect_line(runtime, "group \"a \\\"group\\\"\"", "flights 2, waiting 3, loading 1 of 1,");
    expect_line(runtime, "group \"a \\\"group\\\"\"", "in line 1");
    expect_line(runtime, "flight \"first\"", "with the loader, 2 waiting");
    expect_line(runtime, "flight \"first\"", " old, ");
    expect_line(runtime, "flight \"first\"", " s left");
    expect_line(runtime, "flight \"second\"", "stands in line, 1 waiting");
    /* A removal detaches the load; its callers wait on. */
    CHECK_OK(coord_group_remove(group, "first", 5, NULL, ERR));
    expect_line(runtime, "flight \"first\"", "detached");
    coord_event event = next_event(loads);
    coord_request_succeed(event.value, "the value", 9, NULL);
    end(answers, 2);
    expect_none(runtime, "\"first\"");
    expect_none(runtime, "the value");
    expect_line(runtime, "flight \"second\"", "with the loader");
    event = next_event(loads);
    coord_request_succeed(event.value, "the value", 9, NULL);
    end(answers, 1);
    expect_none(runtime, "  flight");
    coord_group_free(group);
    expect_none(runtime, "group");
    coord_queue_free(answers);
    coord_queue_free(loads);
    coord_runtime_free(runtime);
}

static void keys_are_shortened_and_escaped(void) {
    coord_runtime* runtime = new_runtime();
    coord_queue* loads = new_queue(runtime);
    coord_queue* answers = new_queue(runtime);
    coord_group* group = queued(runtime, loads, 0);
    char longest[65535];
    memset(longest, 'x', sizeof longest);
    memcpy(longest, "\"\n\0\xFF\\", 5);
    CHECK_OK(coord_group_get_start(group, longest, sizeof longest, NULL, answers, 1, NULL, ERR));
    expect_line(runtime, "  flight", "\"\\\"\\x0a\\x00\\xff\\\\xxx");
    expect_line(runtime, "  flight", "xxx\"... of 65535 bytes");
    char* dump = dump_of(runtime);
    CHECK(strlen(line_with(dump, "  flight")) < 300);
    free(dump);
    coord_group_free(group);
    end(answers, 1);
    coord_queue_free(answers);
    coord_queue_free(loads);
    coord_runtime_free(runtime);
}

typedef struct held {
    latch inside;
    latch leave;
} held;

static void hold(void* user, coord_request* request) {
    held* in = user;
    latch_add(&in->inside);
    latch_wait(&in->leave, 1);
    load_echo(NULL, request);
}

/* Both workers are inside loaders, and a third load waits for one. */
static void threads_are_counted(void) {
    held in = {LATCH_INIT, LATCH_INIT};
    coord_runtime* runtime = new_runtime();
    coord_queue* answers = new_queue(runtime);
    coord_group* group = NULL;
    CHECK_OK(coord_group_new(runtime,
                             "g",
                             1,
                             COORD_OPTIONS(coord_group_options, .load = hold, .user = &in),
                             &group,
                             ERR));
    get(group, "a", answers);
    get(group, "b", answers);
    latch_wait(&in.inside, 2);
    get(group, "c", answers);
    expect_line(runtime, "threads for callbacks:", "in a callback 2");
    expect_line(runtime, "threads for callbacks:", "callbacks that wait for a thread 1");
    expect_line(runtime, "flight \"a\"", "with the loader");
    expect_line(runtime, "flight \"c\"", "waits for a thread");
    latch_add(&in.leave);
    end(answers, 3);
    coord_group_free(group);
    coord_queue_free(answers);
    coord_runtime_free(runtime);
}

static void look(void* user) {
    coord_runtime* runtime = user;
    expect_line(runtime, "flight of", "locked");
}

static void a_lock_is_shown(void) {
    coord_runtime* runtime = new_runtime();
    coord_flight* flight = NULL;
    CHECK_OK(coord_flight_new(
        runtime, COORD_OPTIONS(coord_flight_options, .load = load_echo), &flight, ERR));
    CHECK_OK(coord_flight_lock(flight, look, runtime, ERR));
    expect_none(runtime, "locked");
    coord_flight_free(flight);
    coord_runtime_free(runtime);
}

enum { MANY = 10000 };

/* More flights than are written down, in more groups than fit. */
static void a_dump_is_never_larger_than_a_mebibyte(void) {
    coord_runtime* runtime = new_runtime();
    coord_queue* loads = new_queue(runtime);
    coord_queue* answers = new_queue(runtime);
    coord_flight* flights[3];
    for (int f = 0; f < 3; f++) {
        CHECK_OK(coord_flight_new(
            runtime, COORD_OPTIONS(coord_flight_options, .requests = loads), &flights[f], ERR));
        for (int i = 0; i < MANY; i++) {
            char key[128];
            const int len = snprintf(key, sizeof key, "%d %0100d", i, i);
            CHECK_OK(
                coord_flight_get_start(flights[f], key, (size_t)len, NULL, answers, 1, NULL, ERR));
        }
    }
    char* dump = dump_of(runtime);
    const size_t len = strlen(dump);
    CHECK(len > (1 << 20) - 1000);
    CHECK_TEXT(dump + len - strlen("... the rest is left out\n"), "... the rest is left out\n");
    CHECK(strstr(dump, "flights 10000, waiting 10000") != NULL);
    CHECK(strstr(dump, "flights left out ") != NULL);
    free(dump);
    for (int f = 0; f < 3; f++) coord_flight_free(flights[f]);
    end(answers, 3 * MANY);
    coord_queue_free(answers);
    coord_queue_free(loads);
    coord_runtime_free(runtime);
}

static void peers_are_shown(void) {
    coord_runtime* runtime = new_runtime();
    coord_peers* peers = NULL;
    CHECK_OK(coord_peers_new(
        runtime,
        COORD_OPTIONS(coord_peers_options, .listen = "127.0.0.1:0", .listen_len = COORD_NUL),
        &peers,
        ERR));
    expect_line(runtime, "peers \"http://127.0.0.1:", "");
    expect_line(runtime, "peers in the list", "questions to them under way 0");
    expect_line(runtime, "requests of peers", "requests of peers under way 0, connections 0");
    coord_peers_free(peers);
    expect_none(runtime, "peers");
    coord_runtime_free(runtime);
}

static coord_request* asked[2];
static int asked_count;

static void keep_asked(void* user, coord_request* request) {
    asked[asked_count++] = request;
    latch_add(user);
}

static coord_peer* always(void* user, const char* key, size_t key_len) {
    (void)key;
    (void)key_len;
    return user;
}

/* An owner of the host's own that does not answer, and then says that it is away; and a removal. */
static void questions_to_peers_are_shown(void) {
    latch came = LATCH_INIT;
    coord_runtime* runtime = new_runtime();
    coord_queue* answers = new_queue(runtime);
    coord_queue* requests = new_queue(runtime);
    coord_peer* peer = NULL;
    coord_picker* picker = NULL;
    coord_group* group = NULL;
    CHECK_OK(coord_peer_new(
        runtime,
        "pipe://b",
        COORD_NUL,
        COORD_OPTIONS(
            coord_peer_options, .peer_get = keep_asked, .peer_remove = keep_asked, .user = &came),
        &peer,
        ERR));
    CHECK_OK(coord_picker_new(
        runtime, COORD_OPTIONS(coord_picker_options, .pick = always, .user = peer), &picker, ERR));
    CHECK_OK(coord_group_new(runtime,
                             "far",
                             3,
                             COORD_OPTIONS(coord_group_options,
                                           .requests = requests,
                                           .flags = COORD_GROUP_PEER_ERROR,
                                           .picker = picker),
                             &group,
                             ERR));
    get(group, "key", answers);
    latch_wait(&came, 1);
    expect_line(runtime, "flight \"key\"", "asking pipe://b");
    expect_line(runtime, "PEER_GET", "\"key\"");
    expect_line(runtime, "PEER_GET", "with the host");
    coord_request_fail(asked[0], COORD_UNAVAILABLE, "away", 4);
    coord_event event = next_event(requests);
    CHECK(coord_request_kind(event.value) == COORD_REQUEST_PEER_ERROR);
    expect_line(runtime, "flight \"key\"", "PEER_ERROR with the host, about pipe://b");
    expect_none(runtime, "PEER_GET");
    coord_request_fail(event.value, COORD_UNAVAILABLE, "away", 4);
    end(answers, 1);

    CHECK_OK(coord_group_remove_start(group, "key", 3, NULL, answers, 2, NULL, ERR));
    latch_wait(&came, 2);
    expect_line(runtime, "removal of \"key\"", " s old, ");
    expect_line(runtime, "PEER_REMOVE", "to pipe://b");
    coord_request_succeed(asked[1], NULL, 0, NULL);
    end(answers, 1);
    expect_none(runtime, "removal");
    coord_group_free(group);
    coord_picker_free(picker);
    coord_peer_free(peer);
    coord_queue_free(requests);
    coord_queue_free(answers);
    coord_runtime_free(runtime);
}

int main(void) {
    for_wrong_kinds(KIND_RUNTIME, a_runtime_is_wanted);
    an_idle_and_a_closed_runtime_have_a_dump();
    flights_are_shown_with_their_stage_and_who_waits();
    keys_are_shortened_and_escaped();
    threads_are_counted();
    a_lock_is_shown();
    a_dump_is_never_larger_than_a_mebibyte();
    peers_are_shown();
    questions_to_peers_are_shown();
    return check_result();
}
