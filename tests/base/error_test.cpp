// Errors: cheap to copy, causes kept, long messages cut between characters.
#include "base/error.hpp"

#include <gtest/gtest.h>
#include <string>

#include "base/limits.hpp"

namespace coord {
namespace {

TEST(errors, keep_status_message_component_and_cause) {
    const error cause =
        error(COORD_UNAVAILABLE, "peers", "connection refused").native("errno", 111);
    const error outer = error(COORD_TIMED_OUT, "group", "gave up").because(cause);
    const error copy = outer;
    EXPECT_EQ(copy.status(), COORD_TIMED_OUT);
    EXPECT_EQ(copy.message(), "gave up");
    EXPECT_TRUE(copy.info()->retriable);
    ASSERT_NE(copy.info()->cause, nullptr);
    EXPECT_STREQ(copy.info()->cause->message(), "connection refused");
    EXPECT_EQ(copy.info()->cause->native_code, 111);
}

TEST(errors, a_long_message_is_cut_between_characters) {
    std::string text(limits::max_message_bytes - 1, 'x');
    text += "\xC3\xA4tail";
    const error cut(COORD_INTERNAL, "x", text);
    EXPECT_EQ(cut.message().size(), limits::max_message_bytes - 1);
    EXPECT_EQ(cut.message().back(), 'x');
}

TEST(errors, a_status_alone_needs_no_memory) {
    const error bare(COORD_NO_MEMORY);
    EXPECT_EQ(bare.info(), nullptr);
    EXPECT_EQ(bare.message(), "");
}

TEST(errors, released_to_the_host_and_taken_back_they_are_the_same) {
    error mine(COORD_NOT_FOUND, "group", "no such key");
    const auto* const hosts = mine.release();
    const error again = error::from(hosts);
    error_info::release(hosts);
    EXPECT_EQ(again.message(), "no such key");
}

TEST(errors, keep_particulars_of_any_bytes_by_name) {
    const std::string key("k\0y", 3);
    const error with_all = error(COORD_UNAVAILABLE, "peers", "refused")
                               .with("group", "g")
                               .with("key", key)
                               .with("body", "")
                               .with("status", "first")
                               .with("status", "second");
    const auto* const info = with_all.info();
    ASSERT_NE(info->detail("key"), nullptr);
    EXPECT_EQ(std::string(info->detail("key")->text(), info->detail("key")->size), key);
    EXPECT_EQ(info->detail("key")->text()[3], '\0');
    EXPECT_STREQ(info->detail("group")->text(), "g");
    EXPECT_STREQ(info->detail("status")->text(), "second");
    ASSERT_NE(info->detail("body"), nullptr);
    EXPECT_EQ(info->detail("body")->size, 0U);
    EXPECT_EQ(info->detail("grou"), nullptr);
    EXPECT_EQ(info->detail("groups"), nullptr);
    EXPECT_EQ(info->detail(""), nullptr);
}

TEST(errors, a_particular_is_cut_at_its_limit) {
    const std::string body(limits::max_error_body_bytes + 1, 'b');
    const error cut = error(COORD_UNAVAILABLE, "peers", "refused").with("body", body);
    ASSERT_NE(cut.info()->detail("body"), nullptr);
    EXPECT_EQ(cut.info()->detail("body")->size, limits::max_error_body_bytes);
    EXPECT_EQ(cut.info()->detail("body")->text()[limits::max_error_body_bytes], '\0');
}

TEST(errors, a_status_alone_takes_no_particulars) {
    const error bare = error(COORD_NO_MEMORY).with("key", "k");
    EXPECT_EQ(bare.info(), nullptr);
    EXPECT_EQ(bare.status(), COORD_NO_MEMORY);
}

}  // namespace
}  // namespace coord
