// Short memory in what a runtime tells, in dumps, and in flights alone.
#include "oom/scenario.hpp"

namespace oom {
namespace {

void hear(void*, int32_t, const char*, const char*, size_t) {}
void told(void*, coord_group*) {}
void load_echo(void*, coord_request* request) {
    size_t len = 0;
    const char* const key = coord_request_key(request, 0, &len);
    coord_request_succeed(request, key, len, nullptr);
}

coord_status set_log(stage& on) {
    return coord_runtime_set_log(on.runtime, 0, hear, &on.freed, count_free, &on.error);
}
void after_set_log(stage& on, coord_status status) {
    check(on.freed == (status == COORD_OK ? 0 : 1), "user freed on failure");
    expect_group_works(on.group);
    check(coord_runtime_set_log(on.runtime, 0, nullptr, nullptr, nullptr, nullptr) == COORD_OK,
          "it is replaced afterwards");
    check(on.freed == 1, "user freed once");
}

// A runtime of its own: what is set stays.
void before_hook(stage& on) {
    coord_runtime* made = nullptr;
    auto options = defaults<coord_runtime_options>();
    options.worker_threads = 1;
    coord_runtime_new(&options, &made, nullptr);
    on.made = made;
}
coord_status set_new_group(stage& on) {
    return coord_runtime_set_new_group(
        static_cast<coord_runtime*>(on.made), told, &on.freed, count_free, &on.error);
}
void after_hook(stage& on, coord_status status) {
    check(on.freed == (status == COORD_OK ? 0 : 1), "user freed on failure");
    coord_runtime_free(static_cast<coord_runtime*>(on.made));
    check(on.freed == 1, "user freed once");
}

coord_status dump(stage& on) {
    coord_bytes* text = nullptr;
    const auto status = coord_runtime_dump(on.runtime, &text, &on.error);
    check((status == COORD_OK) == (text != nullptr), "a text exactly with OK");
    coord_bytes_free(text);
    return status;
}
void before_dump(stage& on) {
    coord_group_get_start(on.fed, "pending", 7, nullptr, on.answers, 1, nullptr, nullptr);
}
void after_dump(stage& on, coord_status) {
    coord_event event{};
    size_t count = 0;
    coord_queue_wait(on.loads, COORD_MINUTE, &event, 1, &count, nullptr);
    coord_event_clear(&event);
    expect_event(on.answers, COORD_EVENT_BYTES, COORD_ABANDONED, COORD_ABANDONED);
}

coord_status new_flight(stage& on) {
    auto options = defaults<coord_flight_options>();
    options.load = load_echo;
    options.user = &on.freed;
    options.user_free = count_free;
    coord_flight* made = nullptr;
    const auto status = coord_flight_new(on.runtime, &options, &made, &on.error);
    on.made = made;
    return status;
}
coord_flight* flight_of(const stage& on) {
    return static_cast<coord_flight*>(on.made);
}
void after_flight(stage& on, coord_status) {
    coord_flight_free(flight_of(on));
    check(on.freed == 1, "user freed once");
}
void before_get(stage& on) {
    coord_status status = new_flight(on);
    check(status == COORD_OK, "a flight is made");
}
coord_status get(stage& on) {
    coord_bytes* value = nullptr;
    const auto status = coord_flight_get(flight_of(on), "key", 3, nullptr, &value, &on.error);
    check((status == COORD_OK) == (value != nullptr), "a value exactly with OK");
    if (value != nullptr) expect_value(value, "key");
    return status;
}
coord_status start_get(stage& on) {
    return coord_flight_get_start(
        flight_of(on), "key", 3, nullptr, on.answers, 1, &on.op, &on.error);
}
void after_start_get(stage& on, coord_status status) {
    if (status == COORD_OK) expect_event(on.answers, COORD_EVENT_BYTES, COORD_OK, COORD_NO_MEMORY);
    expect_no_event(on.answers);
    coord_op_free(on.op);
    coord_flight_free(flight_of(on));
}
coord_status lock(stage& on) {
    return coord_flight_lock(flight_of(on), count_free, &on.freed_before, &on.error);
}
void after_lock(stage& on, coord_status) {
    check(on.freed_before == 1, "the function was called once");
    check(get(on) == COORD_OK, "a get afterwards");
    coord_flight_free(flight_of(on));
}

}  // namespace

const std::vector<scenario>& hooks_scenarios() {
    static const std::vector<scenario> all = {
        {"coord_runtime_set_log", nullptr, set_log, after_set_log, COORD_OK},
        {"coord_runtime_set_new_group", before_hook, set_new_group, after_hook, COORD_OK},
        {"coord_runtime_dump", before_dump, dump, after_dump, COORD_OK},
        {"coord_flight_new", nullptr, new_flight, after_flight, COORD_OK},
        {"coord_flight_get", before_get, get, after_flight, COORD_OK},
        {"coord_flight_get_start", before_get, start_get, after_start_get, COORD_OK},
        {"coord_flight_lock", before_get, lock, after_lock, COORD_OK},
    };
    return all;
}

}  // namespace oom
