#include "cli/option_values.hpp"

#include <coord/peers.h>
#include <coord/ring.h>

#include <array>
#include <charconv>
#include <fmt/format.h>
#include <string_view>
#include <utility>

#include "cli/failure.hpp"
#include "cli/quantities.hpp"
#include "cli/text.hpp"

namespace coord::cli {
namespace {

using name_and_number = std::pair<std::string_view, std::int32_t>;

constexpr std::array<name_and_number, 5> rings{{{"v2-fnv1-md5", COORD_RING_V2_FNV1_MD5},
                                                {"v2-fnv1a-md5", COORD_RING_V2_FNV1A_MD5},
                                                {"v2-crc32-md5", COORD_RING_V2_CRC32_MD5},
                                                {"golang-crc32", COORD_RING_GOLANG_CRC32},
                                                {"v3-hostport", COORD_RING_V3_HOSTPORT}}};
constexpr std::array<name_and_number, 2> dialects{
    {{"mailgun", COORD_DIALECT_MAILGUN}, {"seed", COORD_DIALECT_SEED}}};

constexpr std::uint64_t default_bytes = 64ULL << 20;
constexpr std::uint32_t default_loads = 64;
constexpr std::uint32_t most_loads = 1'000;
constexpr std::uint32_t most_replicas = 65'536;
// The longest value that the library keeps.
constexpr std::uint64_t most_value_bytes = 4'294'967'295;

failure wrong(std::string_view option, std::string_view typed, std::string_view wanted) {
    return failure(exit_code::usage,
                   fmt::format("{}: '{}' is not {}", option, printable(typed), wanted));
}

template <std::size_t Count>
const name_and_number& pick(const std::array<name_and_number, Count>& from,
                            std::string_view option,
                            std::string_view typed) {
    if (typed.empty()) return from.front();
    std::string names;
    for (const auto& one : from) {
        if (one.first == typed) return one;
        names.append(names.empty() ? "" : ", ").append(one.first);
    }
    throw wrong(option, typed, "one of " + names);
}

std::uint64_t size_of(std::string_view option, std::string_view typed, std::uint64_t otherwise) {
    if (typed.empty()) return otherwise;
    const auto size = parse_size(typed);
    if (!size || *size == 0) throw wrong(option, typed, "a size like 64MiB");
    return *size;
}

std::int64_t time_of(std::string_view option, std::string_view typed, std::int64_t otherwise) {
    if (typed.empty()) return otherwise;
    const auto time = parse_duration(typed);
    if (!time) throw wrong(option, typed, "a duration like 30s or 5m");
    return *time;
}

std::uint32_t count_of(std::string_view option,
                       std::string_view typed,
                       std::uint32_t otherwise,
                       std::uint32_t most) {
    if (typed.empty()) return otherwise;
    std::uint32_t count = 0;
    const auto [end, fault] = std::from_chars(typed.data(), typed.data() + typed.size(), count);
    const bool whole = fault == std::errc() && end == typed.data() + typed.size();
    if (!whole || count == 0 || count > most)
        throw wrong(option, typed, fmt::format("a number from 1 to {}", most));
    return count;
}

}  // namespace

cluster_options option_values::for_cluster() const {
    cluster_options all = cluster;
    const auto& [name, number] = pick(rings, "--ring", ring);
    all.ring = name;
    all.ring_profile = number;
    all.dialect = pick(dialects, "--dialect", dialect).second;
    all.replicas = count_of("--replicas", replicas, all.replicas, most_replicas);
    return all;
}

serve_options option_values::for_serve(bool json) const {
    serve_options all = serve;
    all.cluster = for_cluster();
    all.origin_timeout_ns = time_of("--origin-timeout", origin_timeout, 30 * COORD_SECOND);
    all.stop_timeout_ns = time_of("--stop-timeout", stop_timeout, 10 * COORD_SECOND);
    all.max_value_bytes = size_of("--max-value", max_value, default_bytes);
    if (all.max_value_bytes > most_value_bytes)
        throw wrong("--max-value", max_value, "less than 4GiB");
    all.max_loads = count_of("--max-loads", max_loads, default_loads, most_loads);
    all.cache_bytes = size_of("--cache-bytes", cache_bytes, default_bytes);
    all.ttl_ns = time_of("--ttl", ttl, 0);
    all.json = json;
    return all;
}

member_options option_values::for_member(std::vector<std::string> keys, bool json) const {
    member_options all;
    all.cluster = for_cluster();
    all.keys = std::move(keys);
    all.timeout_ns = time_of("--timeout", timeout, 30 * COORD_SECOND);
    all.verbose = verbose;
    all.json = json;
    return all;
}

stats_options option_values::for_stats(bool json) const {
    stats_options all = stats;
    all.json = json;
    return all;
}

}  // namespace coord::cli
