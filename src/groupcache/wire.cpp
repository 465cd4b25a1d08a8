#include "groupcache/wire.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

#include "base/utf8.hpp"
#include "http/percent.hpp"

namespace coord::groupcache::wire {
namespace {

// Dots are not escaped by the rules of the path, but servers and proxies between take these two for
// steps.
std::string_view written_key(std::string_view key) noexcept {
    if (key == ".") return "%2E";
    if (key == "..") return "%2E%2E";
    return {};
}

std::string_view trimmed(std::string_view text) noexcept {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

void append_escape(std::string& to, char byte) {
    fmt::format_to(std::back_inserter(to), "\\x{:02x}", static_cast<unsigned char>(byte));
}

// False for what stays as it is.
bool append_known_escape(std::string& to, char byte) {
    constexpr std::string_view plain = "\a\b\f\n\r\t\v\\\"";
    constexpr std::string_view letters = "abfnrtv\\\"";
    if (const auto at = plain.find(byte); at != std::string_view::npos) {
        to += '\\';
        to += letters[at];
        return true;
    }
    const auto number = static_cast<unsigned char>(byte);
    const bool is_control = number < 0x20 || number == 0x7F;
    if (is_control) append_escape(to, byte);
    return is_control;
}

// The front part, up to a ';', which is taken off.
std::string_view take_part(std::string_view& text) noexcept {
    const auto end = std::min(text.find(';'), text.size());
    const auto part = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

template <class Number>
std::optional<Number> number_in(std::string_view text, int base) noexcept {
    Number value{};
    const auto* const end = text.data() + text.size();
    if (text.empty() || text.front() == '-') return std::nullopt;
    const auto [stopped, wrong] = std::from_chars(text.data(), end, value, base);
    if (wrong != std::errc() || stopped != end) return std::nullopt;
    return value;
}

// Calls `visit(name, value)` for each parameter of a header that is of our version.
template <class Visit>
void for_each_parameter(std::string_view header, Visit visit) noexcept {
    if (take_part(header) != "1") return;
    while (!header.empty()) {
        const auto part = take_part(header);
        const auto equals = part.find('=');
        if (equals == std::string_view::npos) continue;
        visit(trimmed(part.substr(0, equals)), trimmed(part.substr(equals + 1)));
    }
}

void append_usual_headers(std::string& text, const http::url& to, std::string_view self_url) {
    text.append(" HTTP/1.1\r\nHost: ").append(to.host_header);
    text.append("\r\nUser-Agent: coord/0.1\r\n");
    if (!self_url.empty()) text.append(source_header).append(": ").append(self_url).append("\r\n");
}

}  // namespace

std::string request_text(const outgoing& what) {
    const bool is_put = what.verb == "PUT";
    std::string text;
    text.reserve(256 + what.to.prefix.size() + what.base_path.size() + what.self_url.size() +
                 3 * (what.group.size() + what.key.size()) + what.body.size());
    text.append(what.verb).append(" ").append(what.to.prefix).append(what.base_path);
    http::append_path_escaped(text, what.group);
    text += '/';
    if (const auto written = written_key(what.key); !written.empty())
        text.append(written);
    else
        http::append_path_escaped(text, what.key);
    append_usual_headers(text, what.to, what.self_url);
    auto to = std::back_inserter(text);
    if (is_put) fmt::format_to(to, "Content-Length: {}\r\n", what.body.size());
    if (what.remaining != duration::max())
        fmt::format_to(to,
                       "{}: 1; timeout-ns={}\r\n",
                       request_header,
                       std::max<std::int64_t>(what.remaining.count(), 0));
    else if (is_put)
        // Who does not see it tells all others of the change, as this side will.
        fmt::format_to(to, "{}: 1\r\n", request_header);
    return text.append("\r\n").append(what.body);
}

std::string probe_text(const http::url& to, std::string_view base_path, std::string_view self_url) {
    std::string text = "GET ";
    text.append(to.prefix).append(base_path);
    append_usual_headers(text, to, self_url);
    return text.append("\r\n");
}

bool says_it_takes_sets(std::string_view header) noexcept {
    if (take_part(header) != "1") return false;
    while (!header.empty())
        if (take_part(header) == "set") return true;
    return false;
}

incoming parse_target(std::string_view target, std::string_view base_path, std::string& decoded) {
    using shape = incoming::shape;
    std::string_view path = http::path_of(target);
    if (path.find('%') != std::string_view::npos) {
        auto plain = http::percent_decoded(path);
        if (!plain) return {shape::bad_escape, {}, {}};
        decoded = std::move(*plain);
        path = decoded;
    }
    if (path.substr(0, base_path.size()) != base_path) return {shape::elsewhere, {}, {}};
    path.remove_prefix(base_path.size());
    const auto slash = path.find('/');
    if (slash == std::string_view::npos) return {shape::no_key, {}, {}};
    return {shape::good, path.substr(0, slash), path.substr(slash + 1)};
}

std::string go_quoted(std::string_view text) {
    std::string quoted = "\"";
    while (!text.empty()) {
        const auto size = utf8_sequence(text);
        const char front = text.front();
        if (size == 0)
            append_escape(quoted, front);
        else if (size > 1 || !append_known_escape(quoted, front))
            quoted.append(text.substr(0, size));
        text.remove_prefix(std::max<std::size_t>(size, 1));
    }
    quoted += '"';
    return quoted;
}

duration timeout_in(std::string_view header) noexcept {
    duration found = duration::max();
    for_each_parameter(header, [&](std::string_view name, std::string_view value) {
        if (name != "timeout-ns") return;
        if (const auto ns = number_in<std::int64_t>(value, 10)) found = duration(*ns);
    });
    return found;
}

value_facts facts_in(std::string_view header) noexcept {
    value_facts found;
    for_each_parameter(header, [&](std::string_view name, std::string_view value) {
        if (name == "ttl-ns") found.ttl_ns = number_in<std::int64_t>(value, 10);
        if (name == "crc32c" && value.size() == 8) found.crc = number_in<std::uint32_t>(value, 16);
    });
    return found;
}

}  // namespace coord::groupcache::wire
