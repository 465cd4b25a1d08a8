/* Three nodes over HTTP that set, remove and get the same keys at once: no get that begins after a
 * change was confirmed gives an older value, on any node. */
#include <coord/coord.h>

#include <pthread.h>
#include <sched.h>

#include "handles.h"

enum { NODES = 3, KEYS = 6, CHANGES = 150 };

typedef struct node {
    coord_runtime* runtime;
    coord_peers* peers;
    coord_group* group;
} node;

static node nodes[NODES];
static atomic_int source[KEYS];    /* what a load gives */
static atomic_int confirmed[KEYS]; /* the latest change that was confirmed everywhere */
static atomic_int changing = NODES;

static void load(void* user, coord_request* request) {
    (void)user;
    char text[16];
    const int key = coord_request_key(request, 0, NULL)[0] - 'a';
    const int len = snprintf(text, sizeof text, "%d", source[key]);
    for (int i = 0; i < 50; i++) sched_yield(); /* what it gives gets old */
    coord_request_succeed(request, text, (size_t)len, NULL);
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
            COORD_OPTIONS(coord_group_options, .load = load, .peers = nodes[i].peers),
            &nodes[i].group,
            ERR));
    }
}

/* Each key is changed by one node only, so that its numbers grow. */
static void* change(void* argument) {
    const int at = (int)(intptr_t)argument;
    uint32_t chance = (uint32_t)at + 1;
    for (int n = 1; n <= CHANGES; n++) {
        for (int k = at; k < KEYS; k += NODES) {
            const char key = (char)('a' + k);
            char text[16];
            const size_t len = (size_t)snprintf(text, sizeof text, "%d", n);
            chance = chance * 1664525U + 1013904223U;
            source[k] = n;
            const uint32_t flags = chance >> 31 != 0 ? COORD_VALUE_HOT : 0;
            if ((chance >> 28) % 4 == 0)
                CHECK_OK(coord_group_remove(nodes[at].group, &key, 1, NULL, ERR));
            else
                CHECK_OK(coord_group_set(nodes[at].group,
                                         &key,
                                         1,
                                         text,
                                         len,
                                         COORD_OPTIONS(coord_value_options, .flags = flags),
                                         NULL,
                                         ERR));
            confirmed[k] = n;
        }
    }
    changing--;
    return NULL;
}

static void* look(void* argument) {
    const int at = (int)(intptr_t)argument;
    for (int turn = 0; changing > 0 || turn % KEYS != 0; turn++) {
        const int k = turn % KEYS;
        const char key = (char)('a' + k);
        const int before = confirmed[k];
        coord_bytes* value = NULL;
        CHECK_OK(coord_group_get(nodes[at].group, &key, 1, NULL, &value, ERR));
        char text[16] = "";
        size_t len = 0;
        const void* data = coord_bytes_data(value, &len);
        CHECK(len < sizeof text);
        memcpy(text, data, len < sizeof text ? len : 0);
        CHECK(atoi(text) >= before);
        coord_bytes_free(value);
    }
    return NULL;
}

int main(void) {
    pthread_t changers[NODES];
    pthread_t lookers[NODES];
    start();
    for (intptr_t i = 0; i < NODES; i++) {
        CHECK(pthread_create(&changers[i], NULL, change, (void*)i) == 0);
        CHECK(pthread_create(&lookers[i], NULL, look, (void*)i) == 0);
    }
    for (int i = 0; i < NODES; i++) {
        pthread_join(changers[i], NULL);
        pthread_join(lookers[i], NULL);
    }
    for (int i = 0; i < NODES; i++) {
        for (int k = 0; k < KEYS; k++) {
            const char key = (char)('a' + k);
            coord_bytes* value = NULL;
            CHECK_OK(coord_group_get(nodes[i].group, &key, 1, NULL, &value, ERR));
            CHECK(was_text(value, "150"));
        }
        coord_group_stats stats = {.size = sizeof stats};
        CHECK_OK(coord_group_stats_read(nodes[i].group, &stats, ERR));
        CHECK(stats.changes_active == 0 && stats.change_oldest_ns == 0);
    }
    for (int i = 0; i < NODES; i++) {
        coord_group_free(nodes[i].group);
        coord_peers_free(nodes[i].peers);
        coord_runtime_free(nodes[i].runtime);
    }
    return check_result();
}
