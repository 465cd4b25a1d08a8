#include "groupcache/server_error_hook.hpp"

#include <fmt/format.h>
#include <utility>
#include <vector>

#include "groupcache/http_peers.hpp"
#include "http/header_text.hpp"

namespace coord::groupcache {

void server_error_hook::ask(ref<http_peers> by,
                            ref<http::exchange> about,
                            peer_reply::failure what) {
    const auto& whom = by->options().server_error;
    const ref<server_error_hook> made(
        new server_error_hook(std::move(by), std::move(about), std::move(what)));
    made->peer_hook::ask(whom);
}

result<> server_error_hook::set_response(const message_view& given) {
    if (given.body.size() > by()->options().max_value_bytes)
        return error(COORD_EXHAUSTED, "request", "response.body: larger than max_value_bytes");
    if (given.headers.size() > limits::max_header_bytes)
        return error(COORD_INVALID_ARGUMENT, "request", "response.headers: more than 24 KiB");
    std::vector<http::header> headers;
    if (const char* const wrong = http::read_headers(given.headers, headers))
        return error(COORD_INVALID_ARGUMENT, "request", fmt::format("response.headers: {}", wrong));
    // Who sends it has a clock of his own.
    std::erase_if(headers, [](const auto& one) { return http::same_name(one.name, "Date"); });
    http::reply made;
    made.status = given.status;
    made.headers = http::written_headers(headers);
    made.before = given.body;
    given_ = std::move(made);
    return {};
}

void server_error_hook::decide_by_default() noexcept {
    given_.reset();
    succeed();
}

void server_error_hook::answered(result<> outcome,
                                 ended_by who,
                                 ref<http::exchange> about) noexcept {
    const bool has_other = outcome && who == ended_by::host && given_;
    by()->answer(*about, std::move(has_other ? *given_ : what_failed_.usual));
}

void answer_failure(const ref<http_peers>& by, ref<http::exchange> to, peer_reply::failure what) {
    if (!by->options().server_error) return by->answer(*to, std::move(what.usual));
    server_error_hook::ask(by, std::move(to), std::move(what));
}

}  // namespace coord::groupcache
