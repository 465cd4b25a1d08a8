// A client of plain sockets, which shows what really came.
#pragma once

#include <arpa/inet.h>
#include <cstdint>
#include <cstdlib>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <utility>

namespace coord::testing {

inline std::uint16_t port_of(std::string_view address) {
    return static_cast<std::uint16_t>(
        std::atoi(std::string(address.substr(address.rfind(':') + 1)).c_str()));
}

class raw_client {
  public:
    // To loopback.
    explicit raw_client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        // Only ends a hang.
        const timeval watchdog{30, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &watchdog, sizeof watchdog);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected = ::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
    }
    raw_client(const raw_client&) = delete;
    raw_client& operator=(const raw_client&) = delete;
    ~raw_client() { ::close(socket_); }

    void send(std::string_view method, std::string_view target, std::string_view more = {}) {
        std::string all;
        all.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n");
        all.append(more).append("\r\n");
        std::string_view rest = all;
        while (!rest.empty()) {
            const auto sent = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;
            rest.remove_prefix(static_cast<std::size_t>(sent));
        }
    }
    struct reply {
        int status = 0;  // 0: the connection ended before a whole reply
        std::string head;
        std::string body;
    };
    reply receive() {
        std::size_t end = 0;
        while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
            if (!receive_more()) return {};
        reply got;
        got.head = buffer_.substr(0, end + 2);
        buffer_.erase(0, end + 4);
        const std::string length = "\r\nContent-Length: ";
        const auto at = got.head.find(length);
        const std::size_t size =
            at == std::string::npos
                ? 0
                : static_cast<std::size_t>(std::atoll(got.head.c_str() + at + length.size()));
        while (buffer_.size() < size)
            if (!receive_more()) return {};
        got.body = buffer_.substr(0, size);
        buffer_.erase(0, size);
        got.status = std::atoi(got.head.c_str() + 9);
        return got;
    }
    reply ask(std::string_view method, std::string_view target, std::string_view more = {}) {
        send(method, target, more);
        return receive();
    }

    bool connected = false;

  private:
    bool receive_more() {
        char room[16'384];
        const auto got = ::recv(socket_, room, sizeof room, 0);
        if (got <= 0) return false;
        buffer_.append(room, static_cast<std::size_t>(got));
        return true;
    }

    const int socket_;
    std::string buffer_;
};

}  // namespace coord::testing
