/* A ring of three over a transport of the test's own: what HTTP does between processes, pairs of
 * Unix sockets do here, and groups see no difference. */
#include <coord/coord.h>

#include <sched.h>

#include "handles.h"
#include "socket_line.h"

enum { NODES = 3, KEYS = 60 };

typedef struct node {
    int number;
    coord_runtime* runtime;
    coord_picker* picker;
    coord_group* group;
    coord_peer* _Atomic peers[NODES]; /* NULL: itself, or not to be named any more */
    line* lines[NODES];               /* to the others */
    struct ring* in;
    _Atomic int loads;
} node;

typedef struct ring {
    node nodes[NODES];
    line lines[NODES][NODES];
    _Atomic int version; /* of what the origin has */
} ring;

static int owner_of(const char* key, size_t len) {
    unsigned sum = 0;
    for (size_t i = 0; i < len; i++) sum += (unsigned char)key[i];
    return (int)(sum % NODES);
}

static coord_peer* pick(void* user, const char* key, size_t len) {
    return ((node*)user)->peers[owner_of(key, len)];
}

static size_t pick_all(void* user, coord_peer** peers, size_t cap) {
    size_t count = 0;
    for (int i = 0; i < NODES; i++) {
        coord_peer* one = ((node*)user)->peers[i];
        if (one == NULL) continue;
        if (count < cap) peers[count] = one;
        count++;
    }
    return count;
}

/* "3 of key" for the third version of what the origin has. */
static void load(void* user, coord_request* request) {
    node* at = user;
    char value[64];
    size_t len = 0;
    const char* key = coord_request_key(request, 0, &len);
    at->loads++;
    if (strcmp(key, "nothing") == 0) {
        coord_request_fail(request, COORD_NOT_FOUND, "the origin has no such key", COORD_NUL);
        return;
    }
    snprintf(value, sizeof value, "%d of %s", at->in->version, key);
    coord_request_succeed(request, value, strlen(value), NULL);
}

static void connect_nodes(ring* with, node* from, node* to) {
    line* on = &with->lines[from->number][to->number];
    char name[32];
    coord_peer* peer = NULL;
    line_begin(on, to->group);
    snprintf(name, sizeof name, "socket to %d", to->number);
    CHECK_OK(coord_peer_new(from->runtime,
                            name,
                            COORD_NUL,
                            COORD_OPTIONS(coord_peer_options,
                                          .peer_get = line_ask,
                                          .peer_set = line_ask,
                                          .peer_remove = line_ask,
                                          .user = on),
                            &peer,
                            ERR));
    from->peers[to->number] = peer;
    from->lines[to->number] = on;
}

static ring* ring_new(int64_t load_timeout_ns) {
    ring* made = calloc(1, sizeof *made);
    made->version = 1;
    for (int i = 0; i < NODES; i++) {
        node* is = &made->nodes[i];
        is->number = i;
        is->in = made;
        is->runtime = new_runtime();
        CHECK_OK(coord_picker_new(
            is->runtime,
            COORD_OPTIONS(coord_picker_options, .pick = pick, .pick_all = pick_all, .user = is),
            &is->picker,
            ERR));
        CHECK_OK(coord_group_new(is->runtime,
                                 "g",
                                 1,
                                 COORD_OPTIONS(coord_group_options,
                                               .load = load,
                                               .user = is,
                                               .load_timeout_ns = load_timeout_ns,
                                               .picker = is->picker),
                                 &is->group,
                                 ERR));
    }
    for (int i = 0; i < NODES; i++)
        for (int j = 0; j < NODES; j++)
            if (i != j) connect_nodes(made, &made->nodes[i], &made->nodes[j]);
    return made;
}

static void ring_free(ring* is) {
    for (int i = 0; i < NODES; i++)
        for (int j = 0; j < NODES; j++)
            if (i != j) line_end(&is->lines[i][j]);
    for (int i = 0; i < NODES; i++) {
        coord_group_free(is->nodes[i].group);
        coord_picker_free(is->nodes[i].picker);
        for (int j = 0; j < NODES; j++) coord_peer_free(is->nodes[i].peers[j]);
        coord_runtime_free(is->nodes[i].runtime);
    }
    free(is);
}

static void key_of(int k, char* key, size_t size) {
    snprintf(key, size, "key %d", k);
}

static void gives(node* at, const char* key, const char* expected) {
    coord_bytes* value = NULL;
    CHECK_OK(coord_group_get(at->group, key, COORD_NUL, NULL, &value, ERR));
    if (!CHECK(is_text(value, expected)))
        fprintf(stderr, "    %s at node %d is not %s\n", key, at->number, expected);
    coord_bytes_free(value);
}

