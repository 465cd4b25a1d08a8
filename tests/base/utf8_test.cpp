// Texts that may be any bytes, and what is shown of them.
#include "base/utf8.hpp"

#include <gtest/gtest.h>
#include <utility>

namespace coord {
namespace {

TEST(utf8, valid_text_stays_as_it_is) {
    for (const char* const text : {"", "plain", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80x"})
        EXPECT_EQ(to_valid_utf8(text), text);
    EXPECT_EQ(to_valid_utf8(std::string_view("\0", 1)), std::string_view("\0", 1));
}

TEST(utf8, each_byte_that_belongs_to_no_character_is_replaced) {
    const std::string lost = "\xEF\xBF\xBD";
    const std::pair<const char*, std::string> table[] = {
        {"\xFF", lost},
        {"a\x80z", "a" + lost + "z"},
        {"\xC3", lost},
        {"\xC3(", lost + "("},
        {"\xC0\xAF", lost + lost},                               // overlong '/'
        {"\xE0\x80\xAF", lost + lost + lost},                    // the same in three bytes
        {"\xED\xA0\x80", lost + lost + lost},                    // a surrogate
        {"\xF4\x90\x80\x80", lost + lost + lost + lost},         // beyond the last character
        {"\xE2\x82\xE2\x82\xAC", lost + lost + "\xE2\x82\xAC"},  // cut, then whole
    };
    for (const auto& [text, shown] : table) EXPECT_EQ(to_valid_utf8(text), shown);
}

}  // namespace
}  // namespace coord
