// Many keys in one call, in C++: what became of each.
#pragma once

#include <coord/error.hpp>
#include <coord/many.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coord {
inline namespace v0 {

/// What became of each key of a call about many, in the order they were given. Move-only; safe from
/// any thread.
class many {
  public:
    /// Of no keys.
    many() noexcept = default;
    /// Takes over a C handle.
    explicit many(coord_many* owned) noexcept : handle_(owned) {}

    std::size_t count() const noexcept { return coord_many_count(native_handle()); }
    /// How it went with one key; `invalid_argument` when there is none at that index.
    coord::status status(std::size_t index) const noexcept {
        return static_cast<coord::status>(coord_many_status(native_handle(), index));
    }
    /// One key; valid as long as this object.
    std::string_view key(std::size_t index) const noexcept {
        std::size_t size = 0;
        const auto* text = coord_many_key(native_handle(), index, &size);
        return {text, size};
    }
    /// What went wrong with one key; nothing when nothing did.
    std::optional<coord::error> error(std::size_t index) const {
        const auto* why = coord_many_error(native_handle(), index);
        const auto what = coord_many_status(native_handle(), index);
        if (what == COORD_OK || index >= count()) return std::nullopt;
        return detail::copy_of(what, why);
    }
    /// Whether it went well with every key.
    bool all_ok() const noexcept {
        for (std::size_t i = 0; i < count(); ++i)
            if (status(i) != coord::status::ok) return false;
        return true;
    }
    /// Throws what went wrong with the first key that failed, if one did.
    void check() const {
        for (std::size_t i = 0; i < count(); ++i)
            if (auto why = error(i)) throw *std::move(why);
    }

    /// BORROWED; NULL for no keys.
    coord_many* native_handle() const noexcept { return handle_.get(); }

  private:
    detail::handle<coord_many, coord_many_free> handle_;
};

namespace detail {

/// Keys as C functions take many of them: back to back, with their lengths.
struct packed_keys {
    template <class Keys>
    explicit packed_keys(const Keys& keys) {
        for (const auto& key : keys) {
            const std::string_view text(key);
            all.append(text);
            sizes.push_back(text.size());
        }
    }
    std::string all;
    std::vector<std::size_t> sizes;
};

}  // namespace detail
}  // namespace v0
}  // namespace coord
