// Paths of the admin endpoint: split first, decoded once, never tidied.
#include "admin/route.hpp"

#include <gtest/gtest.h>

namespace coord::admin {
namespace {

struct named {
    const char* target;
    resource what;
    std::string group;
    std::string key;
};

class a_path_names : public ::testing::TestWithParam<named> {};

TEST_P(a_path_names, one_resource) {
    const auto got = find_route(GetParam().target);
    ASSERT_TRUE(got) << GetParam().target;
    EXPECT_EQ(got->what, GetParam().what);
    EXPECT_EQ(got->group, GetParam().group);
    EXPECT_EQ(got->key, GetParam().key);
}

INSTANTIATE_TEST_SUITE_P(
    table,
    a_path_names,
    ::testing::Values(
        named{"/v1/groups", resource::groups, "", ""},
        named{"/v1/groups?pretty", resource::groups, "", ""},
        named{"/v1/peers", resource::peers, "", ""},
        named{"/v1/dump", resource::dump, "", ""},
        named{"/healthz", resource::health, "", ""},
        named{"/metrics?x=%zz", resource::metrics, "", ""},
        named{"/v1/groups/thumbs/stats", resource::stats, "thumbs", ""},
        named{"/v1/groups/a%2Fb/stats", resource::stats, "a/b", ""},
        named{"/v1/groups//stats", resource::stats, "", ""},
        named{"/v1/groups/thumbs/keys/user:42", resource::key, "thumbs", "user:42"},
        named{"/v1/groups/thumbs/keys/", resource::key, "thumbs", ""},
        named{"/v1/groups/thumbs/keys/a/b//c/", resource::key, "thumbs", "a/b//c/"},
        named{"/v1/groups/thumbs/keys/a%2fb", resource::key, "thumbs", "a/b"},
        named{"/v1/groups/thumbs/keys/%252e", resource::key, "thumbs", "%2e"},
        named{"/v1/groups/thumbs/keys/..", resource::key, "thumbs", ".."},
        named{"/v1/groups/thumbs/keys/../../x", resource::key, "thumbs", "../../x"},
        named{"/v1/groups/../keys/stats", resource::key, "..", "stats"},
        named{"/v1/groups/thumbs/keys/a+b", resource::key, "thumbs", "a+b"},
        named{"/v1/groups/thumbs/keys/a?b", resource::key, "thumbs", "a"},
        named{"/v1/groups/thumbs/keys/a%3Fb", resource::key, "thumbs", "a?b"},
        named{"/v1/groups/thumbs/keys/%00%ff", resource::key, "thumbs", std::string("\0\xff", 2)},
        named{"/v1/groups/thumbs/owners/k/1", resource::owner, "thumbs", "k/1"},
        named{"/v1/groups/keys/keys/keys/keys", resource::key, "keys", "keys/keys"},
        named{"/v1/groups/stats/stats", resource::stats, "stats", ""}));

class a_path_is_refused : public ::testing::TestWithParam<std::pair<const char*, coord_status>> {};

TEST_P(a_path_is_refused, with_what_is_wrong) {
    const auto got = find_route(GetParam().first);
    ASSERT_FALSE(got) << GetParam().first;
    EXPECT_EQ(got.error().status(), GetParam().second);
    EXPECT_NE(got.error().message(), "");
}

INSTANTIATE_TEST_SUITE_P(
    table,
    a_path_is_refused,
    ::testing::Values(std::pair{"/", COORD_NOT_FOUND},
                      std::pair{"/v1/groups/", COORD_NOT_FOUND},
                      std::pair{"/v1/groups/thumbs", COORD_NOT_FOUND},
                      std::pair{"/v1/groups/thumbs/", COORD_NOT_FOUND},
                      std::pair{"/v1/groups/thumbs/keys", COORD_NOT_FOUND},
                      std::pair{"/v1/groups/thumbs/stats/", COORD_NOT_FOUND},
                      std::pair{"/v1/groups/thumbs%2Fstats", COORD_NOT_FOUND},
                      std::pair{"/v1/groups/thumbs/k%65ys/x", COORD_NOT_FOUND},
                      std::pair{"/v1/./groups", COORD_NOT_FOUND},
                      std::pair{"//v1/groups", COORD_NOT_FOUND},
                      std::pair{"/V1/groups", COORD_NOT_FOUND},
                      std::pair{"/healthz/", COORD_NOT_FOUND},
                      std::pair{"/v1/groups/%/keys/a", COORD_INVALID_ARGUMENT},
                      std::pair{"/v1/groups/thumbs/keys/%g0", COORD_INVALID_ARGUMENT},
                      std::pair{"/v1/groups/thumbs/keys/a%2", COORD_INVALID_ARGUMENT}));

}  // namespace
}  // namespace coord::admin
