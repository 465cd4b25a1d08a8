#include "admin/route.hpp"

#include "http/percent.hpp"

namespace coord::admin {
namespace {

struct fixed_path {
    std::string_view path;
    resource what;
};
constexpr fixed_path fixed[] = {
    {"/v1/groups", resource::groups},
    {"/v1/peers", resource::peers},
    {"/v1/dump", resource::dump},
    {"/healthz", resource::health},
    {"/metrics", resource::metrics},
};
constexpr std::string_view of_groups = "/v1/groups/";

error nothing_there() noexcept {
    return error(COORD_NOT_FOUND, "admin", "there is nothing at this path");
}

bool take_front(std::string_view& text, std::string_view front) noexcept {
    if (!text.starts_with(front)) return false;
    text.remove_prefix(front.size());
    return true;
}

result<route> decoded(resource what, std::string_view group, std::string_view key) {
    auto group_name = http::percent_decoded(group);
    auto key_text = http::percent_decoded(key);
    if (!group_name || !key_text)
        return error(
            COORD_INVALID_ARGUMENT, "admin", "a % in the path is not followed by two hex digits");
    return route{what, std::move(*group_name), std::move(*key_text)};
}

}  // namespace

result<route> find_route(std::string_view target) {
    const auto path = http::path_of(target);
    for (const auto& each : fixed)
        if (path == each.path) return route{each.what, {}, {}};
    auto rest = path;
    if (!take_front(rest, of_groups)) return nothing_there();
    const auto slash = rest.find('/');
    if (slash == std::string_view::npos) return nothing_there();
    const auto group = rest.substr(0, slash);
    rest.remove_prefix(slash);
    if (rest == "/stats") return decoded(resource::stats, group, {});
    if (take_front(rest, "/keys/")) return decoded(resource::key, group, rest);
    if (take_front(rest, "/owners/")) return decoded(resource::owner, group, rest);
    return nothing_there();
}

std::string_view methods_of(resource what) noexcept {
    return what == resource::key ? "GET, DELETE" : "GET";
}

}  // namespace coord::admin
