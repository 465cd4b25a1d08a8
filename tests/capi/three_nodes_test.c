/* Three nodes over HTTP: what each sees of the others' sets and removals. */
#include <coord/coord.h>

#include "handles.h"

enum { NODES = 3, KEYS = 30 };

typedef struct node {
    coord_runtime* runtime;
    coord_peers* peers;
    coord_group* group;
    atomic_int loads;
} node;

static node nodes[NODES];

static void load(void* user, coord_request* request) {
    ((node*)user)->loads++;
    coord_request_succeed(request, "loaded", 6, NULL);
}

static void start(void) {
    char list[512] = "";
    for (int i = 0; i < NODES; i++) {
        nodes[i].runtime = new_runtime();
        CHECK_OK(coord_peers_new(
            nodes[i].runtime,
            COORD_OPTIONS(coord_peers_options, .listen = "127.0.0.1:0", .listen_len = COORD_NUL),
            &nodes[i].peers,
            ERR));
        strcat(list, coord_peers_self_url(nodes[i].peers, NULL));
        strcat(list, " ");
    }
    for (int i = 0; i < NODES; i++) {
        CHECK_OK(coord_peers_set(nodes[i].peers, list, COORD_NUL, ERR));
        CHECK_OK(coord_group_new(
            nodes[i].runtime,
            "g",
            COORD_NUL,
            COORD_OPTIONS(
                coord_group_options, .load = load, .user = &nodes[i], .peers = nodes[i].peers),
            &nodes[i].group,
            ERR));
    }
}

static void end(void) {
    for (int i = 0; i < NODES; i++) {
        coord_group_free(nodes[i].group);
        coord_peers_free(nodes[i].peers);
        coord_runtime_free(nodes[i].runtime);
    }
}

static int loads(void) {
    int all = 0;
    for (int i = 0; i < NODES; i++) all += nodes[i].loads;
    return all;
}

static const char* key_of(int k) {
    static char key[16];
    snprintf(key, sizeof key, "key-%d", k);
    return key;
}

static int gets(int at, int k, const char* text) {
    coord_bytes* value = NULL;
    CHECK_OK(coord_group_get(nodes[at].group, key_of(k), COORD_NUL, NULL, &value, ERR));
    return was_text(value, text);
}

static void set(int at, int k, const char* text, uint32_t flags) {
    CHECK_OK(coord_group_set(nodes[at].group,
                             key_of(k),
                             COORD_NUL,
                             text,
                             strlen(text),
                             COORD_OPTIONS(coord_value_options, .flags = flags),
                             NULL,
                             ERR));
}

/* Behaviours 18 and 31. The values of before were everywhere. */
static void a_set_is_seen_on_all_nodes_and_loads_nothing(void) {
    for (int k = 0; k < KEYS; k++)
        for (int i = 0; i < NODES; i++) CHECK(gets(i, k, "loaded"));
    CHECK(loads() == KEYS);
    for (int k = 0; k < KEYS; k++) {
        set(k % NODES, k, "first", 0);
        for (int i = 0; i < NODES; i++) CHECK(gets(i, k, "first"));
        set((k + 1) % NODES, k, "second", COORD_VALUE_HOT);
        for (int i = 0; i < NODES; i++) CHECK(gets(i, k, "second"));
    }
    CHECK(loads() == KEYS);
}

/* Behaviours 22 to 25. */
static void each_of_many_removed_keys_is_loaded_exactly_once_more(void) {
    char keys[KEYS * 16] = "";
    size_t lens[KEYS];
    for (int k = 0; k < KEYS; k++) {
        strcat(keys, key_of(k));
        lens[k] = strlen(key_of(k));
    }
    const int before = loads();
    CHECK_OK(coord_group_remove_many(nodes[1].group, keys, lens, KEYS, NULL, NULL, ERR));
    for (int k = 0; k < KEYS; k++)
        for (int i = 0; i < NODES; i++) CHECK(gets(i, k, "loaded"));
    CHECK(loads() == before + KEYS);
    CHECK_OK(coord_group_remove_many(nodes[1].group, NULL, NULL, 0, NULL, NULL, ERR));
    coord_group_stats stats = {.size = sizeof stats};
    CHECK_OK(coord_group_stats_read(nodes[1].group, &stats, ERR));
    CHECK(stats.remove_many_calls == 2 && stats.remove_many_keys == KEYS);
}

/* Behaviour 36: removed, it loads again; removed and set, it does not. */
static void a_removed_key_loads_again_and_a_set_one_does_not(void) {
    const int before = loads();
    for (int k = 0; k < KEYS; k++) {
        CHECK_OK(coord_group_remove(nodes[2].group, key_of(k), COORD_NUL, NULL, ERR));
        CHECK(gets(0, k, "loaded"));
        CHECK_OK(coord_group_remove(nodes[0].group, key_of(k), COORD_NUL, NULL, ERR));
        set(1, k, "set", 0);
        for (int i = 0; i < NODES; i++) CHECK(gets(i, k, "set"));
    }
    CHECK(loads() == before + KEYS);
}

int main(void) {
    start();
    a_set_is_seen_on_all_nodes_and_loads_nothing();
    each_of_many_removed_keys_is_loaded_exactly_once_more();
    a_removed_key_loads_again_and_a_set_one_does_not();
    end();
    return check_result();
}
