// What the comparison does, apart from doing it: settings, keys, the order in which they are asked
// for, and what the system counts.
//
// The Go program in benchmarks/peers/go makes the same keys in the same order; a change here
// belongs there as well. Nothing here is shared between threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace coord::bench {

struct settings {
    std::uint64_t items = 100'000;     // keys
    std::uint64_t value_bytes = 256;   // per value
    std::uint64_t threads = 1;         // callers at once
    std::uint64_t milliseconds = 500;  // how long hits are measured
    std::uint64_t room = 0;            // entries the cache has room for; 0 = all
    std::uint64_t in_flight = 1;       // gets of a peer at once
    bool blocking = false;             // each on a thread of its own, else by a queue
    bool zipf = false;                 // some keys far more often than others, else all alike
};

// From arguments name=value; false when one is not known.
bool parse(const std::vector<std::string_view>& arguments, settings& into);

inline constexpr std::size_t key_bytes = 16;

// Writes the key_bytes bytes of key number `i`.
void write_key(std::uint64_t i, char* to) noexcept;

// Keys that lie next to each other in memory.
class key_list {
  public:
    key_list(std::uint64_t first, std::uint64_t count);
    std::size_t size() const noexcept { return keys_.size(); }
    std::string_view operator[](std::size_t i) const noexcept { return keys_[i]; }

  private:
    std::string all_;
    std::vector<std::string_view> keys_;
};

inline constexpr std::size_t order_length = 1 << 18;  // gets before the order of keys repeats

std::vector<std::uint32_t> make_order(const settings& wanted, std::uint64_t seed);

// Few keys are soon loaded: as many fresh groups as give 200,000 loads.
std::uint64_t repeats_of_miss(std::uint64_t items) noexcept;

std::uint64_t resident_bytes();
std::uint64_t processor_ns();
std::uint64_t monotonic_ns();

}  // namespace coord::bench
