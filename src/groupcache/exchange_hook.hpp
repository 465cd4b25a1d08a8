// An EXCHANGE request: the host sees an HTTP request before it goes out, and adds headers, gives
// the answer itself, or fails it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "groupcache/peer_client.hpp"
#include "http/message.hpp"

namespace coord::groupcache {

// Whose request it is: exactly one of these, once, on any thread, without locks.
class exchange_caller {
  public:
    virtual void go_on(std::string request) noexcept = 0;  // with the headers that were added
    virtual void replaced(const http::response& what) noexcept = 0;
    virtual void not_sent(error why, peer_answer::fault as) noexcept = 0;

  protected:
    ~exchange_caller() = default;
};

class exchange_hook final : public own_question {
  public:
    struct subject {
        std::shared_ptr<peer_terms> terms;
        std::string url;      // of the peer
        std::string request;  // all of it, as it would go out
        time_point deadline;
    };
    // Throws bad_alloc with nothing begun.
    static void put(subject about, exchange_caller& to);

    request_kind which() const noexcept override { return request_kind::exchange; }
    std::string_view peer_url() const noexcept override { return about_.url; }
    std::string_view http(std::string_view field) const noexcept override;
    result<> set_header(std::string_view name, std::string_view value) override;
    result<> set_response(const message_view& given) override;

  private:
    struct answer {
        int status;
        std::string headers;
        std::vector<http::header> lines;  // into `headers`
        std::string body;
    };
    exchange_hook(subject about, exchange_caller& to)
        : about_(std::move(about)), to_(to), head_size_(about_.request.find("\r\n\r\n") + 2) {}
    void concluded(result<> outcome, ended_by who) noexcept override;
    void not_sent(const error& why, ended_by who) noexcept;

    subject about_;
    exchange_caller& to_;
    const std::size_t head_size_;  // up to the empty line
    // By setters.
    std::string added_;
    std::unique_ptr<answer> answer_;
};

}  // namespace coord::groupcache
