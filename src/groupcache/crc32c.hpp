// CRC-32C (Castagnoli), by the processor's own instruction where there is one.
#pragma once

#include <cstdint>
#include <string_view>

namespace coord::groupcache {

std::uint32_t crc32c(std::string_view data) noexcept;
// The same without the instruction.
std::uint32_t crc32c_portable(std::string_view data) noexcept;

}  // namespace coord::groupcache
