// The status that a call throws.
#pragma once

#include <coord/error.hpp>

template <class Call>
coord::status status_of(Call&& call) {
    try {
        call();
    } catch (const coord::error& why) {
        return why.status();
    }
    return coord::status::ok;
}
