// Every bound of the library, with its unit and its reason, in one place.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace coord::limits {

using namespace std::chrono_literals;

// A key's length lives in 16 bits of the 24-byte entry header.
inline constexpr std::size_t max_key_bytes = 65'535;
// A value's length lives in 32 bits of the same header.
inline constexpr std::size_t max_value_bytes = 4'294'967'295;
// Names end up in urls, metrics and log lines.
inline constexpr std::size_t max_name_bytes = 1'024;
// An error's message is one line for a person.
inline constexpr std::size_t max_message_bytes = 4'096;
inline constexpr std::size_t max_trace_bytes = 4'096;
// Depth of a chain of parents; cancelling walks it.
inline constexpr int max_context_depth = 256;

inline constexpr std::uint32_t max_worker_threads = 1'024;
inline constexpr std::uint32_t max_io_threads = 64;
inline constexpr std::uint32_t default_io_threads = 1;
inline constexpr std::uint32_t default_max_blocked_workers = 64;
// Operations under way and posts not drained: about 200 bytes each.
inline constexpr std::uint64_t default_max_pending = 1'048'576;
inline constexpr auto default_close_timeout = 10s;
// Log lines per second and runtime; what is beyond is counted and said once.
inline constexpr std::uint32_t max_log_lines_per_second = 100;

// A dump is read by a person, often from a log. What it says of one key, flights of one shard and
// waiters of one flight is counted under locks of the get flow.
inline constexpr std::size_t max_dump_bytes = 1 << 20;
inline constexpr std::size_t max_dump_key_bytes = 64;
inline constexpr std::size_t max_dump_flights_per_shard = 64;
inline constexpr std::size_t max_dump_waiters = 1'000;
inline constexpr std::size_t max_dump_changes = 1'000;
inline constexpr std::size_t max_dump_questions = 1'000;

inline constexpr std::uint64_t default_cache_bytes = 64ULL << 20;
// Order within a shard needs some entries to mean anything.
inline constexpr std::uint64_t min_entries_per_shard = 150;
inline constexpr std::uint32_t max_cache_shards = 64;
// Entries an insert may evict before it lets go of the shard's lock.
inline constexpr int max_evictions_per_hold = 64;

inline constexpr std::uint32_t flight_shards = 64;
inline constexpr auto default_load_timeout = 30s;
// Of one question to one peer, as long as a load may take there.
inline constexpr auto default_ask_timeout = 30s;
inline constexpr std::uint32_t default_max_loads = 1'024;
// One in so many values of other owners is kept as a hot copy; as golang/groupcache.
inline constexpr std::uint32_t default_hot_one_in = 10;
// Of one call about many keys: its memory is about 24 bytes for each, beside the keys.
inline constexpr std::size_t max_many_keys = 1'048'576;
// Of those, told to peers at a time.
inline constexpr std::size_t max_many_rounds = 64;

inline constexpr std::uint32_t default_ring_replicas = 50;
inline constexpr std::uint32_t max_ring_replicas = 65'536;
inline constexpr std::size_t max_peers = 10'000;
// Peers times replicas: 12 bytes each.
inline constexpr std::size_t max_virtual_nodes = 10'000'000;

// --- HTTP
// Go clients send about 150 bytes of headers; 24 KiB leaves room for a target of the longest key.
inline constexpr std::size_t max_header_bytes = 24 << 10;
inline constexpr std::size_t max_headers = 64;
// Of a key that comes over the network; three bytes of target each when all are escaped.
inline constexpr std::size_t max_peer_key_bytes = 4 << 10;
inline constexpr std::size_t max_peer_group_bytes = 256;
inline constexpr std::size_t max_target_bytes = 3 * max_peer_key_bytes + 512;
inline constexpr std::uint64_t max_request_body_bytes = 16ULL << 20;
inline constexpr std::uint64_t max_response_body_bytes = 64ULL << 20;
// What a hook adds to a request: a token or two.
inline constexpr std::size_t max_added_header_bytes = 8 << 10;
// What a failed request tells is for people.
inline constexpr std::uint64_t max_error_body_bytes = 1ULL << 20;
inline constexpr std::uint32_t max_connections = 1'024;
// Neither counts loopback. The client's is the server's, so that one peer alone never has to wait.
inline constexpr std::uint32_t max_connections_per_source = 64;
inline constexpr std::uint32_t max_connections_per_peer = 64;
inline constexpr auto header_timeout = 5s;
inline constexpr auto body_timeout = 30s;
inline constexpr auto idle_timeout = 90s;
// While somebody waits for a connection.
inline constexpr auto idle_before_giving_way = 1s;
// What a peer may ask to be waited for; a load's own deadline comes first as a rule.
inline constexpr auto max_peer_wait = 1h;
// For the host to accept a request of a peer, or to word an error of ours for it.
inline constexpr auto accept_timeout = 5s;
// How long a PUT of a peer that tells nobody else waits until the others have dropped the key.
inline constexpr auto max_repair_wait = 2s;
// Shorter than the server's, so that a kept connection is rarely found dead.
inline constexpr auto client_idle_timeout = 60s;
inline constexpr auto connect_timeout = 2s;
// Beyond body_timeout a body must have come or gone at least at this rate.
inline constexpr std::uint64_t min_bytes_per_second = 16 << 10;
// How long a refused client may go on sending, so that it gets to read why.
inline constexpr auto linger_timeout = 1s;
// The line before each piece of a chunked reply, and what follows the last; Go sends 10 bytes.
inline constexpr std::size_t max_chunk_line_bytes = 4 << 10;
// "100 Continue" and the like before a reply; nobody asked for any.
inline constexpr int max_interim_replies = 5;
// Of one name; they are tried in turn, each within connect_timeout.
inline constexpr std::size_t max_addresses = 8;

// --- the admin endpoint: people and monitoring, not traffic
inline constexpr std::uint32_t max_admin_connections = 128;
// Nothing there takes a body; one that is small enough is read to be refused politely.
inline constexpr std::uint64_t max_admin_body_bytes = 64 << 10;
// Of a get or a removal, twice what a load may take by default.
inline constexpr auto admin_request_timeout = 60s;

}  // namespace coord::limits
