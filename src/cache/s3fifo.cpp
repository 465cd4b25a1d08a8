#include "cache/s3fifo.hpp"

namespace coord::cache {
namespace {

// Of the memory of a section, in its shard.
constexpr std::uint64_t probation_share = 10;
// Hits in probation that make an entry worth keeping.
constexpr unsigned uses_to_stay = 1;

unsigned uses(bytes& entry) noexcept {
    return static_cast<unsigned>(marks::of(entry) & marks::frequency) >> marks::frequency_shift;
}

void set_uses(bytes& entry, unsigned count) noexcept {
    marks::set(entry, static_cast<std::uint8_t>(count << marks::frequency_shift), marks::frequency);
}

}  // namespace

s3fifo::queue& s3fifo::queue_of(const bytes* entry) noexcept {
    const auto now = marks::of(*const_cast<bytes*>(entry));
    return (now & marks::in_protected) != 0 ? protected_ : probation_;
}

bool s3fifo::reserve(std::uint64_t hash) noexcept {
    return ghosts_.has(hash) ? protected_.ring.reserve() : probation_.ring.reserve();
}

void s3fifo::push(std::uint64_t hash, bytes* entry) noexcept {
    const bool known = ghosts_.has(hash);
    if (known) ghosts_.forget(hash);
    marks::set(*entry, known ? marks::in_protected : std::uint8_t{0}, marks::of_queue);
    auto& to = known ? protected_ : probation_;
    to.ring.push(entry);
    to.memory += entry->memory_bytes();
}

void s3fifo::replace(bytes* old, bytes* entry) noexcept {
    auto& in = queue_of(old);
    in.ring.replace(old, entry);
    in.memory += entry->memory_bytes();
    in.memory -= old->memory_bytes();
    count_use(*entry);
}

void s3fifo::remove(const bytes* entry) noexcept {
    auto& from = queue_of(entry);
    from.ring.remove(entry);
    from.memory -= entry->memory_bytes();
}

bool s3fifo::promote(bytes* entry) noexcept {
    if (!protected_.ring.reserve()) return false;
    remove(entry);
    marks::set(*entry, marks::in_protected, marks::of_queue);
    protected_.ring.push(entry);
    protected_.memory += entry->memory_bytes();
    return true;
}

bytes* s3fifo::victim(moment& now) noexcept {
    for (int chances = max_second_chances;; --chances) {
        const bool probation_full =
            probation_.memory * probation_share > probation_.memory + protected_.memory;
        const bool on_probation = probation_full || protected_.ring.size() == 0;
        auto* oldest = on_probation ? probation_.ring.front() : protected_.ring.front();
        if (oldest == nullptr || chances == 0 || now.expired(*oldest)) return oldest;
        const auto used = uses(*oldest);
        if (on_probation) {
            if (used < uses_to_stay || !promote(oldest)) return oldest;
        } else {
            if (used == 0) return oldest;
            set_uses(*oldest, used - 1);
            protected_.ring.move_to_back(oldest);
        }
    }
}

void s3fifo::remember(bytes* victim, std::uint64_t hash) noexcept {
    if (&queue_of(victim) == &probation_) ghosts_.remember(hash, entries());
}

void s3fifo::recommend(bytes* entry, std::uint64_t hash) noexcept {
    if (&queue_of(entry) == &protected_ || uses(*entry) != 0) ghosts_.remember(hash, entries());
}

void s3fifo::shrink() noexcept {
    probation_.ring.shrink();
    protected_.ring.shrink();
    ghosts_.shrink(entries());
}

void s3fifo::reset() noexcept {
    probation_.ring.reset();
    protected_.ring.reset();
    probation_.memory = protected_.memory = 0;
    ghosts_.reset();
}

std::size_t s3fifo::memory_bytes() const noexcept {
    return probation_.ring.memory_bytes() + protected_.ring.memory_bytes() + ghosts_.memory_bytes();
}

}  // namespace coord::cache
