#include "groupcache/many.hpp"

#include <utility>

namespace coord::groupcache {

many::many(std::string_view keys, const std::size_t* sizes, std::size_t count)
    : handle_object(handle_kind::many), keys_(keys) {
    states_.reserve(count);
    std::size_t begins = 0;
    for (std::size_t i = 0; i < count; ++i) {
        states_.push_back({begins, {}, false});
        begins += sizes[i];
    }
}

std::string_view many::key(std::size_t i) const noexcept {
    const auto end = i + 1 < states_.size() ? states_[i + 1].begins : keys_.size();
    return std::string_view(keys_).substr(states_[i].begins, end - states_[i].begins);
}

void many::end(std::size_t i, error why) noexcept {
    auto& one = states_[i];
    if (one.ended) return;
    one.why = std::move(why);
    one.ended = true;
}

error many::first_failure() const noexcept {
    for (const auto& one : states_)
        if (one.why.status() != COORD_OK) return one.why;
    return {};
}

}  // namespace coord::groupcache
