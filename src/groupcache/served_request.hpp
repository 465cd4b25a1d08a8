// A request of a peer that came to a server of the host's own, until it is answered.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "groupcache/served_response.hpp"
#include "http/request_check.hpp"
#include "http/server.hpp"
#include "runtime/request.hpp"

namespace coord::groupcache {

class http_peers;

// Who is told once, on any thread, without locks, perhaps before begin() returned.
class serve_waiter : public shared {
  public:
    virtual void served(const result<ref<served_response>>& outcome) noexcept = 0;
};

class served_request final : public shared {
  public:
    // `given` is copied, unless it is refused. Throws bad_alloc with nothing begun.
    served_request(ref<http_peers> by, const message_view& given, ref<serve_waiter> to);

    // Exactly one of these. Before begin() nobody is told anything, after forget() nobody ever.
    void begin() noexcept;
    void forget() noexcept { to_ = nullptr; }
    // Who waits is told so, and an answer that comes later is dropped.
    void cut(error why) noexcept { end(std::move(why)); }

  private:
    friend class served_requests;
    class exchange;
    std::optional<http::refusal> check(const message_view& given);
    void serve();
    void end(const result<ref<served_response>>& outcome) noexcept;

    const ref<http_peers> by_;
    ref<serve_waiter> to_;
    std::string method_;
    std::string target_;
    std::string header_text_;
    std::string body_;
    std::vector<http::header> headers_;
    http::request asked_;
    std::optional<http::refusal> refused_;
    // acq_rel: the first one tells, and begin() sees what was done before a cut that came too
    // early.
    std::atomic<bool> over_{true};
    // Under the list's lock.
    served_request* previous_ = nullptr;
    served_request* next_ = nullptr;
    bool is_listed_ = false;
};

// Those that are under way, for a close to cut.
class served_requests {
  public:
    // False once it was cut: `what` is then the caller's to end.
    bool add(served_request& what) noexcept;
    // At its end, listed or not.
    void remove(served_request& what) noexcept;
    // All there are, and from now on none is taken.
    void cut(const error& why) noexcept;

  private:
    void unlink(served_request& what) noexcept;

    std::mutex mutex_;
    served_request* first_ = nullptr;
    bool is_cut_ = false;
};

}  // namespace coord::groupcache
