// The peer endpoint inside an HTTP server of one's own, here a plain one of Boost.Beast.
//
//     usage: mounted_server <port> [<urls of all peers, with commas between them>]
//
// It prints "ready <port>" when it serves, and serves until it is killed. Its group is "g", and the
// value it loads for a key is "cpp:" and the key.
#include <coord/coord.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace http = boost::beast::http;
using tcp = boost::asio::ip::tcp;
using message = http::request<http::string_body>;
using answer = http::response<http::string_body>;

constexpr std::string_view mounted_at = "/_groupcache/";
constexpr std::uint64_t largest_body = 64 << 20;

/* [translate] */
// Beast's message as libcoord takes it, and libcoord's answer as Beast sends it.
answer ask_peers(coord::peers& peers, const message& asked) {
    std::string headers;
    for (const auto& field : asked) {
        headers.append(field.name_string()).append(": ");
        headers.append(field.value()).append("\r\n");
    }
    const std::string method(asked.method_string());
    const std::string target(asked.target());  // as it came: neither decoded nor normalised
    const auto given =
        peers.serve({.method = method, .target = target, .headers = headers, .body = asked.body()});

    answer reply(static_cast<http::status>(given.status()), asked.version());
    for (auto rest = given.headers(); !rest.empty();) {
        const auto line = rest.substr(0, rest.find("\r\n"));
        const auto colon = line.find(": ");
        reply.insert(std::string(line.substr(0, colon)), std::string(line.substr(colon + 2)));
        rest.remove_prefix(line.size() + 2);
    }
    reply.body() = given.body();
    return reply;
}
/* [end] */

/* [mount] */
answer handle(coord::peers& peers, const message& asked) {
    const std::string_view target(asked.target().data(), asked.target().size());
    if (target.starts_with(mounted_at)) return ask_peers(peers, asked);
    answer reply(http::status::ok, asked.version());  // whatever else this server is for
    reply.body() = "hello\n";
    return reply;
}
/* [end] */

void serve(tcp::socket connection, coord::peers peers) {
    try {
        boost::beast::flat_buffer buffer;
        for (bool more = true; more;) {
            http::request_parser<http::string_body> parser;
            parser.body_limit(largest_body);
            http::read(connection, buffer, parser);
            const auto& asked = parser.get();
            auto reply = handle(peers, asked);
            reply.keep_alive(asked.keep_alive());
            reply.prepare_payload();
            if (asked.method() == http::verb::head) reply.body().clear();
            http::write(connection, reply);
            more = reply.keep_alive();
        }
    } catch (const std::exception&) {
        return;  // the other side went away, or what it sent is no HTTP
    }
}

int main(int argc, char** argv) try {
    if (argc < 2 || argc > 3) {
        std::cerr << "usage: mounted_server <port> [<urls of all peers>]\n";
        return 2;
    }
    boost::asio::io_context io;
    const auto wanted = static_cast<std::uint16_t>(std::stoi(argv[1]));
    tcp::acceptor door(io, {boost::asio::ip::address_v4::loopback(), wanted});
    const auto port = std::to_string(door.local_endpoint().port());

    const auto self_url = "http://127.0.0.1:" + port;
    coord::peers peers({.self_url = self_url, .list = argc > 2 ? argv[2] : self_url});
    coord::group group("g", {.peers = &peers, .load = [](std::string_view key, auto&) {
                                 return "cpp:" + std::string(key);
                             }});

    std::cout << "ready " << port << std::endl;
    for (;;) std::thread(serve, door.accept(), peers).detach();
} catch (const std::exception& why) {
    std::cerr << "mounted_server: " << why.what() << '\n';
    return 1;
}
