#include "groupcache/peer_verdict.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "groupcache/wire_status.hpp"

namespace coord::groupcache {
namespace {

using fault = peer_answer::fault;

constexpr const char* component = "peers";

std::string_view without_line_feeds(std::string_view text) noexcept {
    const auto first = text.find_first_not_of('\n');
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of('\n') + 1 - first);
}

std::string_view text_of(const http::response& what) noexcept {
    const auto size = std::min<std::uint64_t>(what.body.size(), limits::max_error_body_bytes);
    return without_line_feeds(what.body.substr(0, static_cast<std::size_t>(size)));
}

// Go has no other way to say it than the text.
bool lacks_group(const http::response& what, std::string_view group) {
    if (what.status != 404 && what.status != 500) return false;
    const auto type = what.find(wire::error_header);
    if (type.data() != nullptr) return type == "group-not-found";
    const auto text = text_of(what);
    return what.status == 404 &&
           (text == fmt::format("no such group: {}", group) ||
            text == fmt::format("group not found: {}", wire::go_quoted(group)));
}

error http_error(const http::response& what, coord_status status, const judged_by& by) {
    const auto cause = fmt::format("http {} from {}", what.status, by.url);
    const auto text = text_of(what);
    return error(status, component, text.empty() ? std::string_view(cause) : text)
        .native("http", what.status)
        .because(error(status, component, cause).native("http", what.status));
}

error unusable(const char* why, const judged_by& by) {
    return error(COORD_UNAVAILABLE, component, why)
        .native("http", 200)
        .because(error(COORD_UNAVAILABLE, component, fmt::format("http 200 from {}", by.url))
                     .native("http", 200));
}

// What the peer's own loader said, or nothing when that is not what this reply is about.
coord_status loader_status(const http::response& what, const judged_by& by) {
    const auto type = what.find(wire::error_header);
    const bool is_named = type.data() != nullptr;
    if (lacks_group(what, by.group) || type == "bad-request") return COORD_OK;
    if (what.status == 404) return is_named && type != "not_found" ? COORD_OK : COORD_NOT_FOUND;
    if (what.status == 503) return is_named ? wire::status_of(type) : COORD_HOST_FAILED;
    return COORD_OK;
}

}  // namespace

peer_answer verdict_on_get(const http::response& what, const judged_by& by) {
    if (what.status == 200) {
        auto read = wire::read_value(
            what,
            {by.key, by.terms.owner->time().unix_ns(), by.terms.max_value_bytes, by.asked_unix_ns});
        if (read.value) return {std::move(read.value), fault::none};
        if (read.wrong == nullptr) return {error(COORD_NO_MEMORY), fault::unreachable};
        return {unusable(read.wrong, by), fault::unreachable};
    }
    if (by.terms.speaks == dialect::mailgun) {
        const auto said = loader_status(what, by);
        if (said != COORD_OK) return {http_error(what, said, by), fault::refused};
        return {http_error(what, COORD_UNAVAILABLE, by), fault::unreachable};
    }
    const auto type = what.find(wire::error_header);
    const bool is_named =
        type.data() != nullptr && type != "bad-request" && !lacks_group(what, by.group);
    const auto status = is_named ? wire::status_of(type) : COORD_UNAVAILABLE;
    return {http_error(what, status, by), fault::unreachable};
}

peer_answer verdict_on_remove(const http::response& what, const judged_by& by) {
    // Without the group there is nothing to remove.
    if (what.status == 200 || lacks_group(what, by.group)) return {};
    const auto status = what.status == 403 ? COORD_DENIED : COORD_UNAVAILABLE;
    const auto message = fmt::format("http {} from {}: {}", what.status, by.url, text_of(what));
    return {error(status, component, message).native("http", what.status), fault::unreachable};
}

peer_answer verdict_on_failure(const error& why) {
    const error_info* const of = why.info();
    const auto status = why.status() == COORD_TIMED_OUT || why.status() == COORD_NO_MEMORY
                            ? why.status()
                            : COORD_UNAVAILABLE;
    auto made = error(status, component, why.message());  // which names the peer
    if (of != nullptr)
        made = std::move(made).native(of->native_domain, of->native_code).because(why);
    return {std::move(made),
            why.status() == COORD_TIMED_OUT ? fault::timed_out : fault::unreachable};
}

}  // namespace coord::groupcache
