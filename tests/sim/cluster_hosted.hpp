// A question on its way through a peer of a simulated node's host: who asked, and the peer made for
// it.
#pragma once

#include <utility>

#include "groupcache/peer_handle.hpp"
#include "sim/cluster_links.hpp"

namespace coord::sim {

class hosted final : public groupcache::peer_caller {
  public:
    class carrier {
      public:
        // The host is asked to bring it to the other side.
        virtual void carry(const hosted& what, request& asked) = 0;
        virtual void host_answered(hosted& by, const groupcache::peer_answer& got) = 0;

      protected:
        ~carrier() = default;
    };

    hosted(carrier& by, exchange asked) noexcept : about(std::move(asked)), by_(by) {}
    ~hosted() {
        if (handle) handle->drop_handle();
    }
    hosted(const hosted&) = delete;
    hosted& operator=(const hosted&) = delete;
    void answered(groupcache::peer_answer got) noexcept override { by_.host_answered(*this, got); }

    static void on_request(void* user, ::coord_request* asked) {
        const auto& mine = *static_cast<const hosted*>(user);
        mine.by_.carry(mine, *static_cast<request*>(reinterpret_cast<coord::handle*>(asked)));
    }

    const exchange about;
    ref<groupcache::peer_handle> handle;

  private:
    carrier& by_;
};

}  // namespace coord::sim
