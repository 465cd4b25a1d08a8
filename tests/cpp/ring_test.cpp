// Rings: hashes of one's own, adding, counting, comparing.
#include <coord/coord.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <string_view>

#include "cpp/status_of.hpp"

namespace {

using coord::status;

// Reads the text as a number, so that labels and keys are where one puts them.
std::uint64_t number(std::string_view text) {
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

// Labels of this profile are the replica's number and the peer, as they are.
coord::ring_options plain(std::uint32_t replicas) {
    return {.profile = coord::ring_profile::golang_crc32, .replicas = replicas, .hash = number};
}

TEST(cpp_ring_hash, places_keys_where_it_says_and_wraps_around) {
    coord::ring ring("6,4,2", plain(3));  // virtual nodes: 2 4 6 12 14 16 22 24 26
    EXPECT_EQ(ring.owner("2"), "2");
    EXPECT_EQ(ring.owner("11"), "2");
    EXPECT_EQ(ring.owner("23"), "4");
    EXPECT_EQ(ring.owner("27"), "2");
    ring.add("8");
    EXPECT_EQ(ring.owner("27"), "8");
    EXPECT_EQ(ring.owner("11"), "2");
    EXPECT_EQ(ring.count(), 4U);
}

TEST(cpp_ring_hash, of_peers_decides_who_owns_a_key) {
    const coord::runtime runtime;
    const auto first_byte = [](std::string_view text) {
        return text.empty() ? std::uint64_t{0} : static_cast<unsigned char>(text[0]);
    };
    const coord::peers peers(runtime,
                             {.list = "http://a.example:1 http://b.example:2",
                              .ring = coord::ring_profile::golang_crc32,
                              .replicas = 1,
                              .hash = first_byte});
    const coord::ring same(
        "http://a.example:1 http://b.example:2",
        {.profile = coord::ring_profile::golang_crc32, .replicas = 1, .hash = first_byte});
    for (const auto* key : {"", "0", "1", "z"}) EXPECT_EQ(peers.owner(key), same.owner(key));
    EXPECT_EQ(peers.ring().dump(), same.dump());
}

TEST(cpp_ring_of_peers, is_that_of_the_list_and_does_not_change_with_it) {
    const coord::runtime runtime;
    coord::peers peers(runtime, {.list = "http://a.example:1", .replicas = 7});
    const auto before = peers.ring();
    peers.set("http://a.example:1 http://b.example:2");
    EXPECT_EQ(before.count(), 1U);
    EXPECT_EQ(before.owner("k"), "http://a.example:1");
    EXPECT_EQ(peers.ring().count(), 2U);
    const auto dump = before.dump();
    EXPECT_EQ(std::count(dump.begin(), dump.end(), '\n'), 7);
}

TEST(cpp_ring, counts_and_adds_peers_in_any_order) {
    coord::ring ring;
    EXPECT_TRUE(ring.empty());
    ring.add("Bill Bob");
    ring.add("Bonny");
    EXPECT_FALSE(ring.empty());
    EXPECT_EQ(ring.count(), 3U);
    ring.add("Bob");
    EXPECT_EQ(ring.count(), 3U);
    const coord::ring other("Bonny,Bill,Bob");
    EXPECT_EQ(ring.dump(), other.dump());
    EXPECT_EQ(ring.dump().size(), ring.dump().find_last_of('\n') + 1);
    EXPECT_EQ(coord::ring().dump(), "");
}

TEST(cpp_ring, frees_its_hash_with_it_and_when_it_cannot_be_made) {
    const auto alive = std::make_shared<int>(0);
    coord::ring_options options;
    options.hash = [alive](std::string_view) { return std::uint64_t{1}; };
    EXPECT_EQ(alive.use_count(), 2);
    { const coord::ring made(options); }
    EXPECT_EQ(alive.use_count(), 2);
    options.replicas = 70'000;
    EXPECT_EQ(status_of([&] { coord::ring wrong(options); }), status::invalid_argument);
    EXPECT_EQ(alive.use_count(), 2);
}

}  // namespace
