// Typed groups: codecs, loaders and errors.
#include <coord/coord.hpp>

#include <chrono>
#include <gtest/gtest.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace {

struct point {
    int x = 0;
    int y = 0;
    friend bool operator==(const point&, const point&) = default;
};

}  // namespace

template <>
struct coord::codec<point> {
    static std::string encode(const point& at) {
        if (at.x < 0) throw std::out_of_range("x is negative");
        return std::to_string(at.x) + ',' + std::to_string(at.y);
    }
    static point decode(std::string_view text) {
        const auto comma = text.find(',');
        return {std::stoi(std::string(text.substr(0, comma))),
                std::stoi(std::string(text.substr(comma + 1)))};
    }
};

namespace {

using namespace std::chrono_literals;
using coord::status;

point locate(std::string_view key, const coord::context&) {
    if (key == "nowhere") throw coord::error(status::not_found, "nowhere");
    if (key == "negative") return {-1, 0};
    return {static_cast<int>(key.size()), 7};
}

TEST(cpp_group_of, gives_values_of_its_type) {
    const coord::runtime runtime;
    coord::group_of<point> places(runtime, "places", {.max_bytes = 1 << 20, .load = locate});
    EXPECT_EQ(places.lookup("four"), std::nullopt);
    EXPECT_EQ(places.get("four"), (point{4, 7}));
    EXPECT_EQ(places.lookup("four"), (point{4, 7}));
    EXPECT_EQ(places.try_get("four")->x, 4);
    EXPECT_EQ(places.start_get("seven77").get(), (point{7, 7}));
    EXPECT_EQ(places.untyped().lookup("four")->view(), "4,7");
    places.remove("four");
    EXPECT_EQ(places.lookup("four"), std::nullopt);
    EXPECT_TRUE(places.try_remove("four"));
    places.start_remove("seven77").get();
    EXPECT_EQ(places.lookup("seven77"), std::nullopt);
    places.close();
    EXPECT_EQ(places.try_close().has_value(), true);
}

TEST(cpp_group_of, a_loaders_error_arrives_as_it_is) {
    const coord::runtime runtime;
    coord::group_of<point> places(runtime, "places", {.load = locate});
    const auto nowhere = places.try_get("nowhere", {.timeout = 1min});
    ASSERT_FALSE(nowhere);
    EXPECT_EQ(nowhere.error().status(), status::not_found);
    EXPECT_THROW(places.get("nowhere"), coord::error);
}

TEST(cpp_group_of, what_a_codec_throws_is_host_failed) {
    const coord::runtime runtime;
    coord::group_of<point> places(runtime, "places", {.load = locate});
    const auto unwritable = places.try_get("negative");
    ASSERT_FALSE(unwritable);
    EXPECT_EQ(unwritable.error().status(), status::host_failed);
    EXPECT_STREQ(unwritable.error().what(), "x is negative");

    coord::group_of<point> garbled(
        runtime, "garbled", {.load = [](coord::request asked) { asked.succeed("no numbers"); }});
    const auto unreadable = garbled.try_get("k");
    ASSERT_FALSE(unreadable);
    EXPECT_EQ(unreadable.error().status(), status::host_failed);
    EXPECT_EQ(garbled.start_get("k").try_get().error().status(), status::host_failed);
    EXPECT_THROW(garbled.lookup("k"), coord::error);
}

TEST(cpp_group_of, a_loader_may_return_an_answer_or_what_converts) {
    const coord::runtime runtime;
    coord::group_of<point> kept(runtime, "kept", {.load = [](auto, auto&) {
                                    return coord::answer{point{1, 2}, {.ttl = 1h}};
                                }});
    EXPECT_EQ(kept.get("k"), (point{1, 2}));
    EXPECT_TRUE(kept.untyped().lookup("k")->expires());
    coord::group_of<std::string> texts(
        runtime, "texts", {.load = [](auto, auto&) { return "text"; }});
    EXPECT_EQ(texts.get("k"), "text");
}

TEST(cpp_group_of, uses_the_process_wide_runtime_when_given_none) {
    coord::group_of<point> places("cpp_group_of.default", {.load = locate});
    EXPECT_EQ(places.get("abc").x, 3);
}

}  // namespace
