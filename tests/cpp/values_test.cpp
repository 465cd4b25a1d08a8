// Bytes, errors, results, contexts and rings of the C++ wrapper.
#include <coord/coord.hpp>

#include <chrono>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "cpp/status_of.hpp"

namespace {

using namespace std::chrono_literals;

TEST(cpp_bytes, copies_share_the_same_memory) {
    const auto first = coord::bytes::copy_of("hello");
    const auto second = first;  // NOLINT(performance-unnecessary-copy-initialization)
    EXPECT_EQ(first.data(), second.data());
    EXPECT_EQ(second.view(), "hello");
    EXPECT_EQ(first, second);
    EXPECT_EQ(first, "hello");
    EXPECT_FALSE(first == "other");
}

TEST(cpp_bytes, hold_any_byte_and_none) {
    const std::string text("a\0b", 3);
    EXPECT_EQ(coord::bytes::copy_of(text).str(), text);
    EXPECT_TRUE(coord::bytes().empty());
    EXPECT_EQ(coord::bytes().view(), "");
    EXPECT_EQ(coord::bytes::copy_of("").size(), 0U);
    EXPECT_EQ(coord::bytes().expires(), std::nullopt);
}

TEST(cpp_bytes, adopt_copies_nothing_and_frees_the_owner_with_the_last_reference) {
    struct probe {
        std::string text;
        std::shared_ptr<int> alive;
        const char* data() const { return text.data(); }
        std::size_t size() const { return text.size(); }
    };
    const auto alive = std::make_shared<int>(0);
    auto adopted = coord::bytes::adopt(probe{"a text longer than a small string", alive});
    auto part = adopted.slice(2, 4);
    EXPECT_EQ(adopted.view(), "a text longer than a small string");
    EXPECT_EQ(part.data(), adopted.data() + 2);
    adopted = {};
    EXPECT_EQ(part.view(), "text");
    EXPECT_EQ(alive.use_count(), 2);
    part = {};
    EXPECT_EQ(alive.use_count(), 1);
    EXPECT_EQ(coord::bytes::adopt(std::vector<char>{'x', 'y'}).view(), "xy");
}

TEST(cpp_bytes, a_slice_outside_throws_invalid_argument) {
    const auto whole = coord::bytes::copy_of("abc");
    EXPECT_EQ(whole.slice(3, 0).size(), 0U);
    EXPECT_EQ(status_of([&] { auto part = whole.slice(2, 2); }), coord::status::invalid_argument);
}

TEST(cpp_bytes, assigning_to_itself_is_harmless) {
    auto value = coord::bytes::copy_of("same");
    const auto& alias = value;
    value = alias;
    EXPECT_EQ(value.view(), "same");
}

TEST(cpp_error, carries_what_libcoord_said) {
    try {
        coord::context made(coord::context_options{.timeout = -5s});
        FAIL() << "a negative timeout was accepted";
    } catch (const coord::error& why) {
        EXPECT_EQ(why.status(), coord::status::invalid_argument);
        EXPECT_EQ(why.component(), "context");
        EXPECT_NE(std::string_view(why.what()), "");
        EXPECT_FALSE(why.is_retriable());
        EXPECT_FALSE(why.is_fatal());
        EXPECT_EQ(why.native_code(), 0);
        EXPECT_EQ(why.native_domain(), "");
        EXPECT_FALSE(why.cause());
        const coord::error copy = why;  // NOLINT(performance-unnecessary-copy-initialization)
        EXPECT_STREQ(copy.what(), why.what());
        EXPECT_EQ(copy.component(), "context");
    }
}

TEST(cpp_error, of_your_own_has_a_status_and_a_message_and_is_a_runtime_error) {
    const coord::error mine(coord::status::denied, "not yours");
    EXPECT_EQ(mine.status(), coord::status::denied);
    EXPECT_STREQ(mine.what(), "not yours");
    EXPECT_EQ(mine.component(), "");
    EXPECT_FALSE(mine.cause());
    static_assert(std::is_base_of_v<std::runtime_error, coord::error>);
    static_assert(std::is_nothrow_copy_constructible_v<coord::error>);
}

TEST(cpp_error, statuses_have_the_names_of_the_c_api) {
    EXPECT_EQ(coord::to_string(coord::status::ok), "ok");
    EXPECT_EQ(coord::to_string(coord::status::would_deadlock), "would_deadlock");
    EXPECT_EQ(coord::to_string(coord::status::host_failed), "host_failed");
    EXPECT_EQ(coord::to_string(static_cast<coord::status>(999)), "unknown");
}

TEST(cpp_result, gives_the_value_or_throws_the_error) {
    coord::result<int> good = 3;
    EXPECT_TRUE(good);
    EXPECT_EQ(*good, 3);
    EXPECT_EQ(good.value(), 3);
    const coord::result<int> bad = coord::error(coord::status::lost, "gone");
    EXPECT_FALSE(bad);
    EXPECT_EQ(bad.error().status(), coord::status::lost);
    EXPECT_EQ(status_of([&] { static_cast<void>(bad.value()); }), coord::status::lost);
    const coord::result<void> done;
    EXPECT_TRUE(done);
    done.value();
}

TEST(cpp_context, cancelling_a_parent_cancels_its_children) {
    const coord::context parent;
    const coord::context child(coord::context_options{.parent = &parent});
    EXPECT_FALSE(child.is_cancelled());
    EXPECT_EQ(child.remaining(), coord::forever);
    const auto same = child;  // NOLINT(performance-unnecessary-copy-initialization)
    parent.cancel();
    EXPECT_TRUE(child.is_cancelled());
    EXPECT_TRUE(same.is_cancelled());
    EXPECT_EQ(child.remaining(), 0ns);
}

TEST(cpp_context, has_a_deadline_and_a_trace_that_children_inherit) {
    const coord::context parent(coord::context_options{.timeout = 1h, .trace = "00-abc-01"});
    const coord::context child(coord::context_options{.parent = &parent});
    EXPECT_LE(child.remaining(), 1h);
    EXPECT_GT(child.remaining(), 0ns);
    EXPECT_EQ(child.trace(), "00-abc-01");
    EXPECT_EQ(coord::context().trace(), "");
}

TEST(cpp_ring, gives_owners_of_the_reference) {
    coord::ring ring("http://127.0.0.1:8001 http://127.0.0.1:8002,http://127.0.0.1:8003");
    EXPECT_EQ(ring.owner("user:42"), "http://127.0.0.1:8002");
    EXPECT_EQ(ring.owner("key-0"), "http://127.0.0.1:8003");
    coord::ring golang({.profile = coord::ring_profile::golang_crc32});
    EXPECT_EQ(golang.owner("user:42"), std::nullopt);
    golang.set("http://127.0.0.1:8001,http://127.0.0.1:8002,http://127.0.0.1:8003");
    EXPECT_EQ(golang.owner("user:42"), "http://127.0.0.1:8003");
    golang.set("");
    EXPECT_EQ(golang.owner("user:42"), std::nullopt);
}

TEST(cpp_ring, refuses_an_unknown_profile) {
    const coord::ring_options wrong{.profile = static_cast<coord::ring_profile>(77)};
    EXPECT_EQ(status_of([&] { coord::ring made(wrong); }), coord::status::invalid_argument);
}

}  // namespace
