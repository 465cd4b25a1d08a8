// A client of an HTTP server that sends exactly the bytes it is given and reads one reply at a
// time. Blocking sockets; a watchdog of a minute ends what hangs.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace coord::testing {

struct raw_reply {
    int status = 0;  // 0: the connection ended without a reply
    std::string head;
    std::string body;

    // "" when there is none.
    std::string header(std::string_view name) const {
        const auto at = head.find("\r\n" + std::string(name) + ": ");
        if (at == std::string::npos) return {};
        const auto begin = at + 4 + name.size();
        return head.substr(begin, head.find("\r\n", begin) - begin);
    }
};

class raw_client {
  public:
    explicit raw_client(std::uint16_t port)
        : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const timeval watchdog{60, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &watchdog, sizeof watchdog);
        connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
    }
    ~raw_client() { ::close(fd_); }
    raw_client(const raw_client&) = delete;
    raw_client& operator=(const raw_client&) = delete;

    bool is_connected() const noexcept { return connected_; }
    void send(std::string_view text) {
        while (!text.empty()) {
            const auto sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
    }
    // One with Content-Length, or without a body.
    // A reply to HEAD has a length, but no body.
    enum class asked { anything, head };
    raw_reply read(asked to = asked::anything) {
        std::size_t end = 0;
        while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
            if (!more()) return {};
        raw_reply got;
        got.head = buffer_.substr(0, end + 2);
        buffer_.erase(0, end + 4);
        got.status = std::stoi(got.head.substr(got.head.find(' ') + 1));
        const auto length = got.header("Content-Length");
        const std::size_t size = length.empty() || to == asked::head ? 0 : std::stoul(length);
        while (buffer_.size() < size)
            if (!more()) return {};
        got.body = buffer_.substr(0, size);
        buffer_.erase(0, size);
        return got;
    }
    raw_reply ask(std::string_view method, std::string_view target, std::string_view headers = {}) {
        send(std::string(method)
                 .append(" ")
                 .append(target)
                 .append(" HTTP/1.1\r\nHost: test\r\n")
                 .append(headers)
                 .append("\r\n"));
        return read();
    }
    // True once the server has ended the connection.
    bool has_ended() {
        while (more()) {
        }
        return true;
    }

  private:
    bool more() {
        char room[4'096];
        const auto got = ::recv(fd_, room, sizeof room, 0);
        if (got <= 0) return false;
        buffer_.append(room, static_cast<std::size_t>(got));
        return true;
    }

    const int fd_;
    bool connected_ = false;
    std::string buffer_;
};

}  // namespace coord::testing
