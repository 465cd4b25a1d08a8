// Pickers of one's own: four slots by CRC-32 of the key, of which the last is this process.
#include <coord/coord.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cpp/status_of.hpp"

namespace {

using coord::status;

std::uint32_t crc32(std::string_view text) {
    std::uint32_t sum = 0xffffffff;
    for (const char c : text) {
        sum ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1) ^ ((sum & 1U) != 0 ? 0xedb88320 : 0);
    }
    return ~sum;
}

constexpr std::size_t peer_count = 3;

struct four_slots {
    explicit four_slots(coord::group_options how = {}) {
        for (std::size_t i = 0; i < peer_count; ++i) slots[i].emplace(make_peer(i));
        picker.emplace(runtime, coord::picker_options{.pick = [this](std::string_view key) {
                           return pick(key);
                       }});
        how.picker = &*picker;
        how.load = [this](std::string_view key, const coord::context&) {
            ++local;
            return "got:" + std::string(key);
        };
        group.emplace(runtime, "TestPeers-group", std::move(how));
    }

    coord::peer make_peer(std::size_t i) {
        const auto answer = [this, i](coord::peer_request& asked) {
            ++hits[i];
            if (i == failing) throw coord::error(status::unavailable, "simulated error from peer");
            EXPECT_EQ(asked.group(), "TestPeers-group");
            return "got:" + std::string(asked.key());
        };
        return coord::peer(runtime,
                           "peer" + std::to_string(i),
                           {.get = answer, .remove = [](coord::peer_request&) {}});
    }
    const coord::peer* pick(std::string_view key) const {
        const auto slot = crc32(key) % (peer_count + 1);
        return slot < peer_count && slots[slot] ? &*slots[slot] : nullptr;
    }

    // Local loads, then those of each peer.
    std::vector<int> run(int count) {
        local = 0;
        for (auto& one : hits) one = 0;
        for (int i = 0; i < count; ++i) {
            const auto key = "key-" + std::to_string(i);
            EXPECT_EQ(group->get(key), "got:" + key);
        }
        return {local, hits[0], hits[1], hits[2]};
    }

    std::size_t failing = peer_count;
    std::atomic<int> local{0};
    std::array<std::atomic<int>, peer_count> hits{};
    coord::runtime runtime;
    std::array<std::optional<coord::peer>, peer_count> slots;
    std::optional<coord::picker> picker;
    std::optional<coord::group> group;
};

using counts = std::vector<int>;

TEST(cpp_picker, every_key_is_asked_of_the_peer_it_names_and_a_second_time_of_nobody) {
    four_slots all;
    EXPECT_EQ(all.run(200), (counts{49, 51, 49, 51}));
    EXPECT_EQ(all.run(200), (counts{0, 0, 0, 0}));
}

