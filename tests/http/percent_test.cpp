// Escaping as Go's url.PathEscape does it, and reading it back.
#include "http/percent.hpp"

#include <gtest/gtest.h>

namespace coord::http {
namespace {

std::string escaped(std::string_view raw) {
    std::string made;
    append_path_escaped(made, raw);
    return made;
}

TEST(percent, keys_are_escaped_as_go_escapes_them) {
    const std::pair<std::string_view, std::string_view> seen_on_the_wire[] = {
        {"a b", "a%20b"},
        {"a/b", "a%2Fb"},
        {"a//b", "a%2F%2Fb"},
        {"a+b", "a+b"},
        {"100%", "100%25"},
        {"?&=#", "%3F&=%23"},
        {"\xE6\x97\xA5", "%E6%97%A5"},
        {"\xFF\xFE", "%FF%FE"},
        {{"\0\x7F", 2}, "%00%7F"},
        {"~!*'()-_.$@:;,[]", "~%21%2A%27%28%29-_.$@:%3B%2C%5B%5D"},
        {"", ""},
        {"..", ".."},
    };
    for (const auto& [raw, text] : seen_on_the_wire) {
        EXPECT_EQ(escaped(raw), text);
        EXPECT_EQ(percent_decoded(text), raw);
    }
}

TEST(percent, every_byte_comes_back) {
    std::string all;
    for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
    EXPECT_EQ(percent_decoded(escaped(all)), all);
    int plain = 0;
    for (const char c : all) plain += escaped({&c, 1}).size() == 1 ? 1 : 0;
    EXPECT_EQ(plain, 26 + 26 + 10 + 10);
}

TEST(percent, decoding_happens_once_and_leaves_plus_alone) {
    EXPECT_EQ(percent_decoded("%2541+%2f%2F"), "%41+//");
    EXPECT_EQ(percent_decoded("%41%00"), std::string("A\0", 2));
    EXPECT_EQ(percent_decoded("raw \xFF /bytes"), "raw \xFF /bytes");
}

TEST(percent, half_an_escape_is_none) {
    for (const char* wrong : {"%", "a%", "%4", "a%2", "%zz", "%4g", "%g4", "%%41", "% 41", "%-1"})
        EXPECT_EQ(percent_decoded(wrong), std::nullopt) << wrong;
}

TEST(percent, a_path_ends_at_the_query) {
    EXPECT_EQ(path_of("/a/b?c?d"), "/a/b");
    EXPECT_EQ(path_of("/a%3Fb"), "/a%3Fb");
    EXPECT_EQ(path_of("?"), "");
    EXPECT_EQ(path_of(""), "");
}

}  // namespace
}  // namespace coord::http
