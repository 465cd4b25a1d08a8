#include "groupcache/peer_server.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <new>
#include <utility>

#include "base/utf8.hpp"
#include "groupcache/group.hpp"
#include "groupcache/http_peers.hpp"
#include "groupcache/peer_reply.hpp"
#include "runtime/protect.hpp"

namespace coord::groupcache {
namespace {

// The answer to a get that was not in memory.
class later_answer final : public asker {
  public:
    later_answer(ref<http_peers> by, ref<group> from, ref<http::exchange> to) noexcept
        : by_(std::move(by)), from_(std::move(from)), to_(std::move(to)) {}

    void told(const result<bytes_ref>& outcome) noexcept override;

  private:
    const ref<http_peers> by_;
    const ref<group> from_;
    ref<http::exchange> to_;
};

class peer_server final : public http::handler {
  public:
    explicit peer_server(ref<http_peers> of) noexcept : peers_(std::move(of)) {}

    void handle(ref<http::exchange> what) noexcept override {
        // What is dropped without an answer is cut.
        if (!peers_->is_ready()) return;
        static_cast<void>(protect([&] { route(std::move(what)); }));
    }

  private:
    void route(ref<http::exchange> what);
    void refuse(http::exchange& what, http::reply with);
    void get(ref<http::exchange> what, ref<group> from, std::string_view key);
    void note_skew(const http::request& asked, std::string_view key);

    const ref<http_peers> peers_;
};

wire::checksum checksum_of(const http_peers& by) noexcept {
    return by.options().send_crc ? wire::checksum::crc32c : wire::checksum::none;
}

void later_answer::told(const result<bytes_ref>& outcome) noexcept {
    const auto to = std::exchange(to_, nullptr);
    static_cast<void>(protect([&] {
        if (outcome) return to->answer(wire::value_reply(*outcome, by_->time(), checksum_of(*by_)));
        const auto& why = outcome.error();
        const auto speaks = by_->options().speaks;
        // Nobody's failure: the group is going, and the peer had better load elsewhere.
        const bool is_leaving = why.status() == COORD_CLOSED || why.status() == COORD_CANCELLED;
        if (is_leaving && from_->is_closed())
            to->answer(peer_reply::no_such_group(from_->name(), speaks));
        else
            to->answer(peer_reply::failed(why, speaks));
    }));
}

void peer_server::refuse(http::exchange& what, http::reply with) {
    peers_->count(http_peers::malformed);
    what.answer(std::move(with));
}

void peer_server::route(ref<http::exchange> what) {
    using shape = wire::incoming::shape;
    const auto& asked = what->asked();
    const auto& options = peers_->options();
    if (asked.verb != http::method::get && asked.verb != http::method::remove)
        return refuse(*what, peer_reply::other_method());
    std::string decoded;
    const auto to = wire::parse_target(asked.target, options.base_path, decoded);
    if (to.is == shape::bad_escape) return refuse(*what, peer_reply::bad_escape());
    if (to.is == shape::elsewhere) return refuse(*what, peer_reply::elsewhere());
    if (to.is == shape::no_key) return refuse(*what, peer_reply::no_key(options.speaks));
    if (to.key.size() > options.max_key_bytes) {
        peers_->owner().log().write(
            log_level::warn, "peers", "a peer asked for a key longer than max_key_bytes: refused");
        return refuse(*what, peer_reply::key_too_long(options.max_key_bytes));
    }
    peers_->count(http_peers::passed);
    auto of = peers_->owner().find<group>(to.group);
    if (of) of->drop_handle();  // find() took one for a host
    if (!of || of->peers() != static_cast<picker*>(peers_.get()) || of->is_closed())
        return what->answer(peer_reply::no_such_group(to.group, options.speaks));
    of->count_server_request();
    if (asked.verb == http::method::get) return get(std::move(what), std::move(of), to.key);
    if (options.refuse_writes) return what->answer(peer_reply::may_not_remove());
    of->remove_here(to.key);
    what->answer(peer_reply::removed());
}

void peer_server::get(ref<http::exchange> what, ref<group> from, std::string_view key) {
    const auto& asked = what->asked();
    note_skew(asked, key);
    if (auto hit = from->find(key))
        return what->answer(
            wire::value_reply(std::move(hit), peers_->time(), checksum_of(*peers_)));
    const auto wait = std::min(wire::timeout_in(asked.find(wire::request_header)),
                               duration(limits::max_peer_wait));
    const auto deadline = after(peers_->time().now(), wait);
    const ref<asker> who(new later_answer(peers_, from, std::move(what)));
    from->ask(key, deadline, who, asked_by::peer, group::counted::before);
}

// Lists that differ cost a load too many, so somebody should know.
void peer_server::note_skew(const http::request& asked, std::string_view key) {
    const auto source = asked.find(wire::source_header);
    if (source.data() == nullptr || peers_->owns(key)) return;
    peers_->count(http_peers::skewed);
    auto& log = peers_->owner().log();
    if (!log.wants(log_level::warn)) return;
    constexpr std::size_t longest = 256;
    log.write(log_level::warn,
              "peers",
              fmt::format("lists of peers differ: {} asked {} for a key that another peer owns by "
                          "the list here",
                          to_valid_utf8(source.substr(0, longest)),
                          peers_->self_url()));
}

}  // namespace

ref<http::handler> make_peer_server(ref<http_peers> of) {
    return ref<http::handler>(new peer_server(std::move(of)));
}

}  // namespace coord::groupcache
