// Every public function with its n-th allocation failing, for n = 1, 2, ... until none is refused
// any more.
//
// Each call must give its status, leave nothing behind, and leave what it was given usable. Memory
// is short on this thread only, and only during the call. A leak is a growth of live blocks that
// every repetition shows.
#include <sched.h>

#include "oom/scenario.hpp"
#include "oom/short_memory.hpp"

namespace {

using namespace oom;

constexpr long most_allocations = 2'000;
constexpr int yields = 20'000;  // for threads on their way out
constexpr int repetitions = 6;

void load_key(void*, coord_request* request) {
    size_t size = 0;
    const char* key = coord_request_key(request, 0, &size);
    coord_request_succeed(request, key, size, nullptr);
}

void open(stage& on, coord_runtime* runtime) {
    on.runtime = runtime;
    coord_queue_new(runtime, &on.loads, nullptr);
    coord_queue_new(runtime, &on.answers, nullptr);
    auto options = defaults<coord_group_options>();
    options.load = load_key;
    coord_group_new(runtime, "called", COORD_NUL, &options, &on.group, nullptr);
    options.load = nullptr;
    options.requests = on.loads;
    coord_group_new(runtime, "fed", COORD_NUL, &options, &on.fed, nullptr);
}

void close(stage& on) {
    coord_error_free(on.error);
    coord_group_free(on.group);
    coord_group_free(on.fed);
    coord_queue_free(on.loads);
    coord_queue_free(on.answers);
}

// True when memory was short during the call.
bool try_once(const scenario& what, coord_runtime* runtime, long n, short_memory::failing how) {
    stage on;
    open(on, runtime);
    if (what.before != nullptr) what.before(on);
    short_memory::fail_at(n, how);
    const auto status = what.call(on);
    const bool was_short = short_memory::stop_failing();
    const bool may_be_short = was_short && what.expected == COORD_OK;
    const bool says_so = may_be_short && (status == COORD_NO_MEMORY || status == what.also);
    if (status != what.expected && !says_so) {
        check(false, "the status");
        std::fprintf(
            stderr, "    %s: %s\n", coord_status_name(status), coord_error_message(on.error));
    }
    check(on.error == nullptr || coord_error_status(on.error) == status,
          "the error agrees with the status");
    check(status != COORD_OK || on.error == nullptr, "no error with OK");
    if (what.after != nullptr) what.after(on, status);
    close(on);
    return was_short;
}

// How many blocks a repetition leaves behind; threads that end take a moment to give theirs back.
long growth(const scenario& what, coord_runtime* runtime, long n, short_memory::failing how) {
    const long before = short_memory::live_blocks();
    try_once(what, runtime, n, how);
    for (int i = 0; i < yields && short_memory::live_blocks() > before; ++i) sched_yield();
    return short_memory::live_blocks() - before;
}

void torture(const scenario& what, coord_runtime* runtime) {
    running = what.name;
    long total = 0;
    for (const auto how : {short_memory::failing::once, short_memory::failing::from_then_on}) {
        for (at = 1; at <= most_allocations; ++at) {
            const bool was_short = try_once(what, runtime, at, how);
            long left = 1;
            for (int i = 0; left > 0 && i < repetitions; ++i) left = growth(what, runtime, at, how);
            check(left <= 0, "nothing is leaked");
            if (!was_short) break;
            ++total;
        }
        check(at <= most_allocations, "the call comes to an end");
    }
    std::printf("%-40s %ld failures survived\n", what.name, total);
}

}  // namespace

int main(int argc, char** argv) {
    auto options = defaults<coord_runtime_options>();
    options.worker_threads = 2;
    coord_runtime* runtime = nullptr;
    check(coord_runtime_new(&options, &runtime, nullptr) == COORD_OK, "a runtime");
    for (const auto* all : {&value_scenarios(),
                            &kept_scenarios(),
                            &runtime_scenarios(),
                            &group_scenarios(),
                            &changes_scenarios(),
                            &hooks_scenarios(),
                            &peers_scenarios(),
                            &serving_scenarios()})
        for (const auto& one : *all)
            if (argc < 2 || std::strstr(one.name, argv[1]) != nullptr) torture(one, runtime);
    coord_runtime_free(runtime);
    if (failures != 0) std::fprintf(stderr, "%d checks failed\n", failures);
    return failures == 0 ? 0 : 1;
}
