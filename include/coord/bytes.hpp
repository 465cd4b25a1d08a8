// Values in C++: immutable, counted bytes, and how a value is to be kept.
//
// Copies share; all of it is safe from any thread.
#pragma once

#include <coord/bytes.h>
#include <coord/error.hpp>
#include <coord/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace coord {
inline namespace v0 {

class bytes_reader;

/// A duration that never ends.
inline constexpr std::chrono::nanoseconds forever{COORD_FOREVER};
/// In an option whose zero means "the default": off, or at once.
inline constexpr std::chrono::nanoseconds off{COORD_OFF};

/// An immutable run of bytes, such as a cached value: a copy is one more reference, never a copy of
/// the data.
class bytes {
  public:
    /// No bytes at all.
    bytes() noexcept = default;
    /// Takes over one reference of a C handle.
    explicit bytes(coord_bytes* owned) noexcept : handle_(owned) {}
    bytes(const bytes& other) noexcept : handle_(coord_bytes_ref(other.native_handle())) {}
    bytes(bytes&&) noexcept = default;
    bytes& operator=(bytes other) noexcept {
        handle_ = std::move(other.handle_);
        return *this;
    }
    ~bytes() = default;

    /// Copies your text.
    static bytes copy_of(std::string_view text) {
        coord_error* err = nullptr;
        bytes made;
        const auto status = coord_bytes_new(text.data(), text.size(), made.handle_.out(), &err);
        detail::check(status, err);
        return made;
    }
    /// Takes over a std::string, std::vector<char> or the like: anything with data() and size().
    /// Nothing is copied.
    template <class Container>
    static bytes adopt(Container owner) {
        auto kept = std::make_unique<Container>(std::move(owner));
        const auto* start = kept->data();
        const auto size = kept->size() * sizeof(*start);
        const auto give_back = [](void* user) { delete static_cast<Container*>(user); };
        coord_error* err = nullptr;
        bytes made;
        const auto status = coord_bytes_new_external(
            start, size, kept.release(), give_back, made.handle_.out(), &err);
        detail::check(status, err);
        return made;
    }
    /// A part of these bytes, which it keeps alive; throws when the range leaves them.
    bytes slice(std::size_t offset, std::size_t size) const {
        coord_error* err = nullptr;
        bytes made;
        detail::check(coord_bytes_slice(native_handle(), offset, size, made.handle_.out(), &err),
                      err);
        return made;
    }

    /// The rest from an offset on, as slice() does.
    bytes slice_from(std::size_t offset) const {
        coord_error* err = nullptr;
        bytes made;
        detail::check(coord_bytes_slice_from(native_handle(), offset, made.handle_.out(), &err),
                      err);
        return made;
    }
    /// One byte; throws `invalid_argument` when there is none at that index.
    std::uint8_t at(std::size_t index) const {
        std::uint8_t byte = 0;
        coord_error* err = nullptr;
        detail::check(coord_bytes_at(native_handle(), index, &byte, &err), err);
        return byte;
    }
    /// Copies from an offset on until the end or until the buffer is full; gives how many.
    std::size_t copy(std::size_t offset, std::span<char> buffer) const noexcept {
        return coord_bytes_copy(native_handle(), offset, buffer.data(), buffer.size());
    }
    /// Reads them piece by piece; include <coord/bytes_reader.hpp>, as for the next two.
    bytes_reader reader() const noexcept;
    /// Writes all of them to a stream; throws `host_failed` when that does not take them.
    void write_to(std::ostream& stream) const;
    result<void> try_write_to(std::ostream& stream) const noexcept;

    /// Valid as long as this object, or a copy of it, lives.
    std::string_view view() const noexcept {
        std::size_t size = 0;
        const auto* start = static_cast<const char*>(coord_bytes_data(native_handle(), &size));
        return {start, size};
    }
    operator std::string_view() const noexcept { return view(); }
    std::string str() const { return std::string(view()); }
    const char* data() const noexcept { return view().data(); }
    std::size_t size() const noexcept { return coord_bytes_size(native_handle()); }
    bool empty() const noexcept { return size() == 0; }

    /// When the value expires, as it was when it was stored; nothing when it never does.
    std::optional<std::chrono::system_clock::time_point> expires() const noexcept {
        const auto at = coord_bytes_expire_unix_ns(native_handle());
        if (at == 0) return std::nullopt;
        using clock = std::chrono::system_clock;
        return clock::time_point(
            std::chrono::duration_cast<clock::duration>(std::chrono::nanoseconds(at)));
    }
    /// `COORD_VALUE_*` bits the value was made with.
    std::uint32_t flags() const noexcept { return coord_bytes_flags(native_handle()); }

    friend bool operator==(const bytes& a, const bytes& b) noexcept { return a.view() == b.view(); }
    friend bool operator==(const bytes& a, std::string_view b) noexcept { return a.view() == b; }

    /// BORROWED; NULL for no bytes at all.
    coord_bytes* native_handle() const noexcept { return handle_.get(); }

  private:
    detail::handle<coord_bytes, coord_bytes_free> handle_;
};

/// How a value is kept.
struct value_options {
    /// From now; zero = the component's default, `forever` = it does not expire.
    std::chrono::nanoseconds ttl{0};
    /// Instead of ttl: the moment it expires.
    std::chrono::system_clock::time_point expires{};
    /// False: it answers who waits, and is not kept.
    bool store = true;
    /// For group::set alone: keep a hot copy here as well when another peer owns the key.
    bool hot = false;

    coord_value_options native() const noexcept {
        coord_value_options native{};
        native.size = sizeof native;
        if (!store) native.flags |= COORD_VALUE_NO_STORE;
        if (hot) native.flags |= COORD_VALUE_HOT;
        native.ttl_ns = ttl.count();
        native.expire_unix_ns =
            std::chrono::duration_cast<std::chrono::nanoseconds>(expires.time_since_epoch())
                .count();
        return native;
    }
};

/// What a loader returns when it has something to say about keeping: `return coord::answer{row,
/// {.ttl = 5min}};`
template <class T>
struct answer {
    T value;
    value_options keep{};
};
template <class T>
answer(T) -> answer<T>;
template <class T>
answer(T, value_options) -> answer<T>;

}  // namespace v0
}  // namespace coord
