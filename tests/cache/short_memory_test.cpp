// When memory is short: inserts are refused, nothing is lost or miscounted, and the store goes on.
#include <cstdlib>
#include <gtest/gtest.h>
#include <new>
#include <string>

#include "base/random.hpp"
#include "cache/cache.hpp"
#include "cache/store_fixture.hpp"

// The thread sanitizer defines these operators itself; this one-threaded test has nothing to show
// it.
#if defined(__SANITIZE_THREAD__)
#define COORD_TEST_OWN_NEW 0
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define COORD_TEST_OWN_NEW 0
#endif
#endif
#ifndef COORD_TEST_OWN_NEW
#define COORD_TEST_OWN_NEW 1
#endif

namespace {
thread_local int allocations_left = -1;  // -1: as many as wanted
thread_local long allocations = 0;

#if COORD_TEST_OWN_NEW
bool may_allocate() noexcept {
    ++allocations;
    if (allocations_left < 0) return true;
    if (allocations_left == 0) return false;
    --allocations_left;
    return true;
}
#endif
}  // namespace

#if COORD_TEST_OWN_NEW
// Tables, rings and ghosts use these and no others.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return may_allocate() ? ::operator new(size) : nullptr;
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return may_allocate() ? ::operator new[](size) : nullptr;
}
#endif

namespace coord::cache {
namespace {

class short_memory : public testing::TestWithParam<order> {
  protected:
    void SetUp() override {
        if (COORD_TEST_OWN_NEW == 0) GTEST_SKIP() << "needs operators of its own";
    }
};

TEST_P(short_memory, an_insert_that_needs_memory_is_refused_and_changes_nothing) {
    still_clock time;
    store all(one_shard(1 << 20, GetParam()), time);
    int refused = 0;
    allocations_left = 0;
    for (int i = 0; i < 1'000; ++i) {
        const auto before = all.read(section::main);
        if (put(all, std::to_string(i), "v")) continue;
        ++refused;
        EXPECT_EQ(all.read(section::main).items, before.items);
        EXPECT_EQ(all.read(section::main).bytes, before.bytes);
        allocations_left = 2;
        ASSERT_TRUE(put(all, std::to_string(i), "v"));
        allocations_left = 0;
    }
    allocations_left = -1;
    EXPECT_GT(refused, 5);
    EXPECT_EQ(all.read(section::main).items, 1'000U);
    for (int i = 0; i < 1'000; ++i) ASSERT_TRUE(has(all, std::to_string(i)));
}

TEST_P(short_memory, a_full_store_goes_on_with_what_it_has) {
    still_clock time;
    store all(one_shard(50'000, GetParam()), time);
    for (int i = 0; i < 2'000; ++i) put(all, std::to_string(i), "v");
    allocations_left = 0;
    random chance(9);
    int kept = 0;
    for (int i = 0; i < 20'000; ++i) {
        const auto key = std::to_string(chance.below(4'000));
        const bool there = get(all, key) != nullptr;
        if (!there && put(all, key, "v")) {
            ++kept;
            ASSERT_TRUE(has(all, key));
        }
        ASSERT_LE(memory_of(all), 50'000U);
    }
    allocations_left = -1;
    EXPECT_GT(kept, 1'000);
    all.clear();
    EXPECT_EQ(memory_of(all), 0U);
}

TEST_P(short_memory, a_lookup_allocates_nothing) {
    still_clock time;
    store all(one_shard(1 << 20, GetParam()), time);
    for (int i = 0; i < 500; ++i) put(all, std::to_string(i), "v", section::main, time.unix + i);
    const auto before = allocations;
    random chance(9);
    for (int i = 0; i < 20'000; ++i) {
        get(all, std::to_string(chance.below(600)));
        if (i % 50 == 0) ++time.unix;
    }
    EXPECT_EQ(allocations, before);
    EXPECT_GT(all.read(section::main).evicted_expired, 100U);
}

INSTANTIATE_TEST_SUITE_P(all, short_memory, testing::Values(order::s3fifo, order::lru));

}  // namespace
}  // namespace coord::cache
