// An HTTP/1.1 server for small requests and large replies: keep-alive, strict checks, and limits
// that a slow or hostile client runs into before anybody else notices it.
//
// One request of a connection is under way at a time. The handler is called on an io thread and
// must not block; it answers now, or later from any thread. A connection is owned by exactly one
// party at a time, the io thread that reads or writes or the handler that is to answer, so it needs
// no lock.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/limits.hpp"
#include "base/result.hpp"
#include "http/message.hpp"
#include "runtime/io_threads.hpp"
#include "runtime/work_gauge.hpp"

namespace coord::http {

// One request that came, until it is answered. Who holds it keeps its connection's memory.
class exchange : public shared {
  public:
    virtual const request& asked() const noexcept = 0;
    // Exactly once, from any thread. Without an answer (the last reference is dropped) the
    // connection is cut.
    virtual void answer(reply with) noexcept = 0;
};

class handler : public shared {
  public:
    virtual void handle(ref<exchange> what) noexcept = 0;
};

struct server_options {
    std::size_t max_header_bytes = limits::max_header_bytes;
    std::size_t max_headers = limits::max_headers;
    std::size_t max_target_bytes = limits::max_target_bytes;
    std::uint64_t max_body_bytes = limits::max_request_body_bytes;
    // Beyond these connections wait: in the backlog, or accepted and unread.
    std::uint32_t max_connections = limits::max_connections;
    std::uint32_t max_connections_per_source = limits::max_connections_per_source;
    bool limit_loopback = false;  // per source: loopback is not counted unless a test asks for it
    duration header_timeout = limits::header_timeout;  // from the first byte of a request
    duration body_timeout = limits::body_timeout;      // of a request's body, and of a reply, at
                                                       // min_bytes_per_second beyond it
    duration idle_timeout = limits::idle_timeout;      // between requests
    std::uint64_t min_bytes_per_second = limits::min_bytes_per_second;
    bool loopback_only = true;                 // listen() refuses other addresses
    std::string_view methods = "GET, DELETE";  // static: what the handler takes, for refusals
};

struct server_counters {
    std::uint64_t requests = 0;     // handed to the handler
    std::uint64_t malformed = 0;    // refused with 400, 405, 413, 414, 431 before it
    std::uint64_t timed_out = 0;    // connections cut for slowness
    std::uint64_t connections = 0;  // open now
};

class server {
  public:
    // "127.0.0.1:8080", "[::1]:0", "localhost:0"; port 0 = any. Fails with COORD_INVALID_ARGUMENT
    // for what is no address or (loopback_only) beyond loopback, COORD_ALREADY_EXISTS when the port
    // is in use, COORD_UNAVAILABLE for what else the system says. `timers` and `time` outlive the
    // server.
    static result<std::unique_ptr<server>> listen(io_threads& io,
                                                  clock& time,
                                                  std::shared_ptr<timer_heap> timers,
                                                  std::string_view address,
                                                  const server_options& wanted,
                                                  ref<handler> serves);
    ~server();  // close()

    // What it listens on, with the real port: "127.0.0.1:34567".
    const std::string& address() const noexcept;
    // No new connections, no further requests on the ones there are; what runs goes on.
    void drain() noexcept;
    // Requests that the handler has not answered, or whose reply is not written yet.
    work_gauge& open() noexcept;
    // Cuts every connection and lets go of the handler. Never blocks.
    void close() noexcept;
    server_counters read() const noexcept;

  private:
    explicit server(ref<class server_core> made) noexcept;
    const ref<class server_core> core_;
};

}  // namespace coord::http
