// Which bytes are a request and which are refused, and that it does not matter how they arrive.
#include "http/request_reader.hpp"

#include <cstring>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "http/request_rows.hpp"

namespace coord::http {
namespace {

using namespace std::string_literals;

// What became of some bytes: each request as "GET /target", a refusal as its status.
std::vector<std::string> outcome(std::string_view bytes,
                                 std::size_t piece = SIZE_MAX,
                                 const request_limits& within = usual) {
    std::vector<std::string> all;
    const auto reader = request_reader::make(within);
    while (!bytes.empty()) {
        const auto room = reader->room();
        const auto n = std::min({piece, room.size(), bytes.size()});
        std::memcpy(room.data(), bytes.data(), n);
        bytes.remove_prefix(n);
        auto seen = reader->take(n);
        while (seen == request_reader::progress::ready) {
            const auto& asked = reader->asked();
            all.push_back(std::string(asked.verb_text) + ' ' + std::string(asked.target));
            seen = reader->next();
        }
        if (seen == request_reader::progress::refused) {
            all.push_back(std::to_string(reader->why().status));
            EXPECT_FALSE(reader->why().text.empty());
            return all;
        }
    }
    if (!reader->is_empty()) all.emplace_back("more");
    return all;
}

// At once, byte by byte, and cut into odd pieces.
void check(const row& each) {
    EXPECT_EQ(outcome(each.bytes), each.then) << each.what;
    for (const std::size_t piece : {1U, 3U, 7U, 1'000U})
        EXPECT_EQ(outcome(each.bytes, piece), each.then) << each.what << " in pieces of " << piece;
}

TEST(requests, bodies_are_framed_in_one_way_or_refused) {
    for (const auto& each : framing_rows()) check(each);
}

TEST(requests, heads_are_read_in_one_way_or_refused) {
    for (const auto& each : head_rows()) check(each);
}

TEST(requests, several_are_found_one_behind_the_other) {
    std::string all;
    list names;
    for (int i = 0; i < 20; ++i) {
        const auto target = "/" + std::to_string(i);
        all += "GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n";
        all += "PUT " + target + " HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";
        all += "PUT " + target +
               " HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
        for (const char* verb : {"GET ", "PUT ", "PUT "}) names.push_back(verb + target);
    }
    for (std::size_t piece = 1; piece < all.size(); piece += 1 + piece / 8)
        EXPECT_EQ(outcome(all, piece), names) << "in pieces of " << piece;
}

TEST(requests, what_a_request_points_to_stays_while_its_body_passes_by) {
    const auto reader = request_reader::make(usual);
    const auto feed = [&](std::string_view bytes) {
        auto seen = request_reader::progress::more;
        while (!bytes.empty()) {
            const auto room = reader->room();
            const auto n = std::min(room.size(), bytes.size());
            std::memcpy(room.data(), bytes.data(), n);
            bytes.remove_prefix(n);
            seen = reader->take(n);
        }
        return seen;
    };
    const std::string pad(1'900, 'p');
    feed(with("Content-Length: 100000\r\nPad: " + pad + "\r\n"));
    EXPECT_TRUE(reader->is_in_body());
    EXPECT_EQ(feed(std::string(100'000, '!')), request_reader::progress::ready);
    EXPECT_EQ(reader->asked().find("pad"), pad);
    EXPECT_EQ(reader->asked().target, "/p");
    EXPECT_EQ(reader->body_bytes(), 100'000U);
    EXPECT_FALSE(reader->has_next());
}

}  // namespace
}  // namespace coord::http
