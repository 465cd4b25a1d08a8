// A named cache with a loader: THE GET FLOW.
//
// A hit ends in find(), on the caller's thread. A miss joins the key's flight; the flight asks the
// peer that owns the key, or loads, the value is stored unless a remove detached the flight, the
// flight is unlinked, and only then are those who wait told. Safe from any thread; no lock is held
// while code of the host runs or a waiter is told. Order of locks: a shard of the flight table,
// then a shard of the cache.
#pragma once

#include <string>
#include <string_view>

#include "base/limits.hpp"
#include "base/striped_counters.hpp"
#include "cache/cache.hpp"
#include "groupcache/asker.hpp"
#include "groupcache/change_order.hpp"
#include "groupcache/flight_table.hpp"
#include "groupcache/hot_choice.hpp"
#include "groupcache/load_gate.hpp"
#include "groupcache/many.hpp"
#include "groupcache/open_changes.hpp"
#include "groupcache/peer.hpp"
#include "runtime/component.hpp"
#include "runtime/runtime.hpp"

namespace coord::groupcache {
class change;
}
struct coord_request;  // what the host's loader receives: the handle of a flight

namespace coord::groupcache {

enum class on_abandoned : std::uint8_t { finish, cancel };

using load_callback = void (*)(void* user, ::coord_request* request);

struct group_options {
    std::uint64_t max_bytes = limits::default_cache_bytes;
    duration ttl = duration::max();
    duration load_timeout = limits::default_load_timeout;
    std::uint32_t max_loads = limits::default_max_loads;
    on_abandoned abandoned = on_abandoned::finish;
    cache::order policy = cache::order::s3fifo;
    std::uint32_t cache_shards = 0;  // 0 = by budget
    load_callback load = nullptr;
    void* user = nullptr;
    void (*user_free)(void*) = nullptr;
    ref<queue> requests;
    std::uint64_t requests_token = 0;
    picker* peers = nullptr;      // null: this process owns every key
    picker* served_by = nullptr;  // whose port may serve it; null: that of `peers`
    bool local_only = false;      // no peers, whatever picker the runtime has
    bool nameless = false;        // cannot be found, and nobody is told of it
    load_callback peer_error = nullptr;
    bool peer_errors_queued = false;  // to `requests`, instead of peer_error
    hot_policy hot = hot_policy::always;
    std::uint32_t hot_one_in = limits::default_hot_one_in;
};

struct group_counters {
    std::uint64_t gets, cache_hits, loads, flights, local_loads, local_load_errors, late_answers;
    std::uint64_t flights_active, flight_oldest_ns, waiters;
    std::uint64_t peer_loads, peer_errors, server_requests, peer_slowest_ns;
    std::uint64_t changes_active, change_oldest_ns;
    std::uint64_t remove_many_calls, remove_many_keys;
};

class group final : public handle_object, public component {
  public:
    // Fails with COORD_ALREADY_EXISTS, COORD_CLOSED. Takes over `user` only when it succeeds.
    static result<ref<group>> make(ref<runtime> owner, std::string_view name, group_options wanted);
    ~group() override;

    // Memory only. Null when it is not there.
    bytes_ref find(std::string_view key) noexcept;
    // How a get came about: one that goes on from a lookup is counted already.
    enum class counted : std::uint8_t { now, before };
    // `from` peer: as its owner does for a peer, whoever owns it.
    result<bytes_ref> get(std::string_view key,
                          time_point deadline,
                          context* until,
                          counted when,
                          asked_by from = asked_by::here);
    // Throws bad_alloc with nothing begun.
    result<ref<operation>> start_get(std::string_view key,
                                     time_point deadline,
                                     ref<context> until,
                                     ref<queue> answers,
                                     std::uint64_t token,
                                     counted when,
                                     asked_by from = asked_by::here);
    // For who cannot block: tells `who` once, now or later. Throws bad_alloc with nothing begun.
    // `sender` is what the host attached to the peer's request; a load that this begins shows it.
    void ask(std::string_view key,
             time_point deadline,
             ref<asker> who,
             asked_by from,
             counted when = counted::now,
             ref<host_user> sender = {});
    // Keeps an entry, which no other store has, as its owner does: a load under way is detached.
    // COORD_EXHAUSTED when it is larger than max_bytes; what was there is gone then, too.
    result<> set_here(bytes_ref entry, cache::section where = cache::section::main) noexcept;
    // From this process alone.
    void remove_here(std::string_view key) noexcept;
    // From its owner first, then from here and all others.
    result<> remove(std::string_view key, time_point deadline, context* until);
    result<ref<operation>> start_remove(std::string_view key,
                                        time_point deadline,
                                        ref<context> until,
                                        ref<queue> answers,
                                        std::uint64_t token);
    // Throws bad_alloc with nothing begun.
    void remove_everywhere(std::string_view key, time_point deadline, ref<changer> who);
    // All other peers drop the key, and what is here stays: a value was set here by somebody who
    // tells nobody.
    void drop_elsewhere(std::string_view key, time_point deadline, ref<changer> who);
    // The owner keeps the value, then all others drop what they have.
    result<> set(new_value what, time_point deadline, context* until);
    result<ref<operation>> start_set(new_value what,
                                     time_point deadline,
                                     ref<context> until,
                                     ref<queue> answers,
                                     std::uint64_t token);
    // Each key everywhere. A failure: none was tried. Both throw bad_alloc with nothing begun.
    result<> remove_many(const ref<many>& keys, time_point deadline, context* until);
    result<ref<operation>> start_remove_many(const ref<many>& keys,
                                             time_point deadline,
                                             ref<context> until,
                                             ref<queue> answers,
                                             std::uint64_t token);
    result<> close(time_point deadline, context* until);

