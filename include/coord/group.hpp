// Groups in C++: named caches with a loader, of plain bytes. For values of a type of yours see
// <coord/group_of.hpp>.
#pragma once

#include <coord/group.h>
#include <coord/loader.hpp>
#include <coord/peers.hpp>
#include <coord/pending.hpp>
#include <coord/queue.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace coord {
inline namespace v0 {

/// As max_bytes: keep nothing, still join loads.
inline constexpr std::uint64_t keep_nothing = static_cast<std::uint64_t>(COORD_OFF);

enum class cache : std::int32_t { main = COORD_CACHE_MAIN, hot = COORD_CACHE_HOT };
enum class policy : std::int32_t { s3fifo = COORD_POLICY_S3FIFO, lru = COORD_POLICY_LRU };
enum class on_abandoned : std::int32_t {
    finish = COORD_ON_ABANDONED_FINISH,
    cancel = COORD_ON_ABANDONED_CANCEL,
};

using group_stats = coord_group_stats;
using cache_stats = coord_cache_stats;

/// How a group is made; the C header group.h tells each field in full.
template <class Loader>
struct basic_group_options {
    /// For keys, values and overhead; zero = 64 MiB.
    std::uint64_t max_bytes = 0;
    /// For values that bring none; zero = they do not expire.
    std::chrono::nanoseconds ttl{0};
    /// Of one load, however many wait; zero = 30 s.
    std::chrono::nanoseconds load_timeout{0};
    /// At once; zero = 1,024.
    std::uint32_t max_loads = 0;
    coord::on_abandoned on_abandoned = coord::on_abandoned::finish;
    coord::policy policy = coord::policy::s3fifo;
    /// Whom to ask for keys of other owners; nullptr = this process owns all. Needed only while the
    /// group is made, which keeps them.
    const coord::peers* peers = nullptr;
    Loader load{};
    /// Instead of load: requests arrive here, as events with the token below.
    coord::queue* requests = nullptr;
    std::uint64_t requests_token = 0;
    /// What becomes of a get whose owner gave no value; empty = as the dialect of the peers says.
    peer_error_handler peer_error{};

    /// For one C call, which takes over loader and peer_error.
    coord_group_options native() && noexcept {
        coord_group_options native{};
        native.size = sizeof native;
        native.max_bytes = max_bytes;
        native.ttl_ns = ttl.count();
        native.load_timeout_ns = load_timeout.count();
        native.max_loads = max_loads;
        native.on_abandoned = static_cast<std::int32_t>(on_abandoned);
        native.policy = static_cast<std::int32_t>(policy);
        native.requests = requests == nullptr ? nullptr : requests->native_handle();
        native.requests_token = requests_token;
        native.peers = peers == nullptr ? nullptr : peers->native_handle();
        detail::enter_handlers(native, std::move(load).release(), std::move(peer_error).release());
        return native;
    }
};
using group_options = basic_group_options<loader>;

/// A named cache: a get of a key that is not there loads it, once for all who ask. Safe from any
/// thread.
class group {
  public:
    /// In the process-wide runtime, or in one of yours. Throws `already_exists` when the name is
    /// taken.
    explicit group(std::string_view name, group_options options = {})
        : group(detail::default_runtime(), name, std::move(options)) {}
    group(const runtime& owner, std::string_view name, group_options options = {})
        : group(owner.native_handle(), name, std::move(options)) {}
    /// For typed groups.
    template <class Loader>
    group(coord_runtime* owner, std::string_view name, basic_group_options<Loader> options)
        : group(owner, name, std::move(options), coord_group_new) {}

    /// The group of that name, if there is one.
    static std::optional<group> find(const runtime& owner, std::string_view name) {
        auto* found = coord_group_find(owner.native_handle(), name.data(), name.size());
        if (found == nullptr) return std::nullopt;
        return group(owner.native_handle(), found);
    }
    /// The group of that name, made when there is none; an existing one keeps its own options.
    static group find_or_make(const runtime& owner,
                              std::string_view name,
                              group_options options = {}) {
        return group(owner.native_handle(), name, std::move(options), coord_group_find_or_new);
    }

    /// From memory, from the peer that owns the key, or by loading. Throws what the load failed
    /// with, `timed_out`, `cancelled`, ...
    bytes get(std::string_view key, const call_options& call = {}) {
        return try_get(key, call).value();
    }
    result<bytes> try_get(std::string_view key, const call_options& call = {}) noexcept {
        const auto native = call.native();
        coord_bytes* value = nullptr;
        coord_error* err = nullptr;
        const auto what =
            coord_group_get(native_handle(), key.data(), key.size(), &native, &value, &err);
        if (what != COORD_OK) return detail::failure(what, err);
        return bytes(value);
    }
    /// The same, under way: get() or co_await what it returns.
    pending<bytes> start_get(std::string_view key, const start_options& options = {}) {
        return start_get_of<bytes>(key, options);
    }
    /// From memory only; nothing on a miss. Never waits, never loads.
    std::optional<bytes> lookup(std::string_view key) {
        coord_bytes* value = nullptr;
        const auto what =
            coord_group_lookup(native_handle(), key.data(), key.size(), &value, nullptr);
        if (what == COORD_NOT_FOUND) return std::nullopt;
        detail::check(what, nullptr);
        return bytes(value);
    }

    /// Removes a key, at all peers too; a get that begins after this returned loads again. Throws
    /// `unavailable` when a peer did not confirm.
    void remove(std::string_view key, const call_options& call = {}) {
        try_remove(key, call).value();
    }
    result<void> try_remove(std::string_view key, const call_options& call = {}) noexcept {
        const auto native = call.native();
        coord_error* err = nullptr;
        const auto what =
            coord_group_remove(native_handle(), key.data(), key.size(), &native, &err);
        return detail::outcome(what, err);
    }
    pending<void> start_remove(std::string_view key, const start_options& options = {}) {
        return launch<void>(coord_group_remove_start, key, options);
    }

    /// Frees the name, lets loads under way end until the deadline (10 s), then cancels. Blocks.
    /// The destructor cancels at once.
    void close(const call_options& call = {}) { try_close(call).value(); }
    result<void> try_close(const call_options& call = {}) noexcept {
        const auto native = call.native();
        coord_error* err = nullptr;
        const auto what = coord_group_close(native_handle(), &native, &err);
        return detail::outcome(what, err);
    }

    /// Valid as long as the group.
    std::string_view name() const noexcept {
        std::size_t size = 0;
        const auto* text = coord_group_name(native_handle(), &size);
        return {text, size};
    }
    group_stats stats() const {
        group_stats stats{};
        stats.size = sizeof stats;
        coord_error* err = nullptr;
        detail::check(coord_group_stats_read(native_handle(), &stats, &err), err);
        return stats;
    }
    cache_stats stats(cache which) const {
        cache_stats stats{};
        stats.size = sizeof stats;
        coord_error* err = nullptr;
        const auto number = static_cast<std::int32_t>(which);
        detail::check(coord_group_cache_stats_read(native_handle(), number, &stats, &err), err);
        return stats;
    }

    /// start_get() with the value decoded as T.
    template <class T>
    pending<T> start_get_of(std::string_view key, const start_options& options) {
        return launch<T>(coord_group_get_start, key, options);
    }
    /// BORROWED.
    coord_group* native_handle() const noexcept { return handle_.get(); }

  private:
    template <class Loader, class Make>
    group(coord_runtime* owner,
          std::string_view name,
          basic_group_options<Loader> options,
          Make make) {
        const auto native = std::move(options).native();
        coord_error* err = nullptr;
        detail::check(make(owner, name.data(), name.size(), &native, handle_.out(), &err), err);
        completions_.emplace(owner);
    }
    group(coord_runtime* owner, coord_group* owned) : handle_(owned), completions_(owner) {}

    template <class T, class Start>
    pending<T> launch(Start start, std::string_view key, const start_options& options) {
        return detail::launch<T>(
            *completions_,
            options,
            [&](const coord_call_options* call,
                coord_queue* queue,
                std::uint64_t token,
                coord_op** op,
                coord_error** err) {
                return start(native_handle(), key.data(), key.size(), call, queue, token, op, err);
            });
    }

    detail::handle<coord_group, coord_group_free> handle_;
    std::optional<detail::completions> completions_;
};

}  // namespace v0
}  // namespace coord
