#include "http/resolver.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <netdb.h>
#include <new>
#include <sys/socket.h>
#include <utility>

#include "runtime/threads.hpp"

namespace coord::http {
namespace {

struct asked {
    std::shared_ptr<const name_source> what;
    std::weak_ptr<name_user> to;
};

void answer(void* argument) noexcept {
    const std::unique_ptr<asked> mine(static_cast<asked*>(argument));
    const auto found = mine->what->by(mine->what->host, mine->what->port);
    if (const auto user = mine->to.lock()) user->resolved(found);
}

}  // namespace

bool endpoint::operator==(const endpoint& other) const noexcept {
    return size == other.size && std::memcmp(&room, &other.room, size) == 0;
}

void addresses::prefer(const endpoint& good) noexcept {
    auto* const end = list.data() + count;
    auto* const found = std::find(list.data(), end, good);
    if (found != end) std::rotate(list.data(), found, found + 1);
}

std::optional<endpoint> numeric_endpoint(const std::string& host, std::uint16_t port) noexcept {
    endpoint made;
    in_addr v4{};
    if (inet_pton(AF_INET, host.c_str(), &v4) == 1) {
        sockaddr_in plain{};
        plain.sin_family = AF_INET;
        plain.sin_port = htons(port);
        plain.sin_addr = v4;
        made.size = sizeof plain;
        std::memcpy(&made.room, &plain, sizeof plain);
        return made;
    }
    if (inet_pton(AF_INET6, host.c_str(), &made.room.sin6_addr) != 1) return std::nullopt;
    made.room.sin6_family = AF_INET6;
    made.room.sin6_port = htons(port);
    made.size = sizeof made.room;
    return made;
}

addresses look_up(const std::string& host, std::uint16_t port) noexcept {
    addresses found;
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* all = nullptr;
    if (const int failure = getaddrinfo(host.c_str(), nullptr, &wanted, &all); failure != 0) {
        found.failure = gai_strerror(failure);
        return found;
    }
    for (const addrinfo* each = all; each != nullptr; each = each->ai_next) {
        if (found.count == found.list.size()) break;
        if (each->ai_addrlen > sizeof(sockaddr_in6)) continue;
        auto& made = found.list[found.count++];
        made.size = each->ai_addrlen;
        std::memcpy(&made.room, each->ai_addr, made.size);
        made.room.sin6_port = htons(port);  // at the same place in both families
    }
    freeaddrinfo(all);
    if (found.count == 0) found.failure = "the name has no address";
    return found;
}

bool start_look_up(std::shared_ptr<const name_source> what, std::weak_ptr<name_user> to) noexcept {
    auto* const argument = new (std::nothrow) asked{std::move(what), std::move(to)};
    if (argument == nullptr) {
        errno = ENOMEM;
        return false;
    }
    if (start_thread("coord-resolve", &answer, argument)) return true;
    const int why = errno;
    delete argument;
    errno = why;
    return false;
}

}  // namespace coord::http
