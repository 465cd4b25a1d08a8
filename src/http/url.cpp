#include "http/url.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <fmt/format.h>
#include <netinet/in.h>
#include <optional>

namespace coord::http {
namespace {

// The longest name that DNS knows.
constexpr std::size_t max_host_bytes = 253;
constexpr std::uint32_t max_port = 65'535;

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lowered(std::string_view text) {
    std::string made(text);
    std::transform(made.begin(), made.end(), made.begin(), lower);
    return made;
}

bool is_plain(char c) noexcept {
    return c > ' ' && c < '\x7f';
}

// For a message: what would garble a line is shown as hex.
std::string shown(std::string_view text) {
    std::string made;
    for (const char c : text.substr(0, 256)) {
        if (c == ' ' || is_plain(c))
            made += c;
        else
            made += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
    if (text.size() > 256) made += "...";
    return made;
}

error refused(coord_status status, std::string_view text, std::string_view why) {
    return error(status, "http", fmt::format("\"{}\" {}", shown(text), why));
}

std::optional<std::uint32_t> number_of(std::string_view port) noexcept {
    if (port.empty()) return std::nullopt;
    std::uint32_t value = 0;
    for (const char c : port) {
        if (!is_digit(c)) return std::nullopt;
        value = value * 10 + static_cast<std::uint32_t>(c - '0');
        if (value > max_port) return std::nullopt;
    }
    return value;
}

struct ip {
    int family = AF_UNSPEC;
    in_addr v4{};
    in6_addr v6{};
};

// An IPv4 address written as IPv6 is what it stands for.
ip ip_of(std::string_view host) noexcept {
    ip made;
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (host.size() >= text.size()) return made;
    std::copy(host.begin(), host.end(), text.begin());
    if (inet_pton(AF_INET, text.data(), &made.v4) == 1) {
        made.family = AF_INET;
    } else if (inet_pton(AF_INET6, text.data(), &made.v6) == 1) {
        made.family = AF_INET6;
        if (IN6_IS_ADDR_V4MAPPED(&made.v6)) {
            std::memcpy(&made.v4, &made.v6.s6_addr[12], sizeof made.v4);
            made.family = AF_INET;
        }
    }
    return made;
}

// Null when it is fine.
const char* fault_of_name(std::string_view host) noexcept {
    if (host.empty()) return "has no host";
    if (host.size() > max_host_bytes) return "has a host that is too long";
    for (const char c : host)
        if (!is_digit(c) && !(lower(c) >= 'a' && lower(c) <= 'z') && c != '-' && c != '.' &&
            c != '_')
            return "has a host with a character that names do not have";
    // What ends in a number is an address, or a mistake; never a name.
    const auto last = host.substr(host.rfind('.') + 1);
    if (std::all_of(last.begin(), last.end(), is_digit) && !last.empty() &&
        ip_of(host).family != AF_INET)
        return "has a host that is neither a name nor an IPv4 address";
    return nullptr;
}

struct split_authority {
    std::string_view host;
    std::optional<std::string_view> port;
    const char* fault = nullptr;
};

// "host", "host:port", "[v6]", "[v6]:port".
split_authority split(std::string_view authority) noexcept {
    split_authority made;
    std::string_view rest;
    if (authority.starts_with('[')) {
        const auto end = authority.find(']');
        if (end == authority.npos) return {{}, {}, "has a '[' without ']'"};
        made.host = authority.substr(1, end - 1);
        if (made.host.find(':') == made.host.npos || ip_of(made.host).family == AF_UNSPEC)
            return {{}, {}, "has brackets around what is no IPv6 address"};
        rest = authority.substr(end + 1);
        if (!rest.empty() && rest[0] != ':') return {{}, {}, "has something after ']'"};
    } else {
        const auto colon = authority.find(':');
        if (colon != authority.npos && authority.find(':', colon + 1) != authority.npos)
            return {{}, {}, "needs brackets around its IPv6 address, as in [::1]"};
        made.host = authority.substr(0, colon);
        made.fault = fault_of_name(made.host);
        if (colon != authority.npos) rest = authority.substr(colon);
    }
    if (!rest.empty()) made.port = rest.substr(1);
    return made;
}

}  // namespace

result<url> parse_url(std::string_view text, schemes allowed) {
    const auto refuse = [text](std::string_view why) {
        return refused(COORD_INVALID_ARGUMENT, text, why);
    };
    if (text.empty()) return refuse("is no url");
    if (!std::all_of(text.begin(), text.end(), is_plain))
        return refuse("has a space, a control byte or a byte beyond ASCII");
    const auto scheme_end = text.find("://");
    if (scheme_end == text.npos) return refuse("has no scheme; a url begins with http://");
    const auto scheme = lowered(text.substr(0, scheme_end));
    const bool is_https = scheme == "https";
    if (is_https && allowed == schemes::http)
        return refused(COORD_UNSUPPORTED, text, "asks for TLS, which needs an exchange hook");
    if (scheme != "http" && !is_https) return refuse("has a scheme other than http");
    if (text.find('#') != text.npos) return refuse("has a fragment ('#')");
    if (text.find('?') != text.npos) return refuse("has a query ('?')");
    const auto rest = text.substr(scheme_end + 3);
    const auto slash = rest.find('/');
    const auto authority = rest.substr(0, slash);
    if (authority.find('@') != authority.npos) return refuse("has a user name ('@')");
    const auto parts = split(authority);
    if (parts.fault != nullptr) return refuse(parts.fault);
    if (parts.port && number_of(*parts.port).value_or(0) == 0)
        return refuse("has a port that is not a number from 1 to 65535");
    if (text.back() == '/') return refuse("must not end with '/'");
    url made;
    made.text = text;
    made.host = parts.host;
    made.port = parts.port.value_or(is_https ? "443" : "80");
    if (slash != rest.npos) made.prefix = rest.substr(slash);
    made.host_header = authority;
    made.is_https = is_https;
    return made;
}

std::string place_of(const url& of) {
    std::string host = lowered(of.host);
    if (host.ends_with('.')) host.pop_back();
    const auto address = ip_of(host);
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (address.family == AF_INET && inet_ntop(AF_INET, &address.v4, text.data(), text.size()))
        host = text.data();
    if (address.family == AF_INET6 && inet_ntop(AF_INET6, &address.v6, text.data(), text.size()))
        host = fmt::format("[{}]", text.data());
    if (host == "127.0.0.1" || host == "[::1]") host = "localhost";
    const char* const scheme = of.is_https ? "https" : "http";
    return fmt::format("{}://{}:{}{}", scheme, host, number_of(of.port).value_or(0), of.prefix);
}

result<host_and_port> parse_listen(std::string_view text) {
    const auto refuse = [text](std::string_view why) {
        return refused(COORD_INVALID_ARGUMENT, text, why);
    };
    if (!std::all_of(text.begin(), text.end(), is_plain))
        return refuse("has a space, a control byte or a byte beyond ASCII");
    if (text.find("://") != text.npos) return refuse("is a url; HOST:PORT is wanted");
    const auto parts = split(text);
    if (parts.fault != nullptr) return refuse(parts.fault);
    if (!parts.port) return refuse("has no port; HOST:PORT is wanted");
    if (!number_of(*parts.port)) return refuse("has a port that is not a number up to 65535");
    return host_and_port{std::string(parts.host), std::string(*parts.port)};
}

bool is_loopback(std::string_view host) noexcept {
    constexpr std::string_view name = "localhost";
    if (host.size() == name.size() &&
        std::equal(
            host.begin(), host.end(), name.begin(), [](char a, char b) { return lower(a) == b; }))
        return true;
    const auto address = ip_of(host);
    if (address.family == AF_INET) return ntohl(address.v4.s_addr) >> 24 == IN_LOOPBACKNET;
    return address.family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&address.v6);
}

bool is_wildcard(std::string_view host) noexcept {
    const auto address = ip_of(host);
    if (address.family == AF_INET) return address.v4.s_addr == htonl(INADDR_ANY);
    return address.family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&address.v6);
}

}  // namespace coord::http
