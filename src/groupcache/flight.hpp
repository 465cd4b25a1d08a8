// One load of one key, for everybody who asks meanwhile: by asking the peer that owns it, by the
// loader here, or first one and then the other. To the host it is a LOAD request.
//
// Plain members belong to the shard of its key in the flight table and are guarded by that shard's
// lock, but for `answer_`, which belongs to whoever holds the request. One allocation with its key.
// Outlives the group's handle while the host holds the request.
#pragma once

#include <atomic>
#include <string_view>

#include "base/clock.hpp"
#include "groupcache/asker.hpp"
#include "groupcache/peer.hpp"
#include "groupcache/waiter.hpp"
#include "runtime/request.hpp"
#include "runtime/work_context.hpp"

namespace coord::groupcache {

class group;

class flight final : public request, public peer_caller {
  public:
    // Null when memory is short.
    static ref<flight> make(group& owner,
                            std::uint64_t hash,
                            std::string_view key,
                            time_point begun,
                            time_point deadline,
                            ref<peer> asks) noexcept;
    static void operator delete(void* memory) noexcept;

    std::string_view key() const noexcept {
        return {reinterpret_cast<const char*>(this + 1), key_size_};
    }

    // --- as a request
    // -----------------------------------------------------------------------------------------------------
    request_kind which() const noexcept override { return request_kind::load; }
    load_frame frame(const load_frame* outer) const noexcept override;
    std::size_t count() const noexcept override { return 1; }
    std::string_view key(std::size_t item) const noexcept override {
        return item == 0 ? key() : std::string_view();
    }
    std::string_view group_name() const noexcept override;
    context* work_context() noexcept override;
    result<> set(std::size_t item,
                 std::string_view value,
                 const value_terms& terms) noexcept override;
    result<> set_bytes(std::size_t item,
                       bytes_ref value,
                       const value_terms& terms) noexcept override;
    result<> set_error(std::size_t item, error why) noexcept override;
    void* user(std::size_t item) const noexcept override {
        return item == 0 && sender != nullptr ? sender->get() : nullptr;
    }
    bool is_answered() const noexcept override { return !answer_ || *answer_; }
    void succeed() noexcept override;
    void fail(error why) noexcept override;

    // --- the load
    // ---------------------------------------------------------------------------------------------------------
    enum class phase { queued, ready, claimed };
    phase stage() const noexcept { return phase_.load(std::memory_order_acquire); }
    void make_queued() noexcept { phase_.store(phase::queued, std::memory_order_release); }
    void make_ready() noexcept { phase_.store(phase::ready, std::memory_order_release); }
    // The load is an event for the host: no thread of ours may ever run it.
    void make_claimed() noexcept { phase_.store(phase::claimed, std::memory_order_release); }
    // True for the one who is to run the load.
    bool claim() noexcept {
        auto expected = phase::ready;
        return phase_.compare_exchange_strong(expected, phase::claimed, std::memory_order_acq_rel);
    }
    // Nobody wants the answer any more: tells the host through the context.
    void cancel_work() noexcept;
    task& as_task() noexcept { return task_; }
    // False: it is posted already, and will find the load ready.
    bool is_to_be_posted() noexcept { return !posted_.exchange(true, std::memory_order_acq_rel); }
    void answered(peer_answer got) noexcept override;
    // Puts it into a queue as an event; false when the queue is closed.
    bool offer_to(queue& requests, std::uint64_t token) noexcept;

    const ref<group> owner;
    const std::uint64_t hash;
    const time_point begun;
    const time_point deadline;
    const ref<peer> asks;  // who owns the key; null = this process, or it must not be asked
    ref<host_user>
        sender;  // of the peer's request that began it; not changed once it is in the table

    std::atomic<bool> host_decides{false};  // relaxed, only shown: a PEER_ERROR was made of it

    // --- under the shard's lock
    // ---------------------------------------------------------------------------------------------
    flight* next_in_bucket = nullptr;
    flight* older = nullptr;  // all flights of a shard, in the order they began
    flight* newer = nullptr;
    waiter* first_waiter = nullptr;
    waiter* last_waiter = nullptr;
    bool asking = false;     // the peer has not answered: gets of peers must not join
    bool urgent = false;     // somebody waits for it who holds the slot it may need
    bool for_peer = false;   // begun by a get of a peer
    bool in_table = false;   // callers may join
    bool detached = false;   // its value is not to be kept
    bool abandoned = false;  // cancelled because nobody waited any more
    bool over = false;       // its waiters have been told

    // --- under the gate's lock
    // ----------------------------------------------------------------------------------------------
    flight* next_in_line = nullptr;
    flight* previous_in_line = nullptr;
    bool has_slot = false;
    bool in_line = false;
    bool hurries = false;  // which line; not changed while it stands in one

  private:
    struct load_task final : task {
        explicit load_task(flight& of) noexcept : me(of) {}
        void run() noexcept override;
        void discard() noexcept override;
        flight& me;
    };
    flight(group& of,
           std::uint64_t key_hash,
           std::string_view key,
           time_point start,
           time_point end,
           ref<peer> asked) noexcept;
    ~flight() override;
    void taken() noexcept override;
    void end(result<bytes_ref> outcome) noexcept;
    result<> answer_with(std::size_t item, bytes_ref made) noexcept;

    const std::size_t key_size_;
    result<bytes_ref> answer_;
    std::atomic<phase> phase_{phase::queued};
    // acq_rel: whoever finds the task posted has made the load ready before the task looks.
    std::atomic<bool> posted_{false};
    coord::work_context context_;
    load_task task_{*this};
};

}  // namespace coord::groupcache
