// A group's beginning and end, and its counters.
#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "groupcache/group.hpp"
#include "groupcache/registry.hpp"
#include "runtime/metrics_text.hpp"
#include "runtime/this_thread.hpp"

namespace coord::groupcache {

group::group(ref<runtime> owner, std::string_view name, group_options wanted)
    : handle_object(handle_kind::group),
      owner_(std::move(owner)),
      keeps_peers_(wanted.peers != nullptr ? &wanted.peers->self() : nullptr),
      keeps_server_(wanted.served_by != nullptr ? &wanted.served_by->self() : nullptr),
      name_(name),
      options_(std::move(wanted)),
      cache_({options_.max_bytes, 0, options_.policy, options_.cache_shards, owner_->seed(), {}},
             owner_->time()),
      hot_(options_.hot, options_.hot_one_in, owner_->seed()),
      gate_(options_.max_loads) {}

// Once it is known whether there are peers.
result<> group::suits_peers(const runtime& in,
                            std::string_view name,
                            const group_options& wanted) noexcept {
    const auto invalid = [](const char* why) {
        return error(COORD_INVALID_ARGUMENT, "group", why);
    };
    if (wanted.peers == nullptr) {
        if (in.has(name)) return {};  // then nobody was asked for a picker
        if (wanted.peer_error != nullptr)
            return invalid("options.peer_error: without peers there are no such errors");
        if (wanted.peer_errors_queued)
            return invalid("options.flags: without peers there are no PEER_ERROR requests");
        return {};
    }
    // Peers name it in the path of a url.
    if (name.find('/') != std::string_view::npos)
        return invalid("name: with peers it must not have a '/', at which a path is split");
    if (name.size() > limits::max_peer_group_bytes)
        return invalid("name: with peers at most 256 bytes");
    return {};
}

result<ref<group>> group::make(ref<runtime> owner, std::string_view name, group_options wanted) {
    // Before anybody hears of it, and again for the picker it is given.
    if (wanted.peers != nullptr)
        if (auto suits = suits_peers(*owner, name, wanted); !suits) return suits.error();
    if (auto ready = registry::prepare(*owner, name, wanted); !ready) return ready.error();
    if (auto suits = suits_peers(*owner, name, wanted); !suits) return suits.error();
    // Until it has its name, `user` is the caller's.
    auto* const user_free = std::exchange(wanted.user_free, nullptr);
    const ref<group> made(new group(std::move(owner), name, std::move(wanted)));
    runtime& in = *made->owner_;
    if (in.is_closing()) return error(COORD_CLOSED, "runtime", "the runtime was closed");
    if (!made->options_.nameless && !in.enter(name, *made))
        return error(
            COORD_ALREADY_EXISTS,
            "group",
            "name: the runtime has a group of that name; coord_group_find_or_new gives it");
    made->options_.user_free = user_free;
    in.add_handle();
    in.add(*made);
    if (made->options_.requests) made->options_.requests->add_handle();
    if (made->options_.peers != nullptr) made->options_.peers->add_user();
    if (made->options_.served_by != nullptr) made->options_.served_by->add_user();
    if (in.is_closing()) made->stop_intake();
    if (!made->options_.nameless) registry::tell(*made);
    return made;
}

group::~group() {
    if (options_.user_free != nullptr) options_.user_free(options_.user);
}

void group::on_last_handle() noexcept {
    owner_->leave(name_, *this);
    stop_intake();
    cancel_all();
    cache_.clear();
    owner_->remove(*this);
    if (options_.requests) options_.requests->drop_handle();
    if (options_.peers != nullptr) options_.peers->drop_user();
    if (options_.served_by != nullptr) options_.served_by->drop_user();
    owner_->drop_handle();
}

void group::stop_intake() noexcept {
    closed_.store(true);
}

void group::cancel_flight(flight_table::shard& in, flight& what) noexcept {
    // The caller holds a reference, the lock, and tells what it took.
    what.detached = true;
    what.over = true;
    const auto shards = in.remove(what);
}

std::size_t group::cancel_all() noexcept {
    std::size_t count = 0;
    while (const ref<change> open = changes_.take_oldest()) {
        open->cut(error(COORD_CANCELLED, "group", "the group was closed"));
        ++count;
    }
    for (auto& shard : table_.all()) {
        for (;;) {
            ref<flight> cancelled;
            waiter* waiting = nullptr;
            {
                const std::lock_guard lock(shard.mutex);
                cancelled = shard.oldest;
                if (!cancelled) break;
                cancel_flight(shard, *cancelled);
                waiting = take_waiters(*cancelled, waiters_);
            }
            gate_.leave_line(*cancelled);
            cancelled->cancel_work();
            tell(waiting, error(COORD_CANCELLED, "group", "the group was closed"));
            flight_ended();
            ++count;
        }
    }
    return count;
}

result<> group::close(time_point deadline, context* until) {
    if (inside_load_of(this))
        return error(COORD_WOULD_DEADLOCK, "group", "a loader cannot close the group it loads for");
    owner_->leave(name_, *this);
    stop_intake();
    const workers::blocked replaced;
    work_.wait_idle(time(), deadline, until);
    const auto cancelled = cancel_all();
    await_told();
    cache_.clear();
    if (cancelled == 0) return {};
    owner_->log().write(
        log_level::warn, "group", "closed with loads under way, which were cancelled");
    return error(COORD_TIMED_OUT, "group", "loads still under way at the deadline were cancelled")
        .not_retriable();
}

std::uint64_t group::age_of(time_point begun) const noexcept {
    if (begun == never) return 0;
    const auto age = std::chrono::duration_cast<duration>(time().now() - begun);
    return static_cast<std::uint64_t>(std::max(duration::zero(), age).count());
}

group_counters group::read() const noexcept {
    group_counters now{};
    now.gets = counters_.sum(gets);
    now.cache_hits = counters_.sum(hits);
    now.loads = counters_.sum(misses);
    now.flights = counters_.sum(flights);
    now.local_loads = counters_.sum(loaded);
    now.local_load_errors = counters_.sum(failed);
    now.late_answers = counters_.sum(late);
    now.flights_active = flights_now_.load(std::memory_order_relaxed);
    now.peer_loads = peer_counters_.sum(from_peers);
    now.peer_errors = peer_counters_.sum(peer_faults);
    now.server_requests = peer_counters_.sum(served);
    now.peer_slowest_ns = peer_slowest_ns_.load(std::memory_order_relaxed);
    now.waiters = waiters_.load(std::memory_order_relaxed);
    now.changes_active = changes_.count();
    now.change_oldest_ns = age_of(changes_.oldest_begun());
    now.remove_many_calls = peer_counters_.sum(many_calls);
    now.remove_many_keys = peer_counters_.sum(many_keys);
    time_point oldest = never;
    for (const auto& shard : table_.all()) {
        const std::lock_guard lock(shard.mutex);
        if (shard.oldest != nullptr) oldest = std::min(oldest, shard.oldest->begun);
    }
    now.flight_oldest_ns = age_of(oldest);
    return now;
}

void group::write_metrics(metric_sink& to) const {
    if (options_.nameless) return;  // nothing tells two of them apart
    const auto label = fmt::format("group=\"{}\"", escape_label(name_));
    const auto now = read();
    to.add({"coord_group_gets_total", "Gets and lookups.", true, label, now.gets});
    to.add({"coord_group_cache_hits_total",
            "Gets answered from memory.",
            true,
            label,
            now.cache_hits});
    to.add({"coord_group_loads_total",
            "Gets that started or joined a flight.",
            true,
            label,
            now.loads});
    to.add({"coord_group_flights_total", "Loads begun.", true, label, now.flights});
    to.add({"coord_group_local_loads_total",
            "Loads that gave a value.",
            true,
            label,
            now.local_loads});
    to.add({"coord_group_local_load_errors_total",
            "Loads that failed.",
            true,
            label,
            now.local_load_errors});
    to.add({"coord_group_late_answers_total",
            "Answers that came too late.",
            true,
            label,
            now.late_answers});
    to.add({"coord_group_peer_loads_total",
            "Values that came from their owner.",
            true,
            label,
            now.peer_loads});
    to.add({"coord_group_peer_errors_total",
            "Owners that gave nothing usable.",
            true,
            label,
            now.peer_errors});
    to.add({"coord_group_server_requests_total",
            "Requests of peers.",
            true,
            label,
            now.server_requests});
    to.add({"coord_group_remove_many_calls_total",
            "Calls that remove many keys.",
            true,
            label,
            now.remove_many_calls});
    to.add({"coord_group_remove_many_keys_total",
            "Keys those named.",
            true,
            label,
            now.remove_many_keys});
    to.add({"coord_group_flights_active", "Flights now.", false, label, now.flights_active});
    to.add({"coord_group_changes_active",
            "Sets and removals now that other peers take part in.",
            false,
            label,
            now.changes_active});
    to.add({"coord_group_waiters",
            "Callers and operations that wait now.",
            false,
            label,
            now.waiters});
    for (const auto which : {cache::section::main, cache::section::hot}) {
        const auto part = read_cache(which);
        const auto labels =
            fmt::format("{},cache=\"{}\"", label, which == cache::section::main ? "main" : "hot");
        to.add({"coord_cache_bytes", "Keys and values held.", false, labels, part.bytes});
        to.add({"coord_cache_memory_bytes",
                "Memory with overhead.",
                false,
                labels,
                part.memory_bytes});
        to.add({"coord_cache_detached_bytes",
                "Memory that left the cache and is still held.",
                false,
                labels,
                part.detached_bytes});
        to.add({"coord_cache_items", "Entries.", false, labels, part.items});
        to.add({"coord_cache_gets_total", "Lookups.", true, labels, part.gets});
        to.add(
            {"coord_cache_hits_total", "Lookups that found something.", true, labels, part.hits});
        to.add({"coord_cache_evictions_total", "Entries that left.", true, labels, part.evictions});
        to.add({"coord_cache_evicted_full_total",
                "Entries that left for room.",
                true,
                labels,
                part.evicted_full});
        to.add({"coord_cache_evicted_expired_total",
                "Entries that had expired.",
                true,
                labels,
                part.evicted_expired});
        to.add({"coord_cache_removed_total",
                "Entries that were removed.",
                true,
                labels,
                part.removed});
        to.add({"coord_cache_refused_total",
                "Values larger than the limit.",
                true,
                labels,
                part.refused});
    }
}

}  // namespace coord::groupcache
