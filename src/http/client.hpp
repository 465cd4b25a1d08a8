// A client for one peer: a pool of kept connections, exact deadlines, no redirects, no retries but
// one.
//
// send() may be called from any thread and writes from there when a connection is idle; replies
// come on an io thread. A request whose reused connection died before the first byte of a reply
// goes out once more, on a fresh connection. Names are resolved on a thread of their own, again at
// each new connection after a failure; every address of a name is tried.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "base/limits.hpp"
#include "http/message.hpp"
#include "http/url.hpp"
#include "runtime/io_threads.hpp"

namespace coord::http {

// One request and what is to become of it. Who asks derives from it and keeps it alive until
// answered() or failed() was called: exactly one of them, once, on any thread, perhaps before
// send() returned.
class call {
  public:
    std::string request;  // all of it, as it goes out; must be safe to send twice
    time_point deadline = never;

    virtual void answered(const response& what) noexcept = 0;
    // COORD_UNAVAILABLE (nobody there, or the connection broke; native "errno"), COORD_TIMED_OUT,
    // COORD_EXHAUSTED (the reply is larger than allowed), COORD_CONFLICT (not HTTP),
    // COORD_CANCELLED (the client was closed), COORD_NO_MEMORY.
    virtual void failed(error why) noexcept = 0;

  protected:
    virtual ~call() = default;

  private:
    friend class client_core;
    call* previous_ = nullptr;
    call* next_ = nullptr;
    void* connection_ = nullptr;
    bool retried_ = false;
};

struct client_options {
    std::uint32_t max_connections =
        limits::max_connections_per_peer;  // beyond it calls stand in line
    std::uint64_t max_body_bytes = limits::max_response_body_bytes;
    std::size_t max_header_bytes = limits::max_header_bytes;
    duration connect_timeout = limits::connect_timeout;  // per address
    duration idle_timeout = limits::client_idle_timeout;
};

struct client_counters {
    std::uint64_t sent = 0;         // calls
    std::uint64_t failures = 0;     // calls that failed() was told of
    std::uint64_t retries = 0;      // on a fresh connection
    std::uint64_t connections = 0;  // open now
};

class client {
  public:
    static std::unique_ptr<client> make(io_threads& io,
                                        clock& time,
                                        std::shared_ptr<timer_heap> timers,
                                        const url& to,
                                        const client_options& wanted);
    ~client();  // close()

    void send(call& what) noexcept;
    // Every call that is open fails with COORD_CANCELLED before this returns, or is being told its
    // reply by another thread; later ones fail at once.
    void close() noexcept;
    client_counters read() const noexcept;

  private:
    explicit client(std::shared_ptr<class client_core> made) noexcept;
    const std::shared_ptr<class client_core> core_;
};

}  // namespace coord::http
