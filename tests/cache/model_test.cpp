// Random calls against a plain map: what is found is what was put last, and the accounts are exact
// after every call.
#include <cstdint>
#include <gtest/gtest.h>
#include <map>
#include <string>

#include "base/random.hpp"
#include "cache/cache.hpp"
#include "cache/store_fixture.hpp"

namespace coord::cache {
namespace {

struct setting {
    const char* name;
    order policy;
    std::uint32_t shards;
    std::uint64_t max_bytes;
    std::uint64_t max_items;
    std::uint64_t largest_value;
};

struct written {
    std::string value;
    std::int64_t expire = 0;
};

class model : public testing::TestWithParam<setting> {
  protected:
    model() : all_(wanted(), time_) {}

    options wanted() {
        options made;
        made.max_bytes = GetParam().max_bytes;
        made.max_items = GetParam().max_items;
        made.policy = GetParam().policy;
        made.shards = GetParam().shards;
        made.on_leave = [this](const bytes& entry, leaving) {
            ++left_;
            payload_ -= entry.key().size() + entry.value().size();
            --items_;
        };
        return made;
    }

    void insert(const std::string& key) {
        written now{std::string(chance_.below(GetParam().largest_value), 'a'), 0};
        if (chance_.below(4) == 0)
            now.expire = time_.unix + static_cast<std::int64_t>(chance_.below(50));
        const auto where = chance_.below(5) == 0 ? section::hot : section::main;
        // Counted first: it may leave again before insert returns.
        payload_ += key.size() + now.value.size();
        ++items_;
        if (!put(all_, key, now.value, where, now.expire)) {
            payload_ -= key.size() + now.value.size();
            --items_;
            EXPECT_FALSE(has(all_, key));
        } else if (now.expire == 0) {
            EXPECT_TRUE(has(all_, key)) << now.value.size();
        }
        last_[key] = now;
        EXPECT_LE(memory_of(all_), GetParam().max_bytes);
        if (GetParam().max_items != 0) {
            EXPECT_LE(items_, GetParam().max_items);
        }
    }

    void find(const std::string& key) {
        const auto found = get(all_, key);
        ++gets_;
        if (!found) return;
        ++hits_;
        ASSERT_TRUE(last_.count(key));
        const auto& expected = last_[key];
        EXPECT_EQ(found->value(), expected.value);
        EXPECT_TRUE(expected.expire == 0 || expected.expire >= time_.unix);
    }

    void check_counts() {
        const auto main = all_.read(section::main);
        const auto hot = all_.read(section::hot);
        ASSERT_EQ(main.items + hot.items, items_);
        ASSERT_EQ(main.bytes + hot.bytes, payload_);
        ASSERT_EQ(main.evictions + hot.evictions, left_);
        ASSERT_EQ(main.gets, gets_);
        ASSERT_EQ(main.hits + hot.hits, hits_);
        ASSERT_EQ(hot.gets, gets_ - main.hits);
        ASSERT_EQ(main.detached_bytes + hot.detached_bytes, 0U);
    }

    still_clock time_;
    random chance_{42};
    std::map<std::string, written> last_;
    std::uint64_t left_ = 0, payload_ = 0, items_ = 0, gets_ = 0, hits_ = 0;
    store all_;
};

TEST_P(model, agrees_after_every_call) {
    for (int step = 0; step < 60'000 && !HasFailure(); ++step) {
        const auto key = numbered("k", chance_.below(1'000));
        const auto what = chance_.below(100);
        if (what < 50)
            insert(key);
        else if (what < 90)
            find(key);
        else if (what < 98) {
            const bool there = erase(all_, key);
            EXPECT_TRUE(!there || last_.count(key) == 1);
            EXPECT_FALSE(has(all_, key));
            last_.erase(key);
        } else if (what == 98)
            ++time_.unix;
        else if (chance_.below(100) == 0)
            all_.clear();
        else
            all_.evict_one();
        check_counts();
    }
    EXPECT_GT(hits_, 20U);
    all_.clear();
    EXPECT_EQ(items_, 0U);
    EXPECT_EQ(payload_, 0U);
    EXPECT_EQ(memory_of(all_), 0U);
}

INSTANTIATE_TEST_SUITE_P(
    all,
    model,
    testing::Values(setting{"s3fifo", order::s3fifo, 1, 20'000, 0, 100},
                    setting{"s3fifo_sharded", order::s3fifo, 8, 60'000, 0, 500},
                    setting{"s3fifo_tiny", order::s3fifo, 1, 1'500, 0, 60},
                    setting{"s3fifo_mixed_sizes", order::s3fifo, 4, 30'000, 0, 31'000},
                    setting{"s3fifo_items", order::s3fifo, 2, 1 << 20, 100, 20},
                    setting{"lru", order::lru, 1, 20'000, 0, 100},
                    setting{"lru_sharded", order::lru, 8, 60'000, 0, 500},
                    setting{"lru_mixed_sizes", order::lru, 4, 30'000, 0, 31'000},
                    setting{"lru_items", order::lru, 2, 1 << 20, 100, 20}),
    [](const testing::TestParamInfo<setting>& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace coord::cache
