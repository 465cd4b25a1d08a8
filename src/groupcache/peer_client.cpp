#include "groupcache/peer_client.hpp"

#include <utility>
#include <vector>

#include "groupcache/peer_inquiry.hpp"
#include "groupcache/wire_set.hpp"
#include "runtime/protect.hpp"

namespace coord::groupcache {

http_peer::http_peer(std::shared_ptr<peer_terms> terms, http::url where)
    : terms_(std::move(terms)),
      where_(std::move(where)),
      client_(http::client::make(*terms_->owner->io(),
                                 terms_->owner->time(),
                                 terms_->owner->shared_timers(),
                                 where_,
                                 terms_->client)) {
    const std::lock_guard lock(terms_->mutex_);
    terms_->all_.push_back(this);
}

http_peer::~http_peer() {
    const std::lock_guard lock(terms_->mutex_);
    terms_->retries_of_gone_ += client_->read().retries;
    std::erase(terms_->all_, this);
}

std::uint64_t peer_terms::retries() const noexcept {
    const std::lock_guard lock(mutex_);
    auto sum = retries_of_gone_;
    for (const auto* const one : all_) sum += one->client_->read().retries;
    return sum;
}

void peer_terms::cut() noexcept {
    left.store(true, std::memory_order_relaxed);
    exchanges.cut();
    // Closing one may end others: each is looked for anew, until a look finds nothing.
    for (bool again = true; again;) {
        again = false;
        for (std::size_t at = 0;;) {
            ref<http_peer> next;
            {
                const std::lock_guard lock(mutex_);
                while (!next && at < all_.size()) {
                    http_peer& one = *all_[at++];
                    if (!std::exchange(one.was_cut_, true)) next = shared::try_keep(&one);
                }
            }
            if (!next) break;
            again = true;
            next->client_->close();
        }
    }
}

void http_peer::get(const peer_question& what, peer_caller& to) noexcept {
    put(verb::get, what, nullptr, to);
}

void http_peer::remove(const peer_question& what, peer_caller& to) noexcept {
    put(verb::remove, what, nullptr, to);
}

void http_peer::set(const peer_question& what, bytes_ref value, peer_caller& to) noexcept {
    const auto known = sets_.load(std::memory_order_relaxed);
    if (known == sets::not_taken) {
        to.answered({error(COORD_UNSUPPORTED, "peers", "the peer is not known to take values")
                         .with("group", what.group)
                         .with("key", what.key)
                         .with("peer", where_.text),
                     peer_answer::fault::refused});
        return;
    }
    // The dialect says what kind of peers there are besides those of this library.
    const bool asks_first = known == sets::unknown && terms_->speaks == dialect::seed;
    put(asks_first ? verb::probe : verb::set, what, std::move(value), to);
}

std::string http_peer::text_of(verb how, const peer_question& what, const bytes_ref& value) const {
    const auto& common = *terms_;
    if (how == verb::probe) return wire::probe_text(where_, common.base_path, common.self_url);
    wire::outgoing out{"GET", where_, common.base_path, what.group, what.key, common.self_url};
    std::string body;
    if (how == verb::get && what.deadline != never)
        out.remaining = what.deadline - common.owner->time().now();
    if (how == verb::remove) out.verb = "DELETE";
    if (how == verb::set) {
        out.verb = "PUT";
        body = wire::set_body(what.group, *value);
        out.body = body;
    }
    return wire::request_text(out);
}

void http_peer::put(verb how,
                    const peer_question& what,
                    bytes_ref value,
                    peer_caller& to) noexcept {
    const auto keep = terms_;
    keep->counters.add(peer_terms::asked);
    keep->open.begin();
    const auto refuse = [&](coord_status status, std::string_view why) {
        keep->counters.add(peer_terms::failed);
        to.answered(
            {error(status, "peers", why).with("peer", url()), peer_answer::fault::unreachable});
        keep->open.end();
    };
    if (keep->left.load(std::memory_order_relaxed))
        return refuse(COORD_UNAVAILABLE, "the peers were closed");
    std::unique_ptr<inquiry> made;
    const bool enough = protect([&] {
        auto text = text_of(how, what, value);
        bytes_ref about(bytes::make(what.key, what.group, 0, 0), false);
        if (!about) return;
        made = std::make_unique<inquiry>(how, *this, std::move(about), std::move(value), to);
        made->request = std::move(text);
    });
    if (!enough || !made) return refuse(COORD_NO_MEMORY, "not enough memory to ask a peer");
    inquiry::begin(std::move(made), what.deadline);
}

}  // namespace coord::groupcache
