// One public function under short memory: what is made before, the call, and what must hold
// afterwards.
#pragma once

#include <coord/coord.h>

#include <cstdio>
#include <cstring>
#include <vector>

namespace oom {

// What a scenario works on; made anew for every try, with memory enough.
struct stage {
    coord_runtime* runtime = nullptr;
    coord_queue* loads = nullptr;
    coord_queue* answers = nullptr;
    coord_group* group = nullptr;  // loads by callback
    coord_group* fed = nullptr;    // loads by the queue `loads`
    coord_context* context = nullptr;
    coord_ring* ring = nullptr;
    coord_bytes* bytes = nullptr;
    coord_request* request = nullptr;
    coord_op* op = nullptr;
    coord_error* error = nullptr;
    void* made = nullptr;  // the output of the call
    int freed = 0;         // calls of count_free
    int freed_before = 0;
};

struct scenario {
    const char* name;
    void (*before)(stage& on);                      // may be null
    coord_status (*call)(stage& on);                // short of memory
    void (*after)(stage& on, coord_status status);  // may be null
    coord_status expected;                // besides COORD_NO_MEMORY; a failure is expected strictly
    coord_status also = COORD_NO_MEMORY;  // another one it may give when memory was short
};

const std::vector<scenario>& value_scenarios();
const std::vector<scenario>& kept_scenarios();
const std::vector<scenario>& runtime_scenarios();
const std::vector<scenario>& group_scenarios();
const std::vector<scenario>& changes_scenarios();
const std::vector<scenario>& hooks_scenarios();
const std::vector<scenario>& peers_scenarios();
const std::vector<scenario>& serving_scenarios();

inline int failures = 0;
inline const char* running = "";
inline long at = 0;

inline void check(bool good, const char* what) {
    if (good) return;
    ++failures;
    std::fprintf(stderr, "%s, allocation %ld: failed: %s\n", running, at, what);
}

// The next event, which must say one of these.
inline void expect_event(coord_queue* from, int32_t kind, coord_status one, coord_status or_other) {
    coord_event event{};
    size_t count = 0;
    check(
        coord_queue_wait(from, COORD_MINUTE, &event, 1, &count, nullptr) == COORD_OK && count == 1,
        "an event comes");
    check(event.kind == kind, "the event is of its kind");
    if (event.status != one && event.status != or_other)
        std::fprintf(stderr, "the event says %s\n", coord_status_name(event.status));
    check(event.status == one || event.status == or_other, "the event has its status");
    check((event.status == COORD_OK) == (event.error == nullptr) || event.error == nullptr,
          "no error without a failure");
    coord_event_clear(&event);
}

inline void expect_no_event(coord_queue* from) {
    coord_event event{};
    size_t count = 0;
    check(coord_queue_drain(from, &event, 1, &count, nullptr) == COORD_OK && count == 0,
          "no event comes");
    coord_event_clear(&event);
}

inline void expect_value(coord_bytes* value, const char* text) {
    size_t size = 0;
    const void* got = coord_bytes_data(value, &size);
    check(value != nullptr && size == std::strlen(text) && std::memcmp(got, text, size) == 0,
          "the value is right");
    coord_bytes_free(value);
}

// The group still works.
inline void expect_group_works(coord_group* group) {
    coord_bytes* value = nullptr;
    check(coord_group_get(group, "afterwards", COORD_NUL, nullptr, &value, nullptr) == COORD_OK,
          "a get afterwards");
    expect_value(value, "afterwards");
}

inline void count_free(void* user) {
    ++*static_cast<int*>(user);
}

template <class Options>
Options defaults() {
    Options options{};
    options.size = sizeof options;
    return options;
}

}  // namespace oom
