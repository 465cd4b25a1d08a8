// ACCEPT: the host sees a request of a peer before it is served, and may refuse it.
#pragma once

#include "groupcache/peer_hook.hpp"

namespace coord::groupcache {

class accept_hook final : public peer_hook {
  public:
    // Goes on with serve_accepted() or turn_away(). Throws bad_alloc with nothing begun.
    static void ask(ref<http_peers> by, ref<http::exchange> about);

    request_kind which() const noexcept override { return request_kind::accept; }
    result<> set_user(ref<host_user> sender) noexcept override;

  private:
    using peer_hook::peer_hook;
    void answered(result<> outcome, ended_by who, ref<http::exchange> about) noexcept override;

    ref<host_user> sender_;
};

}  // namespace coord::groupcache
