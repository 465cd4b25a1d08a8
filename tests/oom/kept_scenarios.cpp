// Short memory in caches, in rings that grow, and in values that are handed in without a copy.
#include "oom/scenario.hpp"

namespace oom {
namespace {

coord_cache* made_cache(stage& on) {
    return static_cast<coord_cache*>(on.made);
}

coord_status new_cache(stage& on) {
    auto options = defaults<coord_cache_options>();
    options.policy = COORD_POLICY_LRU;
    options.user = &on.freed;
    options.user_free = count_free;
    coord_cache* made = nullptr;
    const auto status = coord_cache_new(on.runtime, &options, &made, &on.error);
    on.made = made;
    return status;
}
void after_new_cache(stage& on, coord_status status) {
    check((status == COORD_OK) == (on.made != nullptr), "a cache exactly with OK");
    check(on.freed == (status == COORD_OK ? 0 : 1), "user freed on failure");
    coord_cache_free(made_cache(on));
    check(on.freed == 1, "user freed once");
}

// Full, so that the next one makes somebody leave.
void before_cache(stage& on) {
    auto options = defaults<coord_cache_options>();
    options.policy = COORD_POLICY_LRU;
    options.max_items = 8;
    coord_cache* made = nullptr;
    coord_cache_new(on.runtime, &options, &made, nullptr);
    on.made = made;
    for (const char* key : {"1", "2", "3", "4", "5", "6", "7", "8"})
        coord_cache_set(made, key, 1, "old", 3, nullptr, nullptr);
}
coord_status set_cache(stage& on) {
    return coord_cache_set(made_cache(on), "9", 1, "new", 3, nullptr, &on.error);
}
void after_set_cache(stage& on, coord_status status) {
    coord_bytes* value = nullptr;
    const bool there = coord_cache_get(made_cache(on), "9", 1, &value, nullptr) == COORD_OK;
    check(there == (status == COORD_OK), "kept exactly with OK");
    if (there) expect_value(value, "new");
    check(coord_cache_count(made_cache(on)) <= 8, "not more than it may hold");
    coord_cache_free(made_cache(on));
}
coord_status replace_in_cache(stage& on) {
    return coord_cache_set(made_cache(on), "8", 1, "new", 3, nullptr, &on.error);
}
void after_replace_in_cache(stage& on, coord_status status) {
    coord_bytes* value = nullptr;
    if (coord_cache_get(made_cache(on), "8", 1, &value, nullptr) == COORD_OK)
        expect_value(value, status == COORD_OK ? "new" : "old");
    else
        check(status != COORD_OK, "there with OK");
    coord_cache_free(made_cache(on));
}
coord_status remove_oldest(stage& on) {
    return coord_cache_remove_oldest(made_cache(on), &on.error);
}
void after_remove_oldest(stage& on, coord_status) {
    check(coord_cache_count(made_cache(on)) == 7, "one left");
    coord_cache_free(made_cache(on));
}

uint64_t sum(void*, const void* data, size_t len) {
    uint64_t all = len;
    for (size_t i = 0; i < len; ++i) all = all * 31 + static_cast<const unsigned char*>(data)[i];
    return all;
}
coord_status hashed_ring(stage& on) {
    auto options = defaults<coord_ring_options>();
    options.hash = sum;
    options.hash_user = &on.freed;
    options.hash_user_free = count_free;
    return coord_ring_new(&options, &on.ring, &on.error);
}
void after_hashed_ring(stage& on, coord_status status) {
    check((status == COORD_OK) == (on.ring != nullptr), "a ring exactly with OK");
    check(on.freed == (status == COORD_OK ? 0 : 1), "the hash's user freed on failure");
    coord_ring_free(on.ring);
    check(on.freed == 1, "the hash's user freed once");
}
void before_ring(stage& on) {
    coord_ring_new(nullptr, &on.ring, nullptr);
    coord_ring_set(on.ring, "a:1,b:1", COORD_NUL, nullptr);
}
coord_status add_to_ring(stage& on) {
    return coord_ring_add(
        on.ring, "http://new-peer-with-a-long-name.example.net:8001,a:1", COORD_NUL, &on.error);
}
void after_add_to_ring(stage& on, coord_status status) {
    check(coord_ring_count(on.ring) == (status == COORD_OK ? 3 : 2), "all of it or nothing");
    coord_ring_free(on.ring);
}
coord_status dump_ring(stage& on) {
    return coord_ring_dump(on.ring, &on.bytes, &on.error);
}
void after_dump_ring(stage& on, coord_status status) {
    check((status == COORD_OK) == (on.bytes != nullptr), "a text exactly with OK");
    coord_bytes_free(on.bytes);
    coord_ring_free(on.ring);
}
void before_peers(stage& on) {
    coord_peers* made = nullptr;
    coord_peers_new(on.runtime, nullptr, &made, nullptr);
    coord_peers_set(made, "http://127.0.0.1:1 http://127.0.0.1:2", COORD_NUL, nullptr);
    on.made = made;
}
coord_status ring_of_peers(stage& on) {
    return coord_peers_ring(static_cast<coord_peers*>(on.made), &on.ring, &on.error);
}
void after_ring_of_peers(stage& on, coord_status status) {
    check(coord_ring_count(on.ring) == (status == COORD_OK ? 2 : 0), "a ring exactly with OK");
    coord_ring_free(on.ring);
    coord_peers_free(static_cast<coord_peers*>(on.made));
}

void before_request(stage& on) {
    coord_group_get_start(on.fed, "key", 3, nullptr, on.answers, 1, &on.op, nullptr);
    coord_event event{};
    size_t count = 0;
    coord_queue_wait(on.loads, 0, &event, 1, &count, nullptr);
    on.request = static_cast<coord_request*>(event.value);
    coord_bytes_new_external("outside", 7, &on.freed, count_free, &on.bytes, nullptr);
}
coord_status set_bytes(stage& on) {
    return coord_request_set_bytes(on.request, 0, on.bytes, nullptr, &on.error);
}
void after_set_bytes(stage& on, coord_status status) {
    coord_bytes_free(on.bytes);
    check(on.freed == (status == COORD_OK ? 0 : 1), "held exactly with OK");
    coord_request_succeed(on.request, nullptr, 0, nullptr);
    expect_event(on.answers, COORD_EVENT_BYTES, COORD_OK, COORD_OK);
    coord_op_free(on.op);
    coord_group_remove(on.fed, "key", 3, nullptr, nullptr);
    check(on.freed == 1, "released once");
}

coord_status get_into(stage& on) {
    char buffer[3];
    size_t len = 99;
    const auto status =
        coord_group_get_into(on.group, "key", 3, nullptr, buffer, 2, &len, &on.error);
    check(len == (status == COORD_OK ? 3U : 0U), "the length exactly with OK");
    return status;
}
void after_get_into(stage& on, coord_status) {
    expect_group_works(on.group);
}

}  // namespace

const std::vector<scenario>& kept_scenarios() {
    static const std::vector<scenario> all = {
        {"coord_cache_new", nullptr, new_cache, after_new_cache, COORD_OK},
        {"coord_cache_set", before_cache, set_cache, after_set_cache, COORD_OK},
        {"coord_cache_set: replaces",
         before_cache,
         replace_in_cache,
         after_replace_in_cache,
         COORD_OK},
        {"coord_cache_remove_oldest", before_cache, remove_oldest, after_remove_oldest, COORD_OK},
        {"coord_ring_new: a hash", nullptr, hashed_ring, after_hashed_ring, COORD_OK},
        {"coord_ring_add", before_ring, add_to_ring, after_add_to_ring, COORD_OK},
        {"coord_ring_dump", before_ring, dump_ring, after_dump_ring, COORD_OK},
        {"coord_peers_ring", before_peers, ring_of_peers, after_ring_of_peers, COORD_OK},
        {"coord_request_set_bytes", before_request, set_bytes, after_set_bytes, COORD_OK},
        {"coord_group_get_into", nullptr, get_into, after_get_into, COORD_OK},
    };
    return all;
}

}  // namespace oom
