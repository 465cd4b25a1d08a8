// What ACCEPT and SERVER_ERROR have in common: a question to the host about one request of a peer,
// which waits for the answer.
#pragma once

#include <string>

#include "groupcache/own_questions.hpp"
#include "http/server.hpp"

namespace coord::groupcache {

class http_peers;

class peer_hook : public own_question {
  public:
    std::string_view http(std::string_view field) const noexcept final;

  protected:
    // Throws bad_alloc.
    peer_hook(ref<http_peers> by, ref<http::exchange> about);
    ~peer_hook() override;

    // Once.
    void ask(const host_handler& whom) noexcept;
    // Without locks, exactly once, on any thread.
    virtual void answered(result<> outcome, ended_by who, ref<http::exchange> about) noexcept = 0;
    const ref<http_peers>& by() const noexcept { return by_; }

  private:
    void concluded(result<> outcome, ended_by who) noexcept final;

    const ref<http_peers> by_;
    ref<http::exchange> about_;  // until it was answered
    // Copies: the host may hold this longer than the peer waits for its answer.
    const std::string method_;
    const std::string target_;
    const std::string headers_;
    const std::string body_;
};

}  // namespace coord::groupcache
