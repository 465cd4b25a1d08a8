#include "cli/origin.hpp"

#include <fmt/format.h>

#include "cli/quantities.hpp"

namespace coord::cli {

loaded too_large(const origin_limits& limits) {
    return {COORD_HOST_FAILED,
            fmt::format("the origin's value is larger than {} (--max-value)",
                        size_text(limits.max_value_bytes))};
}

loaded too_slow(const origin_limits& limits) {
    return {COORD_TIMED_OUT,
            fmt::format("the origin took longer than {} (--origin-timeout)",
                        duration_text(limits.timeout_ns))};
}

}  // namespace coord::cli
