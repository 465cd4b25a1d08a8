// Any bytes as the target of a peer's request: read as a second, simpler reader does; and any group
// and key come back as they were sent. The first byte chooses the base path; the rest is the
// target, and, up to its first LF, a group and a key.
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "fuzz/fuzz_target.hpp"
#include "groupcache/wire.hpp"
#include "http/percent.hpp"

namespace {

namespace wire = coord::groupcache::wire;
using shape = wire::incoming::shape;

constexpr std::array<std::string_view, 5> base_paths = {
    "/_groupcache/", "/", "/a/b/", "/_group cache/", "/%2F/"};

struct place {
    shape is = shape::good;
    std::string group;
    std::string key;
    bool operator==(const place&) const = default;
};

// --- the second reader: without the query, decoded once, split at the first '/'

std::optional<std::string> decoded_by_hand(std::string text) {
    for (std::size_t at = 0; (at = text.find('%', at)) != std::string::npos; ++at) {
        const auto digits = text.substr(at + 1, 2);
        unsigned value = 0;
        const auto* const end = digits.data() + digits.size();
        if (digits.size() != 2 || std::from_chars(digits.data(), end, value, 16).ptr != end)
            return std::nullopt;
        text.replace(at, 3, 1, static_cast<char>(value));
    }
    return text;
}

place read_by_hand(std::string_view target, std::string_view base) {
    auto path = decoded_by_hand(std::string(target.substr(0, target.find('?'))));
    if (!path) return {shape::bad_escape, "", ""};
    if (path->rfind(base, 0) != 0) return {shape::elsewhere, "", ""};
    path->erase(0, base.size());
    const auto slash = path->find('/');
    if (slash == std::string::npos) return {shape::no_key, "", ""};
    return {shape::good, path->substr(0, slash), path->substr(slash + 1)};
}

place read(std::string_view target, std::string_view base) {
    std::string room;
    const auto found = wire::parse_target(target, base, room);
    return {found.is, std::string(found.group), std::string(found.key)};
}

// --- what is sent

bool may_stand_in_a_path(char c) {
    const bool alphanumeric =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return alphanumeric || std::string_view("-_.~$&+=:@%").find(c) != std::string_view::npos;
}

void check_escapes(std::string_view raw) {
    std::string escaped("kept");
    coord::http::append_path_escaped(escaped, raw);
    require(escaped.rfind("kept", 0) == 0);
    escaped.erase(0, 4);
    for (const char c : escaped) require(may_stand_in_a_path(c));
    require(escaped.size() <= 3 * raw.size() && decoded_by_hand(escaped) == raw);
    require(coord::http::percent_decoded(escaped) == raw);
}

// Whatever is asked for is what the other side reads, below any base path it can have.
void check_sent(std::string_view group, std::string_view key, std::string_view base) {
    if (group.find('/') != std::string_view::npos || base.find_first_of(" %") != base.npos) return;
    coord::http::url to;
    to.prefix = "/before";
    to.host_header = "h:1";
    wire::outgoing what{"GET", to, base, group, key, {}};
    const auto text = wire::request_text(what);
    const auto first = text.find(' ') + 1;
    const auto target = text.substr(first, text.find(' ', first) - first);
    require(text.compare(first + target.size(), 11, " HTTP/1.1\r\n") == 0);
    require(target.rfind(to.prefix, 0) == 0);
    const auto below = target.substr(to.prefix.size());
    require(read(below, base) == place{shape::good, std::string(group), std::string(key)});
    // No step that a proxy between would take.
    const auto step = below.substr(below.rfind('/') + 1);
    require(step != "." && step != "..");
}

}  // namespace

std::vector<std::string> fuzz_seeds() {
    const std::string first(1, '\0');
    return {
        first + "/_groupcache/group/key",
        first + "/_groupcache/g%2Fk/z/y?query=/a/b#c",
        first + "/_groupcache//",
        first + "/_groupcache/g/..%2F%2e%2E//%00%7F%ff",
        first + "/%5Fgroupcache/g/%zz%",
        first + "/_groupcache/only",
        "\1/g/a+b&c=d:e@f$g~h",
        "\2/a/b/c/d",
        "\2/a/elsewhere/",
        "\3/_group%20cache/g/k",
        "\4/%252F/g/k",
        "\1a group\n..",
        "\1\xE6\x97\xA5\n\xFF\xFE./..",
    };
}

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size == 0) return 0;
    const auto base = base_paths[data[0] % base_paths.size()];
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto found = read(text, base);
    require(found == read_by_hand(text, base));
    require(found.is == shape::good || (found.group.empty() && found.key.empty()));
    check_sent(found.group, found.key, base);

    const auto line = text.find('\n');
    if (line == std::string_view::npos) return 0;
    check_escapes(text);
    check_sent(text.substr(0, line), text.substr(line + 1), base);
    return 0;
}
