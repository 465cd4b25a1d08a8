// Under which names the endpoint may be spoken to. A web page can make a browser connect to any
// address (DNS rebinding), but the browser then names the page's host, which is none of these.
#pragma once

#include <string>
#include <string_view>

namespace coord::admin {

class known_hosts {
  public:
    // `listens_on`: "127.0.0.1:9090", the address as it was asked for or as it came to be.
    explicit known_hosts(std::string_view listens_on);

    // Whether a Host header names loopback or what is listened on, with any port: the port may be
    // that of a tunnel. Who listens on all addresses is known by every one of them, but by no name.
    bool has(std::string_view host_header) const noexcept;

  private:
    std::string own_;
    bool all_addresses_;
};

}  // namespace coord::admin
