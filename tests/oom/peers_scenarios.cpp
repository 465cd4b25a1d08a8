// Peers under short memory. The one peer there is does not answer: nobody listens on its port.
#include "oom/scenario.hpp"

namespace oom {
namespace {

constexpr const char* nobody = "http://127.0.0.1:1";

coord_peers* peers_of(stage& on) {
    return static_cast<coord_peers*>(on.made);
}
void make_peers(stage& on, const char* list) {
    coord_peers_options options{};
    options.size = sizeof options;
    options.list = list;
    options.list_len = COORD_NUL;
    coord_peers* peers = nullptr;
    check(coord_peers_new(on.runtime, &options, &peers, nullptr) == COORD_OK, "peers are made");
    on.made = peers;
}
void before_peers(stage& on) {
    make_peers(on, nobody);
}
void after_peers(stage& on, coord_status) {
    coord_peers_free(peers_of(on));
    on.made = nullptr;
}

coord_status new_peers(stage& on) {
    coord_peers_options options{};
    options.size = sizeof options;
    options.listen = "127.0.0.1:0";
    options.listen_len = COORD_NUL;
    coord_peers* peers = nullptr;
    const auto status = coord_peers_new(on.runtime, &options, &peers, &on.error);
    on.made = peers;
    return status;
}
void after_new_peers(stage& on, coord_status status) {
    check((status == COORD_OK) == (on.made != nullptr), "peers exactly with OK");
    after_peers(on, status);
}
coord_status set(stage& on) {
    return coord_peers_set(
        peers_of(on), "http://127.0.0.1:1,http://127.0.0.1:2", COORD_NUL, &on.error);
}
void after_set(stage& on, coord_status status) {
    coord_bytes* list = nullptr;
    check(coord_peers_list(peers_of(on), &list, nullptr) == COORD_OK, "the list can be read");
    const std::size_t wanted = status == COORD_OK ? 38 : 19;
    check(coord_bytes_size(list) == wanted, "the new list exactly with OK");
    coord_bytes_free(list);
    after_peers(on, status);
}
coord_status list(stage& on) {
    return coord_peers_list(peers_of(on), &on.bytes, &on.error);
}
coord_status owner(stage& on) {
    return coord_peers_owner(peers_of(on), "key", 3, &on.bytes, &on.error);
}
void after_text(stage& on, coord_status status) {
    check((status == COORD_OK) == (on.bytes != nullptr), "bytes exactly with OK");
    coord_bytes_free(on.bytes);
    on.bytes = nullptr;
    after_peers(on, status);
}
void before_text(stage& on) {
    coord_bytes_free(on.bytes);
    on.bytes = nullptr;
    before_peers(on);
}
coord_status read_stats(stage& on) {
    coord_peers_stats stats{};
    stats.size = sizeof stats;
    return coord_peers_stats_read(peers_of(on), &stats, &on.error);
}
coord_status close(stage& on) {
    return coord_peers_close(peers_of(on), nullptr, &on.error);
}

void echo(void*, coord_request* request) {
    std::size_t size = 0;
    const char* const key = coord_request_key(request, 0, &size);
    coord_request_succeed(request, key, size, nullptr);
}
// The stage's group is replaced by one with a peer.
void before_group(stage& on) {
    before_peers(on);
    coord_group_free(on.group);
    coord_group_options options{};
    options.size = sizeof options;
    options.load = echo;
    options.peers = peers_of(on);
    on.group = nullptr;
    const auto status =
        coord_group_new(on.runtime, "with-peers", COORD_NUL, &options, &on.group, nullptr);
    check(status == COORD_OK, "a group with peers is made");
}
coord_status get(stage& on) {
    coord_bytes* value = nullptr;
    const auto status = coord_group_get(on.group, "key", 3, nullptr, &value, &on.error);
    check((status == COORD_OK) == (value != nullptr), "a value exactly with OK");
    coord_bytes_free(value);
    return status;
}
coord_status start_get(stage& on) {
    return coord_group_get_start(on.group, "key", 3, nullptr, on.answers, 1, &on.op, &on.error);
}
void after_start_get(stage& on, coord_status status) {
    if (status == COORD_OK) expect_event(on.answers, COORD_EVENT_BYTES, COORD_OK, COORD_NO_MEMORY);
    expect_no_event(on.answers);
    coord_op_free(on.op);
    on.op = nullptr;
    after_peers(on, status);
}
// That the peer does not confirm is as it should be.
coord_status remove(stage& on) {
    const auto status = coord_group_remove(on.group, "key", 3, nullptr, &on.error);
    if (status != COORD_UNAVAILABLE) return status;
    coord_error_free(on.error);
    on.error = nullptr;
    return COORD_OK;
}
coord_status start_remove(stage& on) {
    return coord_group_remove_start(on.group, "key", 3, nullptr, on.answers, 1, &on.op, &on.error);
}
void after_start_remove(stage& on, coord_status status) {
    if (status == COORD_OK)
        expect_event(on.answers, COORD_EVENT_DONE, COORD_UNAVAILABLE, COORD_UNAVAILABLE);
    expect_no_event(on.answers);
    coord_op_free(on.op);
    on.op = nullptr;
    after_peers(on, status);
}

}  // namespace

const std::vector<scenario>& peers_scenarios() {
    static const std::vector<scenario> all = {
        {"coord_peers_new", nullptr, new_peers, after_new_peers, COORD_OK},
        {"coord_peers_set", before_peers, set, after_set, COORD_OK},
        {"coord_peers_list", before_text, list, after_text, COORD_OK},
        {"coord_peers_owner", before_text, owner, after_text, COORD_OK},
        {"coord_peers_stats_read", before_peers, read_stats, after_peers, COORD_OK},
        {"coord_peers_close", before_peers, close, after_peers, COORD_OK},
        {"coord_group_get, its owner out of reach", before_group, get, after_peers, COORD_OK},
        {"coord_group_get_start, its owner out of reach",
         before_group,
         start_get,
         after_start_get,
         COORD_OK},
        {"coord_group_remove, a peer out of reach", before_group, remove, after_peers, COORD_OK},
        {"coord_group_remove_start, a peer out of reach",
         before_group,
         start_remove,
         after_start_remove,
         COORD_OK},
    };
    return all;
}

}  // namespace oom
