// What is open between this process and its peers.
#include "groupcache/http_peers.hpp"
#include "runtime/dump_text.hpp"

namespace coord::groupcache {

void http_peers::write_dump(dump_text& to) const {
    to.head("peers {}{}", shown_key(self_url()), is_closed() ? ", closed" : "");
    to.line("peers in the list {}, questions to them under way {}",
            now()->owners.peers().size(),
            terms_->open.open());
    if (server_)
        to.line("requests of peers under way {}, connections {}",
                server_->open().open(),
                server_->read().connections);
    if (serving_.open() != 0)
        to.line("{} requests of peers under way, that came to a server of the host's own",
                serving_.open());
}

}  // namespace coord::groupcache
