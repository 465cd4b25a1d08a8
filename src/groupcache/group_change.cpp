// Changing a key: here alone, or everywhere; blocking, or started.
#include <condition_variable>
#include <mutex>

#include "base/give_back_later.hpp"
#include "groupcache/change.hpp"
#include "groupcache/group.hpp"
#include "runtime/this_thread.hpp"

namespace coord::groupcache {
namespace {

// A thread that waits until everybody has answered.
class blocked_change final : public changer, public context::listener {
  public:
    void changed(const result<>& outcome) noexcept override {
        const std::lock_guard lock(mutex_);
        outcome_ = outcome;
        done_ = true;
        changed_.notify_one();
    }
    void on_cancel() noexcept override {
        const std::lock_guard lock(mutex_);
        cancelled_ = true;
        changed_.notify_one();
    }
    result<> wait(clock& time) {
        std::unique_lock lock(mutex_);
        // Each peer answers by its deadline, if only to say that it passed.
        while (!done_ && !cancelled_) time.wait(lock, changed_, never);
        if (done_) return outcome_;
        return error(COORD_CANCELLED, "group", "cancelled while peers were told of the change");
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    result<> outcome_;
    bool done_ = false;
    bool cancelled_ = false;
};

class started_change final : public operation {
  public:
    using operation::operation;

  private:
    void stop() noexcept override {
        finish_done(error(stopped_by(), "group", "stopped while peers were told of the change"));
    }
};

class tells_operation final : public changer {
  public:
    explicit tells_operation(ref<started_change> op) noexcept : op_(std::move(op)) {}
    void changed(const result<>& outcome) noexcept override { op_->finish_done(outcome); }

