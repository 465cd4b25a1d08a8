// Who leaves first, by policy, seen through a store of one shard.
#include <algorithm>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "cache/cache.hpp"
#include "cache/store_fixture.hpp"

namespace coord::cache {
namespace {

options of_items(std::uint64_t items, order policy) {
    auto wanted = one_shard(1 << 20, policy);
    wanted.max_items = items;
    return wanted;
}

std::string key_of(int number) {
    return numbered("key", number);
}

TEST(lru, of_22_added_to_room_for_20_the_first_two_leave_in_order) {
    still_clock time;
    std::vector<std::string> left;
    auto wanted = of_items(20, order::lru);
    wanted.on_leave = [&](const bytes& entry, leaving) { left.emplace_back(entry.key()); };
    store all(wanted, time);
    for (int i = 0; i < 22; ++i) put(all, key_of(i), "1234");
    EXPECT_EQ(left, (std::vector<std::string>{"key0", "key1"}));
}

TEST(lru, a_hit_and_a_replacement_are_uses) {
    still_clock time;
    store all(of_items(3, order::lru), time);
    for (const char* key : {"a", "b", "c"}) put(all, key, "1");
    get(all, "a");
    put(all, "b", "2");
    put(all, "d", "1");
    EXPECT_FALSE(has(all, "c"));
    put(all, "e", "1");
    EXPECT_FALSE(has(all, "a"));
    EXPECT_TRUE(has(all, "b"));
}

TEST(lru, keeps_exact_order_through_many_hits_and_removals) {
    still_clock time;
    std::vector<std::string> left;
    auto wanted = of_items(50, order::lru);
    wanted.on_leave = [&](const bytes& entry, leaving why) {
        if (why == leaving::full) left.emplace_back(entry.key());
    };
    store all(wanted, time);
    std::vector<std::string> model;  // oldest first
    std::vector<std::string> expected;
    random chance(11);
    for (int step = 0; step < 50'000; ++step) {
        const auto key = key_of(static_cast<int>(chance.below(100)));
        const auto at = std::find(model.begin(), model.end(), key);
        if (const bool there = at != model.end(); chance.below(10) == 0) {
            EXPECT_EQ(erase(all, key), there);
            if (there) model.erase(at);
            continue;
        } else {
            ASSERT_EQ(get(all, key) != nullptr, there) << step;
            if (there) model.erase(at);
            model.push_back(key);
            if (there) continue;
        }
        put(all, key, "v");
        if (model.size() > 50) {
            expected.push_back(model.front());
            model.erase(model.begin());
        }
    }
    EXPECT_GT(expected.size(), 1'000U);
    EXPECT_EQ(left, expected);
}

TEST(s3fifo, a_scan_does_not_flush_what_is_used) {
    still_clock time;
    store all(of_items(100, order::s3fifo), time);
    for (int i = 0; i < 50; ++i) put(all, key_of(i), "v");
    for (int i = 0; i < 50; ++i) get(all, key_of(i));
    for (int i = 1'000; i < 11'000; ++i) put(all, key_of(i), "v");
    int kept = 0;
    for (int i = 0; i < 50; ++i) kept += has(all, key_of(i)) ? 1 : 0;
    EXPECT_EQ(kept, 50);
}

TEST(lru, a_scan_flushes_everything) {
    still_clock time;
    store all(of_items(100, order::lru), time);
    for (int i = 0; i < 50; ++i) put(all, key_of(i), "v");
    for (int i = 0; i < 50; ++i) get(all, key_of(i));
    for (int i = 1'000; i < 11'000; ++i) put(all, key_of(i), "v");
    for (int i = 0; i < 50; ++i) EXPECT_FALSE(has(all, key_of(i)));
}

TEST(s3fifo, a_key_that_comes_back_soon_is_protected_at_once) {
    still_clock time;
    store all(of_items(100, order::s3fifo), time);
    for (int i = 0; i < 101; ++i) put(all, key_of(i), "v");
    ASSERT_FALSE(has(all, key_of(0))) << "it left without a hit, and is remembered";
    put(all, key_of(0), "v");
    for (int i = 1'000; i < 2'000; ++i) put(all, key_of(i), "v");
    EXPECT_TRUE(has(all, key_of(0)));
    EXPECT_FALSE(has(all, key_of(1))) << "it did not come back";
}

TEST(s3fifo, a_removed_key_is_not_remembered) {
    still_clock time;
    store all(of_items(100, order::s3fifo), time);
    for (int i = 0; i < 100; ++i) put(all, key_of(i), "v");
    erase(all, key_of(0));
    put(all, key_of(0), "v");
    for (int i = 1'000; i < 2'000; ++i) put(all, key_of(i), "v");
    EXPECT_FALSE(has(all, key_of(0)));
}

TEST(s3fifo, protected_entries_that_are_used_no_more_leave_in_the_end) {
    still_clock time;
    store all(of_items(100, order::s3fifo), time);
    for (int i = 0; i < 90; ++i) put(all, key_of(i), "v");
    for (int i = 0; i < 90; ++i) get(all, key_of(i));
    // Each comes twice, the second time with a hit: all of them deserve protection.
    for (int i = 1'000; i < 2'000; ++i) {
        put(all, key_of(i), "v");
        get(all, key_of(i));
    }
    for (int i = 0; i < 90; ++i) EXPECT_FALSE(has(all, key_of(i))) << i;
}

TEST(s3fifo, beats_lru_where_few_keys_are_popular) {
    still_clock time;
    const auto hits_of = [&](order policy) {
        store all(of_items(1'000, policy), time);
        random chance(5);
        int hits = 0;
        for (int i = 0; i < 200'000; ++i) {
            // A product of two uniform numbers: small ones are far more frequent.
            const auto key =
                key_of(static_cast<int>(chance.below(300) * chance.below(300)) % 60'000);
            if (get(all, key))
                ++hits;
            else
                put(all, key, "v");
        }
        return hits;
    };
    EXPECT_GT(hits_of(order::s3fifo), hits_of(order::lru) * 11 / 10);
}

}  // namespace
}  // namespace coord::cache
