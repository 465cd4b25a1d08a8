// Removing many keys everywhere: blocking, or started.
#include <condition_variable>
#include <mutex>
#include <optional>

#include "groupcache/group.hpp"
#include "groupcache/many_removals.hpp"

namespace coord::groupcache {
namespace {

class blocked_many final : public many_changer, public context::listener {
  public:
    void all_ended() noexcept override { wake(done_); }
    void on_cancel() noexcept override { wake(cancelled_); }
    // False when it was cancelled.
    bool wait(clock& time) {
        std::unique_lock lock(mutex_);
        while (!done_ && !cancelled_) time.wait(lock, changed_, never);
        return done_;
    }

  private:
    void wake(bool& why) noexcept {
        const std::lock_guard lock(mutex_);
        why = true;
        changed_.notify_one();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    bool done_ = false;
    bool cancelled_ = false;
};

class started_many final : public operation {
  public:
    started_many(ref<many> keys, ref<queue> answers, std::uint64_t token) noexcept
        : operation(std::move(answers), token), keys_(std::move(keys)) {}
    void finish() noexcept { finish_object(event_kind::many, keys_, keys_->first_failure()); }
    void carried_out_by(ref<many_removals> by) noexcept { by_ = std::move(by); }

  private:
    void stop() noexcept override { by_->stop(stopped_by()); }

    const ref<many> keys_;
    ref<many_removals> by_;  // not changed once begun
};

class tells_many final : public many_changer {
  public:
    explicit tells_many(ref<started_many> op) noexcept : op_(std::move(op)) {}
    void all_ended() noexcept override { op_->finish(); }

  private:
    const ref<started_many> op_;
};

}  // namespace

void group::count_many(const many& keys) noexcept {
    peer_counters_.add(many_calls);
    peer_counters_.add(many_keys, keys.count());
}

result<> group::remove_many(const ref<many>& keys, time_point deadline, context* until) {
    std::optional<workers::blocked> replaced;
    if (options_.peers != nullptr) {
        if (auto may = may_block_for_peers(); !may) return may;
        if (!replaced.emplace().allowed()) return too_many_wait();
    }
    const ref<blocked_many> me(new blocked_many);
    const auto latest = deadline_for_peers(deadline, until);
    const ref<many_removals> all(new many_removals(ref<group>(this), keys, latest, me));
    const bool listening = until != nullptr && until->listen(*me);
    if (until != nullptr && !listening)
        return error(COORD_CANCELLED, "group", "the context was cancelled");
    count_many(*keys);
    all->begin();
    if (!me->wait(time())) all->stop(COORD_CANCELLED);
    if (listening) until->forget(*me);
    return {};
}

result<ref<operation>> group::start_remove_many(const ref<many>& keys,
                                                time_point deadline,
                                                ref<context> until,
                                                ref<queue> answers,
                                                std::uint64_t token) {
    const ref<started_many> op(new started_many(keys, std::move(answers), token));
    const auto latest = deadline_for_peers(deadline, until.get());
    const ref<many_removals> all(
        new many_removals(ref<group>(this), keys, latest, ref<many_changer>(new tells_many(op))));
    op->carried_out_by(all);
    struct undoing {
        started_many* of;
        ~undoing() {
            if (of != nullptr) of->carried_out_by({});  // they hold each other until it was told
        }
    } undo{op.get()};
    if (auto begun = op->begin(never, std::move(until)); !begun) return begun.error();
    undo.of = nullptr;
    count_many(*keys);
    if (const auto why = op->stopped_by(); why != COORD_OK) all->stop(why);
    all->begin();
    return ref<operation>(op);
}

}  // namespace coord::groupcache
