// Any bytes as replies of a peer, cut anywhere: no crash, the limits hold, and the outcome does not
// depend on the cuts. The first byte chooses the limits, the second the cuts; the rest is what
// comes.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/fuzz_target.hpp"
#include "http/response_reader.hpp"

namespace {

using coord::http::response_reader;
using progress = response_reader::progress;

struct outcome {
    bool done = false;
    bool may_be_followed = false;
    std::string text;  // status, headers and body
    bool operator==(const outcome&) const = default;
};

outcome seen(const response_reader& reader, progress went, const response_reader::bounds& within) {
    outcome made;
    if (went == progress::failed) {
        require(*reader.why() != '\0' && !reader.may_be_followed());
        require(reader.failure() == COORD_EXHAUSTED || reader.failure() == COORD_CONFLICT ||
                reader.failure() == COORD_UNAVAILABLE);
        return made;
    }
    const auto& reply = reader.reply();
    require(reply.status >= 101 && reply.status <= 999);
    require(reply.headers.size() <= coord::limits::max_headers);
    require(reply.body.size() <= within.body_bytes);
    made.done = true;
    made.may_be_followed = reader.may_be_followed();
    made.text = std::to_string(reply.status);
    std::size_t header_bytes = 0;
    int lengths = 0;
    bool chunked = false;
    for (const auto& [name, value] : reply.headers) {
        header_bytes += name.size() + value.size();
        const auto is = [&each = name](std::string_view known) {
            return coord::http::find_header({{{each, "x"}}}, known).data() != nullptr;
        };
        lengths += is("Content-Length") ? 1 : 0;
        chunked = chunked || is("Transfer-Encoding");
        made.text.append("|").append(name).append("=").append(value);
    }
    require(header_bytes <= within.header_bytes && lengths <= 1 && !(chunked && lengths != 0));
    made.text.append("|").append(reply.body);
    return made;
}

// Pieces of 1 to `largest` bytes, in an order that `seed` decides.
outcome read(std::string_view bytes,
             std::size_t largest,
             std::uint32_t seed,
             const response_reader::bounds& within) {
    response_reader reader(within);
    auto went = progress::more;
    while (went == progress::more && !bytes.empty()) {
        seed = seed * 1'664'525 + 1'013'904'223;
        const auto room = reader.room();
        require(!room.empty() && room.size() <= (64U << 10));
        const auto size = std::min({bytes.size(), room.size(), 1 + (seed >> 8) % largest});
        std::memcpy(room.data(), bytes.data(), size);
        bytes.remove_prefix(size);
        went = reader.received(size);
    }
    if (went == progress::more) went = reader.ended();
    require(went != progress::more);
    auto made = seen(reader, went, within);
    // What is still to come would be in the same packet at another time.
    if (!bytes.empty()) made.may_be_followed = false;
    return made;
}

}  // namespace

std::vector<std::string> fuzz_seeds() {
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
    const std::vector<std::string> replies{
        ok + "Content-Length: 5\r\n\r\nhello",
        ok + "Content-Length: 17\r\nConnection: close\r\n\r\n0123456789abcdefg",
        ok + "\r\nuntil the end",
        chunked + "5\r\nhello\r\n0\r\n\r\n",
        chunked + "3;a=b\r\nhel\r\n02\r\nlo\r\n0;x\r\nTrailer: 1\r\n\r\n",
        ok + "Transfer-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/1.1 100 Continue\r\n\r\n" + ok + "Content-Length: 0\r\n\r\n",
        "HTTP/1.0 404 Not Found\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/1.1 204 No Content\r\nA: b\r\n c\r\n\r\n",
        "HTTP/1.1 099 Too few\r\n\r\n",
    };
    std::vector<std::string> seeds;
    for (const char limits : {'\0', '\1', '\2', '\3'})
        for (const auto& each : replies) seeds.push_back(std::string{limits, '\7'} + each);
    return seeds;
}

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size < 2) return 0;
    response_reader::bounds within;
    within.header_bytes = (data[0] & 1U) != 0 ? 64 : 4'096;
    within.body_bytes = (data[0] & 2U) != 0 ? 16 : 4'096;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
    const auto whole = read(bytes, SIZE_MAX, 0, within);
    require(read(bytes, 1, 0, within) == whole);
    require(read(bytes, 7, data[1], within) == whole);
    require(read(bytes, 64, data[1], within) == whole);
    return 0;
}
