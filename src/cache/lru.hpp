// Strictly the least recently used leaves first. Each hit moves its entry to the back of the one
// ring.
#pragma once

#include "cache/eviction_order.hpp"
#include "cache/order_ring.hpp"

namespace coord::cache {

class lru final : public eviction_order {
  public:
    bool reserve(std::uint64_t hash) noexcept override;
    void push(std::uint64_t hash, bytes* entry) noexcept override;
    void replace(bytes* old, bytes* entry) noexcept override;
    void touch(bytes* entry) noexcept override;
    void remove(const bytes* entry) noexcept override;
    bytes* victim(moment& now) noexcept override;
    void remember(bytes* victim, std::uint64_t hash) noexcept override;
    void recommend(bytes* entry, std::uint64_t hash) noexcept override;
    void shrink() noexcept override;
    void reset() noexcept override;
    std::size_t memory_bytes() const noexcept override;

  private:
    order_ring ring_{order_ring::room::roomy};
};

}  // namespace coord::cache
