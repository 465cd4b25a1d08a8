#include "groupcache/hot_choice.hpp"

#include "base/random.hpp"

namespace coord::groupcache {

bool hot_choice::keeps() noexcept {
    if (policy_ != hot_policy::one_in) return policy_ == hot_policy::always;
    const auto draw = drawn_.fetch_add(1, std::memory_order_relaxed);
    return random(random(seed_ + draw).next()).below(one_in_) == 0;
}

}  // namespace coord::groupcache
