// Short memory in groups, loads and requests.
#include "oom/scenario.hpp"

namespace oom {
namespace {

coord_bytes* made_bytes(stage& on) {
    return static_cast<coord_bytes*>(on.made);
}

coord_status make(stage& on, decltype(coord_group_new)* how, const char* name) {
    auto options = defaults<coord_group_options>();
    options.requests = on.loads;
    options.user = &on.freed;
    options.user_free = count_free;
    coord_group* made = nullptr;
    const auto status = how(on.runtime, name, COORD_NUL, &options, &made, &on.error);
    on.made = made;
    return status;
}
coord_status new_group(stage& on) {
    return make(on, coord_group_new, "a group with a name that is long");
}
coord_status find_or_new_group(stage& on) {
    return make(on, coord_group_find_or_new, "a group with a name that is long");
}
coord_status find_group(stage& on) {
    return make(on, coord_group_find_or_new, "called");
}
void after_new_group(stage& on, coord_status status) {
    check((status == COORD_OK) == (on.made != nullptr), "a group exactly with OK");
    check(on.freed == (status == COORD_OK && on.made != on.group ? 0 : 1),
          "user freed unless it is the group's");
    if (status != COORD_OK)
        check(
            coord_group_find(on.runtime, "a group with a name that is long", COORD_NUL) == nullptr,
            "no name is left behind");
    coord_group_free(static_cast<coord_group*>(on.made));
    check(on.freed == 1, "user freed once");
}

coord_status get(stage& on) {
    coord_bytes* value = nullptr;
    const auto status = coord_group_get(on.group, "key", 3, nullptr, &value, &on.error);
    on.made = value;
    return status;
}
coord_status get_with_context(stage& on) {
    auto call = defaults<coord_call_options>();
    call.context = on.context;
    call.timeout_ns = COORD_MINUTE;
    coord_bytes* value = nullptr;
    const auto status = coord_group_get(on.group, "key", 3, &call, &value, &on.error);
    on.made = value;
    return status;
}
void before_context(stage& on) {
    coord_context_new(nullptr, &on.context, nullptr);
}
void after_get(stage& on, coord_status status) {
    check((status == COORD_OK) == (on.made != nullptr), "a value exactly with OK");
    if (status == COORD_OK) expect_value(made_bytes(on), "key");
    coord_context_free(on.context);
    expect_group_works(on.group);
    auto stats = defaults<coord_group_stats>();
    coord_group_stats_read(on.group, &stats, nullptr);
    check(stats.flights_active == 0 && stats.waiters == 0, "nobody is left waiting");
}
void before_hit(stage& on) {
    coord_bytes* value = nullptr;
    coord_group_get(on.group, "key", 3, nullptr, &value, nullptr);
    coord_bytes_free(value);
}
coord_status lookup(stage& on) {
    coord_bytes* value = nullptr;
    const auto status = coord_group_lookup(on.group, "key", 3, &value, &on.error);
    on.made = value;
    return status;
}
coord_status remove(stage& on) {
    return coord_group_remove(on.group, "key", 3, nullptr, &on.error);
}
coord_status close_group(stage& on) {
    return coord_group_close(on.group, nullptr, &on.error);
}
coord_status read_stats(stage& on) {
    auto stats = defaults<coord_group_stats>();
    auto cache = defaults<coord_cache_stats>();
    const auto status = coord_group_stats_read(on.group, &stats, &on.error);
    return status == COORD_OK
               ? coord_group_cache_stats_read(on.group, COORD_CACHE_MAIN, &cache, &on.error)
               : status;
}

coord_status start_get(stage& on) {
    auto call = defaults<coord_call_options>();
    call.context = on.context;
    return coord_group_get_start(on.group, "key", 3, &call, on.answers, 1, &on.op, &on.error);
}
void after_start(stage& on, coord_status status) {
    if (status == COORD_OK) expect_event(on.answers, COORD_EVENT_BYTES, COORD_OK, COORD_NO_MEMORY);
    expect_no_event(on.answers);
    check((status == COORD_OK) == (on.op != nullptr), "an operation exactly with OK");
    coord_op_free(on.op);
    on.made = nullptr;
    coord_context_free(on.context);
    expect_group_works(on.group);
}
coord_status start_fed(stage& on) {
    return coord_group_get_start(on.fed, "key", 3, nullptr, on.answers, 1, &on.op, &on.error);
}
void after_start_fed(stage& on, coord_status status) {
    coord_event event{};
    size_t count = 0;
    coord_queue_drain(on.loads, &event, 1, &count, nullptr);
    coord_request_succeed(static_cast<coord_request*>(event.value), "v", 1, nullptr);
    if (status == COORD_OK) expect_event(on.answers, COORD_EVENT_BYTES, COORD_OK, COORD_NO_MEMORY);
    expect_no_event(on.answers);
    coord_op_free(on.op);
}
coord_status start_remove(stage& on) {
    return coord_group_remove_start(on.group, "key", 3, nullptr, on.answers, 1, &on.op, &on.error);
}
void after_start_remove(stage& on, coord_status status) {
    if (status == COORD_OK) expect_event(on.answers, COORD_EVENT_DONE, COORD_OK, COORD_OK);
    expect_no_event(on.answers);
    coord_op_free(on.op);
    coord_bytes* value = nullptr;
    const bool there = coord_group_lookup(on.group, "key", 3, &value, nullptr) == COORD_OK;
    check(there == (status != COORD_OK), "removed exactly with OK");
    coord_bytes_free(value);
}

// A request in hand.
void before_request(stage& on) {
    coord_group_get_start(on.fed, "key", 3, nullptr, on.answers, 1, &on.op, nullptr);
    coord_event event{};
    size_t count = 0;
    coord_queue_wait(on.loads, 0, &event, 1, &count, nullptr);
    on.request = static_cast<coord_request*>(event.value);
}
coord_status set(stage& on) {
    return coord_request_set(on.request, 0, "set", 3, nullptr, &on.error);
}
void after_set(stage& on, coord_status) {
    coord_request_succeed(on.request, nullptr, 0, nullptr);
    expect_event(on.answers, COORD_EVENT_BYTES, COORD_OK, COORD_OK);
    coord_op_free(on.op);
}
coord_status set_error(stage& on) {
    return coord_request_set_error(on.request, 0, COORD_LOST, "lost", 4, &on.error);
}
void after_set_error(stage& on, coord_status status) {
    coord_request_succeed(on.request, nullptr, 0, nullptr);
    expect_event(
        on.answers, COORD_EVENT_BYTES, status == COORD_OK ? COORD_LOST : COORD_OK, COORD_LOST);
    coord_op_free(on.op);
}
coord_status work_context(stage& on) {
    return coord_request_context(on.request) != nullptr ? COORD_OK : COORD_NO_MEMORY;
}
coord_status succeed(stage& on) {
    coord_request_succeed(on.request, "value", 5, nullptr);
    return COORD_OK;
}
coord_status succeed_empty(stage& on) {
    coord_request_succeed(on.request, nullptr, 0, nullptr);
    return COORD_OK;
}
void after_succeed(stage& on, coord_status) {
    expect_event(on.answers, COORD_EVENT_BYTES, COORD_OK, COORD_NO_MEMORY);
    coord_op_free(on.op);
}
coord_status succeed_wrongly(stage& on) {
    auto both = defaults<coord_value_options>();
    both.ttl_ns = both.expire_unix_ns = 1;
    coord_request_succeed(on.request, "value", 5, &both);
    return COORD_OK;
}
void after_succeed_wrongly(stage& on, coord_status) {
    expect_event(on.answers, COORD_EVENT_BYTES, COORD_INVALID_ARGUMENT, COORD_INVALID_ARGUMENT);
    coord_op_free(on.op);
}
coord_status fail(stage& on) {
    coord_request_fail(on.request, COORD_DENIED, "not today", COORD_NUL);
    return COORD_OK;
}
void after_fail(stage& on, coord_status) {
    expect_event(on.answers, COORD_EVENT_BYTES, COORD_DENIED, COORD_DENIED);
    coord_op_free(on.op);
}
coord_status abandon(stage& on) {
    coord_request_free(on.request);
    return COORD_OK;
}
void after_abandon(stage& on, coord_status) {
    expect_event(on.answers, COORD_EVENT_BYTES, COORD_ABANDONED, COORD_ABANDONED);
    coord_op_free(on.op);
}
coord_status cancel(stage& on) {
    coord_op_cancel(on.op);
    return COORD_OK;
}
void after_cancel(stage& on, coord_status) {
    expect_event(on.answers, COORD_EVENT_BYTES, COORD_CANCELLED, COORD_CANCELLED);
    coord_request_succeed(on.request, "late", 4, nullptr);
    coord_op_free(on.op);
}

}  // namespace

const std::vector<scenario>& group_scenarios() {
    static const std::vector<scenario> all = {
        {"coord_group_new", nullptr, new_group, after_new_group, COORD_OK},
        {"coord_group_find_or_new, new", nullptr, find_or_new_group, after_new_group, COORD_OK},
        {"coord_group_find_or_new, found", nullptr, find_group, after_new_group, COORD_OK},
        {"coord_group_get, a miss", nullptr, get, after_get, COORD_OK},
        {"coord_group_get, a miss with a context",
         before_context,
         get_with_context,
         after_get,
         COORD_OK},
        {"coord_group_get, a hit", before_hit, get, after_get, COORD_OK},
        {"coord_group_lookup", before_hit, lookup, after_get, COORD_OK},
        {"coord_group_remove", before_hit, remove, nullptr, COORD_OK},
        {"coord_group_close", before_hit, close_group, nullptr, COORD_OK},
        {"coord_group_stats_read", before_hit, read_stats, nullptr, COORD_OK},
        {"coord_group_get_start, a miss", before_context, start_get, after_start, COORD_OK},
        {"coord_group_get_start, a hit", before_hit, start_get, after_start, COORD_OK},
        {"coord_group_get_start, a request", nullptr, start_fed, after_start_fed, COORD_OK},
        {"coord_group_remove_start", before_hit, start_remove, after_start_remove, COORD_OK},
        {"coord_request_set", before_request, set, after_set, COORD_OK},
        {"coord_request_set_error", before_request, set_error, after_set_error, COORD_OK},
        {"coord_request_context", before_request, work_context, after_set, COORD_OK},
        {"coord_request_succeed", before_request, succeed, after_succeed, COORD_OK},
        {"coord_request_succeed, empty", before_request, succeed_empty, after_succeed, COORD_OK},
        {"coord_request_succeed, wrongly",
         before_request,
         succeed_wrongly,
         after_succeed_wrongly,
         COORD_OK},
        {"coord_request_fail", before_request, fail, after_fail, COORD_OK},
        {"coord_request_free", before_request, abandon, after_abandon, COORD_OK},
        {"coord_op_cancel", before_request, cancel, after_cancel, COORD_OK},
    };
    return all;
}

}  // namespace oom
