// S3-FIFO: a short probation queue, a long protected one, and ghosts of those who failed probation.
//
// New keys queue in probation, a tenth of the memory; who was used there goes on to protected, the
// others leave and are remembered; a remembered key that comes back goes to protected at once. So a
// scan passes through probation and disturbs nobody. A hit writes two bits, and none once they are
// full. After Yang et al., "FIFO queues are all you need for cache eviction".
#pragma once

#include "cache/eviction_order.hpp"
#include "cache/ghost.hpp"
#include "cache/order_ring.hpp"

namespace coord::cache {

class s3fifo final : public eviction_order {
  public:
    // Entries that may be passed over before one must leave, to bound the time under the lock.
    static constexpr int max_second_chances = 128;

    static void count_use(bytes& entry) noexcept {
        const auto now = marks::of(entry);
        if ((now & marks::frequency) == marks::frequency) return;
        entry.cache_marks().store(static_cast<std::uint8_t>(now + (1U << marks::frequency_shift)),
                                  std::memory_order_relaxed);
    }

    bool reserve(std::uint64_t hash) noexcept override;
    void push(std::uint64_t hash, bytes* entry) noexcept override;
    void replace(bytes* old, bytes* entry) noexcept override;
    void touch(bytes* entry) noexcept override { count_use(*entry); }
    void remove(const bytes* entry) noexcept override;
    bytes* victim(moment& now) noexcept override;
    void remember(bytes* victim, std::uint64_t hash) noexcept override;
    void recommend(bytes* entry, std::uint64_t hash) noexcept override;
    void shrink() noexcept override;
    void reset() noexcept override;
    std::size_t memory_bytes() const noexcept override;

  private:
    struct queue {
        order_ring ring{order_ring::room::tight};
        std::uint64_t memory = 0;
    };

    queue& queue_of(const bytes* entry) noexcept;
    bool promote(bytes* entry) noexcept;
    std::size_t entries() const noexcept { return probation_.ring.size() + protected_.ring.size(); }

    queue probation_;
    queue protected_;
    ghost_list ghosts_;
};

}  // namespace coord::cache
