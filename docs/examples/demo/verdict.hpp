// Whether everything was computed as often as it should be. What is not so is a std::runtime_error.
#pragma once

#include <string>
#include <vector>

#include "tally.hpp"

namespace demo {

void require(bool so, const std::string& otherwise);

// Each of the keys [from, to) was computed once in all, by its owner.
void require_once(const tally& computed,
                  const std::vector<std::size_t>& owners,
                  std::size_t from,
                  std::size_t to);

struct aftermath {
    std::size_t others_keys = 0;      // that survivors own
    std::size_t others_computed = 0;  // by whomever
    std::size_t keys = 0;             // that the dead process owned
    std::size_t before = 0;           // computed by itself
    std::size_t again = 0;            // computed by survivors
    std::size_t most = 0;             // of one key by one survivor
};

// The survivors' keys were computed once; those of the dead process at most once by each, and some
// of them again.
aftermath require_little_again(const tally& computed,
                               const std::vector<std::size_t>& owners,
                               std::size_t dead);

}  // namespace demo