static int all_loads(const ring* in) {
    int sum = 0;
    for (int i = 0; i < NODES; i++) sum += in->nodes[i].loads;
    return sum;
}

static void* get_all(void* argument) {
    node* at = argument;
    for (int k = 0; k < KEYS; k++) {
        char key[32];
        char value[64];
        key_of(k, key, sizeof key);
        snprintf(value, sizeof value, "1 of %s", key);
        gives(at, key, value);
    }
    return NULL;
}

static void each_key_is_loaded_once_at_its_owner_whoever_asks(ring* in) {
    pthread_t threads[NODES];
    int owned[NODES] = {0};
    for (int i = 0; i < NODES; i++)
        CHECK(pthread_create(&threads[i], NULL, get_all, &in->nodes[i]) == 0);
    for (int i = 0; i < NODES; i++) pthread_join(threads[i], NULL);
    for (int k = 0; k < KEYS; k++) {
        char key[32];
        key_of(k, key, sizeof key);
        owned[owner_of(key, strlen(key))]++;
    }
    for (int i = 0; i < NODES; i++) {
        coord_group_stats stats = {.size = sizeof stats};
        CHECK(owned[i] > 0 && in->nodes[i].loads == owned[i]);
        CHECK_OK(coord_group_stats_read(in->nodes[i].group, &stats, ERR));
        CHECK(stats.peer_loads == (uint64_t)(KEYS - owned[i]) && stats.peer_errors == 0);
        CHECK(stats.peer_slowest_ns > 0);
    }
}

static void a_removal_is_seen_by_all_whoever_removes(ring* in) {
    for (int by = 0; by < NODES; by++) {
        const int before = all_loads(in);
        char value[64];
        in->version++;
        for (int i = 0; i < NODES; i++) { /* still the old one */
            snprintf(value, sizeof value, "%d of key 7", in->version - 1);
            gives(&in->nodes[i], "key 7", value);
        }
        CHECK(all_loads(in) == before);
        CHECK_OK(coord_group_remove(in->nodes[by].group, "key 7", COORD_NUL, NULL, ERR));
        snprintf(value, sizeof value, "%d of key 7", in->version);
        for (int i = 0; i < NODES; i++) gives(&in->nodes[i], "key 7", value);
        CHECK(all_loads(in) == before + 1);
    }
}

static void a_set_is_seen_by_all_whoever_sets(ring* in) {
    const int64_t later = 4102444800000000000; /* the year 2100 */
    const int before = all_loads(in);
    for (int by = 0; by < NODES; by++) {
        char value[64];
        coord_bytes* got = NULL;
        snprintf(value, sizeof value, "set by %d", by);
        CHECK_OK(coord_group_set(in->nodes[by].group,
                                 "key 8",
                                 COORD_NUL,
                                 value,
                                 strlen(value),
                                 COORD_OPTIONS(coord_value_options, .expire_unix_ns = later),
                                 NULL,
                                 ERR));
        for (int i = 0; i < NODES; i++) {
            gives(&in->nodes[i], "key 8", value); /* leaves hot copies, which the next one drops */
            CHECK_OK(coord_group_lookup(in->nodes[i].group, "key 8", COORD_NUL, &got, ERR));
            CHECK(coord_bytes_expire_unix_ns(got) == later);
            coord_bytes_free(got);
        }
    }
    CHECK(all_loads(in) == before);
}

/* One that does not own the key. */
static node* stranger_to(ring* in, const char* key) {
    return &in->nodes[(owner_of(key, strlen(key)) + 1) % NODES];
}

static line* line_for(node* from, const char* key) {
    return from->lines[owner_of(key, strlen(key))];
}

static void what_the_owners_loader_says_reaches_who_asked(ring* in) {
    node* at = stranger_to(in, "nothing");
    coord_error* err = NULL;
    coord_bytes* value = POISON;
    const int before = all_loads(in);
    CHECK(coord_group_get(at->group, "nothing", COORD_NUL, NULL, &value, &err) == COORD_NOT_FOUND);
    CHECK(value == NULL);
    CHECK_TEXT(coord_error_message(err), "the origin has no such key");
    CHECK_TEXT(coord_error_detail(err, "key", COORD_NUL, NULL), "nothing");
    CHECK(strncmp(coord_error_detail(err, "peer", COORD_NUL, NULL), "socket to ", 10) == 0);
    coord_error_free(err);
    CHECK(all_loads(in) == before + 1); /* at the owner, and not once more here */
}

