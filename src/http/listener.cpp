#include "http/listener.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

#include "http/url.hpp"

namespace coord::http {
namespace {

struct bound_address {
    sockaddr_storage where{};
    socklen_t size = 0;
    sockaddr* raw() noexcept { return reinterpret_cast<sockaddr*>(&where); }
};

// Numeric addresses and localhost: a name that somebody else resolves says too little about what
// one listens on.
bool fill(bound_address& made, const std::string& host, std::uint16_t port) noexcept {
    auto& v4 = reinterpret_cast<sockaddr_in&>(made.where);
    auto& v6 = reinterpret_cast<sockaddr_in6&>(made.where);
    const char* const text = host == "localhost" ? "127.0.0.1" : host.c_str();
    if (::inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        made.size = sizeof v4;
        return true;
    }
    if (::inet_pton(AF_INET6, text, &v6.sin6_addr) == 1) {
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        made.size = sizeof v6;
        return true;
    }
    return false;
}

source source_of(const sockaddr_storage& from) noexcept {
    source made;
    if (from.ss_family == AF_INET6) {
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(from);
        std::memcpy(made.address.data(), &v6.sin6_addr, made.address.size());
        made.is_loopback = IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
    } else {
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(from);
        made.address[10] = made.address[11] = 0xFF;
        std::memcpy(made.address.data() + 12, &v4.sin_addr, 4);
    }
    // 127.0.0.0/8, also as a mapped address.
    if (made.address[10] == 0xFF && made.address[11] == 0xFF && made.address[12] == 127)
        made.is_loopback = true;
    return made;
}

std::string spelled(const bound_address& bound) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (bound.where.ss_family == AF_INET6) {
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(bound.where);
        ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
        return '[' + std::string(text.data()) + "]:" + std::to_string(ntohs(v6.sin6_port));
    }
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(bound.where);
    ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    return std::string(text.data()) + ':' + std::to_string(ntohs(v4.sin_port));
}

error refused(std::string_view address, int why) {
    const auto status = why == EADDRINUSE ? COORD_ALREADY_EXISTS : COORD_UNAVAILABLE;
    return error(status,
                 "http",
                 "cannot listen on " + std::string(address) + ": " +
                     std::generic_category().message(why))
        .native("errno", why);
}

// Owns a descriptor until it is given away.
struct holder {
    int fd = -1;
    ~holder() {
        if (fd >= 0) ::close(fd);
    }
};

int bind_and_listen(int fd, bound_address& where) noexcept {
    const int on = 1;
    // A port in TIME_WAIT is free; one that is listened on is not.
    if (::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) return errno;
    if (where.where.ss_family == AF_INET6)
        ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (::bind(fd, where.raw(), where.size) != 0 || ::listen(fd, SOMAXCONN) != 0) return errno;
    return ::getsockname(fd, where.raw(), &where.size) == 0 ? 0 : errno;
}

result<bound_address> endpoint_of(std::string_view address, listener::reach allowed) {
    auto parsed = parse_listen(address);
    if (!parsed) return parsed.error();
    bound_address where;
    std::uint16_t port = 0;
    const auto& digits = parsed->port;
    const auto [end, why] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (why != std::errc() || end != digits.data() + digits.size() ||
        !fill(where, parsed->host, port))
        return error(
            COORD_INVALID_ARGUMENT, "http", "not an address to listen on: " + std::string(address));
    if (allowed == listener::reach::loopback && !source_of(where.where).is_loopback)
        return error(COORD_INVALID_ARGUMENT,
                     "http",
                     "other machines could reach " + std::string(address) +
                         ", and nothing would ask them who they are; allow it, or listen on "
                         "127.0.0.1");
    return where;
}

}  // namespace

result<std::unique_ptr<listener>> listener::open(io_threads& io,
                                                 std::string_view address,
                                                 reach allowed) {
    auto where = endpoint_of(address, allowed);
    if (!where) return where.error();
    holder made{::socket(where->where.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (made.fd < 0) return refused(address, errno);
    if (const int why = bind_and_listen(made.fd, *where); why != 0) return refused(address, why);
    auto text = spelled(*where);
    auto watched = wire::make(io, std::exchange(made.fd, -1));
    if (!watched) return error(COORD_NO_MEMORY);
    return std::unique_ptr<listener>(new listener(std::move(text), std::move(watched)));
}

int listener::accept(source& from) noexcept {
    bound_address peer;
    peer.size = sizeof peer.where;
    const int fd = ::accept4(wire_->fd(), peer.raw(), &peer.size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return -1;
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    from = source_of(peer.where);
    return fd;
}

}  // namespace coord::http
