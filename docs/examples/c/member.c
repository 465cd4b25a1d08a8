/* A member of a cluster: member [LISTEN [PEERS [KEY...]]]
 *
 *     member 127.0.0.1:8001 http://127.0.0.1:8001,http://127.0.0.1:8002 cat dog
 *
 * asks for keys and prints their values, which come from whichever member owns them. */
#include "example.h"

static void load(void* user, coord_request* request) {
    (void)user;
    char value[300];
    const char* key = coord_request_key(request, 0, NULL);
    int size = snprintf(value, sizeof value, "picture of %.200s", key);
    coord_request_succeed(request, value, (size_t)size, NULL);
}

int main(int argc, char** argv) {
    const char* listen = argc > 1 ? argv[1] : "127.0.0.1:0";
    const char* list = argc > 2 ? argv[2] : "";
    coord_error* err = NULL;
    /* [place] */
    coord_runtime* runtime = coord_runtime_default();
    coord_peers* peers = NULL;
    coord_peers_options place = {.size = sizeof place};
    place.listen = listen;
    place.listen_len = COORD_NUL;
    place.list = list; /* all members, this one too */
    place.list_len = COORD_NUL;
    must(coord_peers_new(runtime, &place, &peers, &err), &err);

    coord_group* pictures = NULL;
    coord_group_options options = {.size = sizeof options};
    options.max_bytes = 64 << 20;
    options.load = load;
    options.peers = peers;
    must(coord_group_new(runtime, "pictures", COORD_NUL, &options, &pictures, &err), &err);
    /* [end] */

    for (int i = 3; i < argc || i == 3; i++) {
        coord_bytes* value = NULL;
        must(coord_group_get(pictures, argc > 3 ? argv[i] : "cat", COORD_NUL, NULL, &value, &err),
             &err);
        show(value);
        coord_bytes_free(value);
    }

    /* [leave] */
    coord_call_options soon = {.size = sizeof soon, .timeout_ns = 5 * COORD_SECOND};
    coord_status left = coord_peers_close(peers, &soon, &err);
    printf("left: %s\n", coord_status_name(left));
    /* [end] */
    coord_error_free(err);
    coord_group_free(pictures);
    coord_peers_free(peers);
}
