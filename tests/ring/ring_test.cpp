// Behaviour of the ring and of the list of peers it is made from.
#include "ring/ring.hpp"

#include <coord/ring.h>

#include <algorithm>
#include <cstdint>
#include <gtest/gtest.h>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"

namespace coord::ring {
namespace {

using names = std::vector<std::string>;

// Places "23" at 23, so that a test can tell by eye who follows whom.
placement by_number() {
    placement where;
    where.hash = [](std::string_view text) {
        return static_cast<std::uint64_t>(std::stoull(std::string(text)));
    };
    return where;
}

TEST(ring, without_peers_has_no_owner) {
    EXPECT_EQ(ring().owner("key"), nullptr);
    EXPECT_EQ(ring({}, 50, profile::v2_fnv1_md5).owner("key"), nullptr);
    EXPECT_EQ(ring({}, 50, profile::golang_crc32).owner(""), nullptr);
}

TEST(ring, gives_a_key_to_the_next_node_and_wraps_at_the_end) {
    const ring three({"6", "4", "2"}, 3, by_number());  // nodes at 2 4 6 12 14 16 22 24 26
    EXPECT_EQ(*three.owner("2"), "2");
    EXPECT_EQ(*three.owner("11"), "2");
    EXPECT_EQ(*three.owner("23"), "4");
    EXPECT_EQ(*three.owner("27"), "2");

    const ring four({"6", "4", "2", "8"}, 3, by_number());  // and 8 18 28
    EXPECT_EQ(*four.owner("2"), "2");
    EXPECT_EQ(*four.owner("11"), "2");
    EXPECT_EQ(*four.owner("23"), "4");
    EXPECT_EQ(*four.owner("27"), "8");
}

TEST(ring, another_peer_takes_keys_but_moves_none_between_the_others) {
    const ring three({"6", "4", "2"}, 512, profile::v2_fnv1_md5);
    EXPECT_EQ(*three.owner("12,000"), "4");
    EXPECT_EQ(*three.owner("11"), "6");
    EXPECT_EQ(*three.owner("500,000"), "4");
    EXPECT_EQ(*three.owner("1,000,000"), "2");

    const ring four({"6", "4", "2", "8"}, 512, profile::v2_fnv1_md5);
    EXPECT_EQ(*four.owner("12,000"), "4");
    EXPECT_EQ(*four.owner("11"), "8");
    EXPECT_EQ(*four.owner("500,000"), "4");
    EXPECT_EQ(*four.owner("1,000,000"), "8");
    for (int i = 0; i < 1'000; ++i) {
        const auto key = "key-" + std::to_string(i);
        const auto& after = *four.owner(key);
        EXPECT_TRUE(after == "8" || after == *three.owner(key)) << key;
    }
}

TEST(ring, order_of_insertion_is_irrelevant) {
    const ring first({"Bill", "Bob", "Bonny"}, 1, profile::v2_fnv1_md5);
    const ring second({"Bob", "Bonny", "Bill"}, 1, profile::v2_fnv1_md5);
    EXPECT_EQ(*first.owner("Ben"), *second.owner("Ben"));

    const ring more({"Bill", "Bob", "Bonny", "Becky", "Ben", "Bobby"}, 1, profile::v2_fnv1_md5);
    const ring other({"Bob", "Bonny", "Bill", "Becky", "Ben", "Bobby"}, 1, profile::v2_fnv1_md5);
    for (const auto* key : {"Ben", "Bob", "Bonny"}) EXPECT_EQ(*more.owner(key), *other.owner(key));
}

TEST(ring, order_of_insertion_is_irrelevant_for_random_lists) {
    constexpr std::uint64_t seed = 0x5eed;
    random chance(seed);
    for (int round = 0; round < 50; ++round) {
        names peers;
        const auto count = 1 + chance.below(12);
        for (std::uint64_t i = 0; i < count; ++i)
            peers.push_back("http://10.0.0." + std::to_string(i) + ":" +
                            std::to_string(1 + chance.below(65'535)));
        auto shuffled = peers;
        for (auto left = shuffled.size(); left > 1; --left)
            std::swap(shuffled[left - 1], shuffled[chance.below(left)]);
        const ring one(peers, 50, profile::v2_fnv1a_md5);
        const ring two(shuffled, 50, profile::v2_fnv1a_md5);
        for (int i = 0; i < 100; ++i) {
            const auto key = std::to_string(chance.next());
            ASSERT_EQ(*one.owner(key), *two.owner(key)) << "seed " << seed << ", round " << round;
        }
    }
}

TEST(ring, spreads_addresses_over_three_hosts) {
    const ring hosts({"a.svc.local", "b.svc.local", "c.svc.local"}, 512, profile::v2_fnv1_md5);
    random chance(1);
    std::set<std::string> used;
    for (int i = 0; i < 10'000; ++i) {
        const auto bits = chance.next();
        used.insert(*hosts.owner("192." + std::to_string(bits & 0xFFU) + "." +
                                 std::to_string((bits >> 8U) & 0xFFU) + "." +
                                 std::to_string((bits >> 16U) & 0xFFU)));
    }
    EXPECT_EQ(used.size(), 3U);
}

TEST(ring, picks_the_peers_that_v3_picks) {
    const ring hosts({"a.svc.local", "b.svc.local", "c.svc.local"}, 512, profile::v3_hostport);
    EXPECT_EQ(*hosts.owner("Bob"), "a.svc.local");
    EXPECT_EQ(*hosts.owner("Johnny"), "b.svc.local");
    EXPECT_EQ(*hosts.owner("Rick"), "c.svc.local");
}

TEST(ring, lists_every_peer_as_it_was_spelled) {
    const names spelled = {"https://a:1/base", "b:2", "http://c:3"};
    const ring made(spelled, 50, profile::v3_hostport);
    EXPECT_EQ(made.peers(), spelled);
    EXPECT_EQ(made.virtual_nodes(), 150U);
}

TEST(ring, v3_ignores_scheme_and_path_for_placing_but_reports_the_spelling) {
    const names spelled = {"http://10.0.0.1:80/_groupcache/", "https://10.0.0.2:80", "10.0.0.3:80"};
    const names plain = {"10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"};
    const ring ours(spelled, 50, profile::v3_hostport);
    const ring bare(plain, 50, profile::v2_fnv1_md5);
    for (int i = 0; i < 200; ++i) {
        const auto key = "key-" + std::to_string(i);
        const auto place = std::find(spelled.begin(), spelled.end(), *ours.owner(key));
        ASSERT_NE(place, spelled.end());
        EXPECT_EQ(plain[static_cast<std::size_t>(place - spelled.begin())], *bare.owner(key));
    }
}

TEST(ring, host_and_port_drops_what_is_around_them) {
    EXPECT_EQ(host_and_port("http://127.0.0.1:8001"), "127.0.0.1:8001");
    EXPECT_EQ(host_and_port("https://h:1/a/b"), "h:1");
    EXPECT_EQ(host_and_port("http://[::1]:80?q"), "[::1]:80");
    EXPECT_EQ(host_and_port("h:1#f"), "h:1");
    EXPECT_EQ(host_and_port("h:1"), "h:1");
    EXPECT_EQ(host_and_port("http://"), "");
    EXPECT_EQ(host_and_port(""), "");
}

TEST(ring, a_repeated_peer_changes_nothing_but_its_place_in_collisions) {
    placement all_at_once;
    all_at_once.hash = [](std::string_view) { return std::uint64_t{1}; };
    EXPECT_EQ(*ring({"a", "b", "a"}, 3, all_at_once).owner("k"), "a");
    EXPECT_EQ(*ring(*parse_peers("a,b,a"), 3, all_at_once).owner("k"), "a");
    EXPECT_EQ(ring({"a", "a"}, 50, profile::v2_fnv1_md5).virtual_nodes(), 50U);
}

TEST(ring, dump_tells_place_and_peer_of_each_node_in_order) {
    EXPECT_EQ(ring({"6", "4"}, 2, by_number()).dump(),
              "0000000000000004 4\n0000000000000006 6\n000000000000000e 4\n0000000000000010 6\n");
    EXPECT_EQ(ring().dump(), "");
}

TEST(ring, profiles_are_known_by_their_numbers) {
    EXPECT_EQ(profile_from(0), profile::v2_fnv1_md5);
    EXPECT_EQ(profile_from(COORD_RING_V2_FNV1_MD5), profile::v2_fnv1_md5);
    EXPECT_EQ(profile_from(COORD_RING_V2_FNV1A_MD5), profile::v2_fnv1a_md5);
    EXPECT_EQ(profile_from(COORD_RING_V2_CRC32_MD5), profile::v2_crc32_md5);
    EXPECT_EQ(profile_from(COORD_RING_GOLANG_CRC32), profile::golang_crc32);
    EXPECT_EQ(profile_from(COORD_RING_V3_HOSTPORT), profile::v3_hostport);
    EXPECT_EQ(profile_from(6), std::nullopt);
    EXPECT_EQ(profile_from(-1), std::nullopt);
}

TEST(list_of_peers, is_split_at_commas_and_white_space) {
    EXPECT_EQ(*parse_peers("a,b"), (names{"a", "b"}));
    EXPECT_EQ(*parse_peers(" a\tb,\n,c , "), (names{"a", "b", "c"}));
    EXPECT_EQ(*parse_peers("http://a:1"), (names{"http://a:1"}));
    EXPECT_EQ(*parse_peers(""), names{});
    EXPECT_EQ(*parse_peers(" ,\r\n, "), names{});
}

TEST(list_of_peers, counts_a_repeated_peer_once) {
    EXPECT_EQ(*parse_peers("a b a"), (names{"b", "a"}));
    EXPECT_EQ(*parse_peers("a,a,a"), names{"a"});
}

TEST(list_of_peers, refuses_more_than_the_limit_of_distinct_ones) {
    std::string list;
    for (std::size_t i = 0; i < limits::max_peers; ++i) list += "p" + std::to_string(i) + ",p0 ";
    const auto full = parse_peers(list);
    ASSERT_TRUE(full);
    EXPECT_EQ(full->size(), limits::max_peers);
    const auto more = parse_peers(list + "one-more");
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().status(), COORD_INVALID_ARGUMENT);
    EXPECT_NE(more.error().message().find("10000 peers"), std::string_view::npos);
}

}  // namespace
}  // namespace coord::ring
