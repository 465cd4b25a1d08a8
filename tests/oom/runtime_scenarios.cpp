// Short memory in runtimes and queues.
#include <unistd.h>

#include "oom/scenario.hpp"

namespace oom {
namespace {

void on_event(void* user, coord_event*) {
    static_cast<void>(user);
}

coord_status new_runtime(stage& on) {
    auto options = defaults<coord_runtime_options>();
    options.worker_threads = 2;
    options.log_user = &on.freed;
    options.log_user_free = count_free;
    coord_runtime* made = nullptr;
    const auto status = coord_runtime_new(&options, &made, &on.error);
    on.made = made;
    return status;
}
void after_new_runtime(stage& on, coord_status status) {
    check((status == COORD_OK) == (on.made != nullptr), "a runtime exactly with OK");
    auto* const made = static_cast<coord_runtime*>(on.made);
    if (status == COORD_OK)
        check(coord_runtime_close(made, nullptr, nullptr) == COORD_OK, "it closes");
    coord_runtime_free(made);
}

coord_status metrics(stage& on) {
    coord_bytes* text = nullptr;
    const auto status = coord_runtime_metrics(on.runtime, &text, &on.error);
    on.made = text;
    return status;
}
void after_metrics(stage& on, coord_status status) {
    check((status == COORD_OK) == (on.made != nullptr), "a text exactly with OK");
    coord_bytes_free(static_cast<coord_bytes*>(on.made));
    expect_group_works(on.group);
}

coord_status run(stage& on) {
    auto call = defaults<coord_call_options>();
    call.timeout_ns = COORD_OFF;
    return coord_runtime_run(on.runtime, &call, &on.error);
}

// These close a runtime of their own.
void before_close(stage& on) {
    coord_runtime* made = nullptr;
    auto options = defaults<coord_runtime_options>();
    options.worker_threads = 1;
    coord_runtime_new(&options, &made, nullptr);
    on.made = made;
}
coord_status close(stage& on) {
    return coord_runtime_close(static_cast<coord_runtime*>(on.made), nullptr, &on.error);
}
void after_close(stage& on, coord_status) {
    coord_runtime_free(static_cast<coord_runtime*>(on.made));
}
coord_status close_start(stage& on) {
    return coord_runtime_close_start(
        static_cast<coord_runtime*>(on.made), nullptr, on.answers, 1, &on.op, &on.error);
}
void after_close_start(stage& on, coord_status status) {
    if (status == COORD_OK)
        expect_event(on.answers, COORD_EVENT_DONE, COORD_OK, COORD_EXHAUSTED);
    else
        expect_no_event(on.answers);
    check((status == COORD_OK) == (on.op != nullptr), "an operation exactly with OK");
    coord_op_free(on.op);
    coord_runtime_free(static_cast<coord_runtime*>(on.made));
}

coord_status new_queue(stage& on) {
    coord_queue* made = nullptr;
    const auto status = coord_queue_new(on.runtime, &made, &on.error);
    on.made = made;
    return status;
}
void after_new_queue(stage& on, coord_status status) {
    check((status == COORD_OK) == (on.made != nullptr), "a queue exactly with OK");
    coord_queue_free(static_cast<coord_queue*>(on.made));
    check(coord_queue_post(on.answers, 1, nullptr) == COORD_OK, "the runtime works");
    expect_event(on.answers, COORD_EVENT_POST, COORD_OK, COORD_OK);
}
coord_status new_callback_queue(stage& on) {
    coord_queue* made = nullptr;
    const auto status =
        coord_queue_new_callback(on.runtime, on_event, &on.freed, count_free, &made, &on.error);
    on.made = made;
    return status;
}
void after_new_callback_queue(stage& on, coord_status status) {
    check(on.freed == (status == COORD_OK ? 0 : 1), "user freed on failure");
    after_new_queue(on, status);
    check(on.freed == 1, "user freed once");
}

coord_status post(stage& on) {
    return coord_queue_post(on.answers, 7, &on.error);
}
void after_post(stage& on, coord_status status) {
    if (status == COORD_OK) expect_event(on.answers, COORD_EVENT_POST, COORD_OK, COORD_OK);
    expect_no_event(on.answers);
}

void before_notify(stage& on) {
    coord_queue* queue = nullptr;
    coord_queue_new(on.runtime, &queue, nullptr);
    on.made = queue;
}
coord_status notify(stage& on) {
    int32_t fd = -1;
    const auto status = coord_queue_notify_fd(static_cast<coord_queue*>(on.made), &fd, &on.error);
    if (fd >= 0) ::close(fd);
    return status;
}
void after_notify(stage& on, coord_status) {
    coord_queue_free(static_cast<coord_queue*>(on.made));
}

void before_drain(stage& on) {
    for (uint64_t token = 0; token < 3; ++token) coord_queue_post(on.answers, token, nullptr);
}
coord_status drain(stage& on) {
    coord_event events[3];
    size_t count = 0;
    const auto status = coord_queue_drain(on.answers, events, 3, &count, &on.error);
    check(count == 3, "all events come");
    return status;
}

}  // namespace

const std::vector<scenario>& runtime_scenarios() {
    static const std::vector<scenario> all = {
        // To the system, a thread without memory is a thread it cannot give.
        {"coord_runtime_new", nullptr, new_runtime, after_new_runtime, COORD_OK, COORD_EXHAUSTED},
        {"coord_runtime_metrics", nullptr, metrics, after_metrics, COORD_OK},
        {"coord_runtime_run", nullptr, run, nullptr, COORD_TIMED_OUT},
        {"coord_runtime_close", before_close, close, after_close, COORD_OK},
        {"coord_runtime_close_start", before_close, close_start, after_close_start, COORD_OK},
        {"coord_queue_new", nullptr, new_queue, after_new_queue, COORD_OK},
        {"coord_queue_new_callback",
         nullptr,
         new_callback_queue,
         after_new_callback_queue,
         COORD_OK},
        {"coord_queue_post", nullptr, post, after_post, COORD_OK},
        {"coord_queue_notify_fd", before_notify, notify, after_notify, COORD_OK},
        {"coord_queue_drain", before_drain, drain, nullptr, COORD_OK},
    };
    return all;
}

}  // namespace oom
