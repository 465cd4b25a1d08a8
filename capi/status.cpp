#include "base/status.hpp"

#include <coord/status.h>

#include <cstring>

extern "C" {

const char* coord_status_name(coord_status status) {
    return coord::status_name(status);
}

void coord_options_init(void* options, size_t size) {
    if (options == nullptr || size < sizeof(uint32_t) || size > UINT32_MAX) return;
    std::memset(options, 0, size);
    const auto stored = static_cast<uint32_t>(size);
    std::memcpy(options, &stored, sizeof stored);
}
}
