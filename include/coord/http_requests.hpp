// What libcoord asks about the HTTP between peers, in C++: the requests that the hooks of
// peers_options are called with.
//
// A hook that returns lets the request go on as it would without it, unless it decided something
// else. One that moved the request away decides later, from any thread. What a hook throws fails
// the request.
#pragma once

#include <coord/http.hpp>
#include <coord/request.hpp>

#include <any>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace coord {
inline namespace v0 {
namespace detail {

inline bool same_header_name(std::string_view a, std::string_view b) noexcept {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (lower(a[i]) != lower(b[i])) return false;
    return true;
}

}  // namespace detail

/// An HTTP request that something is to be decided about; what it gives is valid until it is ended.
class http_request {
  public:
    explicit http_request(request asked) noexcept : asked_(std::move(asked)) {}

    std::string_view method() const noexcept { return part("method"); }
    /// Path and query as they are on the wire.
    std::string_view target() const noexcept { return part("target"); }
    /// "Name: value" lines, each with CRLF.
    std::string_view headers() const noexcept { return part("headers"); }
    /// The first header of that name, in whatever case; nothing when there is none.
    std::optional<std::string_view> header(std::string_view name) const noexcept {
        for (auto rest = headers(); !rest.empty();) {
            const auto end = rest.find("\r\n");
            const auto line = rest.substr(0, end);
            rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
            const auto colon = line.find(':');
            if (colon == std::string_view::npos) continue;
            if (!detail::same_header_name(line.substr(0, colon), name)) continue;
            const auto start = line.find_first_not_of(" \t", colon + 1);
            return start == std::string_view::npos ? std::string_view() : line.substr(start);
        }
        return std::nullopt;
    }
    std::string_view body() const noexcept { return part("body"); }
    /// The deadline of the work; cancelled when nobody wants the answer any more.
    coord::context context() const noexcept { return asked_.context(); }

    /// Ends it: it goes on as it would without a hook, with what was set here.
    void proceed() noexcept { asked_.succeed(); }
    void fail(coord::status what, std::string_view message) noexcept { asked_.fail(what, message); }
    void fail(const coord::error& why) noexcept { asked_.fail(why); }

    /// False once it was ended or moved away.
    explicit operator bool() const noexcept { return static_cast<bool>(asked_); }
    /// BORROWED.
    coord_request* native_handle() const noexcept { return asked_.native_handle(); }

  protected:
    void set_whole_response(const http_message& answer) {
        const auto native = answer.native();
        coord_error* err = nullptr;
        detail::check(coord_request_set_response(native_handle(), &native, &err), err);
    }
    request asked_;

  private:
    std::string_view part(std::string_view name) const noexcept {
        std::size_t size = 0;
        const auto* text = coord_request_http(native_handle(), name.data(), name.size(), &size);
        return {text, size};
    }
};

/// A request to a peer that is about to go out. Failing it counts as a peer that was not reached.
class exchange_request : public http_request {
  public:
    using http_request::http_request;

    /// The peer's url as it stands in the list.
    std::string_view peer() const noexcept { return asked_.peer(); }
    /// Adds a header; throws `invalid_argument` for what is none, or frames the message.
    void set_header(std::string_view name, std::string_view value) {
        coord_error* err = nullptr;
        detail::check(
            coord_request_set_header(
                native_handle(), name.data(), name.size(), value.data(), value.size(), &err),
            err);
    }
    /// What the peer would answer, which is then not asked over the network. The last one wins.
    void set_response(const http_message& answer) { set_whole_response(answer); }
};

/// A request of a peer that has come, and is about to be served.
class accept_request : public http_request {
  public:
    using http_request::http_request;

    /// Attaches a value to the request; the load it leads to gives it as request::user<T>().
    template <class T>
    void set_user(T value) {
        auto kept = std::make_unique<std::any>(std::move(value));
        const auto give_back = [](void* user) { delete static_cast<std::any*>(user); };
        coord_error* err = nullptr;
        detail::check(coord_request_set_user(native_handle(), kept.release(), give_back, &err),
                      err);
    }
    /// Ends it with a failure: `denied` is answered with 403, `exhausted` and `unavailable` with
    /// 503, anything else with 400, each with the message as its body.
    void refuse(coord::status why, std::string_view message) noexcept { fail(why, message); }
};

/// A request of a peer that is about to be answered with an error.
class server_error_request : public http_request {
  public:
    using http_request::http_request;

    /// What went wrong.
    coord::error error() const {
        return asked_.error().value_or(coord::error(status::internal, "the request has no error"));
    }
    /// What is sent instead of the usual answer. The last one wins.
    void set_response(const http_message& answer) { set_whole_response(answer); }
    /// Ends it as peers without a hook of their own would.
    void use_default() noexcept { coord_peers_default_server_error(nullptr, asked_.release()); }
};

/// Ends a server_error as peers without a hook of their own would.
inline void default_server_error(server_error_request asked) noexcept {
    asked.use_default();
}

/// Told of a request to a peer before it goes out; called concurrently, as the next two.
using exchange_hook = std::function<void(exchange_request&)>;
/// Told of a request of a peer before it is served.
using accept_hook = std::function<void(accept_request&)>;
/// Told of a request of a peer before it is answered with an error.
using server_error_hook = std::function<void(server_error_request&)>;

namespace detail {

/// What peers call; C has one user pointer for all three.
struct http_hooks {
    exchange_hook exchange;
    accept_hook accept;
    server_error_hook server_error;
};

template <class Asked>
void run_hook(const std::function<void(Asked&)>& hook, coord_request* owned) noexcept {
    Asked asked{request(owned)};
    try {
        hook(asked);
        asked.proceed();
    } catch (...) {
        asked.fail(current_failure());
    }
}
inline void run_exchange(void* user, coord_request* owned) noexcept {
    run_hook(static_cast<const http_hooks*>(user)->exchange, owned);
}
inline void run_accept(void* user, coord_request* owned) noexcept {
    run_hook(static_cast<const http_hooks*>(user)->accept, owned);
}
inline void run_server_error(void* user, coord_request* owned) noexcept {
    run_hook(static_cast<const http_hooks*>(user)->server_error, owned);
}

}  // namespace detail
}  // namespace v0
}  // namespace coord
