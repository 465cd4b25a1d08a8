#include "verdict.hpp"

#include <algorithm>
#include <stdexcept>

namespace demo {

void require(bool so, const std::string& otherwise) {
    if (!so) throw std::runtime_error(otherwise);
}

void require_once(const tally& computed,
                  const std::vector<std::size_t>& owners,
                  std::size_t from,
                  std::size_t to) {
    for (auto key = from; key < to; ++key) {
        const auto times = computed.of_all(key);
        const auto by_owner = computed.of(owners[key], key);
        require(times == 1 && by_owner == 1,
                "key " + std::to_string(key) + " was computed " + std::to_string(times) +
                    " times, " + std::to_string(by_owner) + " of them by its owner");
    }
}

aftermath require_little_again(const tally& computed,
                               const std::vector<std::size_t>& owners,
                               std::size_t dead) {
    aftermath counts;
    for (std::size_t key = 0; key < owners.size(); ++key) {
        if (owners[key] != dead) {
            require_once(computed, owners, key, key + 1);
            ++counts.others_keys;
            counts.others_computed += computed.of_all(key);
            continue;
        }
        ++counts.keys;
        counts.before += computed.of(dead, key);
        for (std::size_t by = 0; by < computed.nodes(); ++by) {
            const std::size_t times = computed.of(by, key);
            require(times <= 1,
                    "process " + std::to_string(by + 1) + " computed key " + std::to_string(key) +
                        " " + std::to_string(times) + " times");
            if (by == dead) continue;
            counts.again += times;
            counts.most = std::max(counts.most, times);
        }
    }
    require(counts.again > 0, "the process died too late for anything to be computed again");
    return counts;
}

}  // namespace demo
