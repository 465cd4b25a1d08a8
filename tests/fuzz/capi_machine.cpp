#include "fuzz/capi_machine.hpp"

#include <utility>

namespace coord::fuzz {
namespace {

constexpr std::size_t max_handles = 4;  // of one kind

}  // namespace

machine::machine(const unsigned char* data, std::size_t size)
    : data_(data), left_(size), state_(size) {
    for (std::size_t i = 0; i < size; ++i) state_ = state_ * 0x100000001B3ULL ^ data[i];
    set_up();
}

std::uint64_t machine::below(std::uint64_t bound) noexcept {
    if (bound <= 1) return 0;
    if (left_ > 0 && bound <= 256) {
        --left_;
        return *data_++ % bound;
    }
    state_ += 0x9E3779B97F4A7C15ULL;
    const auto mixed = (state_ ^ (state_ >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    return (mixed ^ (mixed >> 31U)) % bound;
}

// --- handles

void machine::add(kind of, void* handle) {
    auto& mine = handles_[static_cast<std::size_t>(of)];
    if (mine.size() >= max_handles) {
        const auto i = static_cast<std::ptrdiff_t>(below(mine.size()));
        void* const old = mine[static_cast<std::size_t>(i)];
        mine.erase(mine.begin() + i);
        free_handle(of, old);
    }
    mine.push_back(handle);
}

void* machine::take_out(kind of) {
    auto& mine = handles_[static_cast<std::size_t>(of)];
    if (mine.empty()) return nullptr;
    const auto i = static_cast<std::ptrdiff_t>(below(mine.size()));
    void* const chosen = mine[static_cast<std::size_t>(i)];
    mine.erase(mine.begin() + i);
    return chosen;
}

void* machine::pick(kind of) {
    const auto how = below(32);
    const auto& mine = handles_[static_cast<std::size_t>(of)];
    if (how == 0) return nullptr;
    if (how == 1) {
        const auto other = (static_cast<std::size_t>(of) + 1 + below(kinds - 1)) % kinds;
        return handles_[other].empty() ? nullptr : handles_[other].front();
    }
    return mine.empty() ? nullptr : mine[below(mine.size())];
}

void* machine::give(kind of) {
    if (one_in(16)) {
        const auto other = (static_cast<std::size_t>(of) + 1 + below(kinds - 1)) % kinds;
        return handles_[other].empty() ? nullptr : handles_[other].front();
    }
    return take_out(of);
}

void machine::take_kept_requests() {
    for (auto* const each : host::only().take_kept()) add(kind::request, each);
}

void machine::free_handle(kind of, void* handle) {
    switch (of) {
        case kind::runtime:
            return coord_runtime_free(static_cast<coord_runtime*>(handle));
        case kind::queue:
            return coord_queue_free(static_cast<coord_queue*>(handle));
        case kind::group:
            return coord_group_free(static_cast<coord_group*>(handle));
        case kind::peers:
            return coord_peers_free(static_cast<coord_peers*>(handle));
        case kind::ring:
            return coord_ring_free(static_cast<coord_ring*>(handle));
        case kind::cache:
            return coord_cache_free(static_cast<coord_cache*>(handle));
        case kind::flight:
            return coord_flight_free(static_cast<coord_flight*>(handle));
        case kind::bytes:
            return coord_bytes_free(static_cast<coord_bytes*>(handle));
        case kind::context:
            return coord_context_free(static_cast<coord_context*>(handle));
        case kind::peer:
            return coord_peer_free(static_cast<coord_peer*>(handle));
        case kind::picker:
            return coord_picker_free(static_cast<coord_picker*>(handle));
        case kind::many:
            return coord_many_free(static_cast<coord_many*>(handle));
        case kind::response:
            return coord_response_free(static_cast<coord_response*>(handle));
        case kind::op:
            return coord_op_free(static_cast<coord_op*>(handle));
        case kind::request:
            return coord_request_free(static_cast<coord_request*>(handle));
        case kind::error:
            return coord_error_free(static_cast<coord_error*>(handle));
    }
}

void machine::keep_events(coord_event* events, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        coord_event& one = events[i];
        require((one.status == COORD_OK) || one.kind != COORD_EVENT_REQUEST);
        keep(std::exchange(one.error, nullptr));
        void* const value = std::exchange(one.value, nullptr);
        if (one.kind == COORD_EVENT_BYTES) keep(static_cast<coord_bytes*>(value));
        if (one.kind == COORD_EVENT_REQUEST) keep(static_cast<coord_request*>(value));
        if (one.kind == COORD_EVENT_MANY) keep(static_cast<coord_many*>(value));
        if (one.kind == COORD_EVENT_RESPONSE) keep(static_cast<coord_response*>(value));
        require(value == nullptr || one.kind > COORD_EVENT_DONE);
        coord_event_clear(&one);
    }
}

// --- after a call

void machine::ended(coord_status got, const failure& err) {
    require(got >= COORD_OK && got <= COORD_HOST_FAILED && got != COORD_INTERNAL);
    err.check(got);
    last = got;
}

void machine::look_at(const void* read, std::size_t len) {
    require(read != nullptr || len == 0);
    volatile unsigned char last_byte = 0;
    const auto* const bytes = static_cast<const unsigned char*>(read);
    for (std::size_t i = 0; i < len; ++i) last_byte = bytes[i];
    (void)last_byte;
}

void machine::look_at(const char* read) {
    require(read != nullptr && std::strlen(read) < 100'000);
}

// --- the course of one input

void machine::make_what_hosts_need() {
    auto& host = host::only();
    coord_runtime_options some_threads{};
    some_threads.size = sizeof some_threads;
    some_threads.worker_threads = 1 + static_cast<std::uint32_t>(below(2));
    coord_runtime* runtime = nullptr;
    require(coord_runtime_new(&some_threads, &runtime, nullptr) == COORD_OK);
    keep(runtime);
    coord_group_options loads{};
    loads.size = sizeof loads;
    loads.load = &host::on_request;
    set_user(loads.user, loads.user_free);
    coord_group* group = nullptr;
    require(coord_group_new(runtime, "host", 4, &loads, &group, nullptr) == COORD_OK);
    host.set_home(coord_runtime_ref(runtime), group);
    require(coord_bytes_new("host", 4, &host.bytes, nullptr) == COORD_OK);
    for (auto*& each : host.peers) {
        coord_peer_options asks{};
        asks.size = sizeof asks;
        asks.peer_get = asks.peer_set = asks.peer_remove = &host::on_request;
        set_user(asks.user, asks.user_free);
        require(coord_peer_new(runtime, "own", 3, &asks, &each, nullptr) == COORD_OK);
    }
    coord_picker_options picks{};
    picks.size = sizeof picks;
    picks.pick = &host::on_pick;
    picks.pick_all = &host::on_pick_all;
    set_user(picks.user, picks.user_free, host::whose::picker);
    require(coord_picker_new(runtime, &picks, &host.picker, nullptr) == COORD_OK);
    keep(host.group());
    keep(coord_picker_ref(host.picker));
    keep(coord_peer_ref(host.peers[0]));
    if (one_in(2)) make_peers(runtime);
}

// Whose questions all come to the host first, and a group that asks them.
void machine::make_peers(coord_runtime* runtime) {
    coord_peers_options hooks{};
    hooks.size = sizeof hooks;
    hooks.list = "http://127.0.0.1:9,http://127.0.0.1:1";
    hooks.list_len = COORD_NUL;
    hooks.self_url = "http://127.0.0.1:9";
    hooks.self_url_len = COORD_NUL;
    hooks.request_timeout_ns = 300'000;
    hooks.exchange = hooks.accept = hooks.server_error = &host::on_request;
    set_user(hooks.user, hooks.user_free);
    coord_peers* made = nullptr;
    require(coord_peers_new(runtime, &hooks, &made, nullptr) == COORD_OK);
    keep(made);
    coord_group_options asks{};
    asks.size = sizeof asks;
    asks.peers = made;
    asks.load = asks.peer_error = &host::on_request;
    set_user(asks.user, asks.user_free);
    coord_group* group = nullptr;
    require(coord_group_new(runtime, "asks", 4, &asks, &group, nullptr) == COORD_OK);
    keep(group);
}

// Something of each kind to begin with, as far as chance makes it right.
void machine::set_up() {
    make_what_hosts_need();
    for (const auto& each : every_call()) {
        const std::string_view name = each.name;
        const bool makes = name.ends_with("_new") || name.ends_with("_new_callback") ||
                           name == "coord_group_get_start";
        if (makes && name != "coord_runtime_new" && !one_in(4)) each.make(*this);
    }
}

void machine::run() {
    const auto& all = every_call();
    // More calls than bytes: the rest follows from what they were.
    for (auto left = 16 + below(64); left > 0; --left) {
        const auto& chosen = all[below(all.size())];
        take_kept_requests();
        last = COORD_INTERNAL;
        chosen.make(*this);
        count_call(chosen, last);
    }
}

machine::~machine() {
    auto& host = host::only();
    for (void* const each : handles_[static_cast<std::size_t>(kind::runtime)]) {
        if (one_in(3)) continue;  // freeing is enough, too
        coord_call_options at_once{};
        at_once.size = sizeof at_once;
        at_once.timeout_ns = COORD_OFF;
        (void)coord_runtime_close(static_cast<coord_runtime*>(each), &at_once, nullptr);
    }
    free_all();
    host.set_home(nullptr, nullptr);
    coord_picker_free(std::exchange(host.picker, nullptr));
    host.await_pickers();
    for (auto*& each : host.peers) coord_peer_free(std::exchange(each, nullptr));
    host.await_rest();
    coord_bytes_free(std::exchange(host.bytes, nullptr));
    host.forget_users();
}

void machine::free_all() {
    take_kept_requests();
    for (bool some = true; some;) {
        some = false;
        const auto first = below(kinds);
        for (std::size_t i = 0; i < kinds; ++i) {
            const auto of = static_cast<kind>((first + i) % kinds);
            if (void* const handle = take_out(of)) {
                free_handle(of, handle);
                some = true;
            }
        }
    }
}

}  // namespace coord::fuzz
