// Where a name is: addresses, found by the system's resolver, which may take its time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <netinet/in.h>
#include <optional>
#include <string>
#include <string_view>

#include "base/limits.hpp"

namespace coord::http {

struct endpoint {
    sockaddr_in6 room{};  // of either family
    std::size_t size = 0;

    int family() const noexcept { return room.sin6_family; }
    bool operator==(const endpoint& other) const noexcept;
};

struct addresses {
    std::array<endpoint, limits::max_addresses> list{};
    std::size_t count = 0;
    const char* failure = nullptr;  // static; why there are none

    // Found to be alive: tried first from now on.
    void prefer(const endpoint& good) noexcept;
};

// A text of digits needs no resolver. Nothing when it is a name.
std::optional<endpoint> numeric_endpoint(const std::string& host, std::uint16_t port) noexcept;

// Blocks, for seconds at times.
addresses look_up(const std::string& host, std::uint16_t port) noexcept;

using name_look_up = std::function<addresses(const std::string& host, std::uint16_t port)>;

struct name_source {
    std::string host;
    std::uint16_t port = 0;
    name_look_up by;
};

class name_user {
  public:
    // On a thread of its own.
    virtual void resolved(const addresses& found) noexcept = 0;

  protected:
    ~name_user() = default;
};

// Looks it up on a thread of its own, which may outlive everybody who is interested. False, with
// errno set, when there is no such thread.
bool start_look_up(std::shared_ptr<const name_source> what, std::weak_ptr<name_user> to) noexcept;

}  // namespace coord::http
