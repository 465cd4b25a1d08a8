// A bounded cache alone in C++: no loader, no peers.
#pragma once

#include <coord/bytes.hpp>
#include <coord/cache.h>
#include <coord/cache_options.hpp>
#include <coord/runtime.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace coord {
inline namespace v0 {

/// Why an entry left a cache.
enum class evicted : std::int32_t {
    full = COORD_EVICTED_FULL,
    expired = COORD_EVICTED_EXPIRED,
    removed = COORD_EVICTED_REMOVED,
    replaced = COORD_EVICTED_REPLACED,
};

/// Told of an entry that left, on the thread whose call made it leave; may use the cache. What it
/// throws is swallowed.
using evict_function = std::function<void(std::string_view key, const bytes& value, evicted cause)>;

/// How a cache is made; zero = the default of each.
struct cache_options {
    /// For keys, values and overhead; zero = 64 MiB.
    std::uint64_t max_bytes = 0;
    /// Zero = as many as max_bytes holds.
    std::uint64_t max_items = 0;
    /// For values that bring none; zero = they do not expire.
    std::chrono::nanoseconds ttl{0};
    coord::policy policy = coord::policy::s3fifo;
    /// Not told of what is left when the cache is destroyed: clear it first.
    evict_function evict{};
};

namespace detail {

inline void tell_evicted(void* user,
                         const char* key,
                         std::size_t size,
                         const coord_bytes* value,
                         std::int32_t cause) noexcept {
    try {
        const bytes kept(coord_bytes_ref(const_cast<coord_bytes*>(value)));
        (*static_cast<const evict_function*>(user))(
            std::string_view(key, size), kept, static_cast<evicted>(cause));
    } catch (...) {
        return;  // there is nobody to tell
    }
}

}  // namespace detail

/// A bounded map from keys to values in memory. Move-only; safe from any thread.
class cache {
  public:
    /// In the process-wide runtime, or in one of yours.
    explicit cache(cache_options options = {})
        : cache(detail::default_runtime(), std::move(options)) {}
    explicit cache(const runtime& owner, cache_options options = {})
        : cache(owner.native_handle(), std::move(options)) {}

    /// Nothing on a miss.
    std::optional<bytes> get(std::string_view key) {
        coord_bytes* value = nullptr;
        const auto what = coord_cache_get(native_handle(), key.data(), key.size(), &value, nullptr);
        if (what == COORD_NOT_FOUND) return std::nullopt;
        detail::check(what, nullptr);
        return bytes(value);
    }
    /// Keeps a value in place of what was there. Throws `exhausted` for one larger than max_bytes,
    /// and then keeps neither.
    void set(std::string_view key, std::string_view value, const value_options& keep = {}) {
        const auto how = keep.native();
        coord_error* err = nullptr;
        const auto what = coord_cache_set(
            native_handle(), key.data(), key.size(), value.data(), value.size(), &how, &err);
        detail::check(what, err);
    }
    /// False when there was nothing.
    bool remove(std::string_view key) {
        return was_there(coord_cache_remove(native_handle(), key.data(), key.size(), nullptr));
    }
    /// Drops the entry that would be evicted next; false when there is none.
    bool remove_oldest() { return was_there(coord_cache_remove_oldest(native_handle(), nullptr)); }
    void clear() noexcept { coord_cache_clear(native_handle()); }
    /// Expired ones that nobody looked up included.
    std::size_t count() const noexcept { return coord_cache_count(native_handle()); }
    bool empty() const noexcept { return count() == 0; }
    cache_stats stats() const {
        cache_stats stats{};
        stats.size = sizeof stats;
        coord_error* err = nullptr;
        detail::check(coord_cache_stats_read(native_handle(), &stats, &err), err);
        return stats;
    }

    /// BORROWED.
    coord_cache* native_handle() const noexcept { return handle_.get(); }

  private:
    cache(coord_runtime* owner, cache_options options) {
        coord_cache_options native{};
        native.size = sizeof native;
        native.max_bytes = options.max_bytes;
        native.max_items = options.max_items;
        native.ttl_ns = options.ttl.count();
        native.policy = static_cast<std::int32_t>(options.policy);
        if (options.evict) {
            native.user = std::make_unique<evict_function>(std::move(options.evict)).release();
            native.evict = detail::tell_evicted;
            native.user_free = [](void* user) { delete static_cast<evict_function*>(user); };
        }
        coord_error* err = nullptr;
        detail::check(coord_cache_new(owner, &native, handle_.out(), &err), err);
    }
    static bool was_there(coord_status what) {
        if (what == COORD_NOT_FOUND) return false;
        detail::check(what, nullptr);
        return true;
    }

    detail::handle<coord_cache, coord_cache_free> handle_;
};

}  // namespace v0
}  // namespace coord
