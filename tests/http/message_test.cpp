// Headers are found by name, errors for people look as Go writes them.
#include "http/message.hpp"

#include <array>
#include <gtest/gtest.h>

namespace coord::http {
namespace {

TEST(messages, a_header_is_found_whatever_its_case) {
    const std::array<header, 3> all{{{"Content-Type", "a"}, {"X-A", "1"}, {"x-a", "2"}}};
    EXPECT_EQ(find_header(all, "content-TYPE"), "a");
    EXPECT_EQ(find_header(all, "X-a"), "1") << "the first";
    EXPECT_EQ(find_header(all, "X-").data(), nullptr);
    EXPECT_EQ(find_header({}, "X-A").data(), nullptr);
}

TEST(messages, an_empty_header_is_not_none) {
    const std::array<header, 2> all{{{"A", ""}, {"B", std::string_view()}}};
    EXPECT_NE(find_header(all, "a").data(), nullptr);
    EXPECT_NE(find_header(all, "b").data(), nullptr);
}

TEST(messages, names_differ_only_in_the_case_of_letters) {
    EXPECT_TRUE(same_name("Host", "hOST"));
    EXPECT_FALSE(same_name("Host", "Hos"));
    EXPECT_FALSE(same_name("a@", "a`")) << "32 apart, but no letters";
    EXPECT_FALSE(same_name("[", "{"));
}

TEST(messages, a_plain_error_is_text_and_one_line_feed) {
    const auto made = plain_error(503, "too much");
    EXPECT_EQ(made.status, 503);
    EXPECT_STREQ(made.content_type, "text/plain; charset=utf-8");
    EXPECT_EQ(made.headers, "X-Content-Type-Options: nosniff\r\n");
    EXPECT_EQ(made.before, "too much\n");
    EXPECT_EQ(made.body_bytes(), 9U);
}

TEST(messages, the_body_is_counted_in_all_its_pieces) {
    reply made;
    made.before = "12";
    made.value = bytes_ref(bytes::make("345"), false);
    made.after = "6";
    EXPECT_EQ(made.body_bytes(), 6U);
}

TEST(messages, every_status_we_send_has_a_reason) {
    for (const int each :
         {200, 204, 400, 403, 404, 405, 413, 414, 417, 431, 500, 502, 503, 504, 505})
        EXPECT_NE(reason_of(each), "") << each;
    EXPECT_EQ(reason_of(404), "Not Found");
    EXPECT_EQ(reason_of(299), "");
}

}  // namespace
}  // namespace coord::http
