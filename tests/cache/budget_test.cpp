// The one budget: what fits, what leaves for it, what is refused, and who still holds what left.
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "cache/cache.hpp"
#include "cache/store_fixture.hpp"

namespace coord::cache {
namespace {

TEST(budget, a_kilobyte_holds_some_small_entries) {
    for (const auto policy : {order::s3fifo, order::lru}) {
        still_clock time;
        store all(one_shard(1024, policy), time);
        for (int i = 0; i < 100; ++i) {
            put(all, numbered("key", i), "value");
            ASSERT_LE(memory_of(all), 1024U);
            ASSERT_TRUE(has(all, numbered("key", i)));
        }
        EXPECT_GE(all.read(section::main).items, 6U);
    }
}

TEST(budget, what_is_larger_than_the_whole_limit_is_refused_and_nobody_leaves_for_it) {
    still_clock time;
    store all(one_shard(10'000), time);
    for (int i = 0; i < 10; ++i) put(all, std::to_string(i), "value");
    EXPECT_FALSE(put(all, "large", std::string(10'000, 'x')));
    EXPECT_EQ(all.read(section::main).items, 10U);
    EXPECT_EQ(all.read(section::main).evictions, 0U);
    EXPECT_EQ(all.read(section::main).refused, 1U);
    EXPECT_TRUE(put(all, "nearly", std::string(9'000, 'x'))) << "it evicts, but it fits";
    EXPECT_EQ(text(all, "nearly").size(), 9'000U);
    EXPECT_EQ(all.read(section::main).refused, 1U);
}

TEST(budget, a_refused_value_leaves_no_older_one_behind) {
    still_clock time;
    store all(one_shard(10'000), time);
    put(all, "key", "old");
    EXPECT_FALSE(put(all, "key", std::string(10'000, 'x')));
    EXPECT_EQ(text(all, "key"), "(none)");
    EXPECT_EQ(all.read(section::main).evictions, 1U);
}

TEST(budget, a_budget_of_nothing_keeps_nothing) {
    still_clock time;
    store all(one_shard(0), time);
    EXPECT_FALSE(put(all, "", ""));
    EXPECT_EQ(text(all, ""), "(none)");
}

TEST(budget, one_large_value_gets_its_room_from_all_shards) {
    still_clock time;
    options wanted;
    wanted.max_bytes = 1 << 20;
    store all(wanted, time);
    ASSERT_EQ(all.shards(), 8U);
    for (int i = 0; i < 20'000; ++i) put(all, std::to_string(i), std::string(20, 'x'));
    const auto before = all.read(section::main).items;
    ASSERT_TRUE(put(all, "large", std::string(600'000, 'x')));
    EXPECT_TRUE(has(all, "large"));
    EXPECT_LE(memory_of(all), wanted.max_bytes);
    EXPECT_GT(all.read(section::main).items, before / 5);
    // The largest that is not refused needs all there is.
    const std::string most((1 << 20) - 160 - 64, 'x');
    ASSERT_TRUE(put(all, "all", most));
    EXPECT_TRUE(has(all, "all"));
    EXPECT_EQ(all.read(section::main).items, 1U);
    EXPECT_LE(memory_of(all), wanted.max_bytes);
}

TEST(budget, tables_of_many_small_entries_give_way_to_large_ones) {
    still_clock time;
    store all(one_shard(100'000), time);
    for (int i = 0; i < 5'000; ++i) put(all, std::to_string(i), "");
    for (int i = 0; i < 20; ++i) {
        ASSERT_TRUE(put(all, numbered("large", i), std::string(45'000, 'x')));
        ASSERT_TRUE(has(all, numbered("large", i)));
        ASSERT_LE(memory_of(all), 100'000U);
    }
    EXPECT_EQ(all.read(section::main).items, 2U);
}

TEST(budget, replacing_by_a_longer_value_makes_room_too) {
    still_clock time;
    store all(one_shard(4'096, order::lru), time);
    for (int i = 0; i < 20; ++i) put(all, std::to_string(i), "small");
    put(all, "19", std::string(3'000, 'x'));
    EXPECT_LE(memory_of(all), 4'096U);
    EXPECT_EQ(text(all, "19").size(), 3'000U);
    EXPECT_FALSE(has(all, "0"));
}

TEST(budget, replacing_by_a_value_of_the_same_size_makes_nobody_leave) {
    still_clock time;
    store all(one_shard(4'096), time);
    for (int i = 0; i < 200; ++i) put(all, std::to_string(i % 100), "small");
    const auto before = all.read(section::main);
    ASSERT_GT(before.evicted_full, 0U);
    int replaced = 0;
    for (int i = 0; i < 100; ++i)
        if (has(all, std::to_string(i))) {
            put(all, std::to_string(i), "other");
            ++replaced;
        }
    const auto after = all.read(section::main);
    EXPECT_EQ(after.evicted_full, before.evicted_full);
    EXPECT_EQ(after.evictions - before.evictions, static_cast<std::uint64_t>(replaced));
}

TEST(budget, an_entry_costs_less_than_160_bytes_with_80_of_payload) {
    still_clock time;
    options wanted;
    wanted.max_bytes = 1 << 30;
    store all(wanted, time);
    for (int i = 0; i < 200'000; ++i)
        put(all, numbered("key-", 100'000'000'000 + i), std::string(64, 'v'));
    const auto counts = all.read(section::main);
    ASSERT_EQ(counts.items, 200'000U);
    ASSERT_EQ(counts.bytes, 80U * 200'000U);
    EXPECT_LE(counts.memory_bytes / counts.items, 160U);
}

TEST(detached, what_left_while_held_is_counted_until_it_is_released) {
    still_clock time;
    store all(one_shard(1 << 20), time);
    put(all, "held", "value");
    put(all, "free", "value");
    put(all, "copy", "value", section::hot);
    auto held = get(all, "held");
    auto copy = get(all, "copy");
    const auto size = held->memory_bytes();
    erase(all, "held");
    erase(all, "free");
    all.clear();
    EXPECT_EQ(all.read(section::main).detached_bytes, size);
    EXPECT_EQ(all.read(section::hot).detached_bytes, size);
    EXPECT_EQ(held->value(), "value");
    held.reset();
    copy.reset();
    EXPECT_EQ(all.read(section::main).detached_bytes, 0U);
    EXPECT_EQ(all.read(section::hot).detached_bytes, 0U);
}

TEST(detached, what_is_held_outlives_its_store) {
    still_clock time;
    bytes_ref held;
    {
        store all(one_shard(1 << 20), time);
        put(all, "key", "value");
        held = get(all, "key");
    }
    EXPECT_EQ(held->value(), "value");
    EXPECT_EQ(held->key(), "key");
    held.reset();
    store next(one_shard(1 << 20), time);
    EXPECT_EQ(next.read(section::main).detached_bytes, 0U);
}

TEST(detached, an_entry_that_left_does_not_come_back) {
    still_clock time;
    store all(one_shard(1 << 20), time);
    put(all, "key", "value");
    const auto held = get(all, "key");
    erase(all, "key");
    EXPECT_FALSE(all.insert(all.hash("key"), held, section::main));
    EXPECT_FALSE(has(all, "key"));
}

}  // namespace
}  // namespace coord::cache
