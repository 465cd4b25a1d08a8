#include "cache/ghost.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace coord::cache {
namespace {

std::size_t buckets_for(std::size_t entries) noexcept {
    return std::max<std::size_t>(1,
                                 (entries + ghost_list::bucket_size - 1) / ghost_list::bucket_size);
}

}  // namespace

void ghost_list::remember(std::uint64_t hash, std::size_t entries) noexcept {
    const auto wanted = buckets_for(entries);
    if (wanted > buckets_ + buckets_ / 4) resize(wanted);
    if (buckets_ != 0) put(fingerprint(hash));
}

bool ghost_list::has(std::uint64_t hash) const noexcept {
    if (buckets_ == 0) return false;
    const auto print = fingerprint(hash);
    const auto& in = home(print);
    return std::find(in.begin(), in.end(), print) != in.end();
}

void ghost_list::forget(std::uint64_t hash) noexcept {
    if (buckets_ == 0) return;
    const auto print = fingerprint(hash);
    auto& in = home(print);
    const auto found = std::find(in.begin(), in.end(), print);
    if (found == in.end()) return;
    std::move(found + 1, in.end(), found);
    in.back() = 0;
}

void ghost_list::put(std::uint32_t print) noexcept {
    auto& in = home(print);
    std::move_backward(in.begin(), in.end() - 1, in.end());
    in.front() = print;
}

void ghost_list::shrink(std::size_t entries) noexcept {
    if (entries == 0)
        reset();
    else if (buckets_for(entries) * 4 < buckets_ || (entries <= bucket_size && buckets_ > 1))
        resize(buckets_for(entries));
}

void ghost_list::resize(std::size_t buckets) noexcept {
    std::unique_ptr<bucket[]> old(new (std::nothrow) bucket[buckets]());
    if (!old) return;
    old.swap(all_);
    const auto old_buckets = std::exchange(buckets_, buckets);
    for (std::size_t b = 0; b < old_buckets; ++b)
        for (std::size_t i = bucket_size; i-- > 0;)
            if (old[b][i] != 0) put(old[b][i]);
}

void ghost_list::reset() noexcept {
    all_.reset();
    buckets_ = 0;
}

}  // namespace coord::cache
