// The ways a round ends, and what must hold then.
#include <cstdio>
#include <utility>

#include "stress/shutdown_round.hpp"

namespace stress {

std::atomic<long> shutdown_round::seen_held{0};
std::atomic<long> shutdown_round::seen_kept{0};
std::atomic<long> shutdown_round::seen_undrained{0};
std::atomic<long> shutdown_round::seen_in_line{0};
std::atomic<long> shutdown_round::seen_blocked{0};
std::atomic<long> shutdown_round::seen_cut_short{0};

void failed(const char* what, const char* file, int line) {
    failures.fetch_add(1);
    std::fprintf(stderr, "%s:%d: failed: %s\n", file, line, what);
}

void shutdown_round::look_at_states() {
    const auto held = held_.load();
    seen_held += held;
    seen_blocked += blocked_.load();
    coord_group_stats stats{};
    stats.size = sizeof stats;
    EXPECT(coord_group_stats_read(called_, &stats, nullptr) == COORD_OK);
    const std::lock_guard lock(mutex_);
    const auto kept = static_cast<long>(kept_.size());
    seen_kept += kept;
    if (static_cast<long>(stats.flights_active) > held + kept) ++seen_in_line;
    EXPECT(coord_group_stats_read(fed_, &stats, nullptr) == COORD_OK);
    if (static_cast<long>(stats.flights_active) > kept) ++seen_undrained;
}

void shutdown_round::close_runtime(bool by_context) {
    static constexpr std::array<std::int64_t, 4> timeouts = {
        COORD_OFF, 1, COORD_MILLISECOND, 3 * COORD_MILLISECOND};
    coord_call_options call{};
    call.size = sizeof call;
    call.timeout_ns = timeouts[static_cast<std::size_t>(below(4))];
    std::thread canceller;
    if (by_context) {
        EXPECT(coord_context_new(nullptr, &call.context, nullptr) == COORD_OK);
        call.timeout_ns = COORD_FOREVER;
        canceller = std::thread([hurry = call.context] { coord_context_cancel(hurry); });
    }
    const auto status = coord_runtime_close(runtime_, &call, nullptr);
    EXPECT(status == COORD_OK || status == COORD_TIMED_OUT);
    seen_cut_short += status == COORD_TIMED_OUT ? 1 : 0;
    take_polled(true);
    if (canceller.joinable()) canceller.join();
    coord_context_free(call.context);
}

void shutdown_round::close_runtime_started(bool hurried) {
    coord_queue* queue = nullptr;
    EXPECT(coord_queue_new(runtime_, &queue, nullptr) == COORD_OK);
    coord_call_options call{};
    call.size = sizeof call;
    call.timeout_ns = hurried ? COORD_FOREVER : COORD_MILLISECOND;
    coord_op* op = nullptr;
    EXPECT(coord_runtime_close_start(runtime_, &call, queue, 1, &op, nullptr) == COORD_OK);
    if (hurried) coord_op_cancel(op);
    coord_op_free(op);
    coord_event event{};
    std::size_t count = 0;
    EXPECT(coord_queue_wait(queue, 0, &event, 1, &count, nullptr) == COORD_OK && count == 1);
    EXPECT(event.kind == COORD_EVENT_DONE && event.token == 1);
    EXPECT(event.status == COORD_OK || event.status == COORD_TIMED_OUT ||
           event.status == COORD_CANCELLED);
    coord_event_clear(&event);
    take_polled(true);
    EXPECT(coord_queue_drain(queue, &event, 1, &count, nullptr) == COORD_OK && count == 0);
    coord_queue_free(queue);
}

void shutdown_round::close_groups() {
    coord_call_options call{};
    call.size = sizeof call;
    call.timeout_ns = one_in(2) ? COORD_OFF : COORD_MILLISECOND;
    for (coord_group* group : {called_, fed_}) {
        const auto status = coord_group_close(group, &call, nullptr);
        EXPECT(status == COORD_OK || status == COORD_TIMED_OUT);
    }
    take_polled(true);
}

void shutdown_round::end() {
    switch (below(6)) {
        case 0:
            return close_runtime(false);
        case 1:
            return close_runtime(true);
        case 2:
            return close_runtime_started(false);
        case 3:
            return close_runtime_started(true);
        case 4:
            return close_groups();
        default:
            return;  // everything is just freed
    }
}

void shutdown_round::answer_kept() {
    std::vector<coord_request*> mine;
    {
        const std::lock_guard lock(mutex_);
        mine.swap(kept_);
    }
    for (std::size_t i = 0; i < mine.size(); ++i) {
        if (i % 3 == 0) coord_request_succeed(mine[i], "late", 4, nullptr);
        if (i % 3 == 1) coord_request_fail(mine[i], COORD_DENIED, nullptr, 0);
        if (i % 3 == 2) coord_request_free(mine[i]);
    }
}

void shutdown_round::answer_undrained() {
    coord_event event{};
    std::size_t count = 0;
    while (coord_queue_drain(loads_, &event, 1, &count, nullptr) == COORD_OK && count == 1) {
        if (one_in(2))
            coord_request_succeed(static_cast<coord_request*>(std::exchange(event.value, nullptr)),
                                  "late",
                                  4,
                                  nullptr);
        coord_event_clear(&event);
    }
}

void shutdown_round::release() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    released_changed_.notify_all();
}

