#include "groupcache/peer_client.hpp"

#include <utility>
#include <vector>

#include "groupcache/peer_verdict.hpp"
#include "runtime/protect.hpp"

namespace coord::groupcache {

// A question that is open. Frees itself when it was answered.
class http_peer::inquiry final : public http::call {
  public:
    inquiry(verb how, http_peer& peer, bytes_ref about, peer_caller& to) noexcept
        : how_(how), peer_(&peer), about_(std::move(about)), to_(to) {}

    void answered(const http::response& what) noexcept override {
        end([&] {
            return how_ == verb::get ? verdict_on_get(what, terms())
                                     : verdict_on_remove(what, terms());
        });
    }
    void failed(error why) noexcept override {
        end([&] { return verdict_on_failure(why); });
    }

  private:
    judged_by terms() const noexcept {
        return {peer_->terms(), peer_->url(), about_->value(), about_->key(), asked_};
    }
    template <class Judge>
    void end(Judge judge) noexcept {
        const std::unique_ptr<inquiry> mine(this);
        peer_answer found{error(COORD_NO_MEMORY), peer_answer::fault::unreachable};
        static_cast<void>(protect([&] { found = judge(); }));
        auto& common = *peer_->terms_;
        using enum peer_answer::fault;
        if (found.why == unreachable || found.why == timed_out)
            common.counters.add(peer_terms::failed);
        const auto keep = peer_->terms_;
        to_.answered(std::move(found));
        keep->open.end();
    }

    const verb how_;
    const ref<http_peer> peer_;
    const bytes_ref about_;  // key, and the group's name as its value
    peer_caller& to_;
    const std::int64_t asked_ = peer_->terms().owner->time().unix_ns();
};

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
    put(verb::get, what, to);
}

void http_peer::set(const peer_question&, bytes_ref, peer_caller& to) noexcept {
    to.answered({error(COORD_UNSUPPORTED), peer_answer::fault::refused});
}

void http_peer::remove(const peer_question& what, peer_caller& to) noexcept {
    put(verb::remove, what, to);
}

void http_peer::put(verb how, const peer_question& what, peer_caller& to) noexcept {
    const auto keep = terms_;
    keep->counters.add(peer_terms::asked);
    keep->open.begin();
    const auto refuse = [&](coord_status status, std::string_view why) {
        keep->counters.add(peer_terms::failed);
        to.answered({error(status, "peers", why), peer_answer::fault::unreachable});
        keep->open.end();
    };
    if (keep->left.load(std::memory_order_relaxed))
        return refuse(COORD_UNAVAILABLE, "the peers were closed");
    duration remaining = duration::max();
    if (what.deadline != never) remaining = what.deadline - keep->owner->time().now();
    std::unique_ptr<inquiry> made;
    const bool enough = protect([&] {
        bytes_ref about(bytes::make(what.key, what.group, 0, 0), false);
        if (!about) return;
        std::string_view verb_text = how == verb::get ? "GET" : "DELETE";
        auto text = wire::request_text({verb_text,
                                        where_,
                                        keep->base_path,
                                        what.group,
                                        what.key,
                                        keep->self_url,
                                        how == verb::get ? remaining : duration::max()});
        made = std::make_unique<inquiry>(how, *this, std::move(about), to);
        made->request = std::move(text);
        made->deadline = what.deadline;
    });
    if (!enough || !made) return refuse(COORD_NO_MEMORY, "not enough memory to ask a peer");
    client_->send(*made.release());
}

}  // namespace coord::groupcache