    // Not on threads that others, or its loader, depend on.
    result<> may_wait() const noexcept;
    picker* peers() const noexcept { return options_.peers; }
    picker* served_by() const noexcept {
        return options_.served_by != nullptr ? options_.served_by : options_.peers;
    }
    void count_server_request() noexcept { peer_counters_.add(served); }
    const std::string& name() const noexcept { return name_; }
    bool is_closed() const noexcept { return closed_.load(std::memory_order_acquire); }
    group_counters read() const noexcept;
    cache::counters read_cache(cache::section which) const noexcept { return cache_.read(which); }
    // No load begins between the two; they nest. What stands in line then begins.
    void pause_loads() noexcept { gate_.pause(); }
    void resume_loads() noexcept;
    runtime& owner() const noexcept { return *owner_; }
    clock& time() const noexcept { return owner_->time(); }

    // --- for its flights and waiters
    // ----------------------------------------------------------------------------------------
    bytes_ref make_value(std::string_view key,
                         std::string_view value,
                         const value_terms& terms) const noexcept;
    // Without a copy of the value.
    bytes_ref make_held_value(std::string_view key,
                              const bytes_ref& value,
                              const value_terms& terms) const noexcept;
    void run_load(flight& what) noexcept;
    void end_load(flight& what, result<bytes_ref> got) noexcept;
    void peer_answered(flight& what, peer_answer got) noexcept;
    // Closed or given up: nobody waits for it, and no code of the host is to run for it.
    bool is_over(flight& what) noexcept;
    // The peer gave nothing, and the flight is to load here. `why`: for a group without a loader.
    void load_here(flight& what, const error& why) noexcept;
    // The peer gave nothing, and the flight's callers are told.
    void give_up(flight& what, error why) noexcept;
    // What happens after a fault unless the group has a handler for it.
    void decide_by_default(flight& what, peer_answer::fault why, error reason) noexcept;
    // The waiter stops waiting; it is told why, unless it is being told the outcome already.
    void leave(waiter& who, coord_status why) noexcept;

    // --- for its changes
    // ----------------------------------------------------------------------------------------
    // False: the group is closed.
    bool change_begun(change& what) noexcept;
    // True for the one who is to tell its caller, and then end_work().
    bool take_change(change& what) noexcept { return changes_.take(what); }
    // A close waits for what is between the two.
    void begin_work() noexcept;
    void end_work() noexcept;
    // Another number after any set or removal of the key here.
    std::uint64_t changes_at(std::string_view key) noexcept;
    // A copy of what the owner keeps, unless something was changed here since `noted`.
    void keep_hot(const bytes_ref& entry, std::uint64_t noted) noexcept;

  private:
    enum counter : std::size_t { gets, hits, misses, flights, loaded, failed, late, counter_count };
    enum peer_counter : std::size_t {
        from_peers,
        peer_faults,
        served,
        many_calls,
        many_keys,
        peer_counter_count
    };
    enum class gave : std::uint8_t { loader, peer };
    // What became of a miss: an answer at once, or a flight that was joined.
    struct boarding {
        result<bytes_ref> answer = bytes_ref();
        ref<flight> joined;  // null: see answer
        bool leads = false;
    };

