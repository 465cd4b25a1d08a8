// A ring whose list can be replaced; coord_ring is this. Each list is a new immutable ring. Safe
// from any thread; no lock is held while a ring is made, since its hash may be the host's.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/handle.hpp"
#include "ring/ring.hpp"

namespace coord::ring {

class placer final : public handle_object {
  public:
    // All of them throw bad_alloc, and then nothing has changed.
    placer(placement where, std::uint32_t replicas)
        : placer(std::move(where), replicas, std::make_shared<const ring>()) {}
    placer(placement where, std::uint32_t replicas, std::shared_ptr<const ring> begun)
        : handle_object(handle_kind::ring),
          where_(std::move(where)),
          replicas_(replicas),
          ring_(std::move(begun)) {}

    std::shared_ptr<const ring> now() const noexcept {
        const std::lock_guard lock(mutex_);
        return ring_;
    }
    result<> set(std::string_view list);
    // A peer that is there already counts as added last.
    result<> add(std::string_view list);

  private:
    result<std::shared_ptr<const ring>> make(std::vector<std::string> peers) const;

    const placement where_;
    const std::uint32_t replicas_;
    mutable std::mutex mutex_;
    std::shared_ptr<const ring> ring_;  // under mutex_
};

}  // namespace coord::ring