TEST(cpp_picker, hot_copies_are_kept_of_about_one_in_ten_or_never) {
    four_slots some({.hot_policy = coord::hot_policy::one_in});
    some.run(4'000);
    const auto items = some.group->stats(coord::section::hot).items;
    EXPECT_GT(items, 200U);  // of 3,000, one in ten is 300 with a deviation of 16
    EXPECT_LT(items, 400U);
    EXPECT_EQ(some.run(4'000)[0], 0);

    four_slots never({.hot_policy = coord::hot_policy::never});
    EXPECT_EQ(never.run(200), (counts{49, 51, 49, 51}));
    EXPECT_EQ(never.run(200), (counts{0, 51, 49, 51}));

    four_slots each({.hot_policy = coord::hot_policy::one_in, .hot_one_in = 1});
    each.run(200);
    EXPECT_EQ(each.run(200), (counts{0, 0, 0, 0}));
}

TEST(cpp_picker, what_a_missing_peer_would_own_is_loaded_here) {
    four_slots down({.max_bytes = coord::keep_nothing});
    down.slots[0].reset();
    EXPECT_EQ(down.run(200), (counts{100, 0, 49, 51}));
}

TEST(cpp_picker, a_failing_peer_is_asked_and_then_the_key_is_loaded_here) {
    four_slots failing({.max_bytes = coord::keep_nothing});
    failing.failing = 0;
    EXPECT_EQ(failing.run(200), (counts{100, 51, 49, 51}));
    EXPECT_EQ(failing.group->stats().peer_errors, 51U);
}

TEST(cpp_picker, without_functions_this_process_owns_everything) {
    const coord::runtime runtime;
    const coord::picker none(runtime);
    coord::group group(runtime, "g", {.picker = &none, .load = [](auto, auto&) { return "v"; }});
    EXPECT_EQ(group.get("k"), "v");
    group.remove("k");
    EXPECT_EQ(group.stats().peer_loads, 0U);
}

TEST(cpp_picker, one_that_throws_fails_the_get_and_the_removal) {
    const coord::runtime runtime;
    bool healed = false;
    const coord::picker thrower(runtime,
                                {.pick = [&](std::string_view) -> const coord::peer* {
                                     if (healed) return nullptr;
                                     throw std::runtime_error("cannot decide");
                                 },
                                 .pick_all = [&]() -> std::vector<const coord::peer*> {
                                     throw std::runtime_error("cannot tell");
                                 }});
    coord::group group(runtime, "g", {.picker = &thrower, .load = [](auto, auto&) { return "v"; }});
    EXPECT_EQ(status_of([&] { group.get("k"); }), status::host_failed);
    healed = true;
    EXPECT_EQ(group.get("k"), "v");
    EXPECT_FALSE(group.try_remove("k"));
}

TEST(cpp_picker, a_peer_of_another_runtime_fails_the_get) {
    const coord::runtime runtime;
    const coord::runtime other;
    const coord::peer stranger(
        other,
        "stranger",
        {.get = [](coord::peer_request&) { return "v"; }, .remove = [](coord::peer_request&) {}});
    const coord::picker wrong(runtime, {.pick = [&](std::string_view) { return &stranger; }});
    coord::group group(runtime, "g", {.picker = &wrong, .load = [](auto, auto&) { return "v"; }});
    EXPECT_EQ(status_of([&] { group.get("k"); }), status::host_failed);
}

TEST(cpp_picker, removals_go_to_all_it_names) {
    coord::runtime runtime;
    std::atomic<int> removals{0};
    const auto make = [&](std::string_view url) {
        return coord::peer(runtime,
                           url,
                           {.get = [](coord::peer_request&) { return "v"; },
                            .remove = [&](coord::peer_request&) { ++removals; }});
    };
    const auto first = make("first");
    const auto second = make("second");
    const coord::picker picker(runtime,
                               {.pick = [&](std::string_view) { return &first; },
                                .pick_all =
                                    [&] {
                                        return std::vector<const coord::peer*>{&first, &second};
                                    }});
    coord::group group(runtime, "g", {.picker = &picker});
    EXPECT_EQ(group.get("k"), "v");
    group.remove("k");
    EXPECT_EQ(removals, 2);
    EXPECT_FALSE(group.lookup("k"));
}

TEST(cpp_picker, lives_as_long_as_its_group_and_frees_its_functions_once) {
    const coord::runtime runtime;
    const auto alive = std::make_shared<int>(0);
    {
        std::optional<coord::picker> picker;
        picker.emplace(runtime, coord::picker_options{.pick = [alive](std::string_view) {
                           return static_cast<const coord::peer*>(nullptr);
                       }});
        const auto same = *picker;
        coord::group group(
            runtime, "g", {.picker = &same, .load = [](auto, auto&) { return "v"; }});
        picker.reset();
        EXPECT_EQ(group.get("k"), "v");
        EXPECT_GT(alive.use_count(), 1);
    }
    EXPECT_EQ(alive.use_count(), 1);
    const coord::picker_options wrong{
        .pick = [alive](std::string_view) { return static_cast<const coord::peer*>(nullptr); },
        .dialect = static_cast<coord::dialect>(99)};
    EXPECT_EQ(status_of([&] { coord::picker made(runtime, wrong); }), status::invalid_argument);
    EXPECT_EQ(alive.use_count(), 2);
}

TEST(cpp_picker, decides_also_for_a_group_that_peers_serve) {
    const coord::runtime runtime;
    const coord::peers peers(runtime, {.list = "http://a.example:1"});
    const coord::picker none(runtime);
    coord::group group(
        runtime, "g", {.peers = &peers, .picker = &none, .load = [](auto, auto&) { return "v"; }});
    EXPECT_EQ(group.get("k"), "v");
    EXPECT_EQ(group.stats().peer_errors, 0U);
}

TEST(cpp_picker, of_peers_is_their_list_for_another_group) {
    const coord::runtime runtime;
    const coord::runtime owner;
    coord::peers there(owner, {.listen = "127.0.0.1:0"});
    coord::group theirs(owner, "g", {.peers = &there, .load = [](auto, auto&) { return "there"; }});
    const coord::peers here(runtime, {.list = there.self_url()});
    const auto picker = here.picker();
    coord::group ours(
        runtime, "g", {.picker = &picker, .load = [](auto, auto&) { return "here"; }});
    EXPECT_EQ(ours.get("k"), "there");
}

}  // namespace
