/* Two nodes of a cluster share the values of a group: each key is computed by its owner, once.
 *
 * Both live in this process, so that the example is one program; in earnest each is a program of
 * its own, and the list is given to coord_peers_new. */
#include <stdatomic.h>
#include <string.h>

#include "example.h"

enum { NODES = 2 };

struct node {
    coord_runtime* runtime;
    coord_peers* peers;
    coord_group* group;
    atomic_int loads;
};

/* [loader] */
/* The owner of the key runs this; the others ask the owner. */
static void load(void* user, coord_request* request) {
    struct node* node = user;
    node->loads++;
    if (coord_request_key(request, 0, NULL)[0] == '-')
        coord_request_fail(request, COORD_NOT_FOUND, "no such picture", COORD_NUL);
    else
        coord_request_succeed(request, "expensive", 9, NULL);
}
/* [end] */

/* [start] */
static void start(struct node* node) {
    coord_error* err = NULL;
    must(coord_runtime_new(NULL, &node->runtime, &err), &err);
    coord_peers_options place = {.size = sizeof place};
    place.listen = "127.0.0.1:0"; /* any port */
    place.listen_len = COORD_NUL;
    must(coord_peers_new(node->runtime, &place, &node->peers, &err), &err);
    coord_group_options options = {.size = sizeof options};
    options.load = load;
    options.user = node;
    options.peers = node->peers;
    must(coord_group_new(node->runtime, "thumbnails", COORD_NUL, &options, &node->group, &err),
         &err);
}
/* [end] */

/* [join] */
static void join(struct node nodes[NODES]) {
    coord_error* err = NULL;
    char list[256];
    snprintf(list,
             sizeof list,
             "%s,%s",
             coord_peers_self_url(nodes[0].peers, NULL),
             coord_peers_self_url(nodes[1].peers, NULL));
    for (int i = 0; i < NODES; i++)
        must(coord_peers_set(nodes[i].peers, list, COORD_NUL, &err), &err);
}
/* [end] */

/* Makes a key that the second node owns: a prefix and a number. */
static void key_of_second(struct node nodes[NODES], const char* prefix, char key[32]) {
    const char* wanted = coord_peers_self_url(nodes[1].peers, NULL);
    for (int number = 0, found = 0; !found; number++) {
        coord_error* err = NULL;
        coord_bytes* owner = NULL;
        snprintf(key, 32, "%s%d, small", prefix, number);
        must(coord_peers_owner(nodes[0].peers, key, COORD_NUL, &owner, &err), &err);
        size_t size;
        const char* url = coord_bytes_data(owner, &size);
        found = size == strlen(wanted) && memcmp(url, wanted, size) == 0;
        coord_bytes_free(owner);
    }
}

static void ask(struct node* node, const char* key) {
    /* [ask] */
    coord_error* err = NULL;
    coord_bytes* value = NULL;
    coord_call_options call = {.size = sizeof call, .timeout_ns = 5 * COORD_SECOND};
    coord_status status = coord_group_get(node->group, key, COORD_NUL, &call, &value, &err);
    if (status == COORD_OK) {
        show(value);
    } else {
        const coord_error* root = err;
        while (coord_error_cause(root) != NULL) root = coord_error_cause(root);
        printf("%s: %s (%s %d)\n",
               coord_status_name(status),
               coord_error_message(err),
               coord_error_native_domain(root),
               (int)coord_error_native_code(root));
    }
    coord_error_free(err);
    coord_bytes_free(value);
    /* [end] */
}

int main(void) {
    struct node nodes[NODES] = {0};
    char key[32];
    for (int i = 0; i < NODES; i++) start(&nodes[i]);
    join(nodes);

    key_of_second(nodes, "picture ", key);
    ask(&nodes[0], key); /* comes from the second node, which computes it */
    ask(&nodes[0], key); /* a copy in memory */
    ask(&nodes[1], key);
    printf("loads: %d and %d\n", nodes[0].loads, nodes[1].loads);

    key_of_second(nodes, "-", key);
    ask(&nodes[0], key);

    coord_error* err = NULL;
    /* [leave] */
    /* The list changed: this node is alone from now on, and owns all keys. */
    const char* self = coord_peers_self_url(nodes[0].peers, NULL);
    must(coord_peers_set(nodes[0].peers, self, COORD_NUL, &err), &err);
    coord_call_options soon = {.size = sizeof soon, .timeout_ns = 5 * COORD_SECOND};
    coord_status closed = coord_runtime_close(nodes[1].runtime, &soon, &err);
    printf("closed: %s\n", coord_status_name(closed));
    /* [end] */
    coord_error_free(err);
    for (int i = 0; i < NODES; i++) {
        coord_group_free(nodes[i].group);
        coord_peers_free(nodes[i].peers);
        coord_runtime_free(nodes[i].runtime);
    }
}
