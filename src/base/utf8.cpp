#include "base/utf8.hpp"

namespace coord {

std::size_t utf8_sequence(std::string_view text) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto follows = [&](std::size_t i) {
        return i < text.size() && (byte(i) & 0xC0U) == 0x80U;
    };
    if (byte(0) < 0x80U) return 1;
    if (byte(0) >= 0xC2U && byte(0) <= 0xDFU && follows(1)) return 2;
    if ((byte(0) & 0xF0U) == 0xE0U && follows(1) && follows(2)) {
        const bool overlong = byte(0) == 0xE0U && byte(1) < 0xA0U;
        const bool surrogate = byte(0) == 0xEDU && byte(1) >= 0xA0U;
        return overlong || surrogate ? 0 : 3;
    }
    if (byte(0) >= 0xF0U && byte(0) <= 0xF4U && follows(1) && follows(2) && follows(3)) {
        const bool overlong = byte(0) == 0xF0U && byte(1) < 0x90U;
        const bool too_large = byte(0) == 0xF4U && byte(1) >= 0x90U;
        return overlong || too_large ? 0 : 4;
    }
    return 0;
}

std::string to_valid_utf8(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto size = utf8_sequence(text);
        out += size == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, size);
        text.remove_prefix(size == 0 ? 1 : size);
    }
    return out;
}

}  // namespace coord
