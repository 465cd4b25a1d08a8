// What a change of a key is to do.
#pragma once

#include <string_view>

#include "base/bytes.hpp"
#include "base/clock.hpp"

namespace coord::groupcache {

// A value to be set: an entry that no store has.
struct new_value {
    bytes_ref entry;
    bool keep_hot = false;  // a copy here as well when another peer owns the key
};

struct change_order {
    enum class reach : std::uint8_t {
        everywhere,
        others,  // this process has it already
    };
    std::string_view key;
    new_value sets;  // no entry: a removal
    reach to = reach::everywhere;
    time_point deadline = never;
};

}  // namespace coord::groupcache
