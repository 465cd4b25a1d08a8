// A peer of the host: what it is asked becomes a PEER_GET, PEER_SET or PEER_REMOVE request, so that
// any transport can be behind it. Safe from any thread.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "groupcache/own_questions.hpp"
#include "groupcache/peer_handle.hpp"
#include "runtime/component.hpp"
#include "runtime/work_gauge.hpp"

namespace coord::groupcache {

struct host_peer_options {
    host_handler get;
    host_handler set;  // none: it does not take values
    host_handler remove;
    // What the handlers use.
    ref<queue> requests;
    ref<host_user> user;
};

class host_peer final : public peer, public component {
  public:
    // Fails with COORD_CLOSED. With the last handle it is closed. Throws bad_alloc.
    static result<ref<peer_handle>> make(ref<runtime> owner,
                                         std::string_view url,
                                         host_peer_options wanted);

    const std::string& url() const noexcept override { return url_; }
    bool needs_this_thread() const noexcept override {
        const auto& from = options_.requests;
        return from && !from->is_closed() && from->is_drained_by_this_thread();
    }
    void get(const peer_question& what, peer_caller& to) noexcept override;
    void set(const peer_question& what, bytes_ref value, peer_caller& to) noexcept override;
    void remove(const peer_question& what, peer_caller& to) noexcept override;

  private:
    class question;
    class host_handle;
    host_peer(ref<runtime> owner, std::string_view url, host_peer_options wanted)
        : owner_(std::move(owner)), url_(url), options_(std::move(wanted)) {}

    void put(request_kind how,
             const peer_question& what,
             bytes_ref value,
             peer_caller& to) noexcept;
    const host_handler& handler_of(request_kind how) const noexcept;
    void close() noexcept;

    shared& self() const noexcept override { return const_cast<host_peer&>(*this); }
    void stop_intake() noexcept override { closed_.store(true, std::memory_order_relaxed); }
    bool await_idle(time_point deadline, context* until) override {
        return open_.wait_idle(owner_->time(), deadline, until);
    }
    std::size_t cancel_all() noexcept override { return questions_.cut(); }
    void await_told() noexcept override { open_.wait_idle(owner_->time(), never, nullptr); }
    void write_metrics(metric_sink&) const override {}

    const ref<runtime> owner_;
    const std::string url_;
    const host_peer_options options_;
    // Relaxed: a question that still slips through is cut a moment later.
    std::atomic<bool> closed_{false};
    own_questions questions_;
    work_gauge open_;  // questions, until who asked was told
};

}  // namespace coord::groupcache
