// SERVER_ERROR: the host sees an error on its way to a peer, and may say it in other words.
#pragma once

#include <optional>

#include "groupcache/peer_hook.hpp"
#include "groupcache/peer_reply.hpp"

namespace coord::groupcache {

class server_error_hook final : public peer_hook {
  public:
    // Sends the host's answer, or the usual one. Throws bad_alloc with nothing begun.
    static void ask(ref<http_peers> by, ref<http::exchange> about, peer_reply::failure what);

    request_kind which() const noexcept override { return request_kind::server_error; }
    const error_info* failure() const noexcept override { return what_failed_.why.info(); }
    result<> set_response(const message_view& given) override;
    void decide_by_default() noexcept override;

  private:
    server_error_hook(ref<http_peers> by, ref<http::exchange> about, peer_reply::failure with)
        : peer_hook(std::move(by), std::move(about)), what_failed_(std::move(with)) {}
    void answered(result<> outcome, ended_by who, ref<http::exchange> about) noexcept override;

    peer_reply::failure what_failed_;
    std::optional<http::reply> given_;
};

// Sends it as it is to who asked, unless the host has a server_error. Throws bad_alloc with nothing
// sent.
void answer_failure(const ref<http_peers>& by, ref<http::exchange> to, peer_reply::failure what);

}  // namespace coord::groupcache
