// Lines of a dump: bounded, with keys and times as a person reads them.
#include "runtime/dump_text.hpp"

#include <gtest/gtest.h>

#include "support/driven.hpp"

namespace coord {
namespace {

using namespace std::chrono_literals;

TEST(dump_texts, what_belongs_to_a_subject_is_indented) {
    dump_text text;
    text.head("group {}", shown_key("g"));
    text.line("{} flights", 2);
    EXPECT_EQ(text.take(), "group \"g\"\n  2 flights\n");
}

TEST(dump_texts, what_does_not_fit_is_left_out_and_the_last_line_says_so) {
    dump_text text(60);
    for (int i = 0; i < 100; ++i) text.line("line {}", i);
    EXPECT_TRUE(text.is_full());
    const auto all = text.take();
    EXPECT_LE(all.size(), 60U);
    EXPECT_EQ(all, "  line 0\n  line 1\n  line 2\n... the rest is left out\n");
}

TEST(dump_texts, keys_are_escaped_and_cut) {
    EXPECT_EQ(shown_key(""), "\"\"");
    EXPECT_EQ(shown_key("a b~"), "\"a b~\"");
    EXPECT_EQ(shown_key(std::string_view("\"\\\n\0\x7f\xc3\xa9", 7)),
              "\"\\\"\\\\\\x0a\\x00\\x7f\\xc3\\xa9\"");
    EXPECT_EQ(shown_key(std::string(64, 'x')), "\"" + std::string(64, 'x') + "\"");
    EXPECT_EQ(shown_key(std::string(65, 'x')), "\"" + std::string(64, 'x') + "\"... of 65 bytes");
}

TEST(dump_texts, times_are_told_in_seconds) {
    const time_point now{100s};
    EXPECT_EQ(shown_age(now - 1500ms, now), "1.500 s");
    EXPECT_EQ(shown_age(now + 1s, now), "0.000 s");
    EXPECT_EQ(shown_deadline(now + 250ms, now), "0.250 s left");
    EXPECT_EQ(shown_deadline(now - 2s, now), "2.000 s beyond its deadline");
    EXPECT_EQ(shown_deadline(never, now), "no deadline");
}

TEST(dump_texts, the_oldest_flights_come_first) {
    testing::driven world;
    testing::kept_loads loads;
    const auto g = world.make_group(loads.options());
    for (const char* const key : {"first", "second", "third"}) {
        ASSERT_TRUE(
            g->start_get(key, never, nullptr, world.answers, 1, groupcache::group::counted::now));
        world.clock.advance(1s);
    }
    world.executor.run_all();
    const auto text = world.owner->dump();
    const auto at = [&](const char* part) { return text.find(part); };
    EXPECT_NE(at("flight \"first\": 3.000 s old, 27.000 s left, with the loader, 1 waiting\n"),
              std::string::npos)
        << text;
    EXPECT_LT(at("\"first\""), at("\"second\""));
    EXPECT_LT(at("\"second\""), at("\"third\""));
    while (!loads.requests.empty()) loads.succeed(0, "v");
    g->drop_handle();
}

}  // namespace
}  // namespace coord
