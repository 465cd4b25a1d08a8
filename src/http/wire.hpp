// A descriptor that the io threads watch. One operation at a time, in memory that is part of this:
// nothing here allocates or fails once it is made.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "base/handle.hpp"
#include "runtime/io_threads.hpp"

namespace coord::http {

// Who is told, on an io thread. Not told, only let go of, when Asio's context goes first.
class wire_user {
  public:
    // `error` is an errno; 0 bytes without one is the end of the stream.
    virtual void on_wire(int error, std::size_t bytes) noexcept = 0;

  protected:
    ~wire_user() = default;
};

class wire {
  public:
    // Takes the descriptor, which does not block; it is closed when there is no memory (null).
    static std::unique_ptr<wire> make(io_threads& io, int fd) noexcept;
    // The memory of an operation under way: `kept` has to keep this object.
    ~wire();

    int fd() const noexcept { return fd_; }  // -1 once closed
    void read(std::span<char> into, wire_user& who, ref<const shared> kept) noexcept;
    void await_readable(wire_user& who, ref<const shared> kept) noexcept;
    void await_writable(wire_user& who, ref<const shared> kept) noexcept;
    // Tells on an io thread, soon.
    void post(wire_user& who, ref<const shared> kept) noexcept;
    // What is under way ends with an error. Must not overlap with another call.
    void close() noexcept;

  private:
    struct impl;
    wire() noexcept;
    std::unique_ptr<impl> impl_;
    int fd_ = -1;
};

}  // namespace coord::http
