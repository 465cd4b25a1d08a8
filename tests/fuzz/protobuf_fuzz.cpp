// Any bytes as what peers put into a body, a GetResponse or a SetRequest, beside protobuf's own
// parser: what is taken is the same, and what is refused has a reason. The first byte chooses the
// limits, the second says how many bytes are a Coord-Value header; the rest is the body, and, as it
// is, a value to be sent and read back.
#include <algorithm>
#include <array>
#include <groupcache.pb.h>
#include <string>
#include <string_view>

#include "fuzz/fuzz_target.hpp"
#include "groupcache/crc32c.hpp"
#include "groupcache/wire.hpp"
#include "groupcache/wire_set.hpp"
#include "support/virtual_clock.hpp"

namespace {

namespace wire = coord::groupcache::wire;
using coord::bytes;
using coord::bytes_ref;

constexpr std::int64_t now = coord::testing::virtual_clock::unix_start_ns;

wire::reading read_reply(std::string_view header,
                         std::string_view body,
                         std::size_t max_value_bytes,
                         std::int64_t read_at = now) {
    const std::array<coord::http::header, 2> headers{
        {{"Content-Type", "application/x-protobuf"}, {"coord-VALUE", header}}};
    return wire::read_value({200, headers, body}, {"key", read_at, max_value_bytes});
}

// Groups within groups cannot be deeper than there are bytes that could begin one.
bool may_be_deep(std::string_view body) {
    return std::count_if(body.begin(), body.end(), [](char c) { return (c & 7) == 3; }) >= 4;
}

bool is_over(const wire::GetResponse& what, const wire::value_facts& facts) {
    if (facts.ttl_ns) return *facts.ttl_ns == 0;
    return what.expire() != 0 && what.expire() < now;
}

void check_value(std::string_view header, std::string_view body, std::size_t max_value_bytes) {
    const auto got = read_reply(header, body, max_value_bytes);
    require((got.value != nullptr) == (got.wrong == nullptr));
    const auto facts = wire::facts_in(header);
    require(!facts.ttl_ns || *facts.ttl_ns >= 0);
    wire::GetResponse known;
    const bool good = known.ParseFromString(std::string(body));
    const bool fits = known.value().size() <= max_value_bytes &&
                      body.size() <= max_value_bytes + wire::max_envelope_bytes;
    const bool whole = !facts.crc || *facts.crc == coord::groupcache::crc32c(known.value());
    if (!got.value) {
        require(!good || !fits || !whole || is_over(known, facts) || may_be_deep(body));
        return;
    }
    require(good && fits && whole && !is_over(known, facts));
    require(got.value->value() == known.value() && got.value->key() == "key");
    require(got.value->value_flags() == 0);
    const auto room = INT64_MAX - now;
    const auto expire = facts.ttl_ns ? now + std::min(*facts.ttl_ns, room) : known.expire();
    require(got.value->expire_unix_ns() == expire);
}

void check_set(std::string_view body) {
    const auto got = wire::read_set(body);
    wire::SetRequest known;
    const bool good =
        known.ParseFromString(std::string(body)) && known.has_group() && known.has_key();
    if (!got) return require(!good || may_be_deep(body));
    require(good && got->key == known.key() && got->value == known.value());
    require(got->expire_unix_ns == known.expire());
}

// Fields that nobody knows, before and after.
std::string with_unknown(std::string_view message, std::string_view body) {
    std::string all("\x78\x01\x11\0\0\0\0\0\0\xF0\x3F", 11);
    all += message;
    all += '\x4A';
    all += static_cast<char>(std::min<std::size_t>(body.size(), 100));
    return all.append(body.substr(0, 100)).append("\x9B\x01\x9C\x01");
}

void check_sent_set(std::string_view value, std::int64_t expire) {
    const auto key = value.substr(0, value.size() / 2);
    const bytes_ref entry(bytes::make(key, value, expire, 0), false);
    const auto body = wire::set_body(key, *entry);
    check_set(body);
    for (const auto& each : {body, with_unknown(body, value)}) {
        const auto got = wire::read_set(each);
        require(got && got->key == key && got->value == value && got->expire_unix_ns == expire);
    }
}

// What is sent for a value is read as that value, as long as it lasts.
void check_sent_value(std::string_view value, std::int64_t expire, bool with_crc) {
    const coord::testing::virtual_clock time;
    const auto at = time.unix_ns();
    const bytes_ref kept(bytes::make("sent", value, expire, 0), false);
    const auto reply =
        wire::value_reply(kept, time, with_crc ? wire::checksum::crc32c : wire::checksum::none);
    std::string header;
    if (!reply.headers.empty()) {
        const std::string begin = std::string(wire::value_header) + ": ";
        require(reply.headers.rfind(begin, 0) == 0 && reply.headers.ends_with("\r\n"));
        header = reply.headers.substr(begin.size(), reply.headers.size() - begin.size() - 2);
    }
    std::string body = reply.before + std::string(reply.value->value()) + reply.after;
    require(body.size() == reply.body_bytes());
    require(body.size() <= value.size() + wire::max_envelope_bytes);
    for (const auto& each : {body, with_unknown(body, value)}) {
        const auto got = read_reply(header, each, value.size() + 4'096, at);
        require((got.value == nullptr) == (expire != 0 && expire <= at));
        if (!got.value) continue;
        require(got.value->value() == value && got.value->expire_unix_ns() == expire);
    }
    if (!with_crc || value.empty()) return;
    body[reply.before.size() + value.size() / 2] ^= 1;
    require(read_reply(header, body, value.size()).value == nullptr);
}

}  // namespace

std::vector<std::string> fuzz_seeds() {
    const std::string plain("\7\0", 2);
    const std::string expires = "\x18\x95\x9A\x87\xF0\xF5\xF9\xB3\xF7\x38";
    const std::string header = "1; ttl-ns=5000000000; crc32c=c1d04330";
    const std::string deep("\7\0\x7B\x7B\x7B\x7B\x7B\x7C\x7C\x7C\x7C\x7C", 12);
    return {
        plain + std::string("\x0A\x08go:hello\x18\0", 12),
        plain + std::string("\x0A\0\x18\0", 4),
        plain +
            "\x0A\x03"
            "abc" +
            expires,
        plain +
            "\x0A\x03"
            "abc\x18\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01",
        "\7" + std::string(1, static_cast<char>(header.size())) + header +
            "\x0A\x01"
            "a",
        std::string("\0\0", 2) + "\x0A\x10" + std::string(16, 'v'),
        plain + std::string("\x0A\x01g\x12\x05p k/1\x1A\x03VAL\x20\0", 17),
        plain + "\x0A\x01g\x12\x01k\x1A\x01v\x20" + expires.substr(1),
        plain + std::string("\x12\x01k\x1A\0", 5),
        deep,
    };
}

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size < 2) return 0;
    std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
    const auto header = text.substr(0, data[1]);
    text.remove_prefix(header.size());
    const std::size_t limit = (data[0] & 1) != 0 ? 4'096 : 8;
    check_value(header, text, limit);
    check_set(text);
    const auto expire =
        (data[0] & 2) != 0 ? 0 : now + (data[0] - 128) * (INT64_C(1) << (data[1] % 50));
    check_sent_value(text, expire, (data[0] & 4) != 0);
    check_sent_set(text, expire);
    return 0;
}
