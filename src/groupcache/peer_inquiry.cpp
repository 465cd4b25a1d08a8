#include "groupcache/peer_inquiry.hpp"

#include <algorithm>
#include <utility>

#include "runtime/protect.hpp"

namespace coord::groupcache {

void http_peer::inquiry::begin(std::unique_ptr<inquiry> what, time_point deadline) noexcept {
    auto& me = *what.release();
    auto& common = *me.peer_->terms_;
    me.asker_waits_ = me.deadline = deadline;
    if (common.request_timeout != duration::max())
        me.deadline = std::min(deadline, after(common.owner->time().now(), common.request_timeout));
    if (!common.exchange) return me.peer_->client_->send(me);
    const bool enough = protect([&] {
        exchange_hook::put({me.peer_->terms_, me.peer_->url(), std::move(me.request), me.deadline},
                           me);
    });
    if (!enough) me.failed(error(COORD_NO_MEMORY));
}

void http_peer::inquiry::go_on(std::string text) noexcept {
    if (peer_->where_.is_https)
        return end([&] {
            return verdict_on_failure(
                error(COORD_UNSUPPORTED, "http", "https needs a response of the exchange hook"),
                terms());
        });
    request = std::move(text);
    peer_->client_->send(*this);
}

void http_peer::inquiry::not_sent(error why, peer_answer::fault as) noexcept {
    end([&] { return verdict_on_unsent(why, as, terms()); });
}

void http_peer::inquiry::failed(error why) noexcept {
    end([&] { return verdict_on_failure(why, terms()); });
}

void http_peer::inquiry::answered(const http::response& what) noexcept {
    if (wire::says_it_takes_sets(what.find(wire::peer_header))) peer_->learn(sets::taken);
    if (how_ == verb::probe && goes_on_after(what)) return;
    end([&] { return judge(what); });
}

peer_answer http_peer::inquiry::judge(const http::response& what) {
    if (how_ == verb::get) return verdict_on_get(what, terms());
    if (how_ == verb::remove) return verdict_on_remove(what, terms());
    auto found =
        how_ == verb::probe ? verdict_on_probe(what, terms()) : verdict_on_set(what, terms());
    if (found.why == peer_answer::fault::refused &&
        found.value.error().status() == COORD_UNSUPPORTED)
        peer_->learn(sets::not_taken);
    return found;
}

// The peer told that it takes sets: now the set itself, as a question of its own.
bool http_peer::inquiry::goes_on_after(const http::response& probe) noexcept {
    if (!wire::says_it_takes_sets(probe.find(wire::peer_header))) return false;
    const std::unique_ptr<inquiry> mine(this);
    const auto keep = peer_->terms_;
    peer_->put(verb::set, {about_->value(), about_->key(), asker_waits_}, value_, to_);
    keep->open.end();
    return true;
}

template <class Judge>
void http_peer::inquiry::end(Judge judge) noexcept {
    const std::unique_ptr<inquiry> mine(this);
    peer_answer found{error(COORD_NO_MEMORY), peer_answer::fault::unreachable};
    static_cast<void>(protect([&] { found = judge(); }));
    const auto keep = peer_->terms_;
    using enum peer_answer::fault;
    // The peer's own time is over, not that of who asks.
    const bool has_time = deadline < asker_waits_ && keep->owner->time().now() < asker_waits_;
    if (found.why == timed_out && has_time) found.why = unreachable;
    if (found.why == unreachable || found.why == timed_out) keep->counters.add(peer_terms::failed);
    to_.answered(std::move(found));
    keep->open.end();
}

}  // namespace coord::groupcache
