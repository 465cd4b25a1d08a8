// Counters for hot paths: each thread adds to a cache line of its own, reading sums all lines.
//
// Not a snapshot: a sum taken while others add may miss what is being added. Threads share a line
// when there are more of them than lines; that costs speed, never a count.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace coord {

namespace detail {
inline std::atomic<std::uint32_t> next_thread_number{0};  // relaxed: only uniqueness matters
}

// Small and dense: 0 for the first thread that asks, then 1, ...
inline std::uint32_t thread_number() noexcept {
    thread_local constinit std::uint32_t number = 0;  // one more than the answer; 0 = none yet
    if (number == 0)
        number = detail::next_thread_number.fetch_add(1, std::memory_order_relaxed) + 1;
    return number - 1;
}

template <std::size_t N>
class striped_counters {
    static_assert(N >= 1 && N <= 8, "one stripe is one cache line");

  public:
    void add(std::size_t index, std::uint64_t amount = 1) noexcept {
        cells_[thread_number() % stripes].counts[index].fetch_add(amount,
                                                                  std::memory_order_relaxed);
    }
    std::uint64_t sum(std::size_t index) const noexcept {
        std::uint64_t total = 0;
        for (const auto& each : cells_) total += each.counts[index].load(std::memory_order_relaxed);
        return total;
    }

  private:
    static constexpr std::size_t stripes = 16;
    struct alignas(64) cell {
        std::array<std::atomic<std::uint64_t>, N> counts{};  // relaxed: counts order nothing
    };
    std::array<cell, stripes> cells_{};
};

}  // namespace coord
