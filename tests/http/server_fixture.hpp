// A server on loopback whose time a test moves, a handler from a lambda, and clients that send
// exactly the bytes they are given.
#pragma once

#include <arpa/inet.h>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <mutex>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/time.h>
#include <thread>
#include <unistd.h>
#include <utility>

#include "http/server.hpp"
#include "support/virtual_clock.hpp"

namespace coord::http {

inline std::string get(std::string_view target = "/", std::string_view headers = {}) {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n" + std::string(headers) +
           "\r\n";
}

class visitor {
  public:
    explicit visitor(std::uint16_t port, std::uint32_t from = INADDR_LOOPBACK, int room = 0)
        : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const timeval watchdog{60, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &watchdog, sizeof watchdog);
        if (room != 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
        auto mine = at(from, 0);
        ::bind(fd_, reinterpret_cast<sockaddr*>(&mine), sizeof mine);
        if (port != 0) connect(port);
    }
    ~visitor() { leave(); }
    visitor(const visitor&) = delete;
    visitor& operator=(const visitor&) = delete;

    void connect(std::uint16_t port) {
        auto to = at(INADDR_LOOPBACK, port);
        EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
    }
    void leave() {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }
    void send(std::string_view text) {
        while (!text.empty()) {
            const auto sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
    }
    void send_end() { ::shutdown(fd_, SHUT_WR); }
    // One reply with its head, framed by Content-Length; what there is when the connection ends.
    std::string read(bool has_body = true) {
        std::size_t end = 0;
        while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
            if (!more()) return std::exchange(buffer_, {});
        std::size_t size = end + 4;
        const auto length = buffer_.find("Content-Length: ");
        if (has_body && length < end) size += std::stoul(buffer_.substr(length + 16));
        while (buffer_.size() < size)
            if (!more()) return std::exchange(buffer_, {});
        auto got = buffer_.substr(0, size);
        buffer_.erase(0, size);
        return got;
    }
    std::string ask(std::string_view request) {
        send(request);
        return read();
    }
    // All until the end of the connection.
    std::string read_all() {
        while (more()) {
        }
        return std::exchange(buffer_, {});
    }
    // Bytes are there to read, or the end.
    bool has_news() const {
        pollfd look{fd_, POLLIN, 0};
        return ::poll(&look, 1, 0) > 0;
    }
    int fd() const noexcept { return fd_; }

  private:
    static sockaddr_in at(std::uint32_t address, std::uint16_t port) {
        sockaddr_in made{};
        made.sin_family = AF_INET;
        made.sin_addr.s_addr = htonl(address);
        made.sin_port = htons(port);
        return made;
    }
    bool more() {
        char room[65'536];
        const auto got = ::recv(fd_, room, sizeof room, 0);
        if (got <= 0) return false;
        buffer_.append(room, static_cast<std::size_t>(got));
        return true;
    }

    int fd_;
    std::string buffer_;
};

class lambda_handler final : public handler {
  public:
    explicit lambda_handler(std::function<void(ref<exchange>)> does) : does_(std::move(does)) {}
    void handle(ref<exchange> what) noexcept override { does_(std::move(what)); }

  private:
    const std::function<void(ref<exchange>)> does_;
};

// What a handler does, until a test gives it something else.
class changing {
  public:
    using function = std::function<void(ref<exchange>)>;
    explicit changing(function first) { *this = std::move(first); }
    changing& operator=(function next) {
        const std::lock_guard lock(mutex_);
        now_ = std::make_shared<const function>(std::move(next));
        return *this;
    }
    void operator()(ref<exchange> what) {
        std::unique_lock lock(mutex_);
        const auto keep = now_;
        lock.unlock();
        (*keep)(std::move(what));
    }

  private:
    std::mutex mutex_;
    std::shared_ptr<const function> now_;
};

inline reply text_reply(std::string_view text) {
    reply made;
    made.content_type = "text/plain";
    made.before = text;
    return made;
}

inline std::string body_of(const std::string& reply) {
    const auto end = reply.find("\r\n\r\n");
    return end == std::string::npos ? "" : reply.substr(end + 4);
}

inline int status_of(const std::string& reply) {
    return reply.size() < 12 ? 0 : std::stoi(reply.substr(9, 3));
}

inline std::uint16_t port_of(const server& which) {
    const auto& text = which.address();
    return static_cast<std::uint16_t>(std::stoi(text.substr(text.rfind(':') + 1)));
}

class servers : public ::testing::Test {
  protected:
    // Answers with the target, unless a test wants something else.
    changing does{
        [](const ref<exchange>& what) { what->answer(text_reply(what->asked().target)); }};
    void open(const server_options& wanted = {}, std::string_view address = "127.0.0.1:0") {
        auto made = listen(wanted, address);
        ASSERT_TRUE(made) << made.error().message();
        serving = std::move(*made);
        port = port_of(*serving);
    }
    result<std::unique_ptr<server>> listen(const server_options& wanted, std::string_view address) {
        return server::listen(
            *io, clock, timers, address, wanted, new lambda_handler([this](ref<exchange> what) {
                does(std::move(what));
            }));
    }
    void advance(duration by) {
        clock.advance(by);
        timers->fire_due(clock.now());
    }
    // Whatever came before this has been seen by the server's one thread.
    void catch_up() {
        visitor other(port);
        EXPECT_EQ(status_of(other.ask(get("/other"))), 200);
    }
    void await_connections(std::uint64_t count) {
        while (serving->read().connections != count) std::this_thread::yield();
    }

    testing::virtual_clock clock;
    std::shared_ptr<timer_heap> io_timers = std::make_shared<timer_heap>(std::function<void()>());
    std::shared_ptr<timer_heap> timers = std::make_shared<timer_heap>(std::function<void()>());
    std::unique_ptr<io_threads> io = *io_threads::make(1, machine_clock(), io_timers);
    std::unique_ptr<server> serving;
    std::uint16_t port = 0;
};

}  // namespace coord::http
