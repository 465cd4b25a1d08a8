// Bytes that come to a server, and what becomes of them: every way to frame a request wrongly.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/limits.hpp"
#include "http/request_check.hpp"
#include "http/request_reader.hpp"

namespace coord::http {

using namespace std::string_literals;

inline constexpr request_limits usual{
    limits::max_header_bytes, limits::max_headers, limits::max_target_bytes, 1 << 20};

using list = std::vector<std::string>;

inline std::string with(std::string_view headers) {
    return "PUT /p HTTP/1.1\r\nHost: h\r\n" + std::string(headers) + "\r\n";
}

inline std::string chunked(std::string_view body) {
    return with("Transfer-Encoding: chunked\r\n") + std::string(body);
}

struct row {
    const char* what;
    std::string bytes;
    list then;
};

inline std::vector<row> framing_rows() {
    return {
        {"no body", "GET / HTTP/1.1\r\nHost: h\r\n\r\n", {"GET /"}},
        {"a body of no bytes", "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", {"GET /"}},
        {"a put without a body", with(""), {"PUT /p"}},
        {"a length", with("Content-Length: 2\r\n") + "ab", {"PUT /p"}},
        {"chunks", chunked("2\r\nab\r\n0\r\n\r\n"), {"PUT /p"}},
        {"encoding, then length",
         with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
         {"400"}},
        {"length, then encoding",
         with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
         {"400"}},
        {"gzip, then length", with("Transfer-Encoding: gzip\r\nContent-Length: 5\r\n"), {"400"}},
        {"identity, then length",
         with("Transfer-Encoding: identity\r\nContent-Length: 5\r\n"),
         {"400"}},
        {"gzip alone", with("Transfer-Encoding: gzip\r\n"), {"400"}},
        {"gzip and chunked", with("Transfer-Encoding: gzip, chunked\r\n"), {"400"}},
        {"chunked twice",
         with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
         {"400"}},
        {"chunks in HTTP/1.0",
         "PUT / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
         {"400"}},
        {"two lengths", with("Content-Length: 5\r\nContent-Length: 6\r\n"), {"400"}},
        {"the same length twice", with("Content-Length: 5\r\nContent-Length: 5\r\n"), {"400"}},
        {"a list of lengths", with("Content-Length: 5, 5\r\n"), {"400"}},
        {"a sign", with("Content-Length: +5\r\n"), {"400"}},
        {"a negative length", with("Content-Length: -5\r\n"), {"400"}},
        {"hex", with("Content-Length: 0x5\r\n"), {"400"}},
        {"an empty length", with("Content-Length:\r\n"), {"400"}},
        {"2^64", with("Content-Length: 18446744073709551616\r\n"), {"400"}},
        {"a length above the limit", with("Content-Length: 1048577\r\n"), {"413"}},
        {"the largest length", with("Content-Length: 1048576\r\n"), {"more"}},
        {"a chunk above the limit", chunked("100001\r\n"), {"413"}},
        {"chunks above the limit",
         chunked("80000\r\n" + std::string(0x80000, 'x') + "\r\n80001\r\n"),
         {"413"}},
        {"a chunk of 2^64", chunked("10000000000000000\r\n"), {"413"}},
        {"a get with a body", "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx", {"400"}},
        {"a delete with chunks",
         "DELETE / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
         {"400"}},
        {"no digits", chunked("\r\n"), {"400"}},
        {"no hex", chunked("g\r\n"), {"400"}},
        {"a minus", chunked("-1\r\n"), {"400"}},
        {"a space before the size", chunked(" 1\r\n"), {"400"}},
        {"a space after the size", chunked("1 \r\n"), {"400"}},
        {"a bare line feed after the size", chunked("1\n"), {"400"}},
        {"a chunk longer than it says", chunked("1\r\nabc\r\n"), {"400"}},
        {"a trailer", chunked("1\r\na\r\n0\r\nA: b\r\n\r\n"), {"PUT /p"}},
        {"a byte of body with a long extension",
         chunked("1;" + std::string(8'000, 'e') + "\r\na\r\n0\r\n\r\n"),
         {"400"}},
        {"a control byte in an extension", chunked("1;\x01\r\n"), {"400"}},
        {"long trailers", chunked("0\r\n" + std::string(5'000, 't') + "\r\n\r\n"), {"400"}},
        {"a long row of zeros", chunked(std::string(5'000, '0')), {"400"}},
    };
}

inline std::vector<row> head_rows() {
    std::string many;
    for (int i = 0; i < 63; ++i) many += "A:\r\n";
    const std::string long_target(limits::max_target_bytes - 1, 'a');
    return {
        {"no host", "GET / HTTP/1.1\r\n\r\n", {"400"}},
        {"no host, HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", {"400"}},
        {"two hosts", "GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n", {"400"}},
        {"a list of hosts", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", {"400"}},
        {"a host with a user", "GET / HTTP/1.1\r\nHost: u@h\r\n\r\n", {"400"}},
        {"an IPv6 host", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", {"GET /"}},
        {"a folded header", "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n", {"400"}},
        {"folded by a tab", "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n\tc\r\n\r\n", {"400"}},
        {"a space before the colon", "GET / HTTP/1.1\r\nHost : h\r\n\r\n", {"400"}},
        {"no name", "GET / HTTP/1.1\r\nHost: h\r\n: x\r\n\r\n", {"400"}},
        {"no colon", "GET / HTTP/1.1\r\nHost: h\r\nabc\r\n\r\n", {"400"}},
        {"bare line feeds", "GET / HTTP/1.1\nHost: h\n\n", {"400"}},
        {"one bare line feed", "GET / HTTP/1.1\r\nHost: h\nA: b\r\n\r\n", {"400"}},
        {"a bare carriage return", "GET / HTTP/1.1\r\nHost: h\rA: b\r\n\r\n", {"400"}},
        {"a zero in a value", "GET / HTTP/1.1\r\nHost: h\r\nA: \0\r\n\r\n"s, {"400"}},
        {"an empty line first", "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", {"400"}},
        {"64 headers", "GET / HTTP/1.1\r\nHost: h\r\n" + many + "\r\n", {"GET /"}},
        {"65 headers", "GET / HTTP/1.1\r\nHost: h\r\n" + many + "A:\r\n\r\n", {"431"}},
        {"a header without end", "GET / HTTP/1.1\r\nA: " + std::string(30'000, 'x'), {"431"}},
        {"a request line without end", "GET /" + std::string(30'000, 'x'), {"414"}},
        {"the longest target",
         "GET /" + long_target + " HTTP/1.1\r\nHost: h\r\n\r\n",
         {"GET /" + long_target}},
        {"a longer target", "GET /" + long_target + "a HTTP/1.1\r\nHost: h\r\n\r\n", {"414"}},
        {"an absolute target", "GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n", {"400"}},
        {"an asterisk", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", {"400"}},
        {"an authority", "CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n", {"400"}},
        {"a relative target", "GET a HTTP/1.1\r\nHost: h\r\n\r\n", {"400"}},
        {"a fragment", "GET /a#b HTTP/1.1\r\nHost: h\r\n\r\n", {"400"}},
        {"a control byte in the target", "GET /\x01 HTTP/1.1\r\nHost: h\r\n\r\n", {"400"}},
        {"0x7F in the target", "GET /\x7F HTTP/1.1\r\nHost: h\r\n\r\n", {"400"}},
        {"a tab in the target", "GET /\t HTTP/1.1\r\nHost: h\r\n\r\n", {"400"}},
        {"raw bytes in the target",
         "GET /\xE6\x97\xA5 HTTP/1.1\r\nHost: h\r\n\r\n",
         {"GET /\xE6\x97\xA5"}},
        {"dots and slashes are kept",
         "GET /a/../..//b HTTP/1.1\r\nHost: h\r\n\r\n",
         {"GET /a/../..//b"}},
        {"HTTP/2", "GET / HTTP/2.0\r\nHost: h\r\n\r\n", {"505"}},
        {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: h\r\n\r\n", {"505"}},
        {"HTTP/0.9", "GET /\r\n\r\n", {"400"}},
        {"two spaces", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n", {"400"}},
        {"a method of no token", "G@T / HTTP/1.1\r\nHost: h\r\n\r\n", {"400"}},
        {"a lower case method", "get / HTTP/1.1\r\nHost: h\r\n\r\n", {"405"}},
        {"head", "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n", {"405"}},
        {"post", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n", {"405"}},
        {"another expectation", with("Expect: 200-ok\r\n"), {"417"}},
        {"the end of a TLS greeting", "\x16\x03\x01\x02\r\n\r\n", {"400"}},
    };
}

}  // namespace coord::http
