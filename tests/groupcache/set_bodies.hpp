// Bodies of PUT requests, byte by byte as a Go peer writes them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace coord::testing {

inline std::string varint(std::uint64_t number) {
    std::string text;
    for (; number >= 0x80; number >>= 7) text += static_cast<char>(number | 0x80);
    return text + static_cast<char>(number);
}

inline std::string field(char tag, std::string_view bytes) {
    return tag + varint(bytes.size()) + std::string(bytes);
}

inline std::string set_body(std::string_view key,
                            std::string_view value,
                            std::int64_t expire_unix_ns = 0,
                            std::string_view group = "g") {
    return field('\x0A', group) + field('\x12', key) + field('\x1A', value) + '\x20' +
           varint(static_cast<std::uint64_t>(expire_unix_ns));
}

inline std::string put_request(std::string_view target,
                               std::string_view body,
                               std::string_view headers = {}) {
    return "PUT " + std::string(target) +
           " HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           std::string(headers) + "\r\n" + std::string(body);
}

// What libcoord says so that nobody does it again: it tells the other peers itself.
inline constexpr std::string_view tells_others = "Coord-Request: 1\r\n";

}  // namespace coord::testing
