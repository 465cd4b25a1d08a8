// The peers of a cluster over HTTP; coord_peers is this: the list and its ring, a client for each
// peer, and the port where the others ask.
//
// Safe from any thread. The port and the clients hold references of this object in turn; closing,
// and the end of the last handle, let go of them.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.hpp"
#include "groupcache/membership.hpp"
#include "groupcache/own_questions.hpp"
#include "groupcache/peer.hpp"
#include "groupcache/served_request.hpp"
#include "http/server.hpp"
#include "runtime/component.hpp"
#include "runtime/host_question.hpp"
#include "runtime/runtime.hpp"

namespace coord::groupcache {

struct peers_options {
    std::string listen;    // "" = does not serve
    std::string self_url;  // "" = made from listen
    std::string list;
    std::string base_path = "/_groupcache/";
    ring::profile profile = ring::profile::v2_fnv1_md5;
    std::uint32_t replicas = limits::default_ring_replicas;
    dialect speaks = dialect::mailgun;
    bool allow_insecure_bind = false;
    bool refuse_writes = false;
    bool send_crc = false;
    std::size_t max_key_bytes = limits::max_peer_key_bytes;
    std::uint64_t max_value_bytes = limits::max_response_body_bytes;
    duration request_timeout = duration::max();           // of one request to a peer
    std::function<std::uint64_t(std::string_view)> hash;  // instead of the profile's
    // Hooks of the host; what they use is kept by the two that follow.
    host_handler exchange;
    host_handler accept;
    host_handler server_error;
    ref<queue> requests;
    ref<host_user> user;
    http::server_options server;  // header and target limits follow max_key_bytes
    http::client_options client;  // its body limit follows max_value_bytes
};

struct peers_counters {
    std::uint64_t server_requests, server_malformed, server_timed_out;
    std::uint64_t client_requests, client_failures, client_retries, skewed;
    std::uint64_t server_connections;
};

class http_peers final : public handle_object, public component, public picker {
  public:
    static result<ref<http_peers>> make(ref<runtime> owner, peers_options wanted);
    ~http_peers() override;

    result<> set(std::string_view list);
    std::string list() const;  // one url per line
    // Nothing when the list is empty.
    std::optional<std::string> owner_of(std::string_view key) const;
    bool owns(std::string_view key) const noexcept { return now()->pick(key) == nullptr; }
    ring::ring owners() const { return now()->owners; }
    const std::string& self_url() const noexcept { return terms_->self_url; }
    result<> close(time_point deadline, context* until);
    bool is_closed() const noexcept { return closed_.load(std::memory_order_acquire); }
    peers_counters read() const noexcept;
    runtime& owner() const noexcept { return *owner_; }
    clock& time() const noexcept { return owner_->time(); }
    const peers_options& options() const noexcept { return options_; }
    static error closed_error() noexcept;

    // picker
    shared& self() const noexcept override { return const_cast<http_peers&>(*this); }
    ref<peer> pick(std::string_view key) noexcept override { return now()->pick(key); }
    std::vector<ref<peer>> others() override;
    bool loads_here_after(peer_answer::fault why) const noexcept override;
    void add_user() noexcept override { add_handle(); }
    void drop_user() noexcept override { drop_handle(); }

    // --- for its server
    // Everything is set up; what comes earlier goes unanswered.
    bool is_ready() const noexcept { return ready_.load(std::memory_order_acquire); }
    enum counter : std::size_t { passed, malformed, skewed, counter_count };
    void count(counter what) noexcept { counters_.add(what); }
    // Says besides what this process can do.
    void answer(http::exchange& to, http::reply with) const noexcept;
    own_questions& hooks() noexcept { return hooks_; }
    // Requests that came to a server of the host's own.
    served_requests& served() noexcept { return served_; }
    work_gauge& serving() noexcept { return serving_; }

  private:
    http_peers(ref<runtime> owner, peers_options wanted);
    // The steps of make().
    result<> begin();
    result<> listen();
    result<> find_self();
    result<> join();
    // All that is open fails, here and at the port.
    void cut() noexcept;

    void stop_intake() noexcept override;
    bool await_idle(time_point deadline, context* until) override;
    std::size_t cancel_all() noexcept override;
    void await_told() noexcept override;
    void write_metrics(metric_sink& to) const override;
    void write_dump(dump_text& to) const override;
    void on_last_handle() noexcept override;

    std::shared_ptr<const membership> now() const noexcept;

    const ref<runtime> owner_;
    const peers_options options_;
    const std::shared_ptr<peer_terms> terms_;
    membership_rules rules_;                // not changed once made
    std::unique_ptr<http::server> server_;  // not changed once made

    std::atomic<bool> ready_{false};   // release in make, acquire in is_ready
    std::atomic<bool> closed_{false};  // release in stop_intake, acquire in is_closed
    std::atomic<bool> is_cut_{false};  // seq_cst: set() looks again after its new list is there
    std::mutex setting_;               // one new list at a time
    mutable std::mutex mutex_;
    std::shared_ptr<const membership> now_;  // under mutex_
    striped_counters<counter_count> counters_;
    own_questions hooks_;  // about requests of peers
    served_requests served_;
    work_gauge serving_;
};

}  // namespace coord::groupcache
