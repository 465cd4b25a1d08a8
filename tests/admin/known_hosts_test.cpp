// Which Host headers the admin endpoint answers to.
#include "admin/known_hosts.hpp"

#include <gtest/gtest.h>

namespace coord::admin {
namespace {

TEST(known_hosts, loopback_is_known_however_it_is_spelled_and_with_any_port) {
    const known_hosts hosts("127.0.0.1:9090");
    for (const char* const good : {"127.0.0.1",
                                   "127.0.0.1:9090",
                                   "127.0.0.1:80",
                                   "127.8.9.10",
                                   "localhost",
                                   "LocalHost:1",
                                   "[::1]",
                                   "[::1]:9090"})
        EXPECT_TRUE(hosts.has(good)) << good;
}

TEST(known_hosts, names_of_others_are_not_known) {
    const known_hosts hosts("127.0.0.1:9090");
    for (const char* const bad : {"",
                                  ":9090",
                                  "evil.example",
                                  "evil.example:9090",
                                  "127.0.0.1.evil.example",
                                  "localhost.evil.example",
                                  "evil@127.0.0.1",
                                  "127.0.0.1@evil.example",
                                  "127.0.0.1:evil",
                                  "127.0.0.1:90900000",
                                  "127.0.0.1:9090:1",
                                  "[::1",
                                  "[::1]evil",
                                  "::1",
                                  "10.0.0.7",
                                  "192.168.0.1:9090"})
        EXPECT_FALSE(hosts.has(bad)) << bad;
}

TEST(known_hosts, what_is_listened_on_is_known) {
    const known_hosts address("10.0.0.7:9090");
    EXPECT_TRUE(address.has("10.0.0.7:9090"));
    EXPECT_TRUE(address.has("127.0.0.1"));
    EXPECT_FALSE(address.has("10.0.0.8:9090"));
    const known_hosts six("[fe80::1]:9090");
    EXPECT_TRUE(six.has("[FE80::1]:9090"));
    EXPECT_FALSE(six.has("[fe80::2]:9090"));
}

TEST(known_hosts, who_listens_on_all_addresses_is_known_by_addresses_but_by_no_name) {
    for (const char* const all : {"0.0.0.0:9090", "[::]:9090"}) {
        const known_hosts hosts(all);
        EXPECT_TRUE(hosts.has("10.0.0.7:9090"));
        EXPECT_TRUE(hosts.has("[fe80::2]:9090"));
        EXPECT_TRUE(hosts.has("localhost"));
        EXPECT_FALSE(hosts.has("evil.example:9090"));
        EXPECT_FALSE(hosts.has("10.0.0.7.evil.example"));
    }
}

}  // namespace
}  // namespace coord::admin
