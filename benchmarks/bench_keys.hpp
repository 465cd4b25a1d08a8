// Keys, and an order to ask for them, the same in every run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/random.hpp"

namespace coord::bench {

inline std::vector<std::string> make_keys(std::uint64_t count) {
    std::vector<std::string> keys;
    keys.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        std::string digits = std::to_string(i);
        keys.push_back("key-" + std::string(12 - digits.size(), '0') + digits);
    }
    return keys;
}

// Numbers below `count`, each as likely as the others.
inline std::vector<std::uint32_t> make_order(std::uint64_t count) {
    random chance(1);
    std::vector<std::uint32_t> order(1U << 18);
    for (auto& one : order) one = static_cast<std::uint32_t>(chance.next() % count);
    return order;
}

}  // namespace coord::bench
