// One peer over HTTP: puts questions to it, and judges what comes back.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/striped_counters.hpp"
#include "groupcache/own_questions.hpp"
#include "groupcache/peer.hpp"
#include "groupcache/wire.hpp"
#include "http/client.hpp"
#include "runtime/runtime.hpp"
#include "runtime/work_gauge.hpp"

namespace coord::groupcache {

// How failures look on the wire and what they mean.
enum class dialect : std::uint8_t { mailgun, seed };

// What follows a fault when the group has no handler of its own: true = load here.
constexpr bool loads_here_after(dialect speaks, peer_answer::fault why) noexcept {
    if (why == peer_answer::fault::refused) return speaks == dialect::seed;
    return why == peer_answer::fault::unreachable;
}

class http_peer;

// What the peers of one cluster have in common. Outlives their list while a question is open.
class peer_terms {
  public:
    enum counter : std::size_t { asked, failed, counter_count };

    explicit peer_terms(ref<runtime> of) noexcept : owner(std::move(of)) {}

    const ref<runtime> owner;
    dialect speaks = dialect::mailgun;
    std::string base_path;
    std::string self_url;  // "" = not known. Not changed once a peer was made
    std::uint64_t max_value_bytes = limits::max_response_body_bytes;
    http::client_options client;
    duration request_timeout = duration::max();  // beside the deadline of who asks
    // Before each request goes out, with what it uses.
    host_handler exchange;
    ref<queue> requests;
    ref<host_user> user;
    own_questions exchanges;  // that the host has now
    // Who has a hook may have a way of its own for https.
    http::schemes schemes() const noexcept {
        return exchange ? http::schemes::http_and_https : http::schemes::http;
    }

    // Relaxed: a question that still slips through is cut a moment later.
    std::atomic<bool> left{false};
    work_gauge open;  // questions
    striped_counters<counter_count> counters;

    // Every peer there is, those that left the list too: closes them all.
    void cut() noexcept;
    std::uint64_t retries() const noexcept;

  private:
    friend class http_peer;
    mutable std::mutex mutex_;
    std::vector<http_peer*> all_;        // under mutex_
    std::uint64_t retries_of_gone_ = 0;  // under mutex_
};

class http_peer final : public peer {
  public:
    // Throws bad_alloc.
    http_peer(std::shared_ptr<peer_terms> terms, http::url where);
    ~http_peer() override;

    const std::string& url() const noexcept override { return where_.text; }
    void get(const peer_question& what, peer_caller& to) noexcept override;
    void set(const peer_question& what, bytes_ref value, peer_caller& to) noexcept override;
    void remove(const peer_question& what, peer_caller& to) noexcept override;

    const peer_terms& terms() const noexcept { return *terms_; }

  private:
    friend class peer_terms;
    // A probe goes before the first set: does the peer know what a PUT is?
    enum class verb : std::uint8_t { get, set, remove, probe };
    enum class sets : std::uint8_t { unknown, taken, not_taken };
    class inquiry;
    void put(verb how, const peer_question& what, bytes_ref value, peer_caller& to) noexcept;
    // Throws bad_alloc.
    std::string text_of(verb how, const peer_question& what, const bytes_ref& value) const;
    void learn(sets what) noexcept { sets_.store(what, std::memory_order_relaxed); }

    const std::shared_ptr<peer_terms> terms_;
    const http::url where_;
    const std::unique_ptr<http::client> client_;
    std::atomic<sets> sets_{sets::unknown};  // relaxed: what its replies told last
    bool was_cut_ = false;                   // under the terms' lock
};

}  // namespace coord::groupcache
