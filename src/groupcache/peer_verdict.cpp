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

// Go has no other way to say these two than their texts.
bool lacks_group(const http::response& what, std::string_view group) {
    if (what.status != 404 && what.status != 500) return false;
    const auto type = what.find(wire::error_header);
    if (type.data() != nullptr) return type == "group-not-found";
    const auto text = text_of(what);
    return what.status == 404 &&
           (text == fmt::format("no such group: {}", group) ||
            text == fmt::format("group not found: {}", wire::go_quoted(group)));
}

bool is_bad_request(const http::response& what) noexcept {
    const auto type = what.find(wire::error_header);
    if (type.data() != nullptr) return type == "bad-request";
    const auto text = text_of(what);
    return what.status == 400 &&
           (text == "bad request" || text == "invalid request URL (missing path parts)" ||
            text == "400 Bad Request");
}

error about_key(error why, const judged_by& by) noexcept {
    return std::move(why).with("group", by.group).with("key", by.key).with("peer", by.url);
}

error about_reply(error why, const http::response& what, const judged_by& by) {
    why = about_key(std::move(why).native("http", what.status), by);
    why = std::move(why)
              .with("status", fmt::format("{} {}", what.status, http::reason_of(what.status)))
              .with("body", what.body);
    if (lacks_group(what, by.group)) return std::move(why).with("reason", "group-not-found");
    if (is_bad_request(what)) return std::move(why).with("reason", "bad-request");
    return why;
}

// `message` is what the reply says, with who says it as the cause.
error http_error(const http::response& what,
                 coord_status status,
                 std::string_view message,
                 const judged_by& by) {
    const auto cause = fmt::format("http {} from {}", what.status, by.url);
    auto made = error(status, component, message.empty() ? std::string_view(cause) : message)
                    .because(error(status, component, cause).native("http", what.status));
    return about_reply(std::move(made), what, by);
}

error http_error(const http::response& what, coord_status status, const judged_by& by) {
    return http_error(what, status, text_of(what), by);
}

// Of a change: who it was is said first, as an error may name several.
peer_answer unconfirmed(const http::response& what,
                        coord_status status,
                        std::string_view why,
                        const judged_by& by) {
    const auto message = fmt::format("http {} from {}: {}", what.status, by.url, why);
    const bool is_its_word =
        status == COORD_UNSUPPORTED || status == COORD_EXHAUSTED || status == COORD_DENIED;
    return {about_reply(error(status, component, message), what, by),
            is_its_word ? fault::refused : fault::unreachable};
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
        return {http_error(what, COORD_UNAVAILABLE, read.wrong, by), fault::unreachable};
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
    return {unconfirmed(what, status, text_of(what), by).value, fault::unreachable};
}

peer_answer verdict_on_set(const http::response& what, const judged_by& by) {
    // Who knows no PUT may have taken it for a get, and answers that with a value.
    if (what.status == 200 && what.body.empty()) return {};
    if (what.status == 200)
        return unconfirmed(what, COORD_UNSUPPORTED, "the peer takes no values", by);
    if (what.status == 405) return unconfirmed(what, COORD_UNSUPPORTED, text_of(what), by);
    if (what.status == 413 || what.find(wire::error_header) == "exhausted")
        return unconfirmed(what, COORD_EXHAUSTED, text_of(what), by);
    if (what.status == 403) return unconfirmed(what, COORD_DENIED, text_of(what), by);
    return unconfirmed(what, COORD_UNAVAILABLE, text_of(what), by);
}

peer_answer verdict_on_probe(const http::response& what, const judged_by& by) {
    // Something on the way, or a peer in trouble: it may be another time.
    if (what.status >= 500) return unconfirmed(what, COORD_UNAVAILABLE, text_of(what), by);
    return unconfirmed(what, COORD_UNSUPPORTED, "not known to take values", by);
}

peer_answer verdict_on_failure(const error& why, const judged_by& by) {
    const error_info* const of = why.info();
    const auto said = why.status();
    const bool stays =
        said == COORD_TIMED_OUT || said == COORD_NO_MEMORY || said == COORD_UNSUPPORTED;
    // The message names the peer.
    auto made = about_key(error(stays ? said : COORD_UNAVAILABLE, component, why.message()), by);
    if (of != nullptr)
        made = std::move(made).native(of->native_domain, of->native_code).because(why);
    return {std::move(made), said == COORD_TIMED_OUT ? fault::timed_out : fault::unreachable};
}

peer_answer verdict_on_unsent(const error& why, fault as, const judged_by& by) {
    const auto message = fmt::format("{} was not asked: {}", by.url, why.message());
    const auto status = as == fault::timed_out ? COORD_TIMED_OUT : COORD_UNAVAILABLE;
    return {about_key(error(status, component, message).because(why), by), as};
}

}  // namespace coord::groupcache
