// One peer in the hands of the host; coord_peer is this.
#pragma once

#include <utility>

#include "groupcache/peer.hpp"
#include "runtime/runtime.hpp"

namespace coord::groupcache {

// How questions get to a peer.
enum class reached_by : std::uint8_t { http, host };

class peer_handle : public handle_object {
  public:
    peer_handle(ref<peer> peer, ref<runtime> owner, reached_by how) noexcept
        : handle_object(handle_kind::peer), of(std::move(peer)), in(std::move(owner)), way(how) {
        in->add_handle();
    }

    const ref<peer> of;
    const ref<runtime> in;
    const reached_by way;

  protected:
    void on_last_handle() noexcept override { in->drop_handle(); }
};

}  // namespace coord::groupcache
