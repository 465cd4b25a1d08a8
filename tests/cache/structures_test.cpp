// The parts of a shard by themselves: table, ring and ghosts, each against a simple model.
#include <algorithm>
#include <deque>
#include <gtest/gtest.h>
#include <map>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "base/striped_counters.hpp"
#include "cache/ghost.hpp"
#include "cache/order_ring.hpp"
#include "cache/store_fixture.hpp"
#include "cache/table.hpp"

namespace coord::cache {
namespace {

TEST(table, finds_exactly_what_was_added_and_not_removed) {
    table slots;
    std::map<std::string, bytes_ref> model;
    random chance(1);
    for (int step = 0; step < 100'000; ++step) {
        // Fills up, empties, fills up again: growth and shrinking both happen.
        const bool filling = (step / 20'000) % 2 == 0;
        const auto key = std::to_string(chance.below(20'000));
        const auto at = model.find(key);
        auto entry = make_entry(key, "");
        const auto hash = slots.hash_of(*entry);
        ASSERT_EQ(slots.find(hash, key), at == model.end() ? nullptr : at->second.get());
        if (filling && at == model.end()) {
            ASSERT_TRUE(slots.reserve());
            slots.add(hash, entry.get());
            model[key] = entry;
        } else if (filling) {
            slots.replace(hash, at->second.get(), entry.get());
            at->second = entry;
        } else if (at != model.end()) {
            slots.remove(hash, at->second.get());
            slots.shrink();
            model.erase(at);
        }
        ASSERT_EQ(slots.size(), model.size());
    }
    std::size_t visited = 0;
    slots.for_each(
        [&](bytes* entry) { visited += model[std::string(entry->key())].get() == entry ? 1 : 0; });
    EXPECT_EQ(visited, model.size());
}

TEST(table, lives_with_keys_that_all_collide) {
    table slots;
    std::vector<bytes_ref> entries;
    for (int i = 0; i < 50; ++i) entries.push_back(make_entry(std::to_string(i), ""));
    // All at one home, with one tag. They stay few enough for 64 slots: growing would ask for the
    // true hashes.
    constexpr std::uint64_t same = 0x1234'0000'0000'0003ULL;
    for (int i = 0; i < 4; ++i) {
        ASSERT_TRUE(slots.reserve());
        slots.add(same, entries[static_cast<std::size_t>(i)].get());
    }
    slots.remove(same, entries[1].get());
    EXPECT_EQ(slots.find(same, "1"), nullptr);
    EXPECT_EQ(slots.find(same, "3"), entries[3].get());
    slots.remove(same, entries[0].get());
    EXPECT_EQ(slots.find(same, "2"), entries[2].get());
}

TEST(table, is_empty_of_memory_when_it_is_empty) {
    table slots;
    EXPECT_EQ(slots.memory_bytes(), 0U);
    const auto entry = make_entry("k", "");
    const auto hash = slots.hash_of(*entry);
    ASSERT_TRUE(slots.reserve());
    EXPECT_EQ(slots.memory_bytes(), 64U);
    slots.add(hash, entry.get());
    slots.remove(hash, entry.get());
    slots.shrink();
    EXPECT_EQ(slots.memory_bytes(), 0U);
    EXPECT_EQ(slots.find(hash, "k"), nullptr);
}

class ring_of : public testing::TestWithParam<order_ring::room> {};

TEST_P(ring_of, keeps_order_whoever_leaves) {
    order_ring ring(GetParam());
    std::deque<bytes_ref> model;
    random chance(2);
    for (int step = 0; step < 20'000; ++step) {
        const auto at = static_cast<std::ptrdiff_t>(chance.below(model.size()));
        const auto what = chance.below((step / 4'000) % 2 == 0 ? 4 : 10);
        if (model.empty() || what < 2) {
            auto entry = make_entry(std::to_string(step), "");
            ASSERT_TRUE(ring.reserve());
            ring.push(entry.get());
            model.push_back(entry);
        } else if (what == 2 && GetParam() == order_ring::room::roomy) {
            const auto moved = model[static_cast<std::size_t>(at)];
            ring.move_to_back(moved.get());
            model.erase(model.begin() + at);
            model.push_back(moved);
        } else if (what == 3) {
            auto entry = make_entry(std::to_string(step), "new");
            ring.replace(model[static_cast<std::size_t>(at)].get(), entry.get());
            model[static_cast<std::size_t>(at)] = entry;
        } else if (what > 6) {
            ring.remove(model[static_cast<std::size_t>(at)].get());
            model.erase(model.begin() + at);
            ring.shrink();
        }
        ASSERT_EQ(ring.size(), model.size());
        ASSERT_EQ(ring.front(), model.empty() ? nullptr : model.front().get()) << step;
    }
    for (; !model.empty(); model.pop_front()) {
        ASSERT_EQ(ring.front(), model.front().get());
        ring.remove(model.front().get());
    }
    ring.shrink();
    EXPECT_EQ(ring.memory_bytes(), 0U);
}

INSTANTIATE_TEST_SUITE_P(any,
                         ring_of,
                         testing::Values(order_ring::room::tight, order_ring::room::roomy));

TEST(order_ring, gaps_do_not_make_it_grow_without_bound) {
    order_ring ring(order_ring::room::tight);
    const auto first = make_entry("stays", "");
    ASSERT_TRUE(ring.reserve());
    ring.push(first.get());
    // The oldest stays, so nothing but compaction gets rid of the gaps.
    for (int i = 0; i < 10'000; ++i) {
        const auto one = make_entry("a", "");
        const auto two = make_entry("b", "");
        ASSERT_TRUE(ring.reserve());
        ring.push(one.get());
        ASSERT_TRUE(ring.reserve());
        ring.push(two.get());
        ring.remove(one.get());
        ring.remove(two.get());
    }
    EXPECT_LE(ring.memory_bytes(), 16 * sizeof(bytes*));
}

TEST(ghosts, remember_about_as_many_as_asked_for_and_forget_the_oldest) {
    ghost_list ghosts;
    random chance(3);
    std::vector<std::uint64_t> hashes(20'000);
    for (auto& hash : hashes) {
        hash = chance.next();
        ghosts.remember(hash, 1'000);
    }
    const auto known = std::count_if(
        hashes.begin(), hashes.end(), [&](std::uint64_t hash) { return ghosts.has(hash); });
    EXPECT_GE(known, 950);
    EXPECT_LE(known, 1'010);
    EXPECT_LE(ghosts.memory_bytes(), 4'100U);
    const auto recent = std::count_if(
        hashes.end() - 500, hashes.end(), [&](std::uint64_t hash) { return ghosts.has(hash); });
    EXPECT_GE(recent, 480) << "of the youngest 500 nearly all";
    ghosts.forget(hashes.back());
    EXPECT_FALSE(ghosts.has(hashes.back()));
}

TEST(ghosts, survive_a_change_of_size) {
    ghost_list ghosts;
    random chance(4);
    std::vector<std::uint64_t> hashes(100);
    for (auto& hash : hashes) ghosts.remember(hash = chance.next(), 2'000);
    ghosts.remember(chance.next(), 20'000);
    for (const auto hash : hashes) EXPECT_TRUE(ghosts.has(hash));
    ghosts.shrink(0);
    EXPECT_EQ(ghosts.memory_bytes(), 0U);
    EXPECT_FALSE(ghosts.has(hashes[0]));
}

TEST(striped_counters, sum_what_was_added) {
    striped_counters<2> counts;
    counts.add(0);
    counts.add(1, 5);
    counts.add(0);
    EXPECT_EQ(counts.sum(0), 2U);
    EXPECT_EQ(counts.sum(1), 5U);
}

}  // namespace
}  // namespace coord::cache
