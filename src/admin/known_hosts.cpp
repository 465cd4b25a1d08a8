#include "admin/known_hosts.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstring>

#include "http/url.hpp"

namespace coord::admin {
namespace {

bool is_port(std::string_view text) noexcept {
    return text.size() <= 5 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "[::1]:80" and "[::1]" are ::1, "a:80" and "a" are a; empty for what is neither.
std::string_view host_of(std::string_view text) noexcept {
    std::string_view host;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) return {};
        host = text.substr(1, end - 1);
        text.remove_prefix(end + 1);
    } else {
        host = text.substr(0, text.find(':'));
        text.remove_prefix(host.size());
    }
    const bool good = text.empty() || (text.front() == ':' && is_port(text.substr(1)));
    return good ? host : std::string_view();
}

bool is_address(std::string_view host) noexcept {
    std::array<char, INET6_ADDRSTRLEN + 1> text{};
    std::array<unsigned char, sizeof(in6_addr)> address{};
    if (host.empty() || host.size() >= text.size()) return false;
    std::memcpy(text.data(), host.data(), host.size());
    return inet_pton(AF_INET, text.data(), address.data()) == 1 ||
           inet_pton(AF_INET6, text.data(), address.data()) == 1;
}

bool same_host(std::string_view a, std::string_view b) noexcept {
    const auto lower = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) {
        return lower(x) == lower(y);
    });
}

}  // namespace

known_hosts::known_hosts(std::string_view listens_on)
    : own_(host_of(listens_on)), all_addresses_(http::is_wildcard(own_)) {}

bool known_hosts::has(std::string_view host_header) const noexcept {
    const auto host = host_of(host_header);
    if (host.empty()) return false;
    return http::is_loopback(host) || same_host(host, own_) || (all_addresses_ && is_address(host));
}

}  // namespace coord::admin
