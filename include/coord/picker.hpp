// Pickers in C++: who owns which key, decided by you.
#pragma once

#include <coord/dialect.hpp>
#include <coord/peer.hpp>
#include <coord/picker.h>
#include <coord/runtime.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace coord {
inline namespace v0 {

/// How a picker of your own is made. Both functions are called on the threads of gets and changes,
/// concurrently: they must be quick, and call nothing but peers::pick(). What one throws fails that
/// get or change with `host_failed`.
struct picker_options {
    /// The peer that owns a key, nullptr = this process. It has to live as long as the picker.
    /// Empty = this process owns every key.
    std::function<const peer*(std::string_view key)> pick{};
    /// The peers that are told of removals and sets, without this process. They have to live as
    /// long as the picker. Empty = only the owner.
    std::function<std::vector<const peer*>()> pick_all{};
    /// What follows a peer's failure by default.
    coord::dialect dialect = coord::dialect::mailgun;
};

namespace detail {

/// What a picker calls. A function that throws names what is no peer, which fails the call; NULL
/// would be this process.
class pick_functions {
  public:
    explicit pick_functions(picker_options options)
        : options_(std::move(options)), no_peer_(bytes::copy_of("no peer")) {}

    static coord_peer* pick(void* user, const char* key, std::size_t size) noexcept {
        const auto& self = *static_cast<const pick_functions*>(user);
        try {
            const auto* owner = self.options_.pick(std::string_view(key, size));
            return owner == nullptr ? nullptr : self.native(owner);
        } catch (...) {
            return self.native(nullptr);
        }
    }
    static std::size_t pick_all(void* user, coord_peer** peers, std::size_t room) noexcept {
        const auto& self = *static_cast<const pick_functions*>(user);
        try {
            const auto all = self.options_.pick_all();
            for (std::size_t i = 0; i < std::min(room, all.size()); ++i)
                peers[i] = self.native(all[i]);
            return all.size();
        } catch (...) {
            if (room > 0) peers[0] = self.native(nullptr);
            return 1;
        }
    }

  private:
    coord_peer* native(const peer* one) const noexcept {
        if (one != nullptr) return one->native_handle();
        return reinterpret_cast<coord_peer*>(no_peer_.native_handle());
    }

    picker_options options_;
    bytes no_peer_;
};

}  // namespace detail

/// Tells groups which peer owns a key. Copies are the same picker; groups keep it. Safe from any
/// thread.
class picker {
  public:
    /// One of your own, in the process-wide runtime or in one of yours. Without functions it never
    /// finds a peer.
    explicit picker(picker_options options = {})
        : picker(detail::default_runtime(), std::move(options)) {}
    explicit picker(const runtime& owner, picker_options options = {})
        : picker(owner.native_handle(), std::move(options)) {}
    /// Takes over one reference of a C handle.
    explicit picker(coord_picker* owned) noexcept : handle_(owned) {}
    picker(const picker& other) noexcept : handle_(coord_picker_ref(other.native_handle())) {}
    picker(picker&&) noexcept = default;
    picker& operator=(picker other) noexcept {
        handle_ = std::move(other.handle_);
        return *this;
    }
    ~picker() = default;

    /// BORROWED.
    coord_picker* native_handle() const noexcept { return handle_.get(); }

  private:
    picker(coord_runtime* owner, picker_options options) {
        using functions = detail::pick_functions;
        coord_picker_options native{};
        native.size = sizeof native;
        native.dialect = static_cast<std::int32_t>(options.dialect);
        if (options.pick) native.pick = functions::pick;
        if (options.pick_all) native.pick_all = functions::pick_all;
        native.user_free = [](void* user) { delete static_cast<functions*>(user); };
        native.user = std::make_unique<functions>(std::move(options)).release();
        coord_error* err = nullptr;
        detail::check(coord_picker_new(owner, &native, handle_.out(), &err), err);
    }

    detail::handle<coord_picker, coord_picker_free> handle_;
};

}  // namespace v0
}  // namespace coord
