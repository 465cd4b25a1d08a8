// Groups in C++: named caches with a loader, of plain bytes. For values of a type of yours see
// <coord/group_of.hpp>.
#pragma once

#include <coord/codec.hpp>
#include <coord/group.h>
#include <coord/group_options.hpp>
#include <coord/many.hpp>
#include <coord/pending.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace coord {
inline namespace v0 {

using group_stats = coord_group_stats;

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
    /// Gets the value's first bytes into memory of yours; gives the length of the whole value,
    /// which may be more than fitted.
    std::size_t get_into(std::string_view key,
                         std::span<char> buffer,
                         const call_options& call = {}) {
        return try_get_into(key, buffer, call).value();
    }
    result<std::size_t> try_get_into(std::string_view key,
                                     std::span<char> buffer,
                                     const call_options& call = {}) noexcept {
        const auto native = call.native();
        std::size_t size = 0;
        coord_error* err = nullptr;
        const auto what = coord_group_get_into(native_handle(),
                                               key.data(),
                                               key.size(),
                                               &native,
                                               buffer.data(),
                                               buffer.size(),
                                               &size,
                                               &err);
        if (what != COORD_OK) return detail::failure(what, err);
        return size;
    }
    /// Gets a value into a protobuf message, or whatever else has ParseFromArray(). Throws
    /// `host_failed` when the value is none.
    template <class Message>
    void get_message(std::string_view key, Message& to, const call_options& call = {}) {
        try_get_message(key, to, call).value();
    }
    template <class Message>
    result<void> try_get_message(std::string_view key,
                                 Message& to,
                                 const call_options& call = {}) noexcept {
        return detail::guarded<void>([&]() -> result<void> {
            const auto value = try_get(key, call);
            if (!value) return value.error();
            detail::parse(*value, to);
            return {};
        });
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

    /// Sets the value of a key everywhere: its owner keeps it, all others drop the copy they have.
    /// Throws `unsupported`, with nothing done, when the owner does not take values, `unavailable`
    /// when a peer did not confirm, ...
    void set(std::string_view key,
             std::string_view value,
             const value_options& keep = {},
             const call_options& call = {}) {
        try_set(key, value, keep, call).value();
    }
    result<void> try_set(std::string_view key,
                         std::string_view value,
                         const value_options& keep = {},
                         const call_options& call = {}) noexcept {
        const auto how = keep.native();
        const auto native = call.native();
        coord_error* err = nullptr;
        const auto what = coord_group_set(native_handle(),
                                          key.data(),
                                          key.size(),
                                          value.data(),
                                          value.size(),
                                          &how,
                                          &native,
                                          &err);
        return detail::outcome(what, err);
    }
    pending<void> start_set(std::string_view key,
                            std::string_view value,
                            const value_options& keep = {},
                            const start_options& options = {}) {
        const auto how = keep.native();
        const auto start =
            [&](coord_group* self, const char* text, std::size_t size, auto... rest) {
                return coord_group_set_start(
                    self, text, size, value.data(), value.size(), &how, rest...);
            };
        return launch<void>(start, key, options);
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

    /// Removes many keys, each as remove() does; `keys` is any range of what converts to
    /// std::string_view. remove_many() throws what went wrong with the first key that failed, its
    /// twin gives what became of each also then.
    template <class Keys>
    many remove_many(const Keys& keys, const call_options& call = {}) {
        auto done = try_remove_many(keys, call).value();
        done.check();
        return done;
    }
    many remove_many(std::initializer_list<std::string_view> keys, const call_options& call = {}) {
        return remove_many<std::initializer_list<std::string_view>>(keys, call);
    }
    template <class Keys>
    result<many> try_remove_many(const Keys& keys, const call_options& call = {}) noexcept {
        return detail::guarded<many>([&]() -> result<many> {
            const detail::packed_keys packed(keys);
            const auto native = call.native();
            coord_many* told = nullptr;
            coord_error* err = nullptr;
            const auto what = coord_group_remove_many(native_handle(),
                                                      packed.all.data(),
                                                      packed.sizes.data(),
                                                      packed.sizes.size(),
                                                      &native,
                                                      &told,
                                                      &err);
            if (told == nullptr && what != COORD_OK) return detail::failure(what, err);
            coord_error_free(err);
            return many(told);
        });
    }
    template <class Keys>
    pending<many> start_remove_many(const Keys& keys, const start_options& options = {}) {
        const detail::packed_keys packed(keys);
        const auto start = [&](coord_group* self, const char*, std::size_t, auto... rest) {
            return coord_group_remove_many_start(
                self, packed.all.data(), packed.sizes.data(), packed.sizes.size(), rest...);
        };
        return launch<many>(start, {}, options);
    }

    /// As the owner of a key does for a peer, whoever owns it: from memory or by loading here. What
    /// a transport of your own answers a peer_get with; local_set() and local_remove() are for the
    /// others. No peer is asked or told.
    bytes local_get(std::string_view key, const call_options& call = {}) {
        return try_local_get(key, call).value();
    }
    result<bytes> try_local_get(std::string_view key, const call_options& call = {}) noexcept {
        const auto native = call.native();
        coord_bytes* value = nullptr;
        coord_error* err = nullptr;
        const auto what =
            coord_group_local_get(native_handle(), key.data(), key.size(), &native, &value, &err);
        if (what != COORD_OK) return detail::failure(what, err);
        return bytes(value);
    }
    pending<bytes> start_local_get(std::string_view key, const start_options& options = {}) {
        return launch<bytes>(coord_group_local_get_start, key, options);
    }
    void local_set(std::string_view key, std::string_view value, const value_options& keep = {}) {
        const auto how = keep.native();
        coord_error* err = nullptr;
        const auto what = coord_group_local_set(
            native_handle(), key.data(), key.size(), value.data(), value.size(), &how, &err);
        detail::check(what, err);
    }
    void local_remove(std::string_view key) {
        coord_error* err = nullptr;
        detail::check(coord_group_local_remove(native_handle(), key.data(), key.size(), &err), err);
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
    cache_stats stats(section which) const {
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
    friend class runtime;

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
