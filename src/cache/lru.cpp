#include "cache/lru.hpp"

namespace coord::cache {

bool lru::reserve(std::uint64_t) noexcept {
    return ring_.reserve();
}

void lru::push(std::uint64_t, bytes* entry) noexcept {
    ring_.push(entry);
}

void lru::replace(bytes* old, bytes* entry) noexcept {
    ring_.replace(old, entry);
    ring_.move_to_back(entry);
}

void lru::touch(bytes* entry) noexcept {
    ring_.move_to_back(entry);
}

void lru::remove(const bytes* entry) noexcept {
    ring_.remove(entry);
}

bytes* lru::victim(moment&) noexcept {
    return ring_.front();
}

void lru::remember(bytes*, std::uint64_t) noexcept {}

void lru::recommend(bytes*, std::uint64_t) noexcept {}

void lru::shrink() noexcept {
    ring_.shrink();
}

void lru::reset() noexcept {
    ring_.reset();
}

std::size_t lru::memory_bytes() const noexcept {
    return ring_.memory_bytes();
}

}  // namespace coord::cache
