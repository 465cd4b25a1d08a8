// What peers say to each other, as bytes: targets, headers, bodies, checksums.
#include "groupcache/wire.hpp"

#include <gtest/gtest.h>
#include <limits>

#include "base/random.hpp"
#include "groupcache/crc32c.hpp"
#include "groupcache/wire_status.hpp"
#include "http/percent.hpp"
#include "support/virtual_clock.hpp"

namespace coord::groupcache {
namespace {

using namespace std::string_literals;
using shape = wire::incoming::shape;

constexpr std::string_view base = "/_groupcache/";

http::url plain_url() {
    http::url to;
    to.text = "http://10.0.0.1:8080";
    to.host = "10.0.0.1";
    to.port = "8080";
    to.host_header = "10.0.0.1:8080";
    return to;
}

std::string target_of(std::string_view group, std::string_view key) {
    const auto to = plain_url();
    const auto text = wire::request_text({"GET", to, base, group, key, {}});
    const auto begin = text.find(' ') + 1;
    return text.substr(begin, text.find(' ', begin) - begin);
}

struct escaping {
    std::string key;
    std::string written;
};

TEST(targets, keys_are_written_as_go_peers_write_them) {
    const escaping table[] = {
        {"a b", "a%20b"},
        {"a/b", "a%2Fb"},
        {"a//b", "a%2F%2Fb"},
        {"a+b", "a+b"},
        {"100%", "100%25"},
        {"?&=#", "%3F&=%23"},
        {"\xE6\x97\xA5", "%E6%97%A5"},
        {"\xFF\xFE", "%FF%FE"},
        {"\0\x7F"s, "%00%7F"},
        {"~!*'()-_.$@:;,[]", "~%21%2A%27%28%29-_.$@:%3B%2C%5B%5D"},
        {"", ""},
        {"../b", "..%2Fb"},
        {"...", "..."},
    };
    for (const auto& [key, written] : table)
        EXPECT_EQ(target_of("g", key), "/_groupcache/g/" + written) << key;
}

TEST(targets, a_key_that_is_a_step_of_a_path_is_written_so_that_nobody_takes_it) {
    EXPECT_EQ(target_of("g", "."), "/_groupcache/g/%2E");
    EXPECT_EQ(target_of("g", ".."), "/_groupcache/g/%2E%2E");
}

TEST(targets, every_byte_comes_back_as_it_went) {
    for (int byte = 0; byte < 256; ++byte) {
        for (const auto& key :
             {std::string(1, static_cast<char>(byte)), "x"s + static_cast<char>(byte) + "y"}) {
            std::string decoded;
            const auto target = target_of("users", key);
            const auto got = wire::parse_target(target, base, decoded);
            EXPECT_EQ(got.is, shape::good) << byte;
            EXPECT_EQ(got.group, "users") << byte;
            EXPECT_EQ(got.key, key) << byte;
        }
    }
}

TEST(targets, random_keys_and_groups_without_a_slash_come_back) {
    random chance(7);
    for (int i = 0; i < 2'000; ++i) {
        std::string group;
        std::string key;
        for (auto n = chance.below(12); n > 0; --n) {
            const auto byte = static_cast<char>(chance.below(256));
            if (byte != '/') group += byte;
        }
        for (auto n = chance.below(40); n > 0; --n) key += static_cast<char>(chance.below(256));
        std::string decoded;
        const auto target = target_of(group, key);
        const auto got = wire::parse_target(target, base, decoded);
        ASSERT_EQ(got.is, shape::good) << target;
        ASSERT_EQ(got.group, group) << target;
        ASSERT_EQ(got.key, key) << target;
    }
}

struct reading_row {
    std::string target;
    shape is;
    std::string group;
    std::string key;
};

TEST(targets, are_decoded_once_and_split_at_the_first_slash) {
    const reading_row table[] = {
        {"/_groupcache/g/k", shape::good, "g", "k"},
        {"/_groupcache/g/", shape::good, "g", ""},
        {"/_groupcache//k", shape::good, "", "k"},
        {"/_groupcache/g/a/b", shape::good, "g", "a/b"},
        {"/_groupcache/g/a%2Fb", shape::good, "g", "a/b"},
        {"/_groupcache/g/a//b", shape::good, "g", "a//b"},
        {"/_groupcache/g/../b", shape::good, "g", "../b"},
        {"/_groupcache/g/..", shape::good, "g", ".."},
        {"/_groupcache/g/%2E%2E", shape::good, "g", ".."},
        {"/_groupcache/g/a+b", shape::good, "g", "a+b"},
        {"/_groupcache/g/%2541", shape::good, "g", "%41"},
        {"/_groupcache/g%2Fk/z", shape::good, "g", "k/z"},
        {"/%5Fgroupcache/g/k", shape::good, "g", "k"},
        {"/_groupcache/g/k?x=/y", shape::good, "g", "k"},
        {"/_groupcache/g/k?%zz", shape::good, "g", "k"},
        {"/_groupcache/g/\xFF", shape::good, "g", "\xFF"},
        {"/_groupcache/g", shape::no_key, "", ""},
        {"/_groupcache/", shape::no_key, "", ""},
        {"/_groupcache", shape::elsewhere, "", ""},
        {"/other/g/k", shape::elsewhere, "", ""},
        {"/", shape::elsewhere, "", ""},
        {"/_groupcache/g/%zz", shape::bad_escape, "", ""},
        {"/_groupcache/g/%4", shape::bad_escape, "", ""},
        {"/_groupcache/g/%", shape::bad_escape, "", ""},
    };
    for (const auto& row : table) {
        std::string decoded;
        const auto got = wire::parse_target(row.target, base, decoded);
        EXPECT_EQ(got.is, row.is) << row.target;
        EXPECT_EQ(got.group, row.group) << row.target;
        EXPECT_EQ(got.key, row.key) << row.target;
    }
}

TEST(requests, have_exactly_these_bytes) {
    auto to = plain_url();
    EXPECT_EQ(wire::request_text({"GET", to, base, "g", "k", {}}),
              "GET /_groupcache/g/k HTTP/1.1\r\nHost: 10.0.0.1:8080\r\nUser-Agent: coord/0.1\r\n"
              "\r\n");
    to.prefix = "/sub";
    EXPECT_EQ(
        wire::request_text({"DELETE", to, "/c/", "g", "k", "http://me:1", duration(1'500)}),
        "DELETE /sub/c/g/k HTTP/1.1\r\nHost: 10.0.0.1:8080\r\nUser-Agent: coord/0.1\r\n"
        "X-Groupcache-Remote-Load-Source-Peer: http://me:1\r\nCoord-Request: 1; timeout-ns=1500\r\n"
        "\r\n");
    EXPECT_NE(wire::request_text({"GET", to, base, "g", "k", {}, duration(-5)})
                  .find("Coord-Request: 1; timeout-ns=0\r\n"),
              std::string::npos);
}

TEST(requests, tell_how_long_they_are_waited_for) {
    struct row {
        const char* header;
        duration expected;
    };
    const row table[] = {
        {"1; timeout-ns=1500", duration(1'500)},
        {"1;timeout-ns=1500", duration(1'500)},
        {" 1 ; more=x ; timeout-ns = 7 ; other", duration(7)},
        {"1; timeout-ns=0", duration(0)},
        {"1", duration::max()},
        {"", duration::max()},
        {"2; timeout-ns=5", duration::max()},
        {"1; timeout-ns=-5", duration::max()},
        {"1; timeout-ns=+5", duration::max()},
        {"1; timeout-ns=5s", duration::max()},
        {"1; timeout-ns=99999999999999999999", duration::max()},
        {"1; timeout=5", duration::max()},
    };
    for (const auto& [header, expected] : table)
        EXPECT_EQ(wire::timeout_in(header), expected) << header;
}

bytes_ref entry(std::string_view value, std::int64_t expire = 0) {
    return {bytes::make("key", value, expire, 0), false};
}

std::string body_of(const http::reply& what) {
    return what.before + std::string(what.value->value()) + what.after;
}

TEST(bodies, have_exactly_the_bytes_that_go_peers_write) {
    const testing::virtual_clock clock;
    const auto written = [&](bytes_ref value) {
        return body_of(wire::value_reply(std::move(value), clock, wire::checksum::none));
    };
    EXPECT_EQ(written(entry("go:hello")), "\x0A\x08go:hello\x18\0"s);
    EXPECT_EQ(written(entry("")), "\x0A\0\x18\0"s);
    EXPECT_EQ(written(entry("v", 4'102'444'800'123'456'789)),
              "\x0A\x01v\x18\x95\x9A\x87\xF0\xF5\xF9\xB3\xF7\x38"s);
    EXPECT_EQ(written(entry("v", -1)), "\x0A\x01v\x18\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"s);
    const std::string big(300, 'x');
    EXPECT_EQ(written(entry(big)), "\x0A\xAC\x02"s + big + "\x18\0"s);
}

TEST(bodies, tell_what_is_left_and_a_checksum_only_where_there_is_something_to_tell) {
    const testing::virtual_clock clock;
    const auto headers = [&](bytes_ref value, wire::checksum with) {
        return wire::value_reply(std::move(value), clock, with).headers;
    };
    EXPECT_EQ(headers(entry("v"), wire::checksum::none), "");
    EXPECT_EQ(headers(entry("v", clock.unix_ns() + 250), wire::checksum::none),
              "Coord-Value: 1; ttl-ns=250\r\n");
    EXPECT_EQ(headers(entry("v", clock.unix_ns() - 250), wire::checksum::none),
              "Coord-Value: 1; ttl-ns=0\r\n");
    EXPECT_EQ(headers(entry("123456789"), wire::checksum::crc32c),
              "Coord-Value: 1; crc32c=e3069283\r\n");
    EXPECT_EQ(headers(entry("123456789", clock.unix_ns() + 1), wire::checksum::crc32c),
              "Coord-Value: 1; ttl-ns=1; crc32c=e3069283\r\n");
}

constexpr std::int64_t now = 1'700'000'000'000'000'000;

wire::reading read(std::string_view body, std::string_view value_header = {}) {
    const http::header with[] = {{"coord-value", value_header}};
    http::response from;
    from.status = 200;
    from.body = body;
    if (!value_header.empty()) from.headers = with;
    return wire::read_value(from, {"key", now, 1'000});
}

struct body_row {
    const char* name;
    std::string body;
    std::string value;
};

TEST(bodies, of_every_usable_kind_are_read) {
    const body_row table[] = {
        {"both fields", "\x0A\x01v\x18\0"s, "v"},
        {"no expire", "\x0A\x01v"s, "v"},
        {"nothing at all", "", ""},
        {"only expire", "\x18\0"s, ""},
        {"empty value", "\x0A\0\x18\0"s, ""},
        {"minute_qps", "\x0A\x01v\x11\0\0\0\0\0\0\xF0\x3F"s, "v"},
        {"an unknown varint", "\x0A\x01v\x20\x05"s, "v"},
        {"an unknown text", "\x2A\x03"s + "abc\x0A\x01v"s, "v"},
        {"an unknown group", "\x33\x08\x01\x34\x0A\x01v"s, "v"},
        {"the value twice, of which the last counts", "\x0A\x01"s + "a\x0A\x01"s + "b", "b"},
        {"bytes that are no text", "\x0A\x02\xFF\0"s, "\xFF\0"s},
    };
    for (const auto& row : table) {
        const auto got = read(row.body);
        ASSERT_TRUE(got.value) << row.name << ": " << (got.wrong != nullptr ? got.wrong : "?");
        EXPECT_EQ(got.value->value(), row.value) << row.name;
        EXPECT_EQ(got.value->key(), "key") << row.name;
        EXPECT_EQ(got.value->expire_unix_ns(), 0) << row.name;
    }
}

TEST(bodies, that_cannot_be_decoded_give_no_value) {
    const std::string deep = std::string(5, '\x33') + std::string(5, '\x34');
    const std::pair<const char*, std::string> table[] = {
        {"garbage", "not protobuf at all"},
        {"a cut value", "\x0A\x05v"s},
        {"a cut tag", "\x0A"s},
        {"a length without end", "\x0A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"s},
        {"2 GiB in 7 bytes", "\x0A\xFF\xFF\xFF\xFF\x07v"s},
        {"field 0", "\x02\0"s},
        {"an end without a beginning", "\x0A\x01v\x34"s},
        {"groups within groups", deep},
    };
    for (const auto& [name, body] : table) {
        const auto got = read(body);
        EXPECT_FALSE(got.value) << name;
        ASSERT_NE(got.wrong, nullptr) << name;
        EXPECT_NE(std::string(got.wrong).find("decoded"), std::string::npos) << name;
    }
}

TEST(bodies, larger_than_allowed_give_no_value) {
    EXPECT_TRUE(read("\x0A\xE8\x07"s + std::string(1'000, 'v')).value);
    EXPECT_FALSE(read("\x0A\xE9\x07"s + std::string(1'001, 'v')).value);
    EXPECT_FALSE(read("\x2A\xD0\x0F"s + std::string(2'000, 'v')).value) << "unknown, but as large";
}

std::string expiring(std::int64_t at) {
    const testing::virtual_clock clock;
    return body_of(wire::value_reply(entry("v", at), clock, wire::checksum::none));
}

TEST(bodies, expire_by_the_clock_here_unless_the_peer_says_what_is_left) {
    EXPECT_EQ(read(expiring(now + 5)).value->expire_unix_ns(), now + 5);
    EXPECT_EQ(read(expiring(now)).value->expire_unix_ns(), now) << "strictly before, as in Go";
    EXPECT_FALSE(read(expiring(now - 1)).value);
    EXPECT_FALSE(read(expiring(-1)).value);
    EXPECT_STREQ(read(expiring(now - 1)).wrong, "the peer returned an expired value");
    // The clock there is an hour behind.
    const auto behind = now - std::int64_t{3'600'000'000'000};
    EXPECT_EQ(read(expiring(behind), "1; ttl-ns=500").value->expire_unix_ns(), now + 500);
    EXPECT_FALSE(read(expiring(now + 5), "1; ttl-ns=0").value);
    EXPECT_EQ(read(expiring(now + 5), "2; ttl-ns=0").value->expire_unix_ns(), now + 5)
        << "of a version that nobody knows";
    const auto most = std::numeric_limits<std::int64_t>::max();
    EXPECT_EQ(read(expiring(most), "1; ttl-ns=9223372036854775807").value->expire_unix_ns(), most);
}

TEST(bodies, with_another_checksum_than_they_should_have_give_no_value) {
    const auto body = "\x0A\x09"s + "123456789";
    EXPECT_TRUE(read(body, "1; crc32c=e3069283").value);
    EXPECT_TRUE(read(body, "1; crc32c=E3069283").value);
    EXPECT_FALSE(read(body, "1; crc32c=e3069284").value);
    EXPECT_TRUE(read(body, "1; crc32c=nonsense").value) << "no checksum at all";
}

TEST(checksums, are_those_of_the_standard_and_the_same_by_both_ways) {
    EXPECT_EQ(crc32c(""), 0U);
    EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
    EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAU);
    EXPECT_EQ(crc32c(std::string(32, '\xFF')), 0x62A8AB43U);
    random chance(3);
    std::string text;
    for (int i = 0; i < 300; ++i) {
        EXPECT_EQ(crc32c(text), crc32c_portable(text)) << i;
        text += static_cast<char>(chance.below(256));
    }
}

TEST(quoting, is_that_of_go) {
    EXPECT_EQ(wire::go_quoted("nope"), "\"nope\"");
    EXPECT_EQ(wire::go_quoted(""), "\"\"");
    EXPECT_EQ(wire::go_quoted("a\"b\\c\n\t\x01\x7F\xFF"), "\"a\\\"b\\\\c\\n\\t\\x01\\x7f\\xff\"");
    EXPECT_EQ(wire::go_quoted("\xE6\x97\xA5"), "\"\xE6\x97\xA5\"");
}

TEST(statuses, of_peers_are_known_by_name_but_none_speaks_for_handles_here) {
    EXPECT_EQ(wire::status_of("not_found"), COORD_NOT_FOUND);
    EXPECT_EQ(wire::status_of("timed_out"), COORD_TIMED_OUT);
    EXPECT_EQ(wire::status_of("host_failed"), COORD_HOST_FAILED);
    for (const auto* name :
         {"ok", "closed", "forked", "unknown", "", "Not_Found", "group-not-found"})
        EXPECT_EQ(wire::status_of(name), COORD_HOST_FAILED) << name;
}

}  // namespace
}  // namespace coord::groupcache
