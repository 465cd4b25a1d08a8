// What a store promises to whoever puts entries in and looks them up.
#include "cache/cache.hpp"

#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

#include "cache/store_fixture.hpp"

namespace coord::cache {
namespace {

constexpr std::uint64_t plenty = 1 << 20;

TEST(cache, hits_what_is_there_and_misses_what_is_not) {
    still_clock time;
    store all(one_shard(plenty), time);
    put(all, "my-key", "1234");
    EXPECT_EQ(text(all, "my-key"), "1234");
    EXPECT_EQ(text(all, "nonsense"), "(none)");
    EXPECT_EQ(text(all, ""), "(none)");
    put(all, "", "of the empty key");
    EXPECT_EQ(text(all, ""), "of the empty key");
}

TEST(cache, a_hit_is_the_entry_itself) {
    still_clock time;
    store all(one_shard(plenty), time);
    const auto entry = make_entry("k", "v");
    ASSERT_TRUE(all.insert(all.hash("k"), entry, section::main));
    EXPECT_EQ(get(all, "k"), entry);
    EXPECT_EQ(entry->references(), 2U);
}

TEST(cache, the_same_entry_put_twice_is_there_once) {
    still_clock time;
    store all(one_shard(plenty), time);
    const auto entry = make_entry("k", "v");
    EXPECT_TRUE(all.insert(all.hash("k"), entry, section::main));
    EXPECT_TRUE(all.insert(all.hash("k"), entry, section::main));
    EXPECT_EQ(entry->references(), 2U);
    EXPECT_EQ(all.read(section::main).evictions, 0U);
}

TEST(cache, a_removed_key_is_gone) {
    still_clock time;
    store all(one_shard(plenty), time);
    put(all, "my-key", "1234");
    EXPECT_TRUE(erase(all, "my-key"));
    EXPECT_EQ(text(all, "my-key"), "(none)");
    EXPECT_FALSE(erase(all, "my-key"));
}

TEST(cache, counts_one_entry_once_as_key_plus_value) {
    still_clock time;
    store all(one_shard(plenty), time);
    put(all, "key", "value");
    put(all, "key", "value");
    EXPECT_EQ(all.read(section::main).items, 1U);
    EXPECT_EQ(all.read(section::main).bytes, 8U);
}

TEST(cache, keeps_count_of_bytes_through_add_and_replace) {
    still_clock time;
    store all(one_shard(plenty), time);
    const auto bytes_after = [&](const char* key, const char* value) {
        put(all, key, value);
        return all.read(section::main).bytes;
    };
    EXPECT_EQ(bytes_after("key1", "value"), 9U);
    EXPECT_EQ(bytes_after("key2", "value2"), 19U);
    EXPECT_EQ(bytes_after("key2", "v2"), 15U);
    EXPECT_EQ(bytes_after("key2", "this is a longer value 2"), 37U);
}

TEST(cache, replacing_hands_out_the_old_value_and_finds_the_new_one) {
    still_clock time;
    std::vector<std::pair<std::string, leaving>> left;
    auto wanted = one_shard(plenty);
    wanted.on_leave = [&](const bytes& entry, leaving why) {
        left.emplace_back(entry.value(), why);
    };
    store all(wanted, time);
    put(all, "key", "old");
    put(all, "key", "new");
    ASSERT_EQ(left.size(), 1U);
    EXPECT_EQ(left[0], std::make_pair(std::string("old"), leaving::replaced));
    EXPECT_EQ(text(all, "key"), "new");
}

TEST(cache, an_entry_hits_up_to_its_expiry_and_misses_after_it) {
    still_clock time;
    store all(one_shard(plenty), time);
    put(all, "key", "value", section::main, time.unix + 10);
    time.unix += 10;
    EXPECT_EQ(text(all, "key"), "value");
    time.unix += 1;
    EXPECT_FALSE(has(all, "key"));
    EXPECT_EQ(all.read(section::main).items, 1U) << "a peek changes nothing";
    EXPECT_EQ(text(all, "key"), "(none)");
    EXPECT_EQ(all.read(section::main).items, 0U);
    EXPECT_EQ(all.read(section::main).evicted_expired, 1U);
}

TEST(cache, replacing_renews_the_expiry) {
    still_clock time;
    store all(one_shard(plenty), time);
    put(all, "key", "value", section::main, time.unix + 10);
    put(all, "key", "value", section::main, time.unix + 100);
    time.unix += 50;
    EXPECT_EQ(text(all, "key"), "value");
    time.unix += 51;
    EXPECT_EQ(text(all, "key"), "(none)");
}

TEST(cache, reads_the_clock_only_for_an_entry_that_can_expire) {
    still_clock time;
    store all(one_shard(plenty), time);
    put(all, "lasts", "1");
    put(all, "expires", "2", section::main, time.unix + 1);
    get(all, "lasts");
    get(all, "missing");
    EXPECT_EQ(time.reads, 0);
    get(all, "expires");
    EXPECT_EQ(time.reads, 1);
}

TEST(cache, a_full_store_takes_the_expired_for_expired) {
    still_clock time;
    auto wanted = one_shard(plenty);
    wanted.max_items = 2;
    store all(wanted, time);
    put(all, "a", "1", section::main, time.unix + 1);
    put(all, "b", "2");
    get(all, "a");
    time.unix += 2;
    put(all, "c", "3");
    EXPECT_EQ(all.read(section::main).evicted_expired, 1U);
    EXPECT_EQ(all.read(section::main).evicted_full, 0U);
    EXPECT_TRUE(has(all, "b"));
}

TEST(cache, evictions_are_the_sum_of_all_ways_to_leave) {
    still_clock time;
    auto wanted = one_shard(plenty);
    wanted.max_items = 3;
    store all(wanted, time);
    put(all, "a", "1");
    put(all, "a", "2");
    put(all, "b", "1", section::main, time.unix + 1);
    put(all, "c", "1");
    erase(all, "a");
    time.unix += 2;
    get(all, "b");
    for (const char* key : {"d", "e", "f"}) put(all, key, "1");
    const auto counts = all.read(section::main);
    EXPECT_EQ(counts.removed, 1U);
    EXPECT_EQ(counts.evicted_expired, 1U);
    EXPECT_EQ(counts.evicted_full, 1U);
    EXPECT_EQ(counts.evictions, 4U) << "and one replaced";
    EXPECT_EQ(counts.items, 3U);
}

TEST(cache, hot_counts_only_lookups_that_missed_main) {
    still_clock time;
    store all(one_shard(plenty), time);
    put(all, "mine", "1");
    put(all, "copy", "2", section::hot);
    get(all, "mine");
    get(all, "copy");
    get(all, "none");
    all.peek(all.hash("mine"), "mine");
    EXPECT_EQ(all.read(section::main).gets, 3U);
    EXPECT_EQ(all.read(section::main).hits, 1U);
    EXPECT_EQ(all.read(section::hot).gets, 2U);
    EXPECT_EQ(all.read(section::hot).hits, 1U);
}

TEST(cache, putting_a_copy_as_an_own_value_moves_it) {
    still_clock time;
    store all(one_shard(plenty), time);
    put(all, "key", "copy", section::hot);
    put(all, "key", "own", section::main);
    EXPECT_EQ(all.read(section::hot).items, 0U);
    EXPECT_EQ(all.read(section::hot).bytes, 0U);
    EXPECT_EQ(all.read(section::main).items, 1U);
    EXPECT_EQ(text(all, "key"), "own");
}

TEST(cache, copies_leave_first_when_they_hold_more_than_an_eighth) {
    still_clock time;
    auto wanted = one_shard(plenty, order::lru);
    wanted.max_items = 20;
    store all(wanted, time);
    for (int i = 0; i < 16; ++i) put(all, numbered("main", i), "v");
    for (int i = 0; i < 4; ++i) put(all, numbered("copy", i), "v", section::hot);
    put(all, "one", "v");  // 4 of 16: copies leave
    put(all, "two", "v");  // 3 of 17: likewise
    EXPECT_FALSE(has(all, "copy0"));
    EXPECT_FALSE(has(all, "copy1"));
    put(all, "six", "v");  // 2 of 18: now main pays
    EXPECT_FALSE(has(all, "main0"));
    EXPECT_TRUE(has(all, "copy2"));
    EXPECT_EQ(all.read(section::hot).items, 2U);
    EXPECT_EQ(all.read(section::main).items, 18U);
}

TEST(cache, evict_one_drops_the_next_of_main) {
    still_clock time;
    store all(one_shard(plenty, order::lru), time);
    put(all, "a", "1");
    put(all, "b", "2");
    put(all, "copy", "3", section::hot);
    get(all, "a");
    EXPECT_TRUE(all.evict_one());
    EXPECT_FALSE(has(all, "b"));
    EXPECT_TRUE(all.evict_one());
    EXPECT_FALSE(all.evict_one());
    EXPECT_TRUE(has(all, "copy"));
    EXPECT_EQ(all.read(section::main).evicted_full, 2U);
}

TEST(cache, the_next_victim_can_be_removed_instead) {
    for (const auto policy : {order::lru, order::s3fifo}) {
        still_clock time;
        auto wanted = one_shard(plenty, policy);
        int removed = 0;
        wanted.on_leave = [&](const bytes&, leaving why) {
            removed += why == leaving::removed ? 1 : 0;
        };
        store all(wanted, time);
        put(all, "past", "1", section::main, time.unix - 1);
        put(all, "ever", "2");
        EXPECT_TRUE(all.evict_one(leaving::removed));
        EXPECT_TRUE(all.evict_one(leaving::removed));
        EXPECT_FALSE(all.evict_one(leaving::removed));
        EXPECT_EQ(removed, 2);
        EXPECT_EQ(all.read(section::main).removed, 2U);
        EXPECT_EQ(all.read(section::main).evicted_expired, 0U);
    }
}

TEST(cache, clear_leaves_nothing_and_the_store_goes_on) {
    still_clock time;
    options wanted;
    wanted.max_bytes = 64 << 20;
    int left = 0;
    wanted.on_leave = [&](const bytes&, leaving why) { left += why == leaving::removed ? 1 : 0; };
    store all(wanted, time);
    ASSERT_GT(all.shards(), 1U);
    for (int i = 0; i < 1000; ++i) put(all, std::to_string(i), "value");
    all.clear();
    EXPECT_EQ(left, 1000);
    EXPECT_EQ(all.read(section::main).items, 0U);
    EXPECT_EQ(all.read(section::main).bytes, 0U);
    EXPECT_EQ(memory_of(all), 0U);
    put(all, "again", "v");
    EXPECT_EQ(text(all, "again"), "v");
}

TEST(cache, shards_shrink_with_the_budget) {
    still_clock time;
    const auto shards_at = [&](std::uint64_t max_bytes, std::uint64_t max_items) {
        options wanted;
        wanted.max_bytes = max_bytes;
        wanted.max_items = max_items;
        return store(wanted, time).shards();
    };
    EXPECT_EQ(shards_at(0, 0), 1U);
    EXPECT_EQ(shards_at(64 << 10, 0), 1U);
    EXPECT_EQ(shards_at(1 << 20, 0), 8U);
    EXPECT_EQ(shards_at(64 << 20, 0), 64U);
    EXPECT_EQ(shards_at(64 << 20, 20), 1U);
}

}  // namespace
}  // namespace coord::cache
