// Reading bytes as one reads a ByteView of groupcache: whatever the bytes are made of.
#include <coord/coord.hpp>

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <ios>
#include <sstream>
#include <streambuf>
#include <string>
#include <string_view>
#include <vector>

#include "cpp/status_of.hpp"

namespace {

using coord::status;

std::string read_all(coord::bytes_reader& reader, std::size_t at_once) {
    std::string all;
    std::vector<char> room(at_once);
    for (;;) {
        const auto count = reader.read(room);
        if (count == 0) return all;
        all.append(room.data(), count);
    }
}

// Both representations of a text: held by libcoord, and memory of the host.
std::array<coord::bytes, 2> both(std::string_view text) {
    return {coord::bytes::copy_of(text), coord::bytes::adopt(std::string(text))};
}

class cpp_bytes_view : public testing::TestWithParam<std::string_view> {};

TEST_P(cpp_bytes_view, length_and_text_are_those_of_what_it_was_made_from) {
    for (const auto& view : both(GetParam())) {
        EXPECT_EQ(view.size(), GetParam().size());
        EXPECT_EQ(view.str(), GetParam());
        for (std::size_t i = 0; i < view.size(); ++i)
            EXPECT_EQ(view.at(i), static_cast<unsigned char>(GetParam()[i]));
        EXPECT_EQ(status_of([&] { view.at(view.size()); }), status::invalid_argument);
    }
}

TEST_P(cpp_bytes_view, copies_into_longer_and_into_shorter_memory) {
    for (const auto& view : both(GetParam())) {
        std::string longer(view.size() + 1, '-');
        EXPECT_EQ(view.copy(0, longer), view.size());
        EXPECT_EQ(longer, std::string(GetParam()) + "-");
        std::string shorter(view.size() / 2, '-');
        EXPECT_EQ(view.copy(0, shorter), shorter.size());
        EXPECT_EQ(shorter, GetParam().substr(0, shorter.size()));
        EXPECT_EQ(view.copy(view.size(), longer), 0U);
        EXPECT_EQ(view.copy(view.size() + 9, longer), 0U);
    }
}

TEST_P(cpp_bytes_view, a_reader_gives_all_of_it_in_pieces_of_any_size) {
    for (const auto& view : both(GetParam())) {
        for (const std::size_t at_once : {1U, 2U, 64U}) {
            auto reader = view.reader();
            EXPECT_EQ(reader.size(), view.size());
            EXPECT_EQ(read_all(reader, at_once), GetParam());
            EXPECT_EQ(reader.tell(), view.size());
            reader.seek(0);
            EXPECT_EQ(read_all(reader, at_once), GetParam());
        }
    }
}

TEST_P(cpp_bytes_view, a_section_of_a_reader_is_that_part_alone) {
    for (const auto& view : both(GetParam())) {
        const auto reader = view.reader();
        for (std::size_t offset = 0; offset <= view.size(); ++offset) {
            std::string room(view.size() - offset, '-');
            EXPECT_EQ(reader.read_at(offset, room), room.size());
            EXPECT_EQ(room, GetParam().substr(offset));
            EXPECT_EQ(reader.tell(), 0U);
        }
    }
}

TEST_P(cpp_bytes_view, writes_itself_to_a_stream) {
    for (const auto& view : both(GetParam())) {
        std::ostringstream out;
        view.write_to(out);
        EXPECT_EQ(out.str(), GetParam());
        EXPECT_TRUE(view.try_write_to(out));
    }
}

INSTANTIATE_TEST_SUITE_P(texts, cpp_bytes_view, testing::Values("", "x", "yy"));

TEST(cpp_bytes_reader, keeps_the_bytes_and_refuses_to_go_beyond_their_end) {
    auto value = coord::bytes::copy_of("hello");
    auto reader = value.reader();
    value = {};
    reader.seek(1);
    EXPECT_EQ(reader.tell(), 1U);
    EXPECT_EQ(status_of([&] { reader.seek(6); }), status::invalid_argument);
    EXPECT_EQ(reader.tell(), 1U);
    EXPECT_EQ(read_all(reader, 3), "ello");
    reader.seek(5);
    EXPECT_EQ(read_all(reader, 3), "");
}

// Takes three bytes and no more.
class narrow : public std::streambuf {
  public:
    std::streamsize xsputn(const char*, std::streamsize size) override {
        const auto taken = std::min<std::streamsize>(size, room_);
        room_ -= taken;
        return taken;
    }
    int_type overflow(int_type) override { return traits_type::eof(); }

  private:
    std::streamsize room_ = 3;
};

TEST(cpp_bytes_stream, one_that_takes_less_is_an_error) {
    narrow little;
    std::ostream out(&little);
    const auto value = coord::bytes::copy_of("hello");
    EXPECT_EQ(status_of([&] { value.write_to(out); }), status::host_failed);

    narrow again;
    std::ostream throwing(&again);
    throwing.exceptions(std::ios::badbit);
    const auto outcome = value.try_write_to(throwing);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().status(), status::host_failed);
}

struct pair_of_texts {
    std::string_view a;
    std::string_view b;
    bool equal;
};

class cpp_bytes_equality : public testing::TestWithParam<pair_of_texts> {};

TEST_P(cpp_bytes_equality, is_of_bytes_and_texts_whatever_they_are_made_of) {
    const auto [a, b, equal] = GetParam();
    for (const auto& one : both(a)) {
        EXPECT_EQ(one == b, equal);
        for (const auto& other : both(b)) EXPECT_EQ(one == other, equal);
        EXPECT_EQ(coord_bytes_equal(one.native_handle(), b.data(), b.size()), equal ? 1 : 0);
    }
}

INSTANTIATE_TEST_SUITE_P(rows,
                         cpp_bytes_equality,
                         testing::Values(pair_of_texts{"x", "x", true},
                                         pair_of_texts{"x", "y", false},
                                         pair_of_texts{"x", "yy", false},
                                         pair_of_texts{"", "", true},
                                         pair_of_texts{"", "x", false},
                                         pair_of_texts{"yy", "y", false}));

TEST(cpp_bytes_slices, are_the_part_they_name_and_keep_their_source) {
    for (auto whole : both("abc")) {
        EXPECT_EQ(whole.slice_from(0), "abc");
        EXPECT_EQ(whole.slice_from(1), "bc");
        EXPECT_EQ(whole.slice_from(3), "");
        EXPECT_EQ(whole.slice(1, 1), "b");
        EXPECT_EQ(whole.slice(0, 3), "abc");
        EXPECT_EQ(status_of([&] { whole.slice_from(4); }), status::invalid_argument);
        EXPECT_EQ(status_of([&] { whole.slice(1, 3); }), status::invalid_argument);
        const auto part = whole.slice_from(1).slice_from(1);
        whole = {};
        EXPECT_EQ(part, "c");
    }
}

TEST(cpp_bytes_slices, of_no_bytes_at_all_are_refused) {
    EXPECT_EQ(status_of([] { coord::bytes().slice_from(0); }), status::invalid_argument);
    EXPECT_EQ(status_of([] { coord::bytes().at(0); }), status::invalid_argument);
    EXPECT_EQ(coord::bytes().copy(0, {}), 0U);
}

}  // namespace
