/* peers.h: options, arguments, the life of peers, and two nodes that share a key. */
#include <coord/coord.h>

#include "handles.h"

static void peers_are_wanted(void* wrong) {
    coord_bytes* text = POISON;
    coord_peers_stats stats = {.size = sizeof stats};
    size_t len = 9;
    CHECK(coord_peers_ref(wrong) == NULL);
    CHECK_TEXT(coord_peers_self_url(wrong, &len), "");
    CHECK(len == 0);
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "peers:", coord_peers_close(wrong, NULL, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "peers:", coord_peers_set(wrong, "", 0, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "peers:", coord_peers_list(wrong, &text, ERR));
    CHECK(text == NULL);
    text = POISON;
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "peers:", coord_peers_owner(wrong, "k", 1, &text, ERR));
    CHECK(text == NULL);
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "peers:", coord_peers_stats_read(wrong, &stats, ERR));
    coord_peers_free(wrong);
}

static void refused(coord_runtime* runtime,
                    coord_peers_options options,
                    coord_status status,
                    const char* part) {
    coord_peers* peers = POISON;
    options.size = sizeof options;
    CHECK_FAILS(status, part, coord_peers_new(runtime, &options, &peers, ERR));
    CHECK(peers == NULL);
}

static void wrong_options_are_refused(coord_runtime* runtime) {
    const coord_status invalid = COORD_INVALID_ARGUMENT;
    refused(runtime, (coord_peers_options){.flags = 64}, invalid, "flags");
    refused(runtime, (coord_peers_options){.reserved = 1}, invalid, "reserved");
    refused(runtime, (coord_peers_options){.listen_len = 3}, invalid, "options.listen:");
    refused(runtime, (coord_peers_options){.self_url_len = 3}, invalid, "options.self_url:");
    refused(runtime, (coord_peers_options){.list_len = 3}, invalid, "options.list:");
    refused(runtime, (coord_peers_options){.base_path_len = 3}, invalid, "options.base_path:");
    refused(runtime, (coord_peers_options){.ring_profile = 6}, invalid, "ring_profile");
    refused(runtime, (coord_peers_options){.ring_profile = -1}, invalid, "ring_profile");
    refused(runtime, (coord_peers_options){.ring_replicas = 65537}, invalid, "ring_replicas");
    refused(runtime, (coord_peers_options){.dialect = 3}, invalid, "dialect");
    refused(runtime, (coord_peers_options){.dialect = -1}, invalid, "dialect");
    refused(runtime, (coord_peers_options){.max_key_bytes = 65536}, invalid, "max_key_bytes");
    refused(runtime,
            (coord_peers_options){.base_path = "x", .base_path_len = COORD_NUL},
            invalid,
            "base_path");
    refused(runtime,
            (coord_peers_options){.listen = "nonsense", .listen_len = COORD_NUL},
            invalid,
            "nonsense");
    refused(runtime,
            (coord_peers_options){.listen = "0.0.0.0:0", .listen_len = COORD_NUL},
            invalid,
            "0.0.0.0");
    refused(runtime,
            (coord_peers_options){.list = "https://a:1", .list_len = COORD_NUL},
            COORD_UNSUPPORTED,
            "https://a:1");
    coord_peers* peers = POISON;
    CHECK_FAILS(
        invalid, "size", coord_peers_new(runtime, &(coord_peers_options){.size = 3}, &peers, ERR));
    CHECK(peers == NULL);
    CHECK_FAILS(invalid, "peers:", coord_peers_new(runtime, NULL, NULL, ERR));
    peers = POISON;
    CHECK_FAILS(invalid, "runtime:", coord_peers_new(NULL, NULL, &peers, ERR));
    CHECK(peers == NULL);
    struct newer {
        coord_peers_options known;
        uint64_t more;
    } options = {.known = {.size = sizeof options}, .more = 1};
    CHECK_FAILS(
        COORD_UNSUPPORTED, "does not know", coord_peers_new(runtime, &options.known, &peers, ERR));
}

