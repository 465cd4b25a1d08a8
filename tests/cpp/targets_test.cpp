// Where values come from and go to: memory of the caller, messages, memory of the loader.
#include <coord/coord.hpp>

#include <array>
#include <atomic>
#include <future>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "cpp/status_of.hpp"
#include "profile.pb.h"

namespace {

using coord::status;
using coord::testing::profile;

// A loader that waits until both callers are there.
template <class Value>
struct blocked {
    std::promise<void> proceed;
    std::shared_future<void> may_proceed = proceed.get_future().share();
    std::atomic<int> fills{0};

    auto loader(Value value) {
        return [this, value](std::string_view, const coord::context&) {
            ++fills;
            may_proceed.wait();
            return value;
        };
    }
    void release_when_both_wait(const coord::group& group) {
        while (group.stats().waiters < 2) std::this_thread::yield();
        proceed.set_value();
    }
};

profile ann() {
    profile made;
    made.set_name("ann");
    made.set_level(3);
    return made;
}

TEST(cpp_targets, two_at_once_get_the_same_text_of_one_load) {
    const coord::runtime runtime;
    blocked<std::string> origin;
    coord::group group(runtime, "g", {.load = origin.loader("ECHO:key")});
    auto first = std::async(std::launch::async, [&] { return group.get("key").str(); });
    auto second = std::async(std::launch::async, [&] { return group.get("key").str(); });
    origin.release_when_both_wait(group);
    EXPECT_EQ(first.get(), "ECHO:key");
    EXPECT_EQ(second.get(), "ECHO:key");
    EXPECT_EQ(origin.fills, 1);
}

TEST(cpp_targets, two_at_once_get_equal_messages_of_one_load) {
    const coord::runtime runtime;
    blocked<profile> origin;
    coord::group group(runtime, "g", {.load = origin.loader(ann())});
    const auto ask = [&] {
        profile into;
        group.get_message("ann", into);
        return into;
    };
    auto first = std::async(std::launch::async, ask);
    auto second = std::async(std::launch::async, ask);
    origin.release_when_both_wait(group);
    EXPECT_EQ(first.get().SerializeAsString(), ann().SerializeAsString());
    EXPECT_EQ(second.get().name(), "ann");
    EXPECT_EQ(origin.fills, 1);
}

TEST(cpp_targets, what_is_no_message_is_host_failed) {
    const coord::runtime runtime;
    coord::group group(runtime, "g", {.load = [](std::string_view key, auto&) {
                           if (key == "missing") throw coord::error(status::not_found, "nobody");
                           return std::string(key == "empty" ? "" : "\xff\xff");
                       }});
    profile into;
    EXPECT_EQ(status_of([&] { group.get_message("odd", into); }), status::host_failed);
    EXPECT_EQ(status_of([&] { group.get_message("empty", into); }), status::host_failed);
    const auto missing = group.try_get_message("missing", into);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().status(), status::not_found);
}

TEST(cpp_targets, a_message_that_cannot_be_written_fails_the_load) {
    const coord::runtime runtime;
    coord::group group(runtime, "g", {.load = [](auto, auto&) { return profile(); }});
    EXPECT_EQ(status_of([&] { group.get("k"); }), status::host_failed);
}

TEST(cpp_targets, typed_groups_of_messages_need_no_codec) {
    const coord::runtime runtime;
    coord::group_of<profile> people(runtime, "people", {.load = [](auto, auto&) { return ann(); }});
    EXPECT_EQ(people.get("ann").level(), 3);
    auto older = ann();
    older.set_level(4);
    people.set("ann", older);
    EXPECT_EQ(people.lookup("ann")->level(), 4);
    people.start_set("ann", ann()).get();
    EXPECT_EQ(people.get("ann").level(), 3);
    EXPECT_EQ(people.try_set("ann", profile()).error().status(), status::host_failed);
    EXPECT_EQ(people.get("ann").level(), 3);
}

TEST(cpp_targets, memory_of_the_caller_takes_what_fits_and_the_cache_keeps_all) {
    const coord::runtime runtime;
    coord::group group(
        runtime, "g", {.load = [](auto key, auto&) { return "a value of " + std::string(key); }});
    std::string large(100, '-');
    EXPECT_EQ(group.get_into("short", large), 16U);
    EXPECT_EQ(large.substr(0, 17), "a value of short-");
    std::array<char, 6> small{};
    EXPECT_EQ(group.get_into("short", small), 16U);
    EXPECT_EQ(std::string_view(small.data(), small.size()), "a valu");
    EXPECT_EQ(group.get_into("short", {}), 16U);
    EXPECT_EQ(group.get("short"), "a value of short");
    group.close();
    EXPECT_EQ(group.try_get_into("short", large).error().status(), status::closed);
}

TEST(cpp_targets, a_copy_of_the_caller_shares_nothing_with_the_cache) {
    const coord::runtime runtime;
    std::string source = "the value";
    coord::group group(
        runtime, "g", {.load = [&](auto, auto&) -> std::string_view { return source; }});
    auto copy = group.get("k").str();
    const auto kept = group.get("k");
    EXPECT_NE(kept.data(), source.data());
    EXPECT_NE(kept.data(), copy.data());
    source.assign(source.size(), '!');
    copy.assign(copy.size(), '?');
    EXPECT_EQ(kept, "the value");
    EXPECT_EQ(group.get("k"), "the value");
}

struct probe {
    std::vector<char> memory;
    std::shared_ptr<int> alive;
    const char* data() const { return memory.data(); }
    std::size_t size() const { return memory.size(); }
};

TEST(cpp_targets, bytes_that_a_loader_hands_in_are_kept_without_a_copy) {
    const coord::runtime runtime;
    const auto alive = std::make_shared<int>(0);
    const char* start = nullptr;
    coord::group group(
        runtime, "g", {.load = [&](auto key, auto&) {
            auto made = coord::bytes::adopt(probe{std::vector<char>(100'000, 'x'), alive});
            start = made.data();
            return coord::answer{made, {.store = key != "passing"}};
        }});
    const auto* kept = group.get("kept").data();
    EXPECT_EQ(kept, start);
    EXPECT_EQ(group.lookup("kept")->data(), kept);
    EXPECT_EQ(alive.use_count(), 2);
    group.remove("kept");
    EXPECT_EQ(alive.use_count(), 1);
    EXPECT_EQ(group.get("passing").data(), start);
    EXPECT_EQ(alive.use_count(), 1);
}

TEST(cpp_targets, a_request_takes_bytes_too_and_no_bytes_are_an_empty_value) {
    const coord::runtime runtime;
    coord::group group(runtime, "g", {.load = [](coord::request asked) {
                           if (asked.key() == "none") return asked.succeed(coord::bytes());
                           asked.succeed(coord::bytes::adopt(std::string("handed in")));
                       }});
    EXPECT_EQ(group.get("none"), "");
    EXPECT_EQ(group.get("some"), "handed in");
}

}  // namespace
