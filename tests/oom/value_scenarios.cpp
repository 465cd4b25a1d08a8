// Short memory in bytes, contexts, rings, and in calls that are refused anyway.
#include "oom/scenario.hpp"

namespace oom {
namespace {

coord_bytes* made_bytes(stage& on) {
    return static_cast<coord_bytes*>(on.made);
}

coord_status new_bytes(stage& on) {
    coord_bytes* made = nullptr;
    const auto status = coord_bytes_new("0123456789", 10, &made, &on.error);
    on.made = made;
    return status;
}
void after_new_bytes(stage& on, coord_status status) {
    check((status == COORD_OK) == (on.made != nullptr), "bytes exactly with OK");
    if (status == COORD_OK) expect_value(made_bytes(on), "0123456789");
}

coord_status new_external(stage& on) {
    coord_bytes* made = nullptr;
    const auto status =
        coord_bytes_new_external("outside", 7, &on.freed, count_free, &made, &on.error);
    on.made = made;
    return status;
}
void after_new_external(stage& on, coord_status status) {
    check(on.freed == (status == COORD_OK ? 0 : 1), "released on failure");
    if (status == COORD_OK) expect_value(made_bytes(on), "outside");
    check(on.freed == 1, "released once");
}

void before_slice(stage& on) {
    coord_bytes_new("0123456789", 10, &on.bytes, nullptr);
}
coord_status slice(stage& on) {
    coord_bytes* made = nullptr;
    const auto status = coord_bytes_slice(on.bytes, 2, 3, &made, &on.error);
    on.made = made;
    return status;
}
void after_slice(stage& on, coord_status status) {
    check((status == COORD_OK) == (on.made != nullptr), "a slice exactly with OK");
    if (status == COORD_OK) expect_value(made_bytes(on), "234");
    expect_value(on.bytes, "0123456789");
}

void before_context(stage& on) {
    coord_context_new(nullptr, &on.context, nullptr);
}
coord_status new_context(stage& on) {
    auto options = defaults<coord_context_options>();
    options.parent = on.context;
    options.timeout_ns = COORD_MINUTE;
    options.trace = "a trace that is too long to be kept inside of a string object";
    options.trace_len = COORD_NUL;
    options.user = &on.freed;
    options.user_free = count_free;
    coord_context* made = nullptr;
    const auto status = coord_context_new(&options, &made, &on.error);
    on.made = made;
    return status;
}
void after_context(stage& on, coord_status status) {
    check((status == COORD_OK) == (on.made != nullptr), "a context exactly with OK");
    check(on.freed == (status == COORD_OK ? 0 : 1), "user freed on failure");
    auto* const made = static_cast<coord_context*>(on.made);
    coord_context_cancel(on.context);
    if (status == COORD_OK) check(coord_context_is_cancelled(made) == 1, "the child is told");
    coord_context_free(made);
    coord_context_free(on.context);
    check(on.freed == 1, "user freed once");
}

coord_status new_ring(stage& on) {
    return coord_ring_new(nullptr, &on.ring, &on.error);
}
void after_ring(stage& on, coord_status status) {
    check((status == COORD_OK) == (on.ring != nullptr), "a ring exactly with OK");
    coord_ring_free(on.ring);
}

constexpr const char* old_list = "http://old-peer-with-a-long-name.example.net:8001";

void before_ring(stage& on) {
    coord_ring_new(nullptr, &on.ring, nullptr);
    coord_ring_set(on.ring, old_list, COORD_NUL, nullptr);
}
coord_status set_ring(stage& on) {
    return coord_ring_set(
        on.ring, "http://new-peer-with-a-long-name.example.net:8001, b:1", COORD_NUL, &on.error);
}
void after_set_ring(stage& on, coord_status status) {
    coord_bytes* peer = nullptr;
    check(coord_ring_owner(on.ring, "key", 3, &peer, nullptr) == COORD_OK, "the ring works");
    size_t size = 0;
    const void* got = coord_bytes_data(peer, &size);
    const bool old = size == std::strlen(old_list) && std::memcmp(got, old_list, size) == 0;
    check(old == (status != COORD_OK), "the old list stays exactly on failure");
    coord_bytes_free(peer);
    coord_ring_free(on.ring);
}
coord_status ring_owner(stage& on) {
    coord_bytes* peer = nullptr;
    const auto status = coord_ring_owner(on.ring, "key", 3, &peer, &on.error);
    on.made = peer;
    return status;
}
void after_ring_owner(stage& on, coord_status status) {
    check((status == COORD_OK) == (on.made != nullptr), "a peer exactly with OK");
    if (status == COORD_OK) expect_value(made_bytes(on), old_list);
    coord_ring_free(on.ring);
}

// Errors: when there is no memory for one, the status is right all the same.
coord_status refused_null(stage& on) {
    return coord_runtime_metrics(nullptr, nullptr, &on.error);
}
coord_status refused_kind(stage& on) {
    return coord_group_remove(
        reinterpret_cast<coord_group*>(on.runtime), "k", 1, nullptr, &on.error);
}
coord_status refused_key(stage& on) {
    static char key[70'000];
    coord_bytes* value = nullptr;
    return coord_group_lookup(on.group, key, sizeof key, &value, &on.error);
}
coord_status refused_size(stage& on) {
    coord_call_options call{};
    return coord_group_remove(on.group, "k", 1, &call, &on.error);
}
coord_status refused_range(stage& on) {
    coord_bytes* made = nullptr;
    return coord_bytes_slice(on.bytes, 11, 1, &made, &on.error);
}
void after_refused_range(stage& on, coord_status) {
    coord_bytes_free(on.bytes);
}
coord_status refused_memory(stage& on) {
    coord_bytes* made = nullptr;
    return coord_bytes_new(nullptr, 1, &made, &on.error);
}
coord_status refused_profile(stage& on) {
    auto options = defaults<coord_ring_options>();
    options.profile = 99;
    return coord_ring_new(&options, &on.ring, &on.error);
}
coord_status missed_lookup(stage& on) {
    coord_bytes* value = nullptr;
    return coord_group_lookup(on.group, "not there", COORD_NUL, &value, &on.error);
}
coord_status empty_wait(stage& on) {
    coord_event event{};
    size_t count = 0;
    return coord_queue_wait(on.answers, COORD_OFF, &event, 1, &count, &on.error);
}

}  // namespace

const std::vector<scenario>& value_scenarios() {
    static const std::vector<scenario> all = {
        {"coord_bytes_new", nullptr, new_bytes, after_new_bytes, COORD_OK},
        {"coord_bytes_new_external", nullptr, new_external, after_new_external, COORD_OK},
        {"coord_bytes_slice", before_slice, slice, after_slice, COORD_OK},
        {"coord_context_new", before_context, new_context, after_context, COORD_OK},
        {"coord_ring_new", nullptr, new_ring, after_ring, COORD_OK},
        {"coord_ring_set", before_ring, set_ring, after_set_ring, COORD_OK},
        {"coord_ring_owner", before_ring, ring_owner, after_ring_owner, COORD_OK},
        {"refused: NULL", nullptr, refused_null, nullptr, COORD_INVALID_ARGUMENT},
        {"refused: wrong kind", nullptr, refused_kind, nullptr, COORD_INVALID_ARGUMENT},
        {"refused: long key", nullptr, refused_key, nullptr, COORD_INVALID_ARGUMENT},
        {"refused: no size", nullptr, refused_size, nullptr, COORD_INVALID_ARGUMENT},
        {"refused: range",
         before_slice,
         refused_range,
         after_refused_range,
         COORD_INVALID_ARGUMENT},
        {"refused: memory", nullptr, refused_memory, nullptr, COORD_INVALID_ARGUMENT},
        {"refused: profile", nullptr, refused_profile, nullptr, COORD_INVALID_ARGUMENT},
        {"a lookup that misses", nullptr, missed_lookup, nullptr, COORD_NOT_FOUND},
        {"a wait in vain", nullptr, empty_wait, nullptr, COORD_TIMED_OUT},
    };
    return all;
}

}  // namespace oom