static coord_peers* listening(coord_runtime* runtime) {
    coord_peers* peers = NULL;
    CHECK_OK(coord_peers_new(
        runtime,
        COORD_OPTIONS(coord_peers_options, .listen = "127.0.0.1:0", .listen_len = COORD_NUL),
        &peers,
        ERR));
    return peers;
}

static void a_node_without_options_is_alone(coord_runtime* runtime) {
    coord_peers* peers = NULL;
    coord_bytes* text = POISON;
    CHECK_OK(coord_peers_new(runtime, NULL, &peers, ERR));
    CHECK_TEXT(coord_peers_self_url(peers, NULL), "");
    CHECK_FAILS(COORD_NOT_FOUND, "no peers", coord_peers_owner(peers, "k", 1, &text, ERR));
    CHECK(text == NULL);
    CHECK_OK(coord_peers_list(peers, &text, ERR));
    CHECK(was_text(text, ""));
    CHECK(coord_peers_ref(peers) == peers);
    coord_peers_free(peers);
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "list:", coord_peers_set(peers, NULL, 3, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "list:", coord_peers_list(peers, NULL, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "url:", coord_peers_owner(peers, "k", 1, NULL, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "key:", coord_peers_owner(peers, NULL, 1, &text, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "stats:", coord_peers_stats_read(peers, NULL, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "stats.size",
                coord_peers_stats_read(peers, &(coord_peers_stats){.size = 0}, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "timeout_ns",
                coord_peers_close(peers, COORD_OPTIONS(coord_call_options, .timeout_ns = -7), ERR));
    coord_peers_free(peers);
}

static void the_list_can_be_set_and_read(coord_runtime* runtime) {
    coord_peers* peers = listening(runtime);
    coord_bytes* text = NULL;
    char list[256];
    char lines[256];
    size_t len = 0;
    const char* self = coord_peers_self_url(peers, &len);
    CHECK(strncmp(self, "http://127.0.0.1:", 17) == 0 && strlen(self) == len);
    snprintf(list, sizeof list, "%s, http://10.0.0.1:80", self);
    snprintf(lines, sizeof lines, "%s\nhttp://10.0.0.1:80\n", self);
    CHECK_OK(coord_peers_set(peers, list, COORD_NUL, ERR));
    CHECK_OK(coord_peers_list(peers, &text, ERR));
    CHECK(was_text(text, lines));
    CHECK_OK(coord_peers_owner(peers, "k", COORD_NUL, &text, ERR));
    CHECK(is_text(text, self) || is_text(text, "http://10.0.0.1:80"));
    coord_bytes_free(text);
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "nonsense", coord_peers_set(peers, "nonsense", COORD_NUL, ERR));
    CHECK_OK(coord_peers_list(peers, &text, ERR));
    CHECK(was_text(text, lines));
    CHECK_OK(coord_peers_set(peers, NULL, 0, ERR));
    CHECK_OK(coord_peers_close(peers, NULL, ERR));
    CHECK_OK(coord_peers_close(peers, NULL, ERR));
    CHECK_FAILS(COORD_CLOSED, "closed", coord_peers_set(peers, list, COORD_NUL, ERR));
    coord_group* group = POISON;
    CHECK_FAILS(
        COORD_CLOSED,
        "closed",
        coord_group_new(runtime,
                        "late",
                        COORD_NUL,
                        COORD_OPTIONS(coord_group_options, .load = load_echo, .peers = peers),
                        &group,
                        ERR));
    coord_peers_free(peers);
}

static void a_port_in_use_is_said(coord_runtime* runtime) {
    coord_peers* first = listening(runtime);
    refused(runtime,
            (coord_peers_options){.listen = coord_peers_self_url(first, NULL) + 7,
                                  .listen_len = COORD_NUL},
            COORD_ALREADY_EXISTS,
            coord_peers_self_url(first, NULL) + 7);
    coord_peers_free(first);
}

static void load_by_name(void* user, coord_request* request) {
    coord_request_succeed(request, user, strlen(user), NULL);
}

static coord_group* served(coord_runtime* runtime, coord_peers* peers, char* name) {
    coord_group* group = NULL;
    CHECK_OK(coord_group_new(runtime,
                             "g",
                             COORD_NUL,
                             COORD_OPTIONS(coord_group_options,
                                           .load = load_by_name,
                                           .user = name,
                                           .peers = peers,
                                           .peer_error = coord_peers_default_peer_error),
                             &group,
                             ERR));
    return group;
}

static void two_nodes_share_their_keys(void) {
    coord_runtime* runtime[2] = {new_runtime(), new_runtime()};
    coord_peers* peers[2] = {listening(runtime[0]), listening(runtime[1])};
    char names[2][2] = {"0", "1"};
    coord_group* group[2];
    char list[256];
    snprintf(list,
             sizeof list,
             "%s %s",
             coord_peers_self_url(peers[0], NULL),
             coord_peers_self_url(peers[1], NULL));
    for (int i = 0; i < 2; i++) {
        CHECK_OK(coord_peers_set(peers[i], list, COORD_NUL, ERR));
        group[i] = served(runtime[i], peers[i], names[i]);
    }
    for (int k = 0; k < 50; k++) {
        char key[32];
        coord_bytes* url = NULL;
        snprintf(key, sizeof key, "%d of many keys", k);
        CHECK_OK(coord_peers_owner(peers[0], key, COORD_NUL, &url, ERR));
        const int owner = is_text(url, coord_peers_self_url(peers[1], NULL)) ? 1 : 0;
        coord_bytes_free(url);
        for (int i = 0; i < 2; i++) {
            coord_bytes* value = NULL;
            CHECK_OK(coord_group_get(group[i], key, COORD_NUL, NULL, &value, ERR));
            CHECK(was_text(value, names[owner]));
        }
    }
    coord_peers_stats stats[2] = {{.size = sizeof stats[0]}, {.size = sizeof stats[0]}};
    for (int i = 0; i < 2; i++) CHECK_OK(coord_peers_stats_read(peers[i], &stats[i], ERR));
    CHECK(stats[0].client_requests == stats[1].server_requests);
    CHECK(stats[1].client_requests == stats[0].server_requests);
    CHECK(stats[0].client_requests + stats[1].client_requests == 50);
    CHECK(stats[0].client_failures == 0 && stats[0].skewed == 0);
    /* The owner of a key is gone: the default of peer_error loads it here. */
    coord_group_free(group[1]);
    coord_peers_free(peers[1]);
    coord_runtime_free(runtime[1]);
    for (int k = 0; k < 20; k++) {
        char key[32];
        coord_bytes* value = NULL;
        snprintf(key, sizeof key, "%d of new keys", k);
        CHECK_OK(coord_group_get(group[0], key, COORD_NUL, NULL, &value, ERR));
        CHECK(was_text(value, "0"));
    }
    /* In the order that looks wrong: what is made from something holds it. */
    coord_runtime_free(runtime[0]);
    coord_peers_free(peers[0]);
    coord_group_free(group[0]);
}

static void the_default_decision_is_for_peer_errors_only(coord_runtime* runtime) {
    coord_peers_default_peer_error(NULL, NULL);
    coord_group* group = new_group(runtime, "loads", coord_peers_default_peer_error);
    coord_bytes* value = POISON;
    CHECK_FAILS(COORD_UNSUPPORTED, "PEER_ERROR", coord_group_get(group, "k", 1, NULL, &value, ERR));
    coord_group_free(group);
}

int main(void) {
    coord_runtime* runtime = new_runtime();
    for_wrong_kinds(KIND_PEERS, peers_are_wanted);
    wrong_options_are_refused(runtime);
    a_node_without_options_is_alone(runtime);
    the_list_can_be_set_and_read(runtime);
    a_port_in_use_is_said(runtime);
    two_nodes_share_their_keys();
    the_default_decision_is_for_peer_errors_only(runtime);
    coord_runtime_free(runtime);
    return check_result();
}
