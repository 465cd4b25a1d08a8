// A listening TCP socket.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/wire.hpp"

namespace coord::http {

// Where a connection comes from.
struct source {
    std::array<std::uint8_t, 16> address{};  // IPv4 as mapped into IPv6
    bool is_loopback = false;
};

class listener {
  public:
    enum class reach : std::uint8_t { loopback, anywhere };
    static result<std::unique_ptr<listener>> open(io_threads& io,
                                                  std::string_view address,
                                                  reach allowed);

    // With the port that the system chose.
    const std::string& address() const noexcept { return address_; }
    void await(wire_user& who, ref<const shared> kept) noexcept {
        wire_->await_readable(who, std::move(kept));
    }
    // A descriptor that does not block, or -1 with errno.
    int accept(source& from) noexcept;
    void close() noexcept { wire_->close(); }

  private:
    listener(std::string address, std::unique_ptr<wire> made) noexcept
        : address_(std::move(address)), wire_(std::move(made)) {}
    const std::string address_;
    const std::unique_ptr<wire> wire_;
};

}  // namespace coord::http
