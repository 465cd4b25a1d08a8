// Values in C++, read piece by piece or written to a stream.
#pragma once

#include <coord/bytes.hpp>

#include <cstddef>
#include <ostream>
#include <span>
#include <utility>

namespace coord {
inline namespace v0 {

/// Reads bytes from a place that moves on; keeps them. One thread at a time, as many readers as you
/// like.
class bytes_reader {
  public:
    explicit bytes_reader(bytes source) noexcept : source_(std::move(source)) {}

    /// Copies what comes next and moves on; gives how many, zero at the end.
    std::size_t read(std::span<char> buffer) noexcept {
        const auto copied = source_.copy(place_, buffer);
        place_ += copied;
        return copied;
    }
    /// Copies from an offset on, and stays where it is.
    std::size_t read_at(std::size_t offset, std::span<char> buffer) const noexcept {
        return source_.copy(offset, buffer);
    }
    /// Goes to an offset; throws `invalid_argument` beyond the end.
    void seek(std::size_t offset) {
        if (offset > size()) throw error(status::invalid_argument, "offset: is beyond the end");
        place_ = offset;
    }
    /// The offset of what comes next.
    std::size_t tell() const noexcept { return place_; }
    /// Of all the bytes, wherever the place is.
    std::size_t size() const noexcept { return source_.size(); }

  private:
    bytes source_;
    std::size_t place_ = 0;
};

inline bytes_reader bytes::reader() const noexcept {
    return bytes_reader(*this);
}
inline void bytes::write_to(std::ostream& stream) const {
    try_write_to(stream).value();
}
inline result<void> bytes::try_write_to(std::ostream& stream) const noexcept {
    return detail::guarded<void>([&]() -> result<void> {
        const auto all = view();
        if (stream.write(all.data(), static_cast<std::streamsize>(all.size()))) return {};
        return error(status::host_failed, "the stream did not take all bytes");
    });
}

}  // namespace v0
}  // namespace coord
