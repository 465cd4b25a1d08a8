// The hashes, against those the reference packages computed for the golden keys and labels.
#include "ring/hashes.hpp"

#include <cstdint>
#include <gtest/gtest.h>
#include <string>
#include <string_view>

namespace coord::ring {
namespace {

TEST(hashes, of_the_golden_keys_are_those_of_the_reference) {
    int keys = 0;
#define RING_KEY(index, text, length, crc32, fnv1)        \
    EXPECT_EQ(crc32_ieee({text, length}), crc32) << text; \
    EXPECT_EQ(fnv1_64({text, length}), fnv1) << text;     \
    ++keys;
#include "vectors/ring_vectors.inc"
    EXPECT_EQ(keys, 40);
}

TEST(hashes, of_virtual_node_labels_are_those_of_the_reference) {
    int nodes = 0;
#define RING_NODE(peer, replica, label, hex, fnv1, crc_of_hex, crc_of_label) \
    {                                                                        \
        const auto digest = md5_hex(label);                                  \
        const std::string_view text(digest.data(), digest.size());           \
        EXPECT_EQ(text, hex);                                                \
        EXPECT_EQ(fnv1_64(text), fnv1);                                      \
        EXPECT_EQ(crc32_ieee(text), crc_of_hex);                             \
        EXPECT_EQ(crc32_ieee(label), crc_of_label);                          \
        ++nodes;                                                             \
    }
#include "vectors/ring_vectors.inc"
    EXPECT_EQ(nodes, 9);
}

// From the authors of FNV: http://www.isthe.com/chongo/src/fnv/test_fnv.c
TEST(hashes, fnv_1a_matches_its_published_vectors) {
    EXPECT_EQ(fnv1a_64(""), 0xcbf29ce484222325U);
    EXPECT_EQ(fnv1a_64("a"), 0xaf63dc4c8601ec8cU);
    EXPECT_EQ(fnv1a_64("foobar"), 0x85944171f73967e8U);
}

// RFC 1321, A.5
TEST(hashes, md5_matches_its_published_vectors) {
    const auto hex = [](std::string_view text) {
        const auto digest = md5_hex(text);
        return std::string(digest.data(), digest.size());
    };
    EXPECT_EQ(hex(""), "d41d8cd98f00b204e9800998ecf8427e");
    EXPECT_EQ(hex("abc"), "900150983cd24fb0d6963f7d28e17f72");
    EXPECT_EQ(
        hex("12345678901234567890123456789012345678901234567890123456789012345678901234567890"),
        "57edf4a22be3c955ac49da2e2107b67a");
}

}  // namespace
}  // namespace coord::ring
