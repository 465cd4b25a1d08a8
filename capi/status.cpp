#include <coord/status.h>

#include <array>
#include <cstring>

extern "C" {

const char* coord_status_name(coord_status status) {
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

void coord_options_init(void* options, size_t size) {
    if (options == nullptr || size < sizeof(uint32_t) || size > UINT32_MAX) return;
    std::memset(options, 0, size);
    const auto stored = static_cast<uint32_t>(size);
    std::memcpy(options, &stored, sizeof stored);
}
}