    class blocked_get;
    class started_get;

    group(ref<runtime> owner, std::string_view name, group_options wanted);
    static result<> suits_peers(const runtime& in,
                                std::string_view name,
                                const group_options& wanted) noexcept;
    shared& self() const noexcept override { return const_cast<group&>(*this); }
    void stop_intake() noexcept override;
    std::size_t cancel_all() noexcept override;
    void await_told() noexcept override { work_.wait_idle(time(), never, nullptr); }
    void write_metrics(metric_sink& to) const override;
    void write_dump(dump_text& to) const override;
    void on_last_handle() noexcept override;

    void detach_flights(flight_table::shard& in, std::uint64_t hash, std::string_view key) noexcept;
    bool is_living(const bytes& entry) const noexcept {
        return entry.expire_unix_ns() == 0 || entry.expire_unix_ns() >= time().unix_ns();
    }
    // Of a change that peers take part in: they are never asked without one.
    time_point deadline_for_peers(time_point deadline, const context* until) const noexcept;
    ref<change> prepare_change(const change_order& what, ref<changer> who);
    result<> change_here(const change_order& what) noexcept;
    void change_everywhere(const change_order& what, ref<changer> who);
    result<> change_and_wait(change_order what, context* until);
    result<ref<operation>> start_change(change_order what,
                                        ref<context> until,
                                        ref<queue> answers,
                                        std::uint64_t token);
    result<> may_block_for_peers() const noexcept;
    static error too_many_wait() noexcept;
    void count_many(const many& keys) noexcept;
    // In ns; 0 for `never`.
    std::uint64_t age_of(time_point begun) const noexcept;
    static error queue_closed() noexcept;
    result<> may_load(asked_by who) const noexcept;
    boarding board(std::string_view key,
                   waiter& who,
                   asked_by from,
                   ref<host_user> sender = {}) noexcept;
    // The flight may load as soon as the gate lets it. `inline_leader`: the caller runs a callback
    // loader itself.
    void begin_load(flight& what, bool inline_leader) noexcept;
    void ask_peer(flight& what) noexcept;
    // False: there is no handler, or it cannot be asked.
    bool post_peer_error(flight& what, peer_answer::fault fault, const error& why) noexcept;
    bool ends_without_load(flight& what) noexcept;
    bool pass_gate(flight& what) noexcept;
    load_gate::pace pace_of(const flight& what) noexcept;
    bool is_held_up(flight& what) noexcept;
    // A load waits for it, and holds the slot it may be waiting for.
    void skip_line(const waiter& who) noexcept;
    void hurry(flight& what) noexcept;
    // False when its queue is closed.
    bool dispatch(flight& what) noexcept;
    // All of an ending but its slot.
    void settle(flight& what, result<bytes_ref> got, gave who) noexcept;
    void pass_slot_on(flight& what) noexcept;
    void flight_begun() noexcept;
    void flight_ended() noexcept;  // its waiters were told
    bool may_store(const flight& what, const result<bytes_ref>& got) const noexcept;
    waiter* hand_over(waiter* first, flight& to) noexcept;
    void relaunch(flight& old, waiter* first) noexcept;
    void cancel_flight(flight_table::shard& in, flight& what) noexcept;
    error why_left(const flight& what, coord_status why) const noexcept;
    void await(blocked_get& me, ref<flight> joined, time_point deadline);
    // The flight it waits for now; null once it was told.
    ref<flight> boarded(const waiter& who) noexcept;

    const ref<runtime> owner_;
    const ref<shared> keeps_peers_;
    const ref<shared> keeps_server_;
    const std::string name_;
    group_options options_;  // not changed once made
    std::atomic<bool> closed_{
        false};  // seq_cst: set before the shards are emptied, read again under a shard's lock
    cache::store cache_;
    flight_table table_;
    hot_choice hot_;
    load_gate gate_;
    open_changes changes_;
    work_gauge work_;  // flights, and waiters on their way out, until they were told
    std::atomic<std::uint64_t> waiters_{0};          // relaxed: a count
    std::atomic<std::uint64_t> flights_now_{0};      // relaxed: a count
    std::atomic<std::uint64_t> peer_slowest_ns_{0};  // relaxed: a maximum
    striped_counters<counter_count> counters_;
    striped_counters<peer_counter_count> peer_counters_;
};

}  // namespace coord::groupcache
