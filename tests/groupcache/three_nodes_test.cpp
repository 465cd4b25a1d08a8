// What three nodes see of each other's sets and removals.
#include "groupcache/three_nodes.hpp"

namespace coord::groupcache {
namespace {

const std::array<std::string, 3> keys{"key-a", "key-b", "key-c"};

TEST_F(three_nodes, load_each_key_once_at_its_owner) {
    for (const auto& key : keys)
        for (std::size_t at = 0; at < count; ++at) EXPECT_EQ(get(at, key), key + " loaded 1");
    for (const auto& key : keys) EXPECT_EQ(nodes[slot(key)].loads[key], 1);
    for (const auto& key : keys) EXPECT_EQ(loads_of(key), 1);
}

TEST_F(three_nodes, behaviour_18_a_set_is_seen_on_all_and_another_from_elsewhere_replaces_it) {
    for (const auto& key : keys) {
        for (std::size_t at = 0; at < count; ++at) get(at, key);  // copies that are old now
        ASSERT_TRUE(set(0, key, "from a"));
        for (std::size_t at = 0; at < count; ++at) EXPECT_EQ(get(at, key), "from a") << at;
        ASSERT_TRUE(set(1, key, "from b", true));
        for (std::size_t at = 0; at < count; ++at) EXPECT_EQ(get(at, key), "from b") << at;
        EXPECT_EQ(loads_of(key), 1);
    }
}

TEST_F(three_nodes, behaviour_31_a_set_then_a_get_loads_nothing) {
    for (std::size_t from = 0; from < count; ++from)
        for (const auto& key : keys) {
            ASSERT_TRUE(set(from, key, "set"));
            EXPECT_EQ(get((from + 1) % count, key), "set");
            EXPECT_EQ(loads_of(key), 0);
        }
}

TEST_F(three_nodes, behaviour_36_removed_keys_load_again_and_those_set_after_it_do_not) {
    for (const auto& key : keys) {
        get(0, key);
        ASSERT_TRUE(nodes[1].cache->remove(key, never, nullptr));
        EXPECT_EQ(get(2, key), key + " loaded 2");
        ASSERT_TRUE(nodes[2].cache->remove(key, never, nullptr));
        ASSERT_TRUE(set(0, key, "set"));
        EXPECT_EQ(get(1, key), "set");
        EXPECT_EQ(loads_of(key), 2);
    }
}

TEST_F(three_nodes, behaviour_22_each_of_many_removed_keys_is_loaded_exactly_once_more) {
    for (const auto& key : keys)
        for (std::size_t at = 0; at < count; ++at) get(at, key);
    const std::array<std::size_t, 3> sizes{5, 5, 5};
    const ref<many> all(new many("key-akey-bkey-c", sizes.data(), sizes.size()));
    ASSERT_TRUE(nodes[0].cache->remove_many(all, never, nullptr));
    EXPECT_EQ(all->first_failure().status(), COORD_OK);
    for (const auto& key : keys)
        for (std::size_t at = 0; at < count; ++at) EXPECT_EQ(get(at, key), key + " loaded 2");
    for (const auto& key : keys) EXPECT_EQ(loads_of(key), 2);
}

}  // namespace
}  // namespace coord::groupcache
