// Entries whose value is somebody else's memory: counted like others, and let go once.
#include <gtest/gtest.h>
#include <string>

#include "cache/store_fixture.hpp"

namespace coord::cache {
namespace {

struct lender {
    std::string memory = std::string(10'000, 'm');
    int released = 0;

    bytes_ref lend() {
        return {bytes::make_external(
                    memory, this, [](void* user) { ++static_cast<lender*>(user)->released; }),
                false};
    }
};

bytes_ref held(std::string_view key, const bytes_ref& value, std::int64_t expire = 0) {
    return {bytes::make_held(key, value, expire, 0), false};
}

bool put_held(store& to, std::string_view key, const bytes_ref& value) {
    return to.insert(to.hash(key), held(key, value), section::main);
}

TEST(held_entry, is_found_by_its_key_and_counts_in_full) {
    still_clock time;
    lender from;
    store all(one_shard(1 << 20), time);
    ASSERT_TRUE(put_held(all, "k", from.lend()));
    ASSERT_TRUE(put(all, "in line", "v"));
    const auto found = get(all, "k");
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->value().data(), from.memory.data());
    const auto now = all.read(section::main);
    EXPECT_EQ(now.bytes, from.memory.size() + 1 + 8);
    EXPECT_GT(now.memory_bytes, from.memory.size());
    EXPECT_EQ(now.items, 2U);
}

TEST(held_entry, makes_room_for_others_like_any) {
    for (const auto policy : {order::lru, order::s3fifo}) {
        still_clock time;
        lender from;
        store all(one_shard(25'000, policy), time);
        for (int i = 0; i < 10; ++i) ASSERT_TRUE(put_held(all, numbered("k", i), from.lend()));
        EXPECT_LE(memory_of(all), 25'000U);
        EXPECT_EQ(all.read(section::main).items, 2U);
        EXPECT_EQ(from.released, 8);
        all.clear();
        EXPECT_EQ(from.released, 10);
        EXPECT_EQ(memory_of(all), 0U);
    }
}

TEST(held_entry, that_is_larger_than_the_limit_is_refused_and_let_go) {
    still_clock time;
    lender from;
    store all(one_shard(5'000), time);
    const auto entry = held("k", from.lend());
    EXPECT_FALSE(all.fits(*entry));
    EXPECT_FALSE(all.insert(all.hash("k"), entry, section::main));
    EXPECT_FALSE(put_held(all, "k", from.lend()));
    EXPECT_EQ(from.released, 1);
    EXPECT_EQ(all.read(section::main).refused, 2U);
}

TEST(held_entry, replaces_and_is_replaced_by_others) {
    still_clock time;
    lender from;
    store all(one_shard(1 << 20, order::lru), time);
    put(all, "k", "in line");
    ASSERT_TRUE(put_held(all, "k", from.lend()));
    EXPECT_EQ(text(all, "k"), from.memory);
    ASSERT_TRUE(put_held(all, "k", from.lend()));
    EXPECT_EQ(from.released, 1);
    put(all, "k", "again");
    EXPECT_EQ(from.released, 2);
    EXPECT_EQ(all.read(section::main).bytes, 6U);
}

TEST(held_entry, is_detached_until_its_last_reader_lets_go) {
    still_clock time;
    lender from;
    store all(one_shard(1 << 20), time);
    put_held(all, "k", from.lend());
    auto reader = get(all, "k");
    const auto memory = reader->memory_bytes();
    ASSERT_TRUE(erase(all, "k"));
    EXPECT_EQ(all.read(section::main).detached_bytes, memory);
    EXPECT_EQ(from.released, 0);
    bytes_ref part(bytes::make_slice(reader.get(), 1, 2), false);
    reader.reset();
    EXPECT_EQ(all.read(section::main).detached_bytes, memory);
    part.reset();
    EXPECT_EQ(all.read(section::main).detached_bytes, 0U);
    EXPECT_EQ(from.released, 1);
}

TEST(held_entry, of_an_entry_elsewhere_keeps_that_one) {
    still_clock time;
    store one(one_shard(1 << 20), time);
    store other(one_shard(1 << 20), time);
    put(one, "k", "value");
    ASSERT_TRUE(put_held(other, "copy", get(one, "k")));
    one.clear();
    EXPECT_GT(one.read(section::main).detached_bytes, 0U);
    EXPECT_EQ(text(other, "copy"), "value");
    other.clear();
    EXPECT_EQ(one.read(section::main).detached_bytes, 0U);
}

}  // namespace
}  // namespace coord::cache
