#include "groupcache/flight_table.hpp"

#include <cstdlib>

namespace coord::groupcache {

flight_table::shard::~shard() {
    std::free(buckets_);
}

flight* flight_table::shard::find(std::uint64_t hash,
                                  std::string_view key,
                                  asked_by who) const noexcept {
    if (linked_ == 0) return nullptr;
    flight* asking = nullptr;
    for (flight* next = bucket(hash); next != nullptr; next = next->next_in_bucket) {
        if (next->hash != hash || next->key() != key) continue;
        if (!next->asking) return next;
        asking = next;
    }
    return who == asked_by::here ? asking : nullptr;
}

flight* flight_table::shard::find_living(std::uint64_t hash,
                                         std::string_view key,
                                         asked_by who,
                                         time_point now) noexcept {
    for (;;) {
        flight* const there = find(hash, key, who);
        if (there == nullptr || there->deadline > now) return there;
        unlink(*there);
        there->detached = true;
    }
}

bool flight_table::shard::add(flight& what) noexcept {
    // A table that cannot grow gets slower, not wrong.
    if (linked_ >= bucket_count_ && !grow() && bucket_count_ == 0) return false;
    flight*& head = bucket(what.hash);
    what.next_in_bucket = head;
    head = &what;
    what.in_table = true;
    ++linked_;
    what.older = newest;
    (newest != nullptr ? newest->newer : oldest) = &what;
    newest = &what;
    intrusive_ptr_add_ref(&what);
    return true;
}

void flight_table::shard::unlink(flight& what) noexcept {
    if (!what.in_table) return;
    flight** at = &bucket(what.hash);
    while (*at != &what) at = &(*at)->next_in_bucket;
    *at = what.next_in_bucket;
    what.next_in_bucket = nullptr;
    what.in_table = false;
    --linked_;
}

ref<flight> flight_table::shard::remove(flight& what) noexcept {
    unlink(what);
    (what.older != nullptr ? what.older->newer : oldest) = what.newer;
    (what.newer != nullptr ? what.newer->older : newest) = what.older;
    what.older = what.newer = nullptr;
    return ref<flight>(&what, false);
}

bool flight_table::shard::grow() noexcept {
    const std::size_t wanted = bucket_count_ == 0 ? 8 : bucket_count_ * 2;
    auto** const fresh = static_cast<flight**>(std::calloc(wanted, sizeof(flight*)));
    if (fresh == nullptr) return false;
    flight** const old = buckets_;
    const std::size_t old_count = bucket_count_;
    buckets_ = fresh;
    bucket_count_ = wanted;
    for (std::size_t i = 0; i < old_count; ++i) {
        while (old[i] != nullptr) {
            flight* const moving = old[i];
            old[i] = moving->next_in_bucket;
            flight*& head = bucket(moving->hash);
            moving->next_in_bucket = head;
            head = moving;
        }
    }
    std::free(old);
    return true;
}

void link(flight& to, waiter& who) noexcept {
    who.joined = &to;
    who.next = nullptr;
    who.previous = to.last_waiter;
    (to.last_waiter != nullptr ? to.last_waiter->next : to.first_waiter) = &who;
    to.last_waiter = &who;
}

void unlink(flight& from, waiter& who) noexcept {
    (who.previous != nullptr ? who.previous->next : from.first_waiter) = who.next;
    (who.next != nullptr ? who.next->previous : from.last_waiter) = who.previous;
    who.joined = nullptr;
}

waiter* take_waiters(flight& from, std::atomic<std::uint64_t>& count) noexcept {
    waiter* const first = from.first_waiter;
    std::uint64_t taken = 0;
    for (waiter* next = first; next != nullptr; next = next->next, ++taken) next->joined = nullptr;
    from.first_waiter = from.last_waiter = nullptr;
    count.fetch_sub(taken, std::memory_order_relaxed);
    return first;
}

void tell(waiter* first, const result<bytes_ref>& outcome) noexcept {
    while (first != nullptr) {
        waiter* const next = first->next;  // before done(): it may be the last we see of it
        first->done(outcome);
        first = next;
    }
}

}  // namespace coord::groupcache
