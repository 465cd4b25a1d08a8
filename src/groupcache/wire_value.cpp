// The body of a reply: a GetResponse, written around the value and read back.
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <groupcache.pb.h>
#include <limits>

#include "groupcache/crc32c.hpp"
#include "groupcache/wire.hpp"

namespace coord::groupcache::wire {
namespace {

using google::protobuf::io::CodedInputStream;
using google::protobuf::io::CodedOutputStream;

constexpr std::uint8_t value_tag = 0x0A;   // field 1, length-delimited
constexpr std::uint8_t expire_tag = 0x18;  // field 3, varint

// Ours has no nesting at all; what peers may add in unknown fields has to be shallow too.
constexpr int max_nesting = 4;

// A tag and a varint, short enough for a string that allocates nothing.
std::string tagged_number(std::uint8_t tag, std::uint64_t number) {
    std::array<std::uint8_t, 11> room{tag};
    const auto* const end = CodedOutputStream::WriteVarint64ToArray(number, room.data() + 1);
    return {reinterpret_cast<const char*>(room.data()),
            static_cast<std::size_t>(end - room.data())};
}

std::int64_t later(std::int64_t now, std::int64_t ttl) noexcept {
    return ttl > std::numeric_limits<std::int64_t>::max() - now
               ? std::numeric_limits<std::int64_t>::max()
               : now + ttl;
}

}  // namespace

http::reply value_reply(bytes_ref value, const clock& time, checksum with) {
    http::reply made;
    made.content_type = "application/x-protobuf";
    const auto expire = value->expire_unix_ns();
    made.before = tagged_number(value_tag, value->value().size());
    made.after = tagged_number(expire_tag, static_cast<std::uint64_t>(expire));
    if (expire != 0 || with == checksum::crc32c) {
        auto to = std::back_inserter(made.headers);
        fmt::format_to(to, "{}: 1", value_header);
        if (expire != 0) {
            const auto now = time.unix_ns();
            fmt::format_to(to, "; ttl-ns={}", expire > now ? expire - now : 0);
        }
        if (with == checksum::crc32c) fmt::format_to(to, "; crc32c={:08x}", crc32c(value->value()));
        made.headers += "\r\n";
    }
    made.value = std::move(value);
    return made;
}

reading read_value(const http::response& from, const reader& by) {
    const auto size = from.body.size();
    if (size > static_cast<std::size_t>(std::numeric_limits<int>::max()) ||
        (size > max_envelope_bytes && size - max_envelope_bytes > by.max_value_bytes))
        return {nullptr, "the peer's answer is larger than allowed"};
    GetResponse message;  // what it has in unknown fields goes with it
    CodedInputStream body(reinterpret_cast<const std::uint8_t*>(from.body.data()),
                          static_cast<int>(size));
    body.SetRecursionLimit(max_nesting);
    if (!message.ParseFromCodedStream(&body) || !body.ConsumedEntireMessage())
        return {nullptr, "the peer's answer cannot be decoded"};
    const std::string& value = message.value();
    if (value.size() > by.max_value_bytes)
        return {nullptr, "the peer's value is larger than allowed"};
    const auto facts = facts_in(from.find(value_header));
    if (facts.crc && *facts.crc != crc32c(value))
        return {nullptr, "the peer's value has another checksum than the peer says"};
    auto expire = message.expire();
    bool is_over = expire != 0 && expire < by.now_unix_ns;
    if (facts.ttl_ns) {
        // Both clocks need not agree on what time it is.
        const auto since = by.asked_unix_ns != 0 ? by.asked_unix_ns : by.now_unix_ns;
        expire = later(std::min(since, by.now_unix_ns), *facts.ttl_ns);
        is_over = *facts.ttl_ns == 0 || expire < by.now_unix_ns;
    }
    if (is_over) return {nullptr, "the peer returned an expired value"};
    return {bytes_ref(bytes::make(by.key, value, expire, 0), false), nullptr};
}

}  // namespace coord::groupcache::wire
