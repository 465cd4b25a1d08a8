// A connection of a reader to the admin endpoint of a process: HTTP as a program in any language
// can speak it, over a plain socket.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace demo {

struct reply {
    int status = 0;
    std::string body;
};

// For one thread; kept open from one question to the next.
class sidecar {
  public:
    explicit sidecar(std::string address) : address_(std::move(address)) {}
    sidecar(const sidecar&) = delete;
    sidecar& operator=(const sidecar&) = delete;
    ~sidecar() { hang_up(); }

    // Nothing when the process is gone, or does not answer for ten seconds.
    std::optional<reply> get(std::string_view group, std::string_view key);

  private:
    bool dial();
    void hang_up() noexcept;
    bool send_all(std::string_view text);
    std::optional<reply> receive();

    std::string address_;
    int socket_ = -1;
};

}  // namespace demo
