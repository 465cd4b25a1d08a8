// The cache alone, through the C++ wrapper.
#include <coord/coord.hpp>

#include <chrono>
#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cpp/status_of.hpp"

namespace {

using namespace std::chrono_literals;
using coord::evicted;
using coord::status;

struct told {
    std::string key;
    std::string value;
    evicted cause;
    friend bool operator==(const told&, const told&) = default;
};

TEST(cpp_cache, keeps_gives_and_drops) {
    const coord::runtime runtime;
    coord::cache cache(runtime);
    EXPECT_TRUE(cache.empty());
    EXPECT_EQ(cache.get("k"), std::nullopt);
    cache.set("k", "v", {.ttl = 1h});
    EXPECT_EQ(cache.get("k")->view(), "v");
    EXPECT_TRUE(cache.get("k")->expires());
    EXPECT_EQ(cache.count(), 1U);
    EXPECT_EQ(cache.stats().items, 1U);
    EXPECT_TRUE(cache.remove("k"));
    EXPECT_FALSE(cache.remove("k"));
    EXPECT_FALSE(cache.remove_oldest());
    cache.set("a", "1");
    cache.set("b", "2");
    cache.clear();
    EXPECT_TRUE(cache.empty());
    EXPECT_EQ(status_of([&] { cache.set("k", "v", {.store = false}); }), status::invalid_argument);
    EXPECT_EQ(status_of([&] { cache.get(std::string(65'536, 'k')); }), status::invalid_argument);
}

TEST(cpp_cache, of_twenty_items_drops_the_first_two_of_twenty_two_in_their_order) {
    const coord::runtime runtime;
    std::vector<told> left;
    coord::cache cache(runtime,
                       {.max_items = 20,
                        .policy = coord::policy::lru,
                        .evict = [&](std::string_view key, const coord::bytes& value, evicted why) {
                            left.push_back({std::string(key), value.str(), why});
                        }});
    for (int i = 0; i < 22; ++i) cache.set("key" + std::to_string(i), std::to_string(i));
    const std::vector<told> expected{{"key0", "0", evicted::full}, {"key1", "1", evicted::full}};
    EXPECT_EQ(left, expected);
    EXPECT_EQ(cache.count(), 20U);
    EXPECT_TRUE(cache.remove_oldest());
    EXPECT_EQ(left.back(), (told{"key2", "2", evicted::removed}));
    cache.set("key3", "new");
    EXPECT_EQ(left.back(), (told{"key3", "3", evicted::replaced}));
}

TEST(cpp_cache, what_evict_throws_is_swallowed_and_it_may_use_the_cache) {
    const coord::runtime runtime;
    coord::cache* self = nullptr;
    std::size_t seen = 99;
    coord::cache cache(runtime, {.evict = [&](std::string_view, const coord::bytes&, evicted) {
                           seen = self->count();
                           throw std::runtime_error("nobody hears it");
                       }});
    self = &cache;
    cache.set("k", "v");
    EXPECT_TRUE(cache.remove("k"));
    EXPECT_EQ(seen, 0U);
}

TEST(cpp_cache, a_value_beyond_its_size_is_exhausted_and_the_old_one_is_gone_too) {
    const coord::runtime runtime;
    coord::cache cache(runtime, {.max_bytes = 64 << 10});
    cache.set("k", "small");
    const std::string large(1 << 20, 'x');
    EXPECT_EQ(status_of([&] { cache.set("k", large); }), status::exhausted);
    EXPECT_EQ(cache.get("k"), std::nullopt);
}

TEST(cpp_cache, options_reach_the_library_and_evict_is_freed_when_it_cannot_be_made) {
    const coord::runtime runtime;
    const auto alive = std::make_shared<int>(0);
    const auto evict = [alive](std::string_view, const coord::bytes&, evicted) {};
    EXPECT_EQ(status_of([&] { coord::cache wrong(runtime, {.ttl = -1ns, .evict = evict}); }),
              status::invalid_argument);
    EXPECT_EQ(alive.use_count(), 2);
    {
        const coord::cache made(runtime, {.evict = evict});
        EXPECT_EQ(alive.use_count(), 3);
    }
    EXPECT_EQ(alive.use_count(), 2);
    coord::cache timed(runtime, {.ttl = 1h});
    timed.set("k", "v");
    EXPECT_TRUE(timed.get("k")->expires());
}

}  // namespace
