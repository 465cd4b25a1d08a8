#include "groupcache/peer_server.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "base/utf8.hpp"
#include "groupcache/accept_hook.hpp"
#include "groupcache/group.hpp"
#include "groupcache/http_peers.hpp"
#include "groupcache/peer_put.hpp"
#include "groupcache/peer_reply.hpp"
#include "groupcache/server_error_hook.hpp"
#include "runtime/protect.hpp"

namespace coord::groupcache {
namespace {

wire::checksum checksum_of(const http_peers& by) noexcept {
    return by.options().send_crc ? wire::checksum::crc32c : wire::checksum::none;
}

// The answer to a get that was not in memory.
class later_answer final : public asker {
  public:
    later_answer(ref<http_peers> by, ref<group> from, ref<http::exchange> to, std::string_view key)
        : by_(std::move(by)),
          from_(std::move(from)),
          to_(std::move(to)),
          key_(by_->options().server_error ? key : std::string_view()) {}

    void told(const result<bytes_ref>& outcome) noexcept override {
        static_cast<void>(protect([&] { answer(std::exchange(to_, nullptr), outcome); }));
    }

  private:
    void answer(ref<http::exchange> to, const result<bytes_ref>& outcome);

    const ref<http_peers> by_;
    const ref<group> from_;
    ref<http::exchange> to_;
    const std::string key_;  // for the host, should it want to see errors
};

void later_answer::answer(ref<http::exchange> to, const result<bytes_ref>& outcome) {
    if (outcome)
        return by_->answer(*to, wire::value_reply(*outcome, by_->time(), checksum_of(*by_)));
    const auto& why = outcome.error();
    const auto speaks = by_->options().speaks;
    // Nobody's failure: the group is going, and the peer had better load elsewhere.
    const bool is_leaving = why.status() == COORD_CLOSED || why.status() == COORD_CANCELLED;
    if (is_leaving && from_->is_closed())
        return answer_failure(by_, std::move(to), peer_reply::no_such_group(from_->name(), speaks));
    answer_failure(by_, std::move(to), peer_reply::failed(why, from_->name(), key_, speaks));
}

// One request, on its way to its answer.
class routing {
  public:
    routing(const ref<http_peers>& by, ref<http::exchange> what) noexcept
        : by_(by), what_(std::move(what)) {}
    void go(ref<host_user> sender);

  private:
    void fail(peer_reply::failure with) { answer_failure(by_, std::move(what_), std::move(with)); }
    void refuse(peer_reply::failure with) {
        by_->count(http_peers::malformed);
        fail(std::move(with));
    }
    void get(ref<group> from, std::string_view key, ref<host_user> sender);
    void note_skew(std::string_view key);

    const ref<http_peers>& by_;
    ref<http::exchange> what_;
};

void routing::go(ref<host_user> sender) {
    using shape = wire::incoming::shape;
    const auto& asked = what_->asked();
    const auto& options = by_->options();
    const bool is_get = asked.verb == http::method::get;
    const bool is_put = asked.verb == http::method::put;
    if (!is_get && !is_put && asked.verb != http::method::remove)
        return refuse(peer_reply::other_method());
    std::string decoded;
    const auto to = wire::parse_target(asked.target, options.base_path, decoded);
    if (to.is == shape::bad_escape) return refuse(peer_reply::bad_escape());
    if (to.is == shape::elsewhere) return refuse(peer_reply::elsewhere());
    if (to.is == shape::no_key) return refuse(peer_reply::no_key(options.speaks));
    if (to.key.size() > options.max_key_bytes) {
        note_long_key(*by_);
        return refuse(peer_reply::key_too_long(options.max_key_bytes));
    }
    auto of = by_->owner().find<group>(to.group);
    if (of) of->drop_handle();  // find() took one for a host
    const bool is_served =
        of && of->served_by() == static_cast<picker*>(by_.get()) && !of->is_closed();
    if (is_put && is_served && !options.refuse_writes)
        return answer_put(by_, std::move(of), to.key, std::move(what_));
    by_->count(http_peers::passed);
    if (!is_served) return fail(peer_reply::no_such_group(to.group, options.speaks));
    of->count_server_request();
    if (is_get) return get(std::move(of), to.key, std::move(sender));
    if (options.refuse_writes) return fail(peer_reply::may_not_write());
    of->remove_here(to.key);
    by_->answer(*what_, peer_reply::done());
}

void routing::get(ref<group> from, std::string_view key, ref<host_user> sender) {
    note_skew(key);
    if (auto hit = from->find(key))
        return by_->answer(*what_,
                           wire::value_reply(std::move(hit), by_->time(), checksum_of(*by_)));
    const auto wait = std::min(wire::timeout_in(what_->asked().find(wire::request_header)),
                               duration(limits::max_peer_wait));
    const auto deadline = after(by_->time().now(), wait);
    const ref<asker> who(new later_answer(by_, from, std::move(what_), key));
    from->ask(key, deadline, who, asked_by::peer, group::counted::before, std::move(sender));
}

// Lists that differ cost a load too many, so somebody should know.
void routing::note_skew(std::string_view key) {
    const auto source = what_->asked().find(wire::source_header);
    if (source.data() == nullptr || by_->owns(key)) return;
    by_->count(http_peers::skewed);
    auto& log = by_->owner().log();
    if (!log.wants(log_level::warn)) return;
    constexpr std::size_t longest = 256;
    log.write(log_level::warn,
              "peers",
              fmt::format("lists of peers differ: {} asked {} for a key that another peer owns by "
                          "the list here",
                          to_valid_utf8(source.substr(0, longest)),
                          by_->self_url()));
}

class peer_server final : public http::handler {
  public:
    explicit peer_server(ref<http_peers> of) noexcept : peers_(std::move(of)) {}

    void handle(ref<http::exchange> what) noexcept override {
        // What is dropped without an answer is cut.
        if (!peers_->is_ready()) return;
        if (!peers_->options().accept) return serve_accepted(peers_, std::move(what), nullptr);
        static_cast<void>(protect([&] { accept_hook::ask(peers_, std::move(what)); }));
    }

  private:
    const ref<http_peers> peers_;
};

}  // namespace

ref<http::handler> make_peer_server(ref<http_peers> of) {
    return ref<http::handler>(new peer_server(std::move(of)));
}

void serve_accepted(const ref<http_peers>& by,
                    ref<http::exchange> what,
                    ref<host_user> sender) noexcept {
    static_cast<void>(protect([&] { routing(by, std::move(what)).go(std::move(sender)); }));
}

void turn_away(const ref<http_peers>& by, ref<http::exchange> what, const error& why) noexcept {
    by->count(http_peers::malformed);
    static_cast<void>(
        protect([&] { answer_failure(by, std::move(what), peer_reply::not_accepted(why)); }));
}

}  // namespace coord::groupcache
