// What arguments a fuzz target of the C API makes: by their names, so that most of them are right.
#include <algorithm>
#include <map>

#include "fuzz/capi_machine.hpp"

namespace coord::fuzz {
namespace {

using words = std::vector<std::string>;

// Nowhere but on this machine, where nobody listens; and no names to be looked up.
const std::map<std::string_view, words>& known_words() {
    static const std::string far_too_long(70'000, 'k');
    static const std::map<std::string_view, words> all = {
        {"key", {"a", "b", "c", "d", "", ".", std::string("\0/%\xFF", 4), far_too_long}},
        {"name", {"g", "X-A", "h", "", "a/b", "status", "Host", "key", "groupcache", far_too_long}},
        {"group", {"g", "h", "host", "", "a/b"}},
        {"list",
         {"http://127.0.0.1:9,http://127.0.0.1:1",
          "http://127.0.0.1:1 http://127.0.0.1:2 http://127.0.0.1:9",
          "http://127.0.0.1:9",
          "https://127.0.0.1:3,http://127.0.0.1:9",
          "peer-1,peer-2",
          "",
          ",\n ,",
          "ftp:/"}},
        {"self_url", {"http://127.0.0.1:9", "http://127.0.0.1:1", "x", ""}},
        {"url", {"http://127.0.0.1:1", "http://127.0.0.1:2", "unix:a", "", far_too_long}},
        {"base_path", {"/b/", "/_groupcache/", "nonsense", ""}},
        {"listen", {"nonsense", "127.0.0.1:99999", ""}},
        {"admin_listen", {"nonsense", "127.0.0.1:99999", ""}},
        {"field", {"method", "target", "headers", "body", "", "other"}},
        {"value", {"v", "a\r\nb", "", std::string("\0", 1)}},
        {"method", {"GET", "PUT", "DELETE", "POST", "", "G T"}},
        {"target",
         {"/_groupcache/g/a",
          "/_groupcache/asks/b?c",
          "/_groupcache/host/d",
          "/_groupcache/g",
          "/_groupcache/nobody/a",
          "/%zz",
          "*",
          ""}},
        {"headers",
         {"",
          "A: b\r\nC: d\n",
          "Coord-Request: 1; timeout-ns=1000\r\n",
          "bad",
          "Content-Length: 9\r\n"}},
        {"body",
         {"",
          "\x0A\x01g\x12\x01"
          "a\x1A\x01v",
          "\x0A\xFF",
          "body"}},
    };
    return all;
}

}  // namespace

struct text machine::text(std::string_view name) {
    const auto how = below(32);
    if (how == 0) return {nullptr, 0};
    if (how == 1) return {nullptr, one_in(2) ? COORD_NUL : below(1'000'000'000'000)};
    const auto& all = known_words();
    const auto known = all.find(name);
    if (known != all.end() && how < 30) {
        // The first ones are right; they are the usual ones.
        const auto& mine = known->second;
        const auto bound = one_in(4) ? mine.size() : std::min<std::size_t>(mine.size(), 4);
        const auto& chosen = mine[below(bound)];
        const bool by_nul = name != "body" && one_in(8) && chosen.find('\0') == chosen.npos;
        return {chosen.c_str(), by_nul ? COORD_NUL : chosen.size()};
    }
    // Nothing of the input where it could become the name of a place.
    if (name == "list" || name.ends_with("url") || name.ends_with("listen")) return {"", 0};
    std::string made;
    for (auto size = below(40); size > 0; --size) made += static_cast<char>(below(256));
    texts_.push_back(std::move(made));
    return {texts_.back().data(), texts_.back().size()};
}

struct memory machine::memory() {
    static const std::string room(4'000, 'v');
    const auto how = below(32);
    if (how == 0) return {nullptr, 1 + below(1'000'000)};
    if (how == 1) return {nullptr, 0};
    if (how == 2) return {room.data(), SIZE_MAX - below(1'000)};  // refused before it is read
    return {room.data(), one_in(8) ? room.size() : below(40)};
}

struct user machine::new_user() {
    return {host::only().new_user(below(1U << 20U)), &host::on_free};
}

void machine::set_user(void*& at, coord_user_free_fn& free, host::whose of) {
    if (!hands_out_users) return;
    at = host::only().new_user(below(1U << 20U), of);
    free = &host::on_free;
}

std::int64_t machine::time(bool soon) {
    if (!is_odd && !soon) return one_in(4) ? static_cast<std::int64_t>(1 + below(300'000)) : 0;
    const auto how = below(is_odd ? 16 : 64) + (is_odd ? 0 : 2);
    if (how == 0) return COORD_OFF;
    if (how == 1) return -static_cast<std::int64_t>(2 + below(1'000));
    if (how == 2) return 1;
    if (how == 3) return 300'000;
    if (soon || how < 8) return static_cast<std::int64_t>(1 + below(40'000));
    return how == 8 ? COORD_FOREVER : 0;
}

std::int64_t machine::date() {
    const auto how = is_odd ? below(8) : 8;
    if (how == 0) return -1;
    if (how == 1) return 1;
    if (how == 2) return INT64_MAX;
    return 0;
}

std::uint64_t machine::any_number(std::string_view name) {
    if (name == "status") return below(COORD_INTERNAL);  // that one is never the host's here
    const auto how = below(16);
    if (how == 0) return SIZE_MAX - below(4);
    if (how == 1) return below(1'000'000);
    if (name == "level" || name == "which") return below(20);
    return name == "item" ? below(2) : below(6);
}

std::uint64_t machine::any_option(std::string_view name) {
    if (name == "worker_threads" || name == "io_threads") return one_in(4) ? 5'000 : 1 + below(2);
    if (name.ends_with("replicas")) return one_in(4) ? 70'000 : below(60);
    if (name == "flags") return one_in(4) ? below(1U << 30U) : below(64);
    if (name == "status") return one_in(4) ? below(1'000) : 200 + below(400);
    return one_in(4) ? SIZE_MAX - below(4) : below(name.ends_with("bytes") ? 4'000 : 6);
}

}  // namespace coord::fuzz