static void a_peer_that_answers_twice_is_heard_once(ring* in) {
    node* at = stranger_to(in, "twice");
    line* on = line_for(at, "twice");
    char value[64];
    on->manners = SAYS_ALL_TWICE;
    snprintf(value, sizeof value, "%d of twice", in->version);
    gives(at, "twice", value);
    CHECK_OK(coord_group_remove(at->group, "twice", COORD_NUL, NULL, ERR));
    gives(at, "twice", value);
    while (on->stray < 3) sched_yield();
    CHECK(on->stray == 3);
    on->manners = GOOD;
}

static void a_peer_that_never_answers_costs_the_timeout_and_nothing_else(void) {
    ring* in = ring_new(400000000);
    node* at = stranger_to(in, "silent");
    line* on = line_for(at, "silent");
    coord_bytes* value = POISON;
    on->manners = SILENT;
    CHECK_FAILS(
        COORD_TIMED_OUT, "", coord_group_get(at->group, "silent", COORD_NUL, NULL, &value, ERR));
    CHECK(value == NULL && all_loads(in) == 0);
    /* Its answer comes after all, and reaches nobody. */
    latch_wait(&on->questions, 1);
    const int answers = latch_count(&on->answers);
    line_answer(on, &on->unanswered, 1);
    latch_wait(&on->answers, answers + 1);
    CHECK(coord_group_lookup(at->group, "silent", COORD_NUL, &value, NULL) == COORD_NOT_FOUND);
    /* A change names who did not confirm; the others have done it. */
    node* third = &in->nodes[NODES - at->number - owner_of("silent", 6)];
    gives(third, "silent", "1 of silent");
    CHECK_FAILS(COORD_UNAVAILABLE,
                "socket to",
                coord_group_remove(at->group, "silent", COORD_NUL, NULL, ERR));
    CHECK(coord_group_lookup(third->group, "silent", COORD_NUL, &value, NULL) == COORD_NOT_FOUND);
    on->manners = GOOD;
    gives(at, "silent", "1 of silent");
    ring_free(in);
}

static void a_line_that_goes_down_is_a_peer_out_of_reach(void) {
    ring* in = ring_new(0);
    node* at = stranger_to(in, "down");
    line* on = line_for(at, "down");
    coord_queue* answers = new_queue(at->runtime);
    on->manners = SILENT;
    CHECK_OK(coord_group_get_start(at->group, "down", COORD_NUL, NULL, answers, 1, NULL, ERR));
    latch_wait(&on->questions, 1);
    line_cut(on);
    coord_event ended = next_event(answers);
    CHECK(ended.status == COORD_OK && is_text(ended.value, "1 of down"));
    coord_event_clear(&ended);
    CHECK(at->loads == 1 && all_loads(in) == 1); /* here, as nobody else could */
    coord_queue_free(answers);
    ring_free(in);
}

static void a_peer_that_is_freed_ends_what_it_was_asked(void) {
    ring* in = ring_new(0);
    node* at = stranger_to(in, "freed");
    const int owner = owner_of("freed", 5);
    line* on = at->lines[owner];
    coord_queue* answers = new_queue(at->runtime);
    on->manners = SILENT;
    CHECK_OK(coord_group_get_start(at->group, "freed", COORD_NUL, NULL, answers, 1, NULL, ERR));
    CHECK_OK(coord_group_set_start(
        at->group, "freed too", COORD_NUL, "v", 1, NULL, NULL, answers, 2, NULL, ERR));
    latch_wait(&on->questions, owner_of("freed too", 9) == owner ? 2 : 1);
    coord_peer* gone = at->peers[owner];
    at->peers[owner] = NULL; /* named no more: its keys are this node's own now */
    coord_peer_free(gone);
    for (int i = 0; i < 2; i++) {
        coord_event ended = next_event(answers);
        CHECK(ended.token != 1 || (ended.status == COORD_OK && is_text(ended.value, "1 of freed")));
        coord_event_clear(&ended);
    }
    CHECK(at->loads == 1);
    gives(at, "freed", "1 of freed");
    coord_queue_free(answers);
    ring_free(in);
}

int main(void) {
    ring* in = ring_new(0);
    each_key_is_loaded_once_at_its_owner_whoever_asks(in);
    a_removal_is_seen_by_all_whoever_removes(in);
    a_set_is_seen_by_all_whoever_sets(in);
    what_the_owners_loader_says_reaches_who_asked(in);
    a_peer_that_answers_twice_is_heard_once(in);
    ring_free(in);
    a_peer_that_never_answers_costs_the_timeout_and_nothing_else();
    a_line_that_goes_down_is_a_peer_out_of_reach();
    a_peer_that_is_freed_ends_what_it_was_asked();
    return check_result();
}
