// Peers: their beginning and end. What they answer is in peer_server.cpp, what they ask in
// peer_client.cpp, who owns what in membership.cpp.
#include "groupcache/http_peers.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <utility>

#include "groupcache/peer_server.hpp"
#include "runtime/metrics_text.hpp"
#include "runtime/this_thread.hpp"

namespace coord::groupcache {
namespace {

constexpr const char* component_name = "peers";

error refused(std::string_view why) noexcept {
    return {COORD_INVALID_ARGUMENT, component_name, why};
}

// Limits that follow from others.
peers_options completed(peers_options given) {
    auto& port = given.server;
    port.max_target_bytes =
        std::max(limits::max_target_bytes, 3 * given.max_key_bytes + 512) + given.base_path.size();
    constexpr auto other_headers = limits::max_header_bytes - limits::max_target_bytes;
    port.max_header_bytes =
        std::max(limits::max_header_bytes, port.max_target_bytes + other_headers);
    port.loopback_only = !given.allow_insecure_bind;
    port.methods = "GET, PUT, DELETE";
    const auto largest_set = given.refuse_writes ? 0 : given.max_value_bytes;
    port.max_body_bytes = std::min<std::uint64_t>(
        port.max_body_bytes,
        std::min<std::uint64_t>(largest_set, limits::max_request_body_bytes) + given.max_key_bytes +
            limits::max_peer_group_bytes + wire::max_envelope_bytes);
    constexpr auto most = std::numeric_limits<std::uint64_t>::max() - wire::max_envelope_bytes;
    given.client.max_body_bytes =
        std::max(std::min(given.max_value_bytes, most) + wire::max_envelope_bytes,
                 limits::max_error_body_bytes);
    return given;
}

error about(const char* what, const error& why) {
    return error(why.status(), component_name, fmt::format("{}: {}", what, why.message()))
        .because(why);
}

bool is_plain_path(std::string_view path) noexcept {
    constexpr std::string_view marks = "-_.~$&+=:@/";
    return std::all_of(path.begin(), path.end(), [&](char c) {
        const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return is_letter || (c >= '0' && c <= '9') || marks.find(c) != std::string_view::npos;
    });
}

bool is_any_port(std::string_view port) noexcept {
    return port.find_first_not_of('0') == std::string_view::npos;
}

}  // namespace

http_peers::http_peers(ref<runtime> owner, peers_options wanted)
    : handle_object(handle_kind::peers),
      owner_(std::move(owner)),
      options_(completed(std::move(wanted))),
      terms_(std::make_shared<peer_terms>(owner_)),
      rules_{terms_, options_.profile, options_.hash, options_.replicas, std::nullopt, false},
      now_(std::make_shared<const membership>()) {
    terms_->speaks = options_.speaks;
    terms_->base_path = options_.base_path;
    terms_->max_value_bytes = options_.max_value_bytes;
    terms_->client = options_.client;
    terms_->exchange = options_.exchange;
    terms_->requests = options_.requests;
    terms_->user = options_.user;
    terms_->request_timeout = options_.request_timeout;
}

http_peers::~http_peers() = default;

result<ref<http_peers>> http_peers::make(ref<runtime> owner, peers_options wanted) {
    const ref<http_peers> made(new http_peers(std::move(owner), std::move(wanted)));
    runtime& in = *made->owner_;
    if (in.is_closing()) return error(COORD_CLOSED, "runtime", "the runtime was closed");
    // What listens already holds what it serves, also when memory runs short now.
    struct undo {
        http_peers* half_made;
        ~undo() {
            if (half_made != nullptr) half_made->cut();
        }
    } undo{made.get()};
    if (auto begun = made->begin(); !begun) return begun.error();
    undo.half_made = nullptr;
    in.add_handle();
    in.add(*made);
    if (made->options_.requests) made->options_.requests->add_handle();
    made->ready_.store(true, std::memory_order_release);
    if (in.is_closing()) made->stop_intake();
    return made;
}

result<> http_peers::begin() {
    if (owner_->io() == nullptr)
        return error(COORD_UNSUPPORTED, component_name, "the runtime has no threads for sockets");
    const auto& path = options_.base_path;
    if (path.empty() || path.front() != '/' || path.back() != '/' || !is_plain_path(path))
        return refused(fmt::format(
            "base_path: {} must begin and end with '/', and have nothing that needs escaping",
            path));
    // An error of the list is told before anything listens, where that can be known.
    bool knows_port = true;
    if (!options_.listen.empty()) {
        const auto where = http::parse_listen(options_.listen);
        if (!where) return about("listen", where.error());
        knows_port = !is_any_port(where->port);
    }
    const bool listens_first = !knows_port && options_.self_url.empty();
    if (listens_first)
        if (auto done = listen(); !done) return done;
    if (auto done = find_self(); !done) return done;
    if (auto done = join(); !done) return done;
    return listens_first ? result<>() : listen();
}

result<> http_peers::listen() {
    if (options_.listen.empty()) return {};
    auto made = http::server::listen(*owner_->io(),
                                     time(),
                                     owner_->shared_timers(),
                                     options_.listen,
                                     options_.server,
                                     make_peer_server(ref<http_peers>(this)));
    if (!made) return about("listen", made.error());
    server_ = std::move(*made);
    return {};
}

result<> http_peers::find_self() {
    std::string text = options_.self_url;
    if (text.empty() && !options_.listen.empty()) {
        auto where = *http::parse_listen(options_.listen);
        if (server_) where.port = http::parse_listen(server_->address())->port;
        const bool has_colons = where.host.find(':') != std::string::npos;
        text = fmt::format("http://{}{}{}:{}",
                           has_colons ? "[" : "",
                           where.host,
                           has_colons ? "]" : "",
                           where.port);
        rules_.needs_self_url = http::is_wildcard(where.host);
    }
    if (text.empty()) return {};
    auto self = http::parse_url(text, terms_->schemes());
    if (!self) return about("self_url", self.error());
    rules_.self = std::move(*self);
    terms_->self_url = std::move(text);
    return {};
}

result<> http_peers::join() {
    auto first = make_membership(options_.list, rules_, nullptr);
    if (!first) return first.error();
    const auto& peers = (*first)->owners.peers();
    const bool has_place = !options_.listen.empty() || !options_.self_url.empty();
    if (has_place && !peers.empty() && !(*first)->has_self())
        return refused(
            fmt::format("list: this process, {}, is not among its {} peers, such as {}; "
                        "set self_url to how the list spells it",
                        terms_->self_url,
                        peers.size(),
                        peers.front()));
    const std::lock_guard lock(mutex_);
    now_ = std::move(*first);
    return {};
}

std::shared_ptr<const membership> http_peers::now() const noexcept {
    const std::lock_guard lock(mutex_);
    return now_;
}

result<> http_peers::set(std::string_view list) {
    const std::lock_guard one_at_a_time(setting_);
    if (is_closed()) return closed_error();
    const auto before = now();
    auto next = make_membership(list, rules_, before.get());
    if (!next) return next.error();
    {
        const std::lock_guard lock(mutex_);
        now_.swap(*next);
    }
    // A close that came in between did not see the new ones.
    if (is_cut_.load()) terms_->cut();
    return {};
}

std::string http_peers::list() const {
    std::string text;
    const auto at = now();
    for (const auto& one : at->owners.peers()) text.append(one).append("\n");
    return text;
}

std::optional<std::string> http_peers::owner_of(std::string_view key) const {
    const auto at = now();
    const std::string* const owner = at->owners.owner(key);
    if (owner == nullptr) return std::nullopt;
    return *owner;
}

std::vector<ref<peer>> http_peers::others() {
    std::vector<ref<peer>> all;
    const auto at = now();
    all.reserve(at->others.size());
    for (const auto& one : at->others)
        if (one) all.emplace_back(one);
    return all;
}

bool http_peers::loads_here_after(peer_answer::fault why) const noexcept {
    return groupcache::loads_here_after(options_.speaks, why);
}

result<> http_peers::close(time_point deadline, context* until) {
    if (inside_callback())
        return error(COORD_WOULD_DEADLOCK,
                     component_name,
                     "a callback cannot wait for the peers, which may wait for it");
    stop_intake();
    terms_->left.store(true, std::memory_order_relaxed);
    const bool was_idle = await_idle(deadline, until);
    cut();
    await_told();
    if (was_idle) return {};
    owner_->log().write(
        log_level::warn, component_name, "closed with requests under way, which were cut");
    return error(
               COORD_TIMED_OUT, component_name, "requests still under way at the deadline were cut")
        .not_retriable();
}

bool http_peers::await_idle(time_point deadline, context* until) {
    const bool served = server_ == nullptr || server_->open().wait_idle(time(), deadline, until);
    const bool elsewhere = serving_.wait_idle(time(), deadline, until);
    return terms_->open.wait_idle(time(), deadline, until) && served && elsewhere;
}

void http_peers::await_told() noexcept {
    serving_.wait_idle(time(), never, nullptr);
    terms_->open.wait_idle(time(), never, nullptr);
}

error http_peers::closed_error() noexcept {
    return {COORD_CLOSED, component_name, "the peers were closed"};
}

void http_peers::answer(http::exchange& to, http::reply with) const noexcept {
    if (!options_.refuse_writes) with.fixed_headers = "Coord-Peer: 1; set\r\n";
    to.answer(std::move(with));
}

void http_peers::cut() noexcept {
    is_cut_.store(true);
    if (server_) server_->close();
    served_.cut(closed_error());
    hooks_.cut();
    terms_->cut();
}

void http_peers::stop_intake() noexcept {
    closed_.store(true, std::memory_order_release);
    if (server_) server_->drain();
}

std::size_t http_peers::cancel_all() noexcept {
    const auto open =
        terms_->open.open() + serving_.open() + (server_ ? server_->open().open() : 0);
    cut();
    return open;
}

void http_peers::on_last_handle() noexcept {
    stop_intake();
    cut();
    owner_->remove(*this);
    if (options_.requests) options_.requests->drop_handle();
    owner_->drop_handle();
}

peers_counters http_peers::read() const noexcept {
    const auto port = server_ ? server_->read() : http::server_counters{};
    peers_counters all{};
    all.server_requests = counters_.sum(passed);
    all.server_malformed = port.malformed + counters_.sum(malformed);
    all.server_timed_out = port.timed_out;
    all.server_connections = port.connections;
    all.client_requests = terms_->counters.sum(peer_terms::asked);
    all.client_failures = terms_->counters.sum(peer_terms::failed);
    all.client_retries = terms_->retries();
    all.skewed = counters_.sum(skewed);
    return all;
}

void http_peers::write_metrics(metric_sink& to) const {
    const auto label = fmt::format("self=\"{}\"", escape_label(self_url()));
    const auto all = read();
    const auto total = [&](const char* name, const char* help, std::uint64_t value) {
        to.add({name, help, true, label, value});
    };
    const auto gauge = [&](const char* name, const char* help, std::uint64_t value) {
        to.add({name, help, false, label, value});
    };
    total("coord_peers_server_requests_total",
          "Requests of peers that passed every check.",
          all.server_requests);
    total("coord_peers_server_malformed_total",
          "Requests that were refused for what they are.",
          all.server_malformed);
    total("coord_peers_server_timed_out_total",
          "Connections of peers that were cut for slowness.",
          all.server_timed_out);
    total("coord_peers_client_requests_total", "Requests to peers.", all.client_requests);
    total("coord_peers_client_failures_total",
          "Requests that brought no usable answer.",
          all.client_failures);
    total("coord_peers_client_retries_total",
          "Requests sent again because a kept connection had died.",
          all.client_retries);
    total("coord_peers_skewed_total",
          "Gets of peers for keys that another peer owns by the list here.",
          all.skewed);
    gauge("coord_peers_server_connections", "Connections of peers now.", all.server_connections);
    gauge("coord_peers_listed", "Peers in the list.", now()->owners.peers().size());
}

}  // namespace coord::groupcache
