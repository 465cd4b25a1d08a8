// A question to a peer over HTTP that is open: from the request to the verdict. Frees itself when
// who asked was told.
#pragma once

#include <memory>
#include <string>

#include "groupcache/exchange_hook.hpp"
#include "groupcache/peer_verdict.hpp"

namespace coord::groupcache {

class http_peer::inquiry final : public http::call, public exchange_caller {
  public:
    // `about` has the key, and the group's name as its value.
    inquiry(verb how, http_peer& peer, bytes_ref about, bytes_ref value, peer_caller& to) noexcept
        : how_(how),
          peer_(&peer),
          about_(std::move(about)),
          value_(std::move(value)),
          to_(to),
          asked_unix_ns_(peer.terms().owner->time().unix_ns()) {}

    // Sends it, maybe by way of the host. `deadline` is that of who asks. It is counted as open.
    static void begin(std::unique_ptr<inquiry> what, time_point deadline) noexcept;

    void answered(const http::response& what) noexcept override;
    void failed(error why) noexcept override;
    void go_on(std::string text) noexcept override;
    void replaced(const http::response& what) noexcept override { answered(what); }
    void not_sent(error why, peer_answer::fault as) noexcept override;

  private:
    judged_by terms() const noexcept {
        return {peer_->terms(), peer_->url(), about_->value(), about_->key(), asked_unix_ns_};
    }
    peer_answer judge(const http::response& what);
    bool goes_on_after(const http::response& probe) noexcept;
    template <class Judge>
    void end(Judge judge) noexcept;

    const verb how_;
    const ref<http_peer> peer_;
    const bytes_ref about_;
    const bytes_ref value_;  // of a set, and the probe before it
    peer_caller& to_;
    const std::int64_t asked_unix_ns_;
    time_point asker_waits_ = never;
};

}  // namespace coord::groupcache