  private:
    const ref<started_change> op_;
};

}  // namespace

// With the lock of the key's shard.
void group::detach_flights(flight_table::shard& in,
                           std::uint64_t hash,
                           std::string_view key) noexcept {
    ++in.changes;
    while (flight* const loading = in.find(hash, key, asked_by::here)) {
        loading->detached = true;
        in.unlink(*loading);
    }
}

void group::remove_here(std::string_view key) noexcept {
    const auto hash = cache_.hash(key);
    auto& shard = table_.of(hash);
    const give_back_later host_memory;
    const std::lock_guard lock(shard.mutex);
    detach_flights(shard, hash, key);
    cache_.remove(hash, key);
}

result<> group::set_here(bytes_ref entry, cache::section where) noexcept {
    const auto key = entry->key();
    const auto hash = cache_.hash(key);
    auto& shard = table_.of(hash);
    const give_back_later host_memory;
    const std::lock_guard lock(shard.mutex);
    if (closed_.load()) return error(COORD_CLOSED, "group", "the group was closed");
    detach_flights(shard, hash, key);
    const bool lives = is_living(*entry);
    if (lives && cache_.insert(hash, entry, where)) return {};
    cache_.remove(hash, key);
    if (!lives || options_.max_bytes == 0) return {};
    if (cache_.fits(*entry)) return error(COORD_NO_MEMORY);
    return error(COORD_EXHAUSTED, "group", "the value is larger than max_bytes");
}

std::uint64_t group::changes_at(std::string_view key) noexcept {
    auto& shard = table_.of(cache_.hash(key));
    const std::lock_guard lock(shard.mutex);
    return shard.changes;
}

void group::keep_hot(const bytes_ref& entry, std::uint64_t noted) noexcept {
    const auto key = entry->key();
    const auto hash = cache_.hash(key);
    auto& shard = table_.of(hash);
    const give_back_later host_memory;
    const std::lock_guard lock(shard.mutex);
    const bool unchanged = shard.changes == noted && !closed_.load();
    detach_flights(shard, hash, key);
    if (unchanged && is_living(*entry) && cache_.insert(hash, entry, cache::section::hot)) return;
    cache_.remove(hash, key);
}

bool group::change_begun(change& what) noexcept {
    // First: who waits for it to end finds the change in the list.
    begin_work();
    if (changes_.add(what, closed_)) return true;
    end_work();
    return false;
}

void group::begin_work() noexcept {
    work_.begin();
    owner_->work().begin();
}

void group::end_work() noexcept {
    // The runtime's first: who waits for the group's then finds both ended.
    owner_->work().end();
    work_.end();
}

time_point group::deadline_for_peers(time_point deadline, const context* until) const noexcept {
    if (options_.peers == nullptr) return never;
    if (until != nullptr) deadline = std::min(deadline, until->deadline());
    return deadline != never ? deadline : after(time().now(), options_.load_timeout);
}

ref<change> group::prepare_change(const change_order& what, ref<changer> who) {
    const auto latest = deadline_for_peers(what.deadline, nullptr);
    return change::prepare(ref<group>(this), *options_.peers, what, latest, std::move(who));
}

result<> group::change_here(const change_order& what) noexcept {
    if (what.sets.entry) return set_here(what.sets.entry);
    remove_here(what.key);
    return {};
}

void group::change_everywhere(const change_order& what, ref<changer> who) {
    if (options_.peers != nullptr) return prepare_change(what, std::move(who))->begin();
    who->changed(change_here(what));
}

void group::remove_everywhere(std::string_view key, time_point deadline, ref<changer> who) {
    change_everywhere({key, {}, change_order::reach::everywhere, deadline}, std::move(who));
}

void group::drop_elsewhere(std::string_view key, time_point deadline, ref<changer> who) {
    if (options_.peers == nullptr) return who->changed({});
    change_everywhere({key, {}, change_order::reach::others, deadline}, std::move(who));
}

result<> group::may_block_for_peers() const noexcept {
    if (this_thread().role != thread_role::io) return {};
    return error(COORD_WOULD_DEADLOCK,
                 "group",
                 "this thread serves timers and sockets; use the _start verb");
}

error group::too_many_wait() noexcept {
    return {COORD_EXHAUSTED, "group", "max_blocked_workers threads wait for peers already"};
}

result<> group::change_and_wait(change_order what, context* until) {
    if (options_.peers == nullptr) return change_here(what);
    if (auto may = may_block_for_peers(); !may) return may;
    const workers::blocked replaced;
    if (!replaced.allowed()) return too_many_wait();
    const ref<blocked_change> me(new blocked_change);
    const bool listening = until != nullptr && until->listen(*me);
    if (until != nullptr && !listening)
        return error(COORD_CANCELLED, "group", "the context was cancelled");
    struct forgetting {
        context* from;
        context::listener& who;
        ~forgetting() {
            if (from != nullptr) from->forget(who);
        }
    } forget{until, *me};
    if (until != nullptr) what.deadline = std::min(what.deadline, until->deadline());
    change_everywhere(what, me);
    return me->wait(time());
}

result<ref<operation>> group::start_change(change_order what,
                                           ref<context> until,
                                           ref<queue> answers,
                                           std::uint64_t token) {
    const ref<started_change> op(new started_change(std::move(answers), token));
    if (until) what.deadline = std::min(what.deadline, until->deadline());
    ref<change> round;  // made first: once the operation began its event must come
    if (options_.peers != nullptr)
        round = prepare_change(what, ref<changer>(new tells_operation(op)));
    if (auto begun = op->begin(never, std::move(until)); !begun) return begun.error();
    if (const auto why = op->stopped_by(); why != COORD_OK) {
        op->finish_done(error(why, "group", "the context was cancelled"));
    } else if (round) {
        round->begin();
    } else {
        op->finish_done(change_here(what));
    }
    return ref<operation>(op);
}

result<> group::remove(std::string_view key, time_point deadline, context* until) {
    return change_and_wait({key, {}, change_order::reach::everywhere, deadline}, until);
}

result<> group::set(new_value what, time_point deadline, context* until) {
    const auto key = what.entry->key();
    return change_and_wait({key, std::move(what), change_order::reach::everywhere, deadline},
                           until);
}

result<ref<operation>> group::start_remove(std::string_view key,
                                           time_point deadline,
                                           ref<context> until,
                                           ref<queue> answers,
                                           std::uint64_t token) {
    return start_change({key, {}, change_order::reach::everywhere, deadline},
                        std::move(until),
                        std::move(answers),
                        token);
}

result<ref<operation>> group::start_set(new_value what,
                                        time_point deadline,
                                        ref<context> until,
                                        ref<queue> answers,
                                        std::uint64_t token) {
    const auto key = what.entry->key();
    return start_change({key, std::move(what), change_order::reach::everywhere, deadline},
                        std::move(until),
                        std::move(answers),
                        token);
}

}  // namespace coord::groupcache
