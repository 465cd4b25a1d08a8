// group_of<T>: a group whose values are of a type of yours, by way of codec<T>.
#pragma once

#include <coord/group.hpp>

#include <optional>
#include <string_view>
#include <utility>

namespace coord {
inline namespace v0 {

template <class T>
using group_options_of = basic_group_options<loader_for<T>>;

/// A group of T. What a codec throws while decoding is thrown as `host_failed`; the cached bytes
/// stay.
template <class T>
class group_of {
  public:
    explicit group_of(std::string_view name, group_options_of<T> options = {})
        : bytes_(detail::default_runtime(), name, std::move(options)) {}
    group_of(const runtime& owner, std::string_view name, group_options_of<T> options = {})
        : bytes_(owner.native_handle(), name, std::move(options)) {}

    /// From memory, or by loading; decoded anew each time.
    T get(std::string_view key, const call_options& call = {}) {
        return try_get(key, call).value();
    }
    result<T> try_get(std::string_view key, const call_options& call = {}) noexcept {
        return detail::guarded<T>([&]() -> result<T> {
            auto value = bytes_.try_get(key, call);
            if (!value) return value.error();
            return detail::decode<T>(*std::move(value));
        });
    }
    pending<T> start_get(std::string_view key, const start_options& options = {}) {
        return bytes_.template start_get_of<T>(key, options);
    }
    /// From memory only; nothing on a miss.
    std::optional<T> lookup(std::string_view key) {
        auto value = bytes_.lookup(key);
        if (!value) return std::nullopt;
        return detail::guarded<T>(
                   [&]() -> result<T> { return detail::decode<T>(*std::move(value)); })
            .value();
    }

    /// Encoded once, then as group::set(). What the codec throws is thrown as `host_failed`.
    void set(std::string_view key,
             const T& value,
             const value_options& keep = {},
             const call_options& call = {}) {
        try_set(key, value, keep, call).value();
    }
    result<void> try_set(std::string_view key,
                         const T& value,
                         const value_options& keep = {},
                         const call_options& call = {}) noexcept {
        return detail::guarded<void>([&]() -> result<void> {
            return bytes_.try_set(key, detail::encode(value), keep, call);
        });
    }
    pending<void> start_set(std::string_view key,
                            const T& value,
                            const value_options& keep = {},
                            const start_options& options = {}) {
        return bytes_.start_set(key, detail::encode(value), keep, options);
    }
    void remove(std::string_view key, const call_options& call = {}) { bytes_.remove(key, call); }
    result<void> try_remove(std::string_view key, const call_options& call = {}) noexcept {
        return bytes_.try_remove(key, call);
    }
    pending<void> start_remove(std::string_view key, const start_options& options = {}) {
        return bytes_.start_remove(key, options);
    }
    void close(const call_options& call = {}) { bytes_.close(call); }
    result<void> try_close(const call_options& call = {}) noexcept {
        return bytes_.try_close(call);
    }

    /// The group underneath: its name, its counters, its values as bytes.
    group& untyped() noexcept { return bytes_; }
    const group& untyped() const noexcept { return bytes_; }

  private:
    group bytes_;
};

}  // namespace v0
}  // namespace coord
