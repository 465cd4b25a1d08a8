#include "base/status.hpp"

#include <array>
#include <cstddef>

namespace coord {

const char* status_name(coord_status status) noexcept {
    static constexpr std::array<const char*, 19> names = {"ok",
                                                          "cancelled",
                                                          "invalid_argument",
                                                          "timed_out",
                                                          "not_found",
                                                          "already_exists",
                                                          "denied",
                                                          "exhausted",
                                                          "conflict",
                                                          "unavailable",
                                                          "unsupported",
                                                          "internal",
                                                          "no_memory",
                                                          "would_deadlock",
                                                          "abandoned",
                                                          "closed",
                                                          "forked",
                                                          "lost",
                                                          "host_failed"};
    if (status < 0 || static_cast<std::size_t>(status) >= names.size()) return "unknown";
    return names[static_cast<std::size_t>(status)];
}

}  // namespace coord
