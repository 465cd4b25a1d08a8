#include "sim/world.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace coord::sim {

using groupcache::flight;
using groupcache::group;
using groupcache::group_options;

world::world(std::uint64_t seed) : chance_(seed), keys_(1 + chance_.below(12)), floors_(keys_, 0) {
    runtime_ = runtime::make_driven({}, {&clock_, &executor_, chance_.next()});
    runtime_->to_host();
    answers_ = *queue::make_polled(runtime_);
    answers_->to_host();
    group_options wanted;
    if (one_in(3)) {
        requests_ = *queue::make_polled(runtime_);
        requests_->to_host();
        wanted.requests = requests_;
    } else {
        wanted.load = &world::on_load;
        wanted.user = this;
    }
    static constexpr std::array<std::uint64_t, 4> budgets = {0, 600, 4'000, 1'000'000};
    wanted.max_bytes = budgets[below(budgets.size())];
    wanted.max_loads = one_in(3) ? 1 + static_cast<std::uint32_t>(below(3)) : 1'000;
    wanted.load_timeout = duration(one_in(4) ? 1'000 : 1'000'000);
    wanted.ttl = one_in(3) ? duration(5'000) : duration::max();
    wanted.policy = one_in(2) ? cache::order::lru : cache::order::s3fifo;
    wanted.abandoned =
        one_in(2) ? groupcache::on_abandoned::cancel : groupcache::on_abandoned::finish;
    group_ = *group::make(runtime_, "sim", wanted);
    group_->to_host();
    clock_.on_wait = [this](time_point) {
        // A blocked caller: the rest of the world goes on, but not for ever deeper.
        if (++depth_ > 3)
            move_clock();
        else
            act();
        --depth_;
    };
}

world::~world() {
    clock_.on_wait = nullptr;
    gets_.clear();
    contexts_.clear();
    // Requests that were never answered come back after the group is gone.
    group_->drop_handle();
    group_.reset();
    for (auto& each : loads_) each.flight->abandon();
    answers_->drop_handle();
    if (requests_) requests_->drop_handle();
    runtime_->drop_handle();
    executor_.run_all();
}

void world::fail(const std::string& why) {
    if (violation_.empty()) violation_ = why;
}

bool world::step() {
    act();
    return violation_.empty();
}

void world::act() {
    ++steps_;
    const auto what = below(100);
    note(what);
    if (what < 24)
        start_get();
    else if (what < 28)
        blocking_get();
    else if (what < 34)
        look_up();
    else if (what < 42)
        remove_key();
    else if (what < 58)
        answer_load();
    else if (what < 76)
        executor_.run_one();
    else if (what < 84)
        move_clock();
    else if (what < 87)
        cancel_get();
    else if (what < 89)
        cancel_context();
    else if (what < 99)
        drain();
    else
        let_everything_end();
    check_deadlines();
}

void world::start_get() {
    const auto key = below(keys_);
    const auto token = next_token_++;
    auto deadline = never;
    if (one_in(3)) deadline = after(clock_.now(), duration(below(4'000)));
    pending_get mine{key, floors_[key], clock_.unix_ns(), deadline, false, nullptr, nullptr};
    if (one_in(4)) {
        if (contexts_.size() < 4 || one_in(3))
            contexts_.emplace_back(
                new context(clock_,
                            one_in(2) ? never : after(clock_.now(), duration(below(6'000))),
                            nullptr,
                            {}));
        mine.owner = contexts_[below(contexts_.size())];
        mine.latest = std::min(mine.latest, mine.owner->deadline());
        mine.must_end = mine.owner->was_cancelled();
        if (mine.must_end) seen("started under a cancelled context");
    }
    ++calls_;
    gets_.emplace(token, mine);
    auto started = group_->start_get(
        key_text(key), deadline, mine.owner, answers_, token, group::counted::now);
    if (!started) return fail("a get was refused: " + std::string(started.error().message()));
    const auto there = gets_.find(token);
    if (there != gets_.end()) there->second.op = *started;
    seen("started");
}

// The loader runs inside, on this very thread; when another get leads, the world goes on meanwhile.
void world::blocking_get() {
    if (depth_ > 2) return;
    const auto key = below(keys_);
    const auto floor = floors_[key];
    const auto since = clock_.unix_ns();
    const auto deadline = one_in(2) ? never : after(clock_.now(), duration(below(4'000)));
    const bool before = std::exchange(answer_at_once_, !one_in(3));
    ++calls_;
    ++depth_;
    auto got = group_->get(key_text(key), deadline, nullptr, group::counted::now);
    --depth_;
    answer_at_once_ = before;
    if (got)
        check_value(key, floor, since, (*got)->value(), **got);
    else
        note(static_cast<std::uint64_t>(got.error().status()));
    seen("blocking");
}

void world::look_up() {
    const auto key = below(keys_);
    ++calls_;
    const auto hit = group_->find(key_text(key));
    note(hit ? 1 : 0);
    if (!hit) return;
    check_value(key, floors_[key], clock_.unix_ns(), hit->value(), *hit);
    seen("looked up");
}

void world::remove_key() {
    const auto key = below(keys_);
    for (const auto& each : loads_)
        if (each.key == key && !each.flight->detached) seen("removed while loading");
    group_->remove_here(key_text(key));
    floors_[key] = next_load_;
}

void world::on_load(void* user, ::coord_request* request) {
    auto* const made = static_cast<flight*>(reinterpret_cast<handle*>(request));
    static_cast<world*>(user)->begin_load(*made);
}

void world::begin_load(flight& made) {
    std::uint64_t key = 0;
    const auto text = made.key();
    std::from_chars(text.data() + 4, text.data() + text.size(), key);
    if (key_text(key) != text) return fail("a load for a key that nobody asked for");
    for (const auto& each : loads_)
        if (each.key == key && !each.flight->detached && !each.flight->over && !made.detached &&
            !made.over && each.flight->deadline > clock_.now())
            return fail("two loads of one key at once");
    loads_.push_back({&made, key, next_load_++});
    seen("loads");
    if (answer_at_once_) answer(loads_.size() - 1, below(10));
}

void world::answer_load() {
    if (!loads_.empty()) answer(static_cast<std::size_t>(below(loads_.size())), below(12));
}

void world::answer(std::size_t i, std::uint64_t how) {
    const active_load mine = loads_[i];
    loads_[i] = loads_.back();
    loads_.pop_back();
    if (mine.flight->deadline <= clock_.now()) seen("answered late");
    if (mine.flight->detached) seen("answered detached");
    if (how == 0) return mine.flight->abandon();
    if (how <= 2) return mine.flight->fail(error(COORD_NOT_FOUND, "sim", "no such key"));
    value_terms terms;
    if (how == 3) terms.ttl_ns = 1 + static_cast<std::int64_t>(below(3'000));
    if (how == 4) terms.flags = bytes::no_store;
    auto value = std::to_string(mine.key) + ":" + std::to_string(mine.id) + ":";
    if (how == 5) value.append(below(3'000), 'x');
    if (!mine.flight->set(0, value, terms)) return fail("a value was refused");
    mine.flight->succeed();
}

void world::check_value(std::uint64_t key,
                        std::uint64_t floor,
                        std::int64_t since,
                        std::string_view value,
                        const bytes& entry) {
    std::uint64_t of = 0;
    std::uint64_t id = 0;
    const auto* const end = value.data() + value.size();
    const auto first = std::from_chars(value.data(), end, of);
    if (first.ptr == end) return fail("a value that no load gave");
    std::from_chars(first.ptr + 1, end, id);
    note(id);
    if (of != key) fail("the value of another key");
    if (id < floor) fail("a value older than its remove");
    if (entry.expire_unix_ns() != 0 && entry.expire_unix_ns() < since)
        fail("a value that had expired");
}

void world::move_clock() {
    clock_.advance(duration(one_in(20) ? 50'000 : below(800)));
    runtime_->timers().fire_due(clock_.now());
}

void world::cancel_get() {
    if (gets_.empty()) return;
    auto it = gets_.lower_bound(below(next_token_));
    if (it == gets_.end()) it = gets_.begin();
    if (!it->second.op) return;
    it->second.must_end = true;
    it->second.op->cancel();
    seen("cancelled");
}

void world::cancel_context() {
    if (contexts_.empty()) return;
    const auto i = below(contexts_.size());
    const auto chosen = contexts_[i];
    for (auto& each : gets_)
        if (each.second.owner == chosen) each.second.must_end = true;
    chosen->cancel();
    if (one_in(2)) contexts_.erase(contexts_.begin() + static_cast<std::ptrdiff_t>(i));
    seen("context cancelled");
}

void world::drain() {
    std::array<event, 8> room;
    for (;;) {
        const auto got = answers_->drain(room);
        for (std::size_t i = 0; i < got.count; ++i) {
            check_event(room[i]);
            clear(room[i]);
        }
        if (got.count < room.size()) break;
    }
    if (!requests_) return;
    const auto got = requests_->drain(std::span(room).first(1 + below(room.size())));
    for (std::size_t i = 0; i < got.count; ++i)
        begin_load(
            *static_cast<flight*>(static_cast<handle*>(std::exchange(room[i].value, nullptr))));
}

void world::check_event(event& what) {
    const auto there = gets_.find(what.token);
    if (there == gets_.end()) return fail("an operation ended twice, or was never started");
    const pending_get& mine = there->second;
    note(what.token);
    note(static_cast<std::uint64_t>(what.status));
    if (what.status == COORD_OK) {
        const auto& value = *static_cast<const bytes*>(what.value);
        check_value(mine.key, mine.floor, mine.begun_unix_ns, value.value(), value);
    } else if (what.status == COORD_TIMED_OUT) {
        seen("timed out");
    } else if (what.status == COORD_EXHAUSTED) {
        seen("exhausted");
    } else if (what.status == COORD_CANCELLED) {
        if (!mine.must_end) fail("cancelled without a reason");
        seen("ended cancelled");
    } else if (what.status != COORD_NOT_FOUND && what.status != COORD_ABANDONED) {
        fail("an unexpected end: " + std::to_string(what.status));
    }
    gets_.erase(there);
}

// What is cancelled or past its deadline has ended: its event is there, undrained at most.
void world::check_deadlines() {
    if (depth_ > 0 || !one_in(8)) return;
    bool due = false;
    for (const auto& each : gets_)
        due = due || each.second.must_end || each.second.latest <= clock_.now();
    if (!due) return;
    runtime_->timers().fire_due(clock_.now());
    drain();
    for (const auto& each : gets_)
        if (each.second.must_end || each.second.latest <= clock_.now())
            return fail("a get that was cancelled or out of time did not end");
}

void world::let_everything_end() {
    if (depth_ > 0) return;
    // Without moving time: whoever waits must be told by the ends of the loads alone.
    for (int round = 0; round < 10'000; ++round) {
        drain();
        if (executor_.empty() && loads_.empty() &&
            (!requests_ || group_->read().flights_active == 0))
            break;
        executor_.run_all();
        while (!loads_.empty() && violation_.empty()) answer(loads_.size() - 1, 3 + below(8));
        if (!violation_.empty()) return;
    }
    drain();
    if (!gets_.empty()) return fail("a waiter was lost: nothing runs, and somebody still waits");
    check_counters();
    seen("came to rest");
}

void world::check_counters() {
    const auto now = group_->read();
    if (now.flights_active != 0) fail("a flight without a load");
    if (now.waiters != 0) fail("waiters counted where nobody waits");
    if (now.gets != calls_) fail("gets counted wrongly");
    if (now.loads > now.gets || now.flights > now.loads) fail("loads counted wrongly");
    if (runtime_->work().open() != 0) fail("work counted where nothing runs");
    if (runtime_->pending() != 0) fail("operations counted where none is pending");
    const auto held = group_->read_cache(cache::section::main);
    if (held.memory_bytes > 1'000'000) fail("the cache outgrew its budget");
}

void world::finish() {
    depth_ = 0;
    if (violation_.empty()) let_everything_end();
    note(next_load_);
    note(steps_);
}

}  // namespace coord::sim
