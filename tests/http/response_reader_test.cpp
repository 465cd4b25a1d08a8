// Replies from bytes: every framing, every limit, and the same outcome wherever the bytes are cut.
#include "http/response_reader.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace coord::http {
namespace {

using progress = response_reader::progress;

std::string described(const response_reader& reader, progress went) {
    if (went == progress::more) return "more";
    if (went == progress::failed)
        return "failed " + std::to_string(reader.failure()) + " " + reader.why();
    const auto& got = reader.reply();
    std::string text = std::to_string(got.status);
    for (const auto& each : got.headers)
        text += " " + std::string(each.name) + "=" + std::string(each.value);
    return text + " [" + std::string(got.body) + "]" + (reader.may_be_followed() ? " keep" : "");
}

// Feeds pieces of the sizes that `next` gives, then the end if need be.
std::string outcome(std::string_view bytes,
                    const std::function<std::size_t()>& next,
                    const response_reader::bounds& within = {}) {
    response_reader reader(within);
    auto went = progress::more;
    while (went == progress::more && !bytes.empty()) {
        const auto room = reader.room();
        const auto size = std::min({bytes.size(), room.size(), std::max<std::size_t>(next(), 1)});
        std::memcpy(room.data(), bytes.data(), size);
        bytes.remove_prefix(size);
        went = reader.received(size);
    }
    if (went == progress::more) went = reader.ended();
    return described(reader, went);
}

std::string whole(std::string_view bytes, const response_reader::bounds& within = {}) {
    return outcome(
        bytes, [] { return SIZE_MAX; }, within);
}

struct row {
    std::string bytes;
    std::string expected;
};

// Statuses as numbers: 7 exhausted, 8 conflict, 9 unavailable.
const std::vector<row>& table() {
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
    const std::string headers = "failed 8 the headers of the reply are malformed";
    const std::string body = "failed 8 the body of the reply is malformed";
    const std::string cut = "failed 9 the connection was closed within the reply";
    static const std::vector<row> rows{
        {ok + "Content-Length: 5\r\n\r\nhello", "200 Content-Length=5 [hello] keep"},
        {ok + "Content-Length: 0\r\n\r\n", "200 Content-Length=0 [] keep"},
        {ok + "A:  b \r\nContent-Length: 0\r\nEmpty:\r\n\r\n",
         "200 A=b Content-Length=0 Empty= [] keep"},
        {"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno", "404 Content-Length=2 [no] keep"},
        {"HTTP/1.1 302 Found\r\nLocation: http://x/\r\nContent-Length: 0\r\n\r\n",
         "302 Location=http://x/ Content-Length=0 [] keep"},
        {"HTTP/1.1 204 No Content\r\n\r\n", "204 [] keep"},
        {"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", "304 Content-Length=9 [] keep"},
        {ok + "Connection: close\r\nContent-Length: 1\r\n\r\nx",
         "200 Connection=close Content-Length=1 [x]"},
        {"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", "200 Content-Length=1 [x]"},
        {"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx",
         "200 Connection=keep-alive Content-Length=1 [x]"},
        {ok + "\r\nuntil the end", "200 [until the end]"},
        {ok + "\r\n", "200 []"},
        {chunked + "5\r\nhello\r\n0\r\n\r\n", "200 Transfer-Encoding=chunked [hello] keep"},
        {chunked + "0\r\n\r\n", "200 Transfer-Encoding=chunked [] keep"},
        {chunked + "3;a=b\r\nhel\r\n02\r\nlo\r\n0;x\r\nTrailer: 1\r\n\r\n",
         "200 Transfer-Encoding=chunked [hello] keep"},
        {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nA: b\r\n\r\n" + ok +
             "Content-Length: 1\r\n\r\nx",
         "200 Content-Length=1 [x] keep"},
        {"HTTP/1.1 101 Switching\r\n\r\n", "101 []"},
        {std::string("HTTP/1.1 100 C\r\n\r\n") + "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\n" +
             "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\n",
         "failed 8 too many interim replies"},
        {"", "failed 9 the connection was closed without an answer"},
        {"HTTP/1.1 200 OK\r\nContent-Le", cut},
        {ok + "Content-Length: 5\r\n\r\nhell", cut},
        {chunked + "5\r\nhel", cut},
        {chunked + "5\r\nhello\r\n", cut},
        {chunked + "5\r\nhello\r\n0\r\n", cut},
        {"SSH-2.0-OpenSSH_9.2\r\n", "failed 8 the reply is not HTTP"},
        {"HTTP", cut},
        {"HTTQ", "failed 8 the reply is not HTTP"},
        {"HTTP/2.0 200 OK\r\n\r\n", headers},
        {"HTTP/1.1 20 OK\r\n\r\n", headers},
        {"HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n", headers},
        {"HTTP/1.1 200 OK\r\nNo colon\r\n\r\n", headers},
        {"HTTP/1.1 200 OK\r\nSpace : x\r\n\r\n", headers},
        {"HTTP/1.1 200 OK\r\nFolded: a\r\n b\r\nContent-Length: 0\r\n\r\n", headers},
        {"HTTP/1.1 200 OK\nContent-Length: 0\n\n\r\n\r\n", headers},
        {ok + "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx", headers},
        {ok + "Content-Length: 1, 1\r\n\r\nx", headers},
        {ok + "Content-Length: +1\r\n\r\nx", headers},
        {ok + "Content-Length:\r\n\r\nx", headers},
        {ok + "Content-Length: 99999999999999999999\r\n\r\nx", headers},
        {ok + "Transfer-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx", headers},
        {ok + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", headers},
        {ok + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\nx", headers},
        {chunked + "wxyz\r\n", body},
        {chunked + "5\r\nhelloX\r\n0\r\n\r\n", body},
        {chunked + "ffffffffffffffffff\r\n", body},
        {chunked + "5\nhello", cut},
    };
    return rows;
}

TEST(replies, are_read_in_every_framing_and_refused_in_every_wrong_one) {
    for (const auto& each : table()) EXPECT_EQ(whole(each.bytes), each.expected) << each.bytes;
}

TEST(replies, mean_the_same_wherever_their_bytes_are_cut) {
    for (const auto& each : table()) {
        EXPECT_EQ(outcome(each.bytes, [] { return 1; }), each.expected) << each.bytes;
        for (std::size_t at = 1; at < each.bytes.size(); ++at) {
            bool first = true;
            const auto cut = [&] { return std::exchange(first, false) ? at : SIZE_MAX; };
            EXPECT_EQ(outcome(each.bytes, cut), each.expected) << each.bytes << " cut at " << at;
        }
    }
}

TEST(replies, with_bytes_behind_them_are_good_but_nothing_may_follow) {
    for (const auto& each : table()) {
        if (!each.expected.ends_with(" keep")) continue;
        const auto expected = each.expected.substr(0, each.expected.size() - 5);
        EXPECT_EQ(whole(each.bytes + "x"), expected);
        EXPECT_EQ(whole(each.bytes + each.bytes), expected);
    }
}

TEST(replies, may_be_as_large_as_allowed_and_no_larger) {
    const response_reader::bounds small{200, 10};
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    const std::string larger = "failed 7 the reply is larger than allowed";
    EXPECT_EQ(whole(ok + "Content-Length: 10\r\n\r\n0123456789", small),
              "200 Content-Length=10 [0123456789] keep");
    EXPECT_EQ(whole(ok + "Content-Length: 11\r\n\r\n", small), larger) << "before it comes";
    const auto chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
    EXPECT_EQ(whole(chunked + "5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n", small),
              "200 Transfer-Encoding=chunked [0123456789] keep");
    EXPECT_EQ(whole(chunked + "5\r\n01234\r\n6\r\n", small), larger);
    EXPECT_EQ(whole(ok + "\r\n0123456789", small), "200 [0123456789]");
    EXPECT_EQ(whole(ok + "\r\n0123456789x", small), larger);
    EXPECT_EQ(outcome(
                  ok + "\r\n0123456789x", [] { return 1; }, small),
              larger);
}

TEST(replies, have_headers_as_large_and_as_many_as_allowed_and_no_more) {
    const response_reader::bounds small{200, 10};
    const std::string begin = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA: ";
    const std::string end = "\r\n\r\n";
    const auto fill = [&](std::size_t total) {
        return begin + std::string(total - begin.size() - end.size(), 'a') + end;
    };
    const std::string larger = "failed 7 the headers of the reply are larger than allowed";
    EXPECT_TRUE(whole(fill(200), small).starts_with("200 "));
    EXPECT_EQ(whole(fill(201), small), larger);
    EXPECT_EQ(outcome(
                  fill(201), [] { return 1; }, small),
              larger);
    EXPECT_EQ(whole("HTTP/1.1 200 " + std::string(300, 'O'), small), larger) << "without an end";
    const auto many = [](std::size_t count) {
        std::string text = "HTTP/1.1 204 No Content\r\n";
        for (std::size_t i = 0; i < count; ++i) text += "A: b\r\n";
        return text + "\r\n";
    };
    EXPECT_TRUE(whole(many(64)).starts_with("204 "));
    EXPECT_EQ(whole(many(65)), "failed 7 the reply has more headers than allowed");
}

TEST(replies, in_chunks_may_not_be_mostly_framing) {
    const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (const auto& framing : {"1;" + std::string(5'000, 'e') + "\r\nx\r\n0\r\n\r\n",
                                std::string(5'000, '0') + "1\r\nx\r\n0\r\n\r\n",
                                "0\r\nTrailer: " + std::string(5'000, 't') + "\r\n\r\n"}) {
        EXPECT_TRUE(whole(chunked + framing).starts_with("failed 8"));
        EXPECT_TRUE(outcome(chunked + framing, [] { return 1; }).starts_with("failed 8"));
    }
    const auto fair = "1;" + std::string(1'000, 'e') + "\r\nx\r\n0\r\n\r\n";
    EXPECT_EQ(whole(chunked + fair), "200 Transfer-Encoding=chunked [x] keep");
}

TEST(readers, read_one_reply_after_another) {
    response_reader reader({});
    for (int i = 0; i < 3; ++i) {
        const auto text = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + std::to_string(i);
        EXPECT_FALSE(reader.began());
        std::memcpy(reader.room().data(), text.data(), text.size());
        ASSERT_EQ(reader.received(text.size()), progress::done);
        EXPECT_TRUE(reader.began());
        EXPECT_EQ(reader.reply().body, std::to_string(i));
        EXPECT_EQ(reader.reply().find("content-length"), "1");
        reader.begin();
    }
}

// Bytes that are moved for each byte received would take minutes here.
TEST(readers, take_large_bodies_in_time_that_grows_with_their_size) {
    const std::size_t size = 64 << 20;
    std::string length = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n";
    std::string chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    const std::string piece(4096, 'p');
    length.reserve(size + 100);
    chunks.reserve(size + size / 256);
    for (std::size_t i = 0; i < size / piece.size(); ++i) {
        length += piece;
        chunks += "1000\r\n" + piece + "\r\n";
    }
    chunks += "0\r\n\r\n";
    for (const auto& bytes : {length, chunks}) {
        response_reader reader({});
        std::string_view left = bytes;
        auto went = progress::more;
        while (went == progress::more) {
            const auto room = reader.room();
            ASSERT_FALSE(room.empty());
            const auto some = std::min({left.size(), room.size(), std::size_t{1460}});
            std::memcpy(room.data(), left.data(), some);
            left.remove_prefix(some);
            went = reader.received(some);
        }
        ASSERT_EQ(went, progress::done);
        EXPECT_EQ(reader.reply().body.size(), size);
        EXPECT_EQ(reader.reply().body.find_first_not_of('p'), std::string_view::npos);
    }
}

}  // namespace
}  // namespace coord::http
