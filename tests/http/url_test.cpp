// What is a url of a peer and what is not, and when two spellings mean one place.
#include "http/url.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace coord::http {
namespace {

TEST(urls, are_taken_apart_as_they_are_spelled) {
    const auto made = parse_url("http://Node-1.example:8080/Sub/path");
    ASSERT_TRUE(made);
    EXPECT_EQ(made->text, "http://Node-1.example:8080/Sub/path");
    EXPECT_EQ(made->host, "Node-1.example");
    EXPECT_EQ(made->port, "8080");
    EXPECT_EQ(made->prefix, "/Sub/path");
    EXPECT_EQ(made->host_header, "Node-1.example:8080");
}

TEST(urls, have_a_default_port_and_no_prefix) {
    const auto made = parse_url("HTTP://10.0.0.1");
    ASSERT_TRUE(made);
    EXPECT_EQ(made->host, "10.0.0.1");
    EXPECT_EQ(made->port, "80");
    EXPECT_EQ(made->prefix, "");
    EXPECT_EQ(made->host_header, "10.0.0.1") << "a port that was not given is not sent";
}

TEST(urls, hold_ipv6_addresses_in_brackets) {
    const auto made = parse_url("http://[::1]:8080");
    ASSERT_TRUE(made);
    EXPECT_EQ(made->host, "::1");
    EXPECT_EQ(made->port, "8080");
    EXPECT_EQ(made->host_header, "[::1]:8080");
    EXPECT_EQ(parse_url("http://[fe80::1]")->port, "80");
}

struct refusal {
    const char* text;
    const char* why;
};

TEST(urls, that_are_wrong_are_shown_and_explained) {
    const std::vector<refusal> table{
        {"", "is no url"},
        {"10.0.0.1:8080", "no scheme"},
        {"localhost:8080", "no scheme"},
        {"//host:80", "no scheme"},
        {"ftp://host", "other than http"},
        {"://host", "other than http"},
        {"http://", "no host"},
        {"http://:8080", "no host"},
        {"http:///path", "no host"},
        {"http://host:0", "port"},
        {"http://host:00", "port"},
        {"http://host:65536", "port"},
        {"http://host:99999999999999999999", "port"},
        {"http://host:8o80", "port"},
        {"http://host:+80", "port"},
        {"http://host:-1", "port"},
        {"http://host:", "port"},
        {"http://[::1]:", "port"},
        {"http://user@host", "user name"},
        {"http://user:secret@host", "user name"},
        {"http://host?x=1", "query"},
        {"http://host/a?x", "query"},
        {"http://host#top", "fragment"},
        {"http://host/", "must not end with '/'"},
        {"http://host:8080/sub/", "must not end with '/'"},
        {" http://host", "space"},
        {"http://ho st", "space"},
        {"http://host\n", "control byte"},
        {"http://h\xc3\xb6st", "beyond ASCII"},
        {"http://::1:8080", "brackets"},
        {"http://fe80::1", "brackets"},
        {"http://[::1", "without ']'"},
        {"http://[::1]8080", "after ']'"},
        {"http://[127.0.0.1]", "no IPv6 address"},
        {"http://[]", "no IPv6 address"},
        {"http://[fe80::1%25eth0]", "no IPv6 address"},
        {"http://ho%73t", "character"},
        {"http://a,b", "character"},
        {"http://256.1.1.1", "neither a name nor an IPv4"},
        {"http://10.0.0", "neither a name nor an IPv4"},
        {"http://2130706433", "neither a name nor an IPv4"},
    };
    for (const auto& row : table) {
        const auto made = parse_url(row.text);
        ASSERT_FALSE(made) << row.text;
        EXPECT_EQ(made.error().status(), COORD_INVALID_ARGUMENT) << row.text;
        const std::string message(made.error().message());
        EXPECT_NE(message.find(row.why), message.npos) << message;
    }
    EXPECT_EQ(parse_url("http://host/sub/").error().message(),
              "\"http://host/sub/\" must not end with '/'");
    EXPECT_EQ(parse_url("http://h\n").error().message().find("\\x0a"), 9U) << "one line";
    EXPECT_FALSE(parse_url("http://" + std::string(254, 'a')));
    EXPECT_FALSE(parse_url(std::string_view("http://h\0x", 10)));
}

TEST(urls, with_tls_are_not_supported_rather_than_wrong) {
    EXPECT_EQ(parse_url("https://host").error().status(), COORD_UNSUPPORTED);
    EXPECT_EQ(parse_url("HTTPS://host").error().status(), COORD_UNSUPPORTED);
}

std::string place(const char* text) {
    const auto made = parse_url(text);
    return made ? place_of(*made) : "refused";
}

TEST(urls, of_one_place_have_one_text_however_they_are_spelled) {
    for (const char* same : {"http://localhost:80",
                             "http://LOCALHOST",
                             "http://localhost.",
                             "http://127.0.0.1",
                             "HTTP://127.0.0.1:080",
                             "http://[::1]",
                             "http://[0:0:0:0:0:0:0:1]:80",
                             "http://[::ffff:127.0.0.1]"})
        EXPECT_EQ(place(same), "http://localhost:80") << same;
    EXPECT_EQ(place("http://Host:0080/Sub"), "http://host:80/Sub");
    EXPECT_EQ(place("http://[2001:DB8::0:1]:8080"), "http://[2001:db8::1]:8080");
    EXPECT_NE(place("http://host:80"), place("http://host:81"));
    EXPECT_NE(place("http://host/a"), place("http://host/A")) << "paths have case";
    EXPECT_NE(place("http://127.0.0.2"), place("http://127.0.0.1"));
}

TEST(listen_addresses, are_a_host_and_a_port) {
    const auto v4 = parse_listen("127.0.0.1:8080");
    ASSERT_TRUE(v4);
    EXPECT_EQ(v4->host, "127.0.0.1");
    EXPECT_EQ(v4->port, "8080");
    const auto v6 = parse_listen("[::1]:0");
    ASSERT_TRUE(v6);
    EXPECT_EQ(v6->host, "::1");
    EXPECT_EQ(v6->port, "0");
    EXPECT_TRUE(parse_listen("localhost:8080"));
    for (const char* wrong : {"",
                              "127.0.0.1",
                              ":8080",
                              "127.0.0.1:",
                              "127.0.0.1:x",
                              "::1:80",
                              "127.0.0.1:65536",
                              "http://127.0.0.1:80",
                              "127.0.0.1:80/",
                              "a b:80",
                              "[::1]",
                              "300.0.0.1:80"}) {
        const auto made = parse_listen(wrong);
        ASSERT_FALSE(made) << wrong;
        EXPECT_EQ(made.error().status(), COORD_INVALID_ARGUMENT);
    }
}

TEST(hosts, are_known_to_be_loopback_or_wildcard) {
    for (const char* own :
         {"localhost", "LocalHost", "127.0.0.1", "127.255.0.3", "::1", "::ffff:127.0.0.1"})
        EXPECT_TRUE(is_loopback(own)) << own;
    for (const char* other :
         {"", "0.0.0.0", "::", "10.0.0.1", "128.0.0.1", "example", "localhost1"})
        EXPECT_FALSE(is_loopback(other)) << other;
    for (const char* any : {"0.0.0.0", "::", "::ffff:0.0.0.0"})
        EXPECT_TRUE(is_wildcard(any)) << any;
    for (const char* one : {"", "127.0.0.1", "::1", "example"})
        EXPECT_FALSE(is_wildcard(one)) << one;
}

}  // namespace
}  // namespace coord::http
