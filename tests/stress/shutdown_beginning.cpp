// How a round gets work into every state.
#include <utility>

#include "stress/shutdown_round.hpp"

namespace stress {
namespace {

bool is_an_end(coord_status status) {
    return status == COORD_OK || status == COORD_CANCELLED || status == COORD_TIMED_OUT ||
           status == COORD_CLOSED || status == COORD_ABANDONED || status == COORD_EXHAUSTED ||
           status == COORD_DENIED;
}

}  // namespace

// By the first letter of the key: held until the round releases it, kept for later, nested,
// failing; else quick.
void shutdown_round::load(void* user, coord_request* request) {
    auto& me = *static_cast<shutdown_round*>(user);
    std::size_t size = 0;
    const char* key = coord_request_key(request, 0, &size);
    if (key[0] == 'h') {
        me.held_.fetch_add(1);
        std::unique_lock lock(me.mutex_);
        while (!me.released_) me.released_changed_.wait(lock);
        me.held_.fetch_sub(1);
    } else if (key[0] == 'k') {
        const std::lock_guard lock(me.mutex_);
        if (!me.ending_) return me.kept_.push_back(request);
    } else if (key[0] == 'n') {
        me.load_nested(request);
    } else if (key[0] == 'f') {
        return coord_request_fail(request, COORD_DENIED, "not this one", COORD_NUL);
    }
    coord_request_succeed(request, key, size, nullptr);
}

void shutdown_round::load_nested(coord_request* request) {
    coord_group* group = nullptr;
    {
        const std::lock_guard lock(mutex_);
        if (!ending_) group = coord_group_ref(called_);
    }
    if (group == nullptr) return;
    coord_call_options call{};
    call.size = sizeof call;
    call.context = coord_request_context(request);
    // Loads that wait for a load behind them in line get on only when their time is over.
    call.timeout_ns = 2 * COORD_MILLISECOND;
    coord_bytes* value = nullptr;
    EXPECT(is_an_end(coord_group_get(group, "q nested", COORD_NUL, &call, &value, nullptr)));
    coord_bytes_free(value);
    coord_group_free(group);
}

void shutdown_round::hear(void* user, coord_event* event) {
    auto& me = *static_cast<shutdown_round*>(user);
    EXPECT(event->token < max_tokens && is_an_end(event->status));
    me.came_[event->token].fetch_add(1);
    me.heard_events_.add();
}

void shutdown_round::open() {
    coord_runtime_options options{};
    options.size = sizeof options;
    options.worker_threads = static_cast<std::uint32_t>(1 + below(3));
    options.callbacks = one_in(3) ? COORD_CALLBACKS_LENT : COORD_CALLBACKS_WORKERS;
    options.log_user = &runtime_freed_;
    options.log_user_free = [](void* user) { static_cast<tally*>(user)->add(); };
    EXPECT(coord_runtime_new(&options, &runtime_, nullptr) == COORD_OK);
    EXPECT(coord_queue_new(runtime_, &loads_, nullptr) == COORD_OK);
    EXPECT(coord_queue_new(runtime_, &answers_, nullptr) == COORD_OK);
    const coord_user_free_fn calls_end = [](void* user) {
        static_cast<shutdown_round*>(user)->calls_freed_.add();
    };
    EXPECT(coord_queue_new_callback(runtime_, hear, this, calls_end, &calls_, nullptr) == COORD_OK);
    EXPECT(coord_context_new(nullptr, &context_, nullptr) == COORD_OK);
    open_groups();
    lend_threads(options.callbacks == COORD_CALLBACKS_LENT);
}

void shutdown_round::open_groups() {
    coord_group_options options{};
    options.size = sizeof options;
    options.max_loads = one_in(2) ? static_cast<std::uint32_t>(1 + below(3)) : 0;
    options.on_abandoned = 1 + below(2);
    options.load = load;
    options.user = this;
    options.user_free = [](void* user) { static_cast<shutdown_round*>(user)->called_freed_.add(); };
    EXPECT(coord_group_new(runtime_, "called", COORD_NUL, &options, &called_, nullptr) == COORD_OK);
    options.load = nullptr;
    options.requests = loads_;
    options.user_free = [](void* user) { static_cast<shutdown_round*>(user)->fed_freed_.add(); };
    EXPECT(coord_group_new(runtime_, "fed", COORD_NUL, &options, &fed_, nullptr) == COORD_OK);
}

void shutdown_round::lend_threads(bool needed) {
    const int count = below(3) + (needed ? 1 : 0);
    for (int i = 0; i < count; ++i)
        lent_.emplace_back([this, runtime = coord_runtime_ref(runtime_)] {
            // A wake that comes before this thread is inside is not remembered.
            for (;;) {
                coord_call_options call{};
                call.size = sizeof call;
                call.timeout_ns = COORD_MILLISECOND;
                const auto status = coord_runtime_run(runtime, &call, nullptr);
                EXPECT(status == COORD_CLOSED || status == COORD_OK || status == COORD_TIMED_OUT);
                const std::lock_guard lock(mutex_);
                if (status == COORD_CLOSED || lending_ends_) break;
            }
            coord_runtime_free(runtime);
        });
}

void shutdown_round::start_get(coord_group* group, const std::string& key) {
    coord_call_options call{};
    call.size = sizeof call;
    call.timeout_ns = one_in(4) ? 1 + below(2'000'000) : 0;
    call.context = one_in(4) ? context_ : nullptr;
    const auto token = tokens_++;
    const bool polled = one_in(2);
    coord_op* op = nullptr;
    EXPECT(coord_group_get_start(group,
                                 key.data(),
                                 key.size(),
                                 &call,
                                 polled ? answers_ : calls_,
                                 token,
                                 &op,
                                 nullptr) == COORD_OK);
    (polled ? polled_ : heard_).push_back(token);
    if (one_in(3))
        coord_op_free(op);
    else
        ops_.push_back(op);
}

// A thread that asks, blocked; the leader of a flight runs its loader right there.
void shutdown_round::start_caller(coord_group* group, const std::string& key) {
    callers_.emplace_back([this, group = coord_group_ref(group), key] {
        coord_bytes* value = nullptr;
        blocked_.fetch_add(1);
        EXPECT(is_an_end(coord_group_get(group, key.data(), key.size(), nullptr, &value, nullptr)));
        blocked_.fetch_sub(1);
        coord_bytes_free(value);
        coord_group_free(group);
    });
}

void shutdown_round::start_work() {
    static constexpr std::array<char, 6> kinds = {'q', 'h', 'h', 'k', 'n', 'f'};
    const int wanted = 5 + below(25);
    for (int i = 0; i < wanted; ++i) {
        const std::string key =
            kinds[static_cast<std::size_t>(below(6))] + std::to_string(below(8));
        coord_group* const group = one_in(3) ? fed_ : called_;
        if (one_in(6) && callers_.size() < 4)
            start_caller(group, key);
        else
            start_get(group, key);
        if (one_in(10))
            EXPECT(coord_group_remove(group, key.data(), key.size(), nullptr, nullptr) == COORD_OK);
        if (one_in(6)) answer_some();
    }
    polled_left_ = polled_.size();
}

void shutdown_round::disturb() {
    for (coord_op* op : ops_)
        if (one_in(5)) coord_op_cancel(op);
    if (one_in(3)) coord_context_cancel(context_);
    if (one_in(6)) coord_queue_close(loads_);
    if (one_in(6)) release();
    // "The events nobody drained are cleared; operations still under way end unseen."
    if (one_in(8)) coord_queue_free(std::exchange(answers_, nullptr));
    if (one_in(8)) coord_queue_free(std::exchange(calls_, nullptr));
}

// Some requests of the queue are answered, some kept, the rest left where they are.
void shutdown_round::answer_some() {
    std::array<coord_event, 3> events{};
    std::size_t count = 0;
    coord_queue_drain(loads_, events.data(), events.size(), &count, nullptr);
    for (std::size_t i = 0; i < count; ++i) {
        auto* const request = static_cast<coord_request*>(std::exchange(events[i].value, nullptr));
        const int what = below(4);
        if (what == 0) {
            coord_request_succeed(request, "v", 1, nullptr);
        } else if (what == 1) {
            coord_request_free(request);
        } else {
            const std::lock_guard lock(mutex_);
            kept_.push_back(request);
        }
        coord_event_clear(&events[i]);
    }
}

}  // namespace stress
