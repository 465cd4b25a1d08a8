// Which bytes are a request and which are refused, and that it does not matter how they arrive.
#include "http/request_reader.hpp"

#include <cstdio>
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

// As far as there is a request, in pieces of at most `piece`.
request_reader::progress feed(request_reader& reader,
                              std::string_view& bytes,
                              std::size_t piece = SIZE_MAX) {
    auto seen = request_reader::progress::more;
    while (!bytes.empty() && seen == request_reader::progress::more) {
        const auto room = reader.room();
        const auto n = std::min({piece, room.size(), bytes.size()});
        std::memcpy(room.data(), bytes.data(), n);
        bytes.remove_prefix(n);
        seen = reader.take(n);
    }
    return seen;
}

std::string patterned(std::size_t size) {
    std::string text(size, ' ');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('!' + i % 89);
    return text;
}

TEST(requests, what_a_request_points_to_stays_while_its_body_comes) {
    const auto reader = request_reader::make(usual);
    const std::string pad(1'900, 'p');
    const auto body = patterned(100'000);
    const auto all = with("Content-Length: 100000\r\nPad: " + pad + "\r\n") + body;
    std::string_view rest = all;
    EXPECT_EQ(feed(*reader, rest), request_reader::progress::ready);
    EXPECT_EQ(reader->asked().find("pad"), pad);
    EXPECT_EQ(reader->asked().target, "/p");
    EXPECT_EQ(reader->body_bytes(), 100'000U);
    EXPECT_EQ(reader->asked().body, body);
    EXPECT_FALSE(reader->has_next());
}

// A body of this size as chunks of that.
std::string in_chunks(std::string_view body, std::size_t chunk) {
    std::string text;
    while (!body.empty()) {
        const auto piece = body.substr(0, chunk);
        char size[32];
        std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
        text.append(size).append(piece).append("\r\n");
        body.remove_prefix(piece.size());
    }
    return text + "0\r\n\r\n";
}

TEST(requests, a_body_is_the_same_however_it_is_framed_and_cut) {
    for (const std::size_t size : {1U, 700U, 16'384U, 16'385U, 70'000U}) {
        const auto body = patterned(size);
        const auto length = "Content-Length: " + std::to_string(size) + "\r\n";
        for (const std::size_t chunk : {0U, 1U, 600U, 65'000U}) {
            if (chunk == 1 && size > 1'000) continue;  // framing beyond what is taken
            const auto one = chunk == 0 ? with(length) + body : chunked(in_chunks(body, chunk));
            const auto all = one + one + "GET /after HTTP/1.1\r\nHost: h\r\n\r\n";
            for (const std::size_t piece : {7UL, 1'000UL, SIZE_MAX}) {
                const auto reader = request_reader::make(usual);
                std::string_view rest = all;
                auto seen = feed(*reader, rest, piece);
                for (int i = 0; i < 2; ++i) {
                    ASSERT_EQ(seen, request_reader::progress::ready) << size << ' ' << chunk;
                    EXPECT_TRUE(reader->asked().body == body) << size << ' ' << chunk;
                    seen = reader->next();
                    if (seen == request_reader::progress::more) seen = feed(*reader, rest, piece);
                }
                ASSERT_EQ(seen, request_reader::progress::ready);
                EXPECT_EQ(reader->asked().target, "/after");
                EXPECT_EQ(reader->asked().body, "") << "nothing is left of the one before";
            }
        }
    }
}

TEST(requests, room_for_a_body_comes_with_its_bytes_not_with_its_length) {
    const auto reader = request_reader::make(usual);
    const auto head = with("Content-Length: 1048576\r\n");
    std::string_view rest = head;
    EXPECT_EQ(feed(*reader, rest), request_reader::progress::more);
    EXPECT_LE(reader->room().size(), 16U << 10);
}

}  // namespace
}  // namespace coord::http
