// HTTP requests of the program itself, by libcurl: to origins and to admin endpoints.
#pragma once

#include <coord/context.h>

#include <cstdint>
#include <memory>
#include <string>

namespace coord::cli {

struct fetch_limits {
    std::int64_t timeout_ns;
    std::uint64_t max_bytes;
    // Of the same scheme, and no more than that.
    long max_redirects = 0;
};

struct fetched {
    enum class reason { answered, too_large, timed_out, cancelled, failed };
    reason why = reason::failed;
    long http_status = 0;
    std::string text;  // the body, or what went wrong
};

// One connection that is kept for the next request; one thread at a time.
class fetcher {
  public:
    // Throws bad_alloc.
    fetcher();
    fetcher(const fetcher&) = delete;
    fetcher& operator=(const fetcher&) = delete;
    ~fetcher();

    // `until` may be NULL.
    fetched get(const std::string& url, const fetch_limits& limits, const coord_context* until);
    // Whether something listens there; empty, or what went wrong.
    std::string connect(const std::string& url, std::int64_t timeout_ns);

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

// Once, before there are threads.
void begin_fetching();

// What is wrong with an http or https url; empty when nothing is.
std::string fault_of_url(const std::string& url);

}  // namespace coord::cli