// `at_once`: all of them must be there by now.
void shutdown_round::take_polled(bool at_once) {
    while (answers_ != nullptr && polled_left_ > 0) {
        std::array<coord_event, 8> events{};
        std::size_t count = 0;
        const auto status =
            at_once ? coord_queue_drain(answers_, events.data(), events.size(), &count, nullptr)
                    : coord_queue_wait(answers_, 0, events.data(), events.size(), &count, nullptr);
        EXPECT(status == COORD_OK && count > 0);
        if (count == 0) return;
        for (std::size_t i = 0; i < count; ++i) {
            EXPECT(events[i].token < max_tokens && events[i].kind == COORD_EVENT_BYTES);
            came_[events[i].token].fetch_add(1);
            coord_event_clear(&events[i]);
        }
        polled_left_ -= count;
    }
}

void shutdown_round::free_everything() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    if (one_in(2)) release();
    for (coord_op* op : ops_) coord_op_free(op);
    coord_context_free(context_);
    coord_group_free(called_);
    coord_group_free(fed_);
    // Callers that are blocked hold their groups: what they wait for must end.
    release();
    coord_queue_close(loads_);
    answer_undrained();
    coord_queue_free(loads_);
    answer_kept();
    for (auto& caller : callers_) caller.join();
    take_polled(false);
    if (calls_ != nullptr) heard_events_.wait(heard_.size());
    {
        const std::lock_guard lock(mutex_);
        lending_ends_ = true;
    }
    coord_runtime_wake(runtime_);
    for (auto& one : lent_) one.join();
    coord_runtime_free(runtime_);
    coord_queue_free(answers_);
    coord_queue_free(calls_);
}

void shutdown_round::run() {
    open();
    start_work();
    disturb();
    look_at_states();
    // Somebody answers while the end is under way.
    std::thread answerer;
    if (one_in(2)) answerer = std::thread([this] { answer_kept(); });
    end();
    if (answerer.joinable()) answerer.join();
    const bool polled = answers_ != nullptr;
    const bool heard = calls_ != nullptr;
    free_everything();
    called_freed_.wait(1);
    fed_freed_.wait(1);
    calls_freed_.wait(1);
    runtime_freed_.wait(1);
    EXPECT(called_freed_.count() == 1 && fed_freed_.count() == 1);
    EXPECT(calls_freed_.count() == 1 && runtime_freed_.count() == 1);
    for (const auto token : polled_) EXPECT(polled ? came_[token] == 1 : came_[token] == 0);
    for (const auto token : heard_) EXPECT(heard ? came_[token] == 1 : came_[token] <= 1);
}

}  // namespace stress
