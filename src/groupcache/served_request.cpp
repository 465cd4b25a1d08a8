#include "groupcache/served_request.hpp"

#include <utility>

#include "groupcache/http_peers.hpp"
#include "groupcache/peer_server.hpp"
#include "http/header_text.hpp"
#include "runtime/protect.hpp"

namespace coord::groupcache {
namespace {

http::request_limits limits_of(const http::server_options& port) noexcept {
    return {port.max_header_bytes, port.max_headers, port.max_target_bytes, port.max_body_bytes};
}

// In the port's words.
http::reply worded(const http::refusal& why, http::method verb, std::string_view methods) {
    auto made = http::plain_error(why.status, why.text);
    if (why.status == 405) made.headers.append("Allow: ").append(methods).append("\r\n");
    if (verb == http::method::head) made.before.clear();
    return made;
}

}  // namespace

// What the peer server gets; who waits for the answer keeps the request, but not this.
class served_request::exchange final : public http::exchange {
  public:
    explicit exchange(served_request& of) noexcept : me_(&of) {}
    ~exchange() override {
        me_->end(error(COORD_NO_MEMORY, "peers", "the request was dropped unanswered"));
    }
    const http::request& asked() const noexcept override { return me_->asked_; }
    void answer(http::reply with) noexcept override {
        ref<served_response> made;
        if (protect([&] { made = new served_response(std::move(with)); })) return me_->end(made);
        me_->end(error(COORD_NO_MEMORY));
    }

  private:
    const ref<served_request> me_;
};

served_request::served_request(ref<http_peers> by, const message_view& given, ref<serve_waiter> to)
    : by_(std::move(by)), to_(std::move(to)) {
    refused_ = check(given);
    headers_.clear();
    const auto verb = asked_.verb;
    asked_ = {};
    asked_.verb = verb;
    if (refused_) return;
    method_ = given.method;
    target_ = given.target;
    header_text_ = given.headers;
    body_ = given.body;
    static_cast<void>(http::read_headers(header_text_, headers_));  // as it was just now
    asked_ = {verb, method_, target_, headers_, body_};
}

std::optional<http::refusal> served_request::check(const message_view& given) {
    const auto within = limits_of(by_->options().server);
    if (given.headers.size() > within.max_header_bytes)
        return http::refusal{431, "the headers are too long"};
    if (const char* const wrong = http::read_headers(given.headers, headers_))
        return http::refusal{400, wrong};
    asked_ = {http::method::other, given.method, given.target, headers_, given.body};
    return http::check_framed_request(asked_, within);
}

void served_request::begin() noexcept {
    const ref<served_request> keep(this);
    by_->serving().begin();
    // Listed before it can end, so that its end takes it off the list. What came too early is seen
    // by who started it, or here.
    const bool is_listed = by_->served().add(*this);
    over_.exchange(false, std::memory_order_acq_rel);
    if (!is_listed || by_->is_closed()) return end(http_peers::closed_error());
    if (!protect([&] { serve(); })) end(error(COORD_NO_MEMORY));
}

void served_request::serve() {
    ref<http::exchange> what(new exchange(*this));
    if (!refused_) return make_peer_server(by_)->handle(std::move(what));
    by_->count(http_peers::malformed);
    what->answer(worded(*refused_, asked_.verb, by_->options().server.methods));
}

void served_request::end(const result<ref<served_response>>& outcome) noexcept {
    if (over_.exchange(true, std::memory_order_acq_rel)) return;
    by_->served().remove(*this);
    to_->served(outcome);
    by_->serving().end();
}

bool served_requests::add(served_request& what) noexcept {
    const std::lock_guard lock(mutex_);
    if (is_cut_) return false;
    what.next_ = first_;
    if (first_ != nullptr) first_->previous_ = &what;
    first_ = &what;
    what.is_listed_ = true;
    return true;
}

void served_requests::remove(served_request& what) noexcept {
    const std::lock_guard lock(mutex_);
    if (what.is_listed_) unlink(what);
}

void served_requests::unlink(served_request& what) noexcept {
    (what.previous_ != nullptr ? what.previous_->next_ : first_) = what.next_;
    if (what.next_ != nullptr) what.next_->previous_ = what.previous_;
    what.previous_ = what.next_ = nullptr;
    what.is_listed_ = false;
}

void served_requests::cut(const error& why) noexcept {
    for (;;) {
        ref<served_request> next;
        {
            const std::lock_guard lock(mutex_);
            is_cut_ = true;
            if (first_ == nullptr) return;
            next = ref<served_request>(first_);  // whoever ends one holds it until it has left
            unlink(*next);
        }
        next->cut(why);
    }
}

}  // namespace coord::groupcache
