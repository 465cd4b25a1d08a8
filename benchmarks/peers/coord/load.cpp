#include "load.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <fstream>
#include <sys/resource.h>

namespace coord::bench {
namespace {

constexpr double skew = 0.99;

// splitmix64: a different number for every number.
std::uint64_t mix(std::uint64_t x) noexcept {
    x += 0x9e3779b97f4a7c15U;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9U;
    x = (x ^ x >> 27) * 0x94d049bb133111ebU;
    return x ^ x >> 31;
}

bool parse_number(std::string_view text, std::uint64_t& into) {
    const char* const end = text.data() + text.size();
    const auto [stopped, failed] = std::from_chars(text.data(), end, into);
    return failed == std::errc() && stopped == end && !text.empty();
}

bool parse_one(std::string_view name, std::string_view text, settings& into) {
    if (name == "keys") {
        into.zipf = text == "zipf";
        return into.zipf || text == "uniform";
    }
    if (name == "callers") {
        into.blocking = text == "threads";
        return into.blocking || text == "queue";
    }
    if (name == "in_flight") return parse_number(text, into.in_flight) && into.in_flight > 0;
    if (name == "items") return parse_number(text, into.items) && into.items > 0;
    if (name == "value_bytes") return parse_number(text, into.value_bytes) && into.value_bytes > 0;
    if (name == "threads") return parse_number(text, into.threads) && into.threads > 0;
    if (name == "milliseconds") return parse_number(text, into.milliseconds);
    if (name == "room") return parse_number(text, into.room);
    return false;
}

}  // namespace

bool parse(const std::vector<std::string_view>& arguments, settings& into) {
    return std::all_of(arguments.begin(), arguments.end(), [&into](std::string_view argument) {
        const auto equals = std::min(argument.find('='), argument.size() - 1);
        return parse_one(argument.substr(0, equals), argument.substr(equals + 1), into);
    });
}

void write_key(std::uint64_t i, char* to) noexcept {
    std::uint64_t rest = mix(i);
    for (std::size_t at = 0; at < key_bytes; ++at, rest >>= 4)
        to[at] = "0123456789abcdef"[rest & 15];
}

key_list::key_list(std::uint64_t first, std::uint64_t count) : all_(count * key_bytes, '\0') {
    keys_.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        char* const at = all_.data() + i * key_bytes;
        write_key(first + i, at);
        keys_.emplace_back(at, key_bytes);
    }
}

std::vector<std::uint32_t> make_order(const settings& wanted, std::uint64_t seed) {
    std::vector<double> sums;
    if (wanted.zipf) {
        double sum = 0;
        for (std::uint64_t rank = 1; rank <= wanted.items; ++rank)
            sums.push_back(sum += std::pow(static_cast<double>(rank), -skew));
    }
    std::vector<std::uint32_t> order(order_length);
    for (std::size_t i = 0; i < order.size(); ++i) {
        std::uint64_t key = mix((seed << 32) + i);
        if (wanted.zipf) {
            const double at = std::ldexp(static_cast<double>(key >> 11), -53) * sums.back();
            const auto rank = std::lower_bound(sums.begin(), sums.end(), at) - sums.begin();
            key = static_cast<std::uint64_t>(rank) *
                  2'654'435'761U;  // popular keys are not neighbours
        }
        order[i] = static_cast<std::uint32_t>(key % wanted.items);
    }
    return order;
}

std::uint64_t repeats_of_miss(std::uint64_t items) noexcept {
    return std::max<std::uint64_t>(1, 200'000 / items);
}

std::uint64_t resident_bytes() {
    std::ifstream counts("/proc/self/smaps_rollup");
    for (std::string word; counts >> word;) {
        std::uint64_t kibibytes = 0;
        if (word == "Rss:" && counts >> kibibytes) return kibibytes << 10;
    }
    return 0;
}

std::uint64_t processor_ns() {
    rusage used{};
    if (getrusage(RUSAGE_SELF, &used) != 0) return 0;
    const auto ns = [](const timeval& time) {
        return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U +
               static_cast<std::uint64_t>(time.tv_usec) * 1'000U;
    };
    return ns(used.ru_utime) + ns(used.ru_stime);
}

std::uint64_t monotonic_ns() {
    return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

}  // namespace coord::bench
