// How often which process computed which result: memory that all processes of the demo share, so
// that the count of one that was killed is still there.
#pragma once

#include <atomic>
#include <cstdint>
#include <new>
#include <numeric>
#include <sys/mman.h>

namespace demo {

class tally {
  public:
    // Before the processes are forked.
    tally(std::size_t nodes, std::size_t keys) : nodes_(nodes), keys_(keys) {
        void* memory = mmap(nullptr,
                            nodes * keys * sizeof(count),
                            PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS,
                            -1,
                            0);
        if (memory == MAP_FAILED) throw std::bad_alloc();
        counts_ = static_cast<count*>(memory);
    }
    tally(const tally&) = delete;
    tally& operator=(const tally&) = delete;
    ~tally() { munmap(counts_, nodes_ * keys_ * sizeof(count)); }

    std::size_t nodes() const noexcept { return nodes_; }
    void add(std::size_t node, std::size_t key) noexcept { ++counts_[node * keys_ + key]; }
    std::uint32_t of(std::size_t node, std::size_t key) const noexcept {
        return counts_[node * keys_ + key];
    }
    // Of one process, for the keys [from, to).
    std::uint32_t sum(std::size_t node, std::size_t from, std::size_t to) const noexcept {
        const auto* row = counts_ + node * keys_;
        return std::accumulate(row + from, row + to, std::uint32_t{0});
    }
    // Of all processes, for one key.
    std::uint32_t of_all(std::size_t key) const noexcept {
        std::uint32_t all = 0;
        for (std::size_t node = 0; node < nodes_; ++node) all += of(node, key);
        return all;
    }

  private:
    // Zero bytes, as new pages have them, are a zero count.
    using count = std::atomic<std::uint32_t>;
    static_assert(count::is_always_lock_free);

    std::size_t nodes_;
    std::size_t keys_;
    count* counts_;
};

}  // namespace demo
