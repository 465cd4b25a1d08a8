// Many threads at one small store: values fit their keys, and the accounts are exact once all are
// done.
#include <atomic>
#include <gtest/gtest.h>
#include <string>
#include <thread>
#include <vector>

#include "base/random.hpp"
#include "cache/cache.hpp"
#include "cache/store_fixture.hpp"

namespace coord::cache {
namespace {

class hammering : public testing::TestWithParam<order> {};

void hammer(store& all, std::uint64_t seed, std::atomic<int>& wrong) {
    random chance(seed);
    std::vector<bytes_ref> held(8);
    for (int step = 0; step < 20'000; ++step) {
        const auto key = numbered("key", chance.below(500));
        const auto what = chance.below(100);
        if (what < 60) {
            auto found = get(all, key);
            if (found && found->value().substr(0, key.size()) != key) ++wrong;
            held[chance.below(held.size())] = std::move(found);
        } else if (what < 90) {
            const auto where = what < 80 ? section::main : section::hot;
            const std::int64_t expire = chance.below(3) == 0 ? 1 + std::int64_t{1} : 0;
            put(all, key, key + std::string(chance.below(200), 'x'), where, expire);
        } else if (what < 97) {
            erase(all, key);
        } else if (what < 99) {
            all.evict_one();
        } else if (chance.below(50) == 0) {
            all.clear();
        } else {
            all.read(section::main);
        }
    }
}

TEST_P(hammering, leaves_a_store_whose_accounts_are_exact) {
    options wanted;
    wanted.max_bytes = 40'000;
    wanted.policy = GetParam();
    wanted.shards = 4;
    std::atomic<std::uint64_t> left{0};
    wanted.on_leave = [&](const bytes&, leaving) { ++left; };
    std::atomic<int> wrong{0};
    store all(wanted, machine_clock());
    std::vector<std::thread> threads;
    for (std::uint64_t i = 0; i < 4; ++i)
        threads.emplace_back([&, i] { hammer(all, i + 1, wrong); });
    for (auto& each : threads) each.join();

    EXPECT_EQ(wrong, 0);
    EXPECT_LE(memory_of(all), wanted.max_bytes);
    const auto main = all.read(section::main);
    const auto hot = all.read(section::hot);
    EXPECT_EQ(main.evictions + hot.evictions, left);
    EXPECT_EQ(main.detached_bytes + hot.detached_bytes, 0U) << "every handle is released";
    all.clear();
    EXPECT_EQ(memory_of(all), 0U);
    EXPECT_EQ(left, all.read(section::main).evictions + all.read(section::hot).evictions);
}

INSTANTIATE_TEST_SUITE_P(all, hammering, testing::Values(order::s3fifo, order::lru));

}  // namespace
}  // namespace coord::cache
