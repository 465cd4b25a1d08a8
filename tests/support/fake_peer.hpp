// An HTTP server as bad as a test wants it: each connection runs a script on a thread of its own,
// over plain sockets on an ephemeral port of the loopback.
#pragma once

#include <arpa/inet.h>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace coord::testing {

inline std::string reply_of(std::string_view body, std::string_view headers = "") {
    return "HTTP/1.1 200 OK\r\n" + std::string(headers) +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

// A port of the loopback where nobody listens, as long as this lives.
class reserved_port {
  public:
    explicit reserved_port(const char* address = "127.0.0.1")
        : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in place{};
        place.sin_family = AF_INET;
        ::inet_pton(AF_INET, address, &place.sin_addr);
        socklen_t size = sizeof place;
        auto* const any = reinterpret_cast<sockaddr*>(&place);
        if (::bind(socket_, any, size) == 0 && ::getsockname(socket_, any, &size) == 0)
            port_ = ntohs(place.sin_port);
    }
    ~reserved_port() { ::close(socket_); }
    reserved_port(const reserved_port&) = delete;
    reserved_port& operator=(const reserved_port&) = delete;

    int socket() const { return socket_; }
    std::uint16_t port() const { return port_; }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  private:
    const int socket_;
    std::uint16_t port_ = 0;
};

class fake_peer {
  public:
    // One connection, as the server sees it.
    class session {
      public:
        session(fake_peer& owner, int socket, int which)
            : number(which), owner_(owner), socket_(socket) {}

        // The next request, up to the empty line; "" when the client is gone.
        std::string request() {
            auto end = came_.find("\r\n\r\n");
            while (end == came_.npos && receive()) end = came_.find("\r\n\r\n");
            if (end == came_.npos) return "";
            std::string one = came_.substr(0, end + 4);
            came_.erase(0, end + 4);
            owner_.note(one);
            return one;
        }
        // So many bytes more; fewer when the client is gone.
        std::string bytes(std::size_t count) {
            while (came_.size() < count && receive()) {
            }
            std::string some = came_.substr(0, count);
            came_.erase(0, some.size());
            return some;
        }
        void send(std::string_view text) {
            while (!text.empty()) {
                const auto wrote = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
                if (wrote <= 0) return;
                text.remove_prefix(static_cast<std::size_t>(wrote));
            }
        }
        // No more bytes from here; the client reads an end.
        void end() { ::shutdown(socket_, SHUT_WR); }
        // The client reads ECONNRESET.
        void reset() {
            const linger hard{1, 0};
            ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        }
        void await_end() {
            while (receive()) {
            }
        }

        const int number;  // of the connection, from 0

      private:
        bool receive() {
            char room[16 << 10];
            const auto got = ::recv(socket_, room, sizeof room, 0);
            if (got <= 0) return false;
            came_.append(room, static_cast<std::size_t>(got));
            return true;
        }
        fake_peer& owner_;
        const int socket_;
        std::string came_;
    };
    using script = std::function<void(session&)>;

    explicit fake_peer(script each) : script_(std::move(each)) {
        ::listen(listener_.socket(), 256);
        acceptor_ = std::thread([this] { accept_all(); });
    }
    ~fake_peer() {
        ::shutdown(listener_.socket(), SHUT_RDWR);
        acceptor_.join();
        {
            const std::lock_guard lock(mutex_);
            for (const auto& each : sessions_)
                if (!each.closed) ::shutdown(each.socket, SHUT_RDWR);
        }
        for (auto& each : sessions_) each.thread.join();
    }
    fake_peer(const fake_peer&) = delete;
    fake_peer& operator=(const fake_peer&) = delete;

    std::uint16_t port() const { return listener_.port(); }
    std::string url() const { return listener_.url(); }
    std::size_t connections() const {
        const std::lock_guard lock(mutex_);
        return sessions_.size();
    }
    // Sessions whose script has ended, and whose socket is closed.
    std::size_t closed() const {
        const std::lock_guard lock(mutex_);
        std::size_t count = 0;
        for (const auto& each : sessions_) count += each.closed ? 1U : 0U;
        return count;
    }
    std::vector<std::string> requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }
    void await_requests(std::size_t count) const {
        while (requests().size() < count) std::this_thread::yield();
    }
    void await_closed(std::size_t count) const {
        while (closed() < count) std::this_thread::yield();
    }

  private:
    struct running {
        int socket;
        std::thread thread;
        bool closed = false;
    };
    void note(const std::string& request) {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
    }
    void accept_all() {
        for (int number = 0;; ++number) {
            const int socket = ::accept4(listener_.socket(), nullptr, nullptr, SOCK_CLOEXEC);
            if (socket < 0) return;
            const std::lock_guard lock(mutex_);
            auto& made = sessions_.emplace_back(running{socket, {}});
            made.thread = std::thread([this, &made, number] {
                session mine(*this, made.socket, number);
                script_(mine);
                const std::lock_guard guard(mutex_);
                ::close(made.socket);
                made.closed = true;
            });
        }
    }

    const script script_;
    reserved_port listener_;
    mutable std::mutex mutex_;
    std::list<running> sessions_;
    std::vector<std::string> requests_;
    std::thread acceptor_;
};

}  // namespace coord::testing
