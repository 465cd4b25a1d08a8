// Owners, against those the reference packages computed: every profile, 1, 3 and 7 peers.
#include <cstddef>
#include <cstdint>
#include <gtest/gtest.h>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ring/ring.hpp"

namespace coord::ring {
namespace {

struct setting {
    profile chosen;
    std::uint32_t replicas;
};

// What the sets of ring_vectors.json were computed with. "seed" is a fork of mailgun with the same
// hashing; v3 was run once with urls as its addresses, which is the v2 ring, and once with
// host:port.
const std::map<std::string_view, setting> settings = {
    {"golang_crc32_50", {profile::golang_crc32, 50}},
    {"mailgun_crc32_50", {profile::v2_crc32_md5, 50}},
    {"mailgun_default_fnv1_64_50", {profile::v2_fnv1_md5, 50}},
    {"mailgun_default_fnv1_64_512", {profile::v2_fnv1_md5, 512}},
    {"mailgun_fnv1a_64_50", {profile::v2_fnv1a_md5, 50}},
    {"seed_crc32_50", {profile::v2_crc32_md5, 50}},
    {"seed_default_50", {profile::v2_fnv1_md5, 50}},
    {"v3_default_50_hostport", {profile::v3_hostport, 50}},
    {"v3_default_50_url", {profile::v2_fnv1_md5, 50}},
};

const std::vector<std::string> seven_peers = {
#define RING_PEER(text) text,
#include "vectors/ring_vectors.inc"
};

const std::vector<std::string> keys = {
#define RING_KEY(index, text, length, crc32, fnv1) std::string(text, length),
#include "vectors/ring_vectors.inc"
};

struct row {
    std::string_view set;
    std::size_t peers;
    std::vector<std::size_t> numbers;
};

const std::vector<row> owners = {
#define RING_OWNERS(set, peers, ...) {set, peers, {__VA_ARGS__}},
#include "vectors/ring_vectors.inc"
};

const std::vector<row> counts = {
#define RING_COUNTS(set, peers, ...) {set, peers, {__VA_ARGS__}},
#include "vectors/ring_vectors.inc"
};

ring ring_of(const row& wanted) {
    const auto& [chosen, replicas] = settings.at(wanted.set);
    const auto end = seven_peers.begin() + static_cast<std::ptrdiff_t>(wanted.peers);
    return ring({seven_peers.begin(), end}, replicas, chosen);
}

TEST(golden_ring, owners_of_all_keys_are_those_of_the_reference) {
    ASSERT_EQ(keys.size(), 40U);
    ASSERT_EQ(owners.size(), 26U);
    for (const auto& wanted : owners) {
        const auto made = ring_of(wanted);
        ASSERT_EQ(wanted.numbers.size(), keys.size());
        for (std::size_t i = 0; i < keys.size(); ++i)
            EXPECT_EQ(*made.owner(keys[i]), seven_peers[wanted.numbers[i]])
                << wanted.set << ", " << wanted.peers << " peers, key " << i;
    }
}

TEST(golden_ring, shares_of_30000_keys_are_those_of_the_reference) {
    ASSERT_EQ(counts.size(), 16U);
    for (const auto& wanted : counts) {
        const auto made = ring_of(wanted);
        std::map<std::string_view, std::size_t> owned;
        for (int i = 0; i < 30'000; ++i) ++owned[*made.owner("key-" + std::to_string(i))];
        for (std::size_t peer = 0; peer < wanted.peers; ++peer)
            EXPECT_EQ(owned[seven_peers[peer]], wanted.numbers[peer])
                << wanted.set << ", " << wanted.peers << " peers, peer " << peer;
    }
}

TEST(golden_ring, a_collision_has_the_winner_of_the_reference) {
    const std::map<std::string_view, profile> profiles = {{"golang", profile::golang_crc32},
                                                          {"mailgun", profile::v2_fnv1_md5},
                                                          {"v3", profile::v3_hostport}};
    int rules = 0;
    const auto check = [&](std::string_view name, std::string_view winner) {
        auto where = placement_of(profiles.at(name));
        where.hash = [](std::string_view) { return std::uint64_t{7}; };
        const ring made({"x", "y", "z"}, 1, where);
        EXPECT_EQ(*made.owner("any"), winner) << name;
        EXPECT_EQ(made.virtual_nodes(), 1U) << name;
        ++rules;
    };
#define RING_COLLISION(name, winner) check(name, winner);
#include "vectors/ring_vectors.inc"
    EXPECT_EQ(rules, 3);
}

}  // namespace
}  // namespace coord::ring
