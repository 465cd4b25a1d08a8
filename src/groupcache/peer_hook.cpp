#include "groupcache/peer_hook.hpp"

#include <algorithm>
#include <utility>

#include "groupcache/http_peers.hpp"
#include "groupcache/wire.hpp"
#include "http/header_text.hpp"

namespace coord::groupcache {

peer_hook::peer_hook(ref<http_peers> by, ref<http::exchange> about)
    : by_(std::move(by)),
      about_(std::move(about)),
      method_(about_->asked().verb_text),
      target_(about_->asked().target),
      headers_(http::written_headers(about_->asked().headers)),
      body_(about_->asked().body) {}

peer_hook::~peer_hook() = default;

std::string_view peer_hook::http(std::string_view field) const noexcept {
    if (field == "method") return method_;
    if (field == "target") return target_;
    if (field == "headers") return headers_;
    if (field == "body") return body_;
    return {};
}

void peer_hook::ask(const host_handler& whom) noexcept {
    const auto wait = std::min(wire::timeout_in(about_->asked().find(wire::request_header)),
                               duration(limits::accept_timeout));
    by_->hooks().put(*this, by_->owner(), whom, after(by_->time().now(), wait));
}

void peer_hook::concluded(result<> outcome, ended_by who) noexcept {
    answered(std::move(outcome), who, std::exchange(about_, nullptr));
}

}  // namespace coord::groupcache
