// Any bytes, however they are cut: the same requests come out, and none that could be read in two
// ways.
#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "fuzz/fuzz_target.hpp"
#include "http/request_reader.hpp"

namespace {

using namespace coord::http;

// Small, so that inputs reach them.
constexpr request_limits small{600, 8, 200, 500};

std::size_t count_of(const request& asked, std::string_view name) {
    return static_cast<std::size_t>(
        std::count_if(asked.headers.begin(), asked.headers.end(), [&](const header& each) {
            return same_name(each.name, name);
        }));
}

void check(const request& asked) {
    require(count_of(asked, "host") == 1);
    const auto lengths = count_of(asked, "content-length");
    const auto encodings = count_of(asked, "transfer-encoding");
    require(lengths <= 1 && encodings <= 1 && lengths + encodings <= 1);
    if (lengths == 1) {
        const auto digits = asked.find("content-length");
        require(!digits.empty() && digits.find_first_not_of("0123456789") == std::string::npos);
        require(asked.verb == method::put || digits.find_first_not_of('0') == std::string::npos);
    }
    if (encodings == 1)
        require(asked.verb == method::put && same_name(asked.find("transfer-encoding"), "chunked"));
    require(asked.verb == method::get || asked.verb == method::put || asked.verb == method::remove);
    require(asked.target.size() <= small.max_target_bytes && asked.target.front() == '/');
    for (const char c : asked.target)
        require(static_cast<unsigned char>(c) > ' ' && c != '#' && c != '\x7F');
    require(asked.headers.size() <= small.max_headers);
    for (const auto& each : asked.headers) {
        require(!each.name.empty());
        require(each.name.find_first_of(" \t\r\n:") == std::string::npos);
        require(each.value.find_first_of("\r\n") == std::string::npos);
        require(each.value.find('\0') == std::string::npos);
    }
}

void note(std::string& to, const request_reader& reader) {
    const auto& asked = reader.asked();
    to.append(asked.verb_text).append(" ").append(asked.target);
    for (const auto& each : asked.headers) to.append(each.name).append("=").append(each.value);
    to += reader.keeps_alive() ? "+" : "-";
    to += std::to_string(reader.body_bytes()) + '\n';
}

// Everything that came out, in words.
template <class Piece>
std::string outcome(std::string_view bytes, Piece next_piece) {
    std::string all;
    const auto reader = request_reader::make(small);
    while (!bytes.empty()) {
        const auto room = reader->room();
        require(!room.empty());
        const auto n = std::min({next_piece(), room.size(), bytes.size()});
        std::memcpy(room.data(), bytes.data(), n);
        bytes.remove_prefix(n);
        auto seen = reader->take(n);
        for (; seen == request_reader::progress::ready; seen = reader->next()) {
            check(reader->asked());
            require(reader->body_bytes() <= small.max_body_bytes);
            note(all, *reader);
        }
        if (seen == request_reader::progress::refused) {
            require(reader->why().status >= 400 && !reader->why().text.empty());
            return all + std::to_string(reader->why().status);
        }
    }
    return all + (reader->is_empty() ? "whole" : "more");
}

}  // namespace

std::vector<std::string> fuzz_seeds() {
    const std::string put = "PUT /g/k HTTP/1.1\r\nHost: h\r\n";
    return {
        "GET /_groupcache/g/k HTTP/1.1\r\nHost: 127.0.0.1:80\r\nUser-Agent: coord/0.1\r\n"
        "Coord-Request: 1; timeout-ns=5000000000\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
        "DELETE /%2F?q HTTP/1.0\r\nhost:h\r\nConnection: keep-alive\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: h\r\nConnection: close, x\r\nContent-Length: 0\r\n\r\n",
        put + "Content-Length: 5\r\nExpect: 100-continue\r\n\r\nhello",
        put + "Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nT: t\r\n\r\n",
        put + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n1F\r\n" + std::string(31, 'y') +
            "\r\n000\r\n\r\n",
        put + "Transfer-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
        put + "Content-Length: 5, 5\r\n\r\nhello",
        "GET /a HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n",
        "GET http://h/ HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n",
        "HEAD / HTTP/1.1\nHost: h\n\n",
    };
}

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto at_once = outcome(bytes, [] { return SIZE_MAX; });
    require(outcome(bytes, [] { return std::size_t(1); }) == at_once);
    std::uint64_t seed = size;
    for (const char c : bytes.substr(0, 64)) seed = seed * 31 + static_cast<unsigned char>(c);
    coord::random chance(seed);
    require(outcome(bytes, [&] { return 1 + chance.below(48); }) == at_once);
    return 0;
}
