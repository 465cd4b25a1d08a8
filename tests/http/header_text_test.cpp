// Headers that a host writes, and requests that come by its server: the same checks as at the port.
#include "http/header_text.hpp"

#include <gtest/gtest.h>
#include <set>

#include "http/request_rows.hpp"

namespace coord::http {
namespace {

struct text_row {
    const char* what;
    std::string text;
    const char* read;  // as written again; null: refused
};

TEST(header_text, is_read_line_by_line_or_refused) {
    const text_row rows[] = {
        {"nothing", "", ""},
        {"one line", "A: b\r\n", "A: b\r\n"},
        {"line feeds alone", "A: b\nC: d\n", "A: b\r\nC: d\r\n"},
        {"no end of the last line", "A: b\r\nC: d", "A: b\r\nC: d\r\n"},
        {"spaces around a value", "A: \t b c \t\r\n", "A: b c\r\n"},
        {"no value", "A:\r\n", "A: \r\n"},
        {"bytes beyond ASCII", "A: \xC3\xA9\r\n", "A: \xC3\xA9\r\n"},
        {"a colon in the value", "A: http://b:1\r\n", "A: http://b:1\r\n"},
        {"framing is passed over",
         "Content-Length: 3\r\ntransfer-encoding: chunked\r\nConnection: close\r\nTE: x\r\n"
         "Keep-Alive: 1\r\nUpgrade: x\r\nTrailer: x\r\nExpect: x\r\nProxy-Connection: x\r\n"
         "Proxy-Authorization: x\r\nProxyish: kept\r\n",
         "Proxyish: kept\r\n"},
        {"no colon", "A b\r\n", nullptr},
        {"no name", ": b\r\n", nullptr},
        {"a space in a name", "A : b\r\n", nullptr},
        {"a folded line", "A: b\r\n c: d\r\n", nullptr},
        {"an empty line", "A: b\r\n\r\n", nullptr},
        {"a control byte", "A: b\x01\r\n", nullptr},
        {"a zero", std::string("A: b\0\r\n", 7), nullptr},
        {"a carriage return in a value", "A: b\rC: d\r\n", nullptr},
    };
    for (const auto& each : rows) {
        std::vector<header> found;
        const char* const wrong = read_headers(each.text, found);
        EXPECT_EQ(wrong == nullptr, each.read != nullptr) << each.what;
        if (each.read != nullptr) {
            EXPECT_EQ(written_headers(found), each.read) << each.what;
        }
    }
}

TEST(header_text, names_are_tokens) {
    EXPECT_TRUE(is_token("X-Some.Thing_1"));
    for (const auto* const text : {"", "a b", "a:b", "a\r", "\xC3\xA9", "a(b"})
        EXPECT_FALSE(is_token(text)) << text;
}

struct framed_row {
    const char* what;
    std::string method, target, headers, body;
    int status;  // 0: taken
};

TEST(framed_requests, are_taken_or_refused_as_at_the_port) {
    std::string many;
    for (int i = 0; i < 65; ++i) many += "A:\n";
    const std::string long_target(usual.max_target_bytes, 'a');
    const framed_row rows[] = {
        {"a get", "GET", "/a", "", "", 0},
        {"a get with a host", "GET", "/a", "Host: h\n", "", 0},
        {"a put", "PUT", "/a", "", "body", 0},
        {"a delete", "DELETE", "/a?b", "", "", 0},
        {"two hosts", "GET", "/a", "Host: h\nHost: h\n", "", 400},
        {"a host with a path", "GET", "/a", "Host: h/x\n", "", 400},
        {"a get with a body", "GET", "/a", "", "x", 400},
        {"a delete with a body", "DELETE", "/a", "", "x", 400},
        {"the largest body", "PUT", "/a", "", std::string(usual.max_body_bytes, 'x'), 0},
        {"a larger body", "PUT", "/a", "", std::string(usual.max_body_bytes + 1, 'x'), 413},
        {"the longest target", "GET", "/" + long_target.substr(1), "", "", 0},
        {"a longer target", "GET", "/" + long_target, "", "", 414},
        {"no path", "GET", "a", "", "", 400},
        {"an absolute target", "GET", "http://h/a", "", "", 400},
        {"a fragment", "GET", "/a#b", "", "", 400},
        {"a space in the target", "GET", "/a b", "", "", 400},
        {"a line feed in the target", "GET", "/a\nb", "", "", 400},
        {"65 headers", "GET", "/a", many, "", 431},
        {"a long header", "GET", "/a", "A: " + std::string(24 << 10, 'x') + "\n", "", 431},
        {"no token", "G@T", "/a", "", "", 400},
        {"another method", "POST", "/a", "", "", 405},
        {"lower case", "get", "/a", "", "", 405},
    };
    for (const auto& each : rows) {
        std::vector<header> headers;
        ASSERT_EQ(read_headers(each.headers, headers), nullptr) << each.what;
        request what{method::other, each.method, each.target, headers, each.body};
        const auto wrong = check_framed_request(what, usual);
        EXPECT_EQ(wrong ? wrong->status : 0, each.status) << each.what;
    }
}

// The port's own rows, as far as they are whole requests and not about what a server of the host's
// settles by itself: versions, line ends, and that there is a Host.
TEST(framed_requests, are_judged_like_the_rows_of_the_port) {
    const std::set<std::string_view> settled = {"no host", "one bare line feed"};
    std::size_t compared = 0;
    for (const auto& each : head_rows()) {
        const std::string_view all = each.bytes;
        const auto line = all.substr(0, all.find("\r\n"));
        const auto first = line.find(' ');
        const auto last = line.rfind(' ');
        const bool is_whole = all.size() >= 4 && all.substr(all.size() - 4) == "\r\n\r\n";
        const bool is_ours = last > first && line.substr(last) == " HTTP/1.1";
        if (!is_whole || !is_ours || settled.count(each.what) != 0) continue;
        if (line.substr(first, last - first).find(' ', 1) != std::string_view::npos) continue;
        const auto head_size = line.size() + 2;
        std::vector<header> headers;
        int status = 400;
        const auto text = all.substr(head_size, all.size() - head_size - 2);
        if (read_headers(text, headers) == nullptr) {
            request what{method::other,
                         line.substr(0, first),
                         line.substr(first + 1, last - first - 1),
                         headers,
                         {}};
            const auto wrong = check_framed_request(what, usual);
            status = wrong ? wrong->status : 200;
        }
        const bool is_refused = each.then[0].size() == 3;
        if (each.then[0] == "417") continue;  // an expectation is the server's
        EXPECT_EQ(std::to_string(status), is_refused ? each.then[0] : "200") << each.what;
        ++compared;
    }
    EXPECT_GT(compared, 25U);
}

}  // namespace
}  // namespace coord::http
