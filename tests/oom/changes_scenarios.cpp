// Short memory in sets, and in removals of many keys: alone, and with a peer that is out of reach.
#include "oom/scenario.hpp"

namespace oom {
namespace {

constexpr size_t lens[] = {3, 1, 4};
constexpr const char* keys = "keyaleft";

coord_status set(stage& on) {
    return coord_group_set(on.group, "key", 3, "set", 3, nullptr, nullptr, &on.error);
}
void after_set(stage& on, coord_status status) {
    coord_bytes* value = nullptr;
    const bool there = coord_group_lookup(on.group, "key", 3, &value, nullptr) == COORD_OK;
    if (status == COORD_OK) expect_value(value, "set");
    check(there || status != COORD_OK, "kept with OK");
    if (there && status != COORD_OK) coord_bytes_free(value);
    expect_group_works(on.group);
}
coord_status start_set(stage& on) {
    return coord_group_set_start(
        on.group, "key", 3, "set", 3, nullptr, nullptr, on.answers, 1, &on.op, &on.error);
}
void after_start_set(stage& on, coord_status status) {
    if (status == COORD_OK) expect_event(on.answers, COORD_EVENT_DONE, COORD_OK, COORD_NO_MEMORY);
    expect_no_event(on.answers);
    coord_op_free(on.op);
    expect_group_works(on.group);
}
coord_status set_local(stage& on) {
    return coord_group_local_set(on.group, "key", 3, "set", 3, nullptr, &on.error);
}

void check_many(const coord_many* many, coord_status expected) {
    check(coord_many_count(many) == 3, "all keys have a place");
    for (size_t i = 0; i < coord_many_count(many); ++i) {
        const auto got = coord_many_status(many, i);
        check(got == expected || got == COORD_NO_MEMORY, "each key ended");
    }
}
coord_status remove_many(stage& on) {
    coord_many* many = nullptr;
    const auto status = coord_group_remove_many(on.group, keys, lens, 3, nullptr, &many, &on.error);
    check(status != COORD_OK || many != nullptr, "what became of the keys comes with OK");
    if (many != nullptr) check_many(many, COORD_OK);
    coord_many_free(many);
    return status;
}
coord_status start_remove_many(stage& on) {
    return coord_group_remove_many_start(
        on.group, keys, lens, 3, nullptr, on.answers, 1, &on.op, &on.error);
}
void after_start_remove_many(stage& on, coord_status status) {
    if (status == COORD_OK) expect_event(on.answers, COORD_EVENT_MANY, COORD_OK, COORD_NO_MEMORY);
    expect_no_event(on.answers);
    coord_op_free(on.op);
    expect_group_works(on.group);
}

void echo(void*, coord_request* request) {
    size_t size = 0;
    const char* const key = coord_request_key(request, 0, &size);
    coord_request_succeed(request, key, size, nullptr);
}
// The stage's group is replaced by one whose only peer is a port where nobody listens.
void before_peers(stage& on) {
    auto list = defaults<coord_peers_options>();
    list.list = "http://127.0.0.1:1";
    list.list_len = COORD_NUL;
    coord_peers* peers = nullptr;
    check(coord_peers_new(on.runtime, &list, &peers, nullptr) == COORD_OK, "peers are made");
    on.made = peers;
    coord_group_free(on.group);
    on.group = nullptr;
    auto options = defaults<coord_group_options>();
    options.load = echo;
    options.peers = peers;
    check(
        coord_group_new(on.runtime, "changed", COORD_NUL, &options, &on.group, nullptr) == COORD_OK,
        "a group with peers is made");
}
void after_peers(stage& on, coord_status) {
    expect_group_works(on.group);
    coord_peers_free(static_cast<coord_peers*>(on.made));
    on.made = nullptr;
}
// That the peer does not confirm is as it should be.
coord_status as_it_should_be(stage& on, coord_status status) {
    if (status != COORD_UNAVAILABLE) return status;
    coord_error_free(on.error);
    on.error = nullptr;
    return COORD_OK;
}
coord_status set_away(stage& on) {
    return as_it_should_be(on, set(on));
}
coord_status remove_many_away(stage& on) {
    coord_many* many = nullptr;
    const auto status = coord_group_remove_many(on.group, keys, lens, 3, nullptr, &many, &on.error);
    if (many != nullptr) check_many(many, COORD_UNAVAILABLE);
    coord_many_free(many);
    return as_it_should_be(on, status);
}
void after_away(stage& on, coord_status status, int32_t kind) {
    if (status == COORD_OK) expect_event(on.answers, kind, COORD_UNAVAILABLE, COORD_NO_MEMORY);
    expect_no_event(on.answers);
    coord_op_free(on.op);
    on.op = nullptr;
    after_peers(on, status);
}
void after_start_set_away(stage& on, coord_status status) {
    after_away(on, status, COORD_EVENT_DONE);
}
void after_start_many_away(stage& on, coord_status status) {
    after_away(on, status, COORD_EVENT_MANY);
}

}  // namespace

const std::vector<scenario>& changes_scenarios() {
    static const std::vector<scenario> all = {
        {"coord_group_set", nullptr, set, after_set, COORD_OK, COORD_NO_MEMORY},
        {"coord_group_set_start", nullptr, start_set, after_start_set, COORD_OK},
        {"coord_group_local_set", nullptr, set_local, after_set, COORD_OK, COORD_NO_MEMORY},
        {"coord_group_remove_many", nullptr, remove_many, nullptr, COORD_OK},
        {"coord_group_remove_many_start",
         nullptr,
         start_remove_many,
         after_start_remove_many,
         COORD_OK},
        {"coord_group_set, a peer out of reach", before_peers, set_away, after_peers, COORD_OK},
        {"coord_group_set_start, a peer out of reach",
         before_peers,
         start_set,
         after_start_set_away,
         COORD_OK},
        {"coord_group_remove_many, a peer out of reach",
         before_peers,
         remove_many_away,
         after_peers,
         COORD_OK},
        {"coord_group_remove_many_start, a peer out of reach",
         before_peers,
         start_remove_many,
         after_start_many_away,
         COORD_OK},
    };
    return all;
}

}  // namespace oom
