// Removing: here alone, or everywhere.
#include <condition_variable>
#include <mutex>

#include "groupcache/group.hpp"
#include "groupcache/removal.hpp"
#include "runtime/this_thread.hpp"

namespace coord::groupcache {
namespace {

// A thread that waits until everybody has answered.
class blocked_remove final : public remover, public context::listener {
  public:
    void removed(const result<>& outcome) noexcept override {
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
        return error(COORD_CANCELLED, "group", "cancelled while peers were asked to remove");
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    result<> outcome_;
    bool done_ = false;
    bool cancelled_ = false;
};

class started_remove final : public operation {
  public:
    using operation::operation;

  private:
    void stop() noexcept override {
        finish_done(error(stopped_by(), "group", "stopped while peers were asked to remove"));
    }
};

class tells_operation final : public remover {
  public:
    explicit tells_operation(ref<started_remove> op) noexcept : op_(std::move(op)) {}
    void removed(const result<>& outcome) noexcept override { op_->finish_done(outcome); }

  private:
    const ref<started_remove> op_;
};

}  // namespace

void group::remove_here(std::string_view key) noexcept {
    const auto hash = cache_.hash(key);
    auto& shard = table_.of(hash);
    const std::lock_guard lock(shard.mutex);
    while (flight* const loading = shard.find(hash, key, asked_by::here)) {
        loading->detached = true;
        shard.unlink(*loading);
    }
    cache_.remove(hash, key);
}

result<> group::set_here(bytes_ref entry, cache::section where) noexcept {
    const auto key = entry->key();
    const auto hash = cache_.hash(key);
    auto& shard = table_.of(hash);
    const std::lock_guard lock(shard.mutex);
    if (closed_.load()) return error(COORD_CLOSED, "group", "the group was closed");
    while (flight* const loading = shard.find(hash, key, asked_by::here)) {
        loading->detached = true;
        shard.unlink(*loading);
    }
    const bool lives = entry->expire_unix_ns() == 0 || entry->expire_unix_ns() >= time().unix_ns();
    if (lives && cache_.insert(hash, entry, where)) return {};
    cache_.remove(hash, key);
    if (!lives || options_.max_bytes == 0) return {};
    return error(COORD_EXHAUSTED, "group", "the value is larger than max_bytes");
}

ref<removal> group::prepare_removal(std::string_view key, time_point deadline, ref<remover> who) {
    const auto latest = deadline != never ? deadline : after(time().now(), options_.load_timeout);
    return removal::prepare(ref<group>(this), *options_.peers, key, latest, std::move(who));
}

void group::remove_everywhere(std::string_view key, time_point deadline, ref<remover> who) {
    if (options_.peers != nullptr) return prepare_removal(key, deadline, std::move(who))->begin();
    remove_here(key);
    who->removed({});
}

result<> group::remove(std::string_view key, time_point deadline, context* until) {
    if (options_.peers == nullptr) {
        remove_here(key);
        return {};
    }
    if (this_thread().role == thread_role::io)
        return error(COORD_WOULD_DEADLOCK,
                     "group",
                     "this thread serves timers and sockets; use coord_group_remove_start");
    const workers::blocked replaced;
    if (!replaced.allowed())
        return error(
            COORD_EXHAUSTED, "group", "max_blocked_workers threads wait for peers already");
    const ref<blocked_remove> me(new blocked_remove);
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
    remove_everywhere(key, until != nullptr ? std::min(deadline, until->deadline()) : deadline, me);
    return me->wait(time());
}

result<ref<operation>> group::start_remove(std::string_view key,
                                           time_point deadline,
                                           ref<context> until,
                                           ref<queue> answers,
                                           std::uint64_t token) {
    const ref<started_remove> op(new started_remove(std::move(answers), token));
    const auto limit = until ? std::min(deadline, until->deadline()) : deadline;
    ref<removal> round;  // made first: once the operation began its event must come
    if (options_.peers != nullptr)
        round = prepare_removal(key, limit, ref<remover>(new tells_operation(op)));
    if (auto begun = op->begin(never, std::move(until)); !begun) return begun.error();
    if (const auto why = op->stopped_by(); why != COORD_OK) {
        op->finish_done(error(why, "group", "the context was cancelled"));
    } else if (round) {
        round->begin();
    } else {
        remove_here(key);
        op->finish_done({});
    }
    return ref<operation>(op);
}

}  // namespace coord::groupcache
