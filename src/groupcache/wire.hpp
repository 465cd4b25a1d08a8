// What peers say to each other over HTTP, as bytes: targets, headers, bodies. No sockets here.
//
// The target and the body are what groupcache peers of the v2 line send. Headers of our own begin
// with a version; who does not know it, or a parameter, passes over it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "http/message.hpp"
#include "http/url.hpp"

namespace coord::groupcache::wire {

// --- requests
inline constexpr std::string_view source_header = "X-Groupcache-Remote-Load-Source-Peer";
inline constexpr std::string_view request_header = "Coord-Request";
inline constexpr std::string_view value_header = "Coord-Value";
inline constexpr std::string_view error_header = "Coord-Error-Type";
inline constexpr std::string_view peer_header = "Coord-Peer";  // of every reply: what it can do

struct outgoing {
    std::string_view verb;  // "GET", "PUT" or "DELETE"
    const http::url& to;
    std::string_view base_path;
    std::string_view group;
    std::string_view key;
    std::string_view self_url;             // "" = not known
    duration remaining = duration::max();  // max = no deadline
    std::string_view body = {};            // of a PUT
};
// Throws bad_alloc.
std::string request_text(const outgoing& what);
// A GET of the base path, which has neither group nor key: servers refuse it and load nothing.
std::string probe_text(const http::url& to, std::string_view base_path, std::string_view self_url);
// Of a Coord-Peer header.
bool says_it_takes_sets(std::string_view header) noexcept;

struct incoming {
    enum class shape : std::uint8_t { good, bad_escape, elsewhere, no_key };
    shape is = shape::good;
    std::string_view group;
    std::string_view key;
};
// Decodes the path once, takes the base path off, splits at the first '/'. The views are into
// `target`, or into `decoded` when something had to be. Throws bad_alloc.
incoming parse_target(std::string_view target, std::string_view base_path, std::string& decoded);

// Of a Coord-Request header; duration::max() when it names none.
duration timeout_in(std::string_view header) noexcept;

// --- replies
// As Go's %q writes it.
std::string go_quoted(std::string_view text);

// What a body has besides its value, at most.
inline constexpr std::size_t max_envelope_bytes = 64;

enum class checksum : std::uint8_t { none, crc32c };
// 200 with the value, as it is, in the middle. Throws bad_alloc only for values that expire or
// carry a checksum.
http::reply value_reply(bytes_ref value, const clock& time, checksum with);

// Of a Coord-Value header.
struct value_facts {
    std::optional<std::int64_t> ttl_ns;
    std::optional<std::uint32_t> crc;
};
value_facts facts_in(std::string_view header) noexcept;

// A value as an entry of the cache, or what is wrong with the reply; neither when memory is short.
struct reading {
    bytes_ref value;
    const char* wrong = nullptr;  // static
};
struct reader {
    std::string_view key;
    std::int64_t now_unix_ns;
    std::size_t max_value_bytes;
    // When the question was put, from which a remaining time counts: a value that is passed to and
    // fro must not live longer each time. 0 = now.
    std::int64_t asked_unix_ns = 0;
};
// Throws bad_alloc.
reading read_value(const http::response& from, const reader& by);

}  // namespace coord::groupcache::wire
