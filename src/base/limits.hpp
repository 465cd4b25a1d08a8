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

inline constexpr std::uint64_t default_cache_bytes = 64ULL << 20;
// Order within a shard needs some entries to mean anything.
inline constexpr std::uint64_t min_entries_per_shard = 150;
inline constexpr std::uint32_t max_cache_shards = 64;
// Entries an insert may evict before it lets go of the shard's lock.
inline constexpr int max_evictions_per_hold = 64;

inline constexpr std::uint32_t flight_shards = 64;
inline constexpr auto default_load_timeout = 30s;
inline constexpr std::uint32_t default_max_loads = 1'024;

inline constexpr std::uint32_t default_ring_replicas = 50;
inline constexpr std::uint32_t max_ring_replicas = 65'536;
inline constexpr std::size_t max_peers = 10'000;
// Peers times replicas: 12 bytes each.
inline constexpr std::size_t max_virtual_nodes = 10'000'000;

}  // namespace coord::limits
