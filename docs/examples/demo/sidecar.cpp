#include "sidecar.hpp"

#include <arpa/inet.h>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace demo {
namespace {

std::string escaped(std::string_view text) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string result;
    for (const char letter : text) {
        const auto one = static_cast<unsigned char>(letter);
        if (std::isalnum(one) != 0 || one == '-' || one == '.' || one == '_' || one == '~') {
            result += static_cast<char>(one);
        } else {
            result += '%';
            result += digits[one >> 4];
            result += digits[one & 15];
        }
    }
    return result;
}

// As the head has it, which the library sends in this spelling.
std::optional<std::size_t> content_length(std::string_view head) {
    constexpr std::string_view name = "\r\nContent-Length: ";
    const auto at = head.find(name);
    if (at == std::string_view::npos) return std::nullopt;
    std::size_t length = 0;
    const auto* const from = head.data() + at + name.size();
    const auto* const end = head.data() + head.size();
    if (std::from_chars(from, end, length).ec != std::errc()) return std::nullopt;
    return length;
}

}  // namespace

std::optional<reply> sidecar::get(std::string_view group, std::string_view key) {
    if (socket_ < 0 && !dial()) return std::nullopt;
    const auto question = "GET /v1/groups/" + escaped(group) + "/keys/" + escaped(key) +
                          " HTTP/1.1\r\nHost: " + address_ + "\r\n\r\n";
    std::optional<reply> answer;
    if (send_all(question)) answer = receive();
    if (!answer) hang_up();
    return answer;
}

bool sidecar::dial() {
    const auto colon = address_.rfind(':');
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::atoi(address_.c_str() + colon + 1)));
    inet_pton(AF_INET, address_.substr(0, colon).c_str(), &to.sin_addr);
    socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0) return false;
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    const int on = 1;
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) return true;
    hang_up();
    return false;
}

void sidecar::hang_up() noexcept {
    if (socket_ >= 0) close(socket_);
    socket_ = -1;
}

bool sidecar::send_all(std::string_view text) {
    while (!text.empty()) {
        const auto n = send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

std::optional<reply> sidecar::receive() {
    std::string text;
    std::size_t body = std::string::npos;  // where it begins
    std::size_t end = 0;
    while (body == std::string::npos || text.size() < end) {
        std::array<char, 4096> part;
        const auto n = recv(socket_, part.data(), part.size(), 0);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return std::nullopt;
        text.append(part.data(), static_cast<std::size_t>(n));
        if (body != std::string::npos) continue;
        const auto blank = text.find("\r\n\r\n");
        if (blank == std::string::npos) continue;
        body = blank + 4;
        const auto length = content_length(std::string_view(text).substr(0, blank));
        if (!length) return std::nullopt;
        end = body + *length;
    }
    // "HTTP/1.1 200 OK"
    return reply{std::atoi(text.c_str() + text.find(' ')), text.substr(body, end - body)};
}

}  // namespace demo
