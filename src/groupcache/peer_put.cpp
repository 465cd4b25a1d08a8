#include "groupcache/peer_put.hpp"

#include <fmt/format.h>
#include <new>
#include <utility>

#include "groupcache/http_peers.hpp"
#include "groupcache/peer_reply.hpp"
#include "groupcache/server_error_hook.hpp"
#include "groupcache/wire.hpp"
#include "groupcache/wire_set.hpp"
#include "runtime/protect.hpp"

namespace coord::groupcache {
namespace {

// Throws bad_alloc.
void answer_kept(const ref<http_peers>& by,
                 const group& of,
                 ref<http::exchange> what,
                 const result<>& kept) {
    if (kept) return by->answer(*what, peer_reply::done());
    const auto& why = kept.error();
    if (why.status() == COORD_NO_MEMORY) throw std::bad_alloc();  // no answer is one, too
    if (why.status() == COORD_EXHAUSTED)
        return answer_failure(by, std::move(what), peer_reply::too_large(why.message()));
    answer_failure(by, std::move(what), peer_reply::no_such_group(of.name(), by->options().speaks));
}

// The others drop what they have; then the peer gets its answer.
class repair final : public changer {
  public:
    repair(ref<http_peers> by, ref<group> of, ref<http::exchange> what, result<> kept) noexcept
        : by_(std::move(by)), of_(std::move(of)), what_(std::move(what)), kept_(std::move(kept)) {}

    void changed(const result<>& outcome) noexcept override {
        static_cast<void>(protect([&] {
            if (!outcome) note(outcome.error());
            answer_kept(by_, *of_, std::exchange(what_, nullptr), kept_);
        }));
    }

  private:
    void note(const error& why) const {
        auto& log = by_->owner().log();
        if (!log.wants(log_level::warn)) return;
        log.write(log_level::warn,
                  "peers",
                  fmt::format("a key that a peer set here may have old copies elsewhere: {}",
                              why.message()));
    }

    const ref<http_peers> by_;
    const ref<group> of_;
    ref<http::exchange> what_;
    const result<> kept_;
};

bytes_ref entry_of(const wire::set_reading& from) {
    bytes_ref made(bytes::make(from.key, from.value, from.expire_unix_ns, 0), false);
    if (!made) throw std::bad_alloc();
    return made;
}

}  // namespace

void answer_put(const ref<http_peers>& by,
                ref<group> of,
                std::string_view key,
                ref<http::exchange> what) {
    const auto& options = by->options();
    const auto refuse = [&](peer_reply::failure with) {
        by->count(http_peers::malformed);
        answer_failure(by, std::move(what), std::move(with));
    };
    const auto& asked = what->asked();
    const auto given = wire::read_set(asked.body);
    if (!given) return refuse(peer_reply::no_set_request());
    // Whoever let the request pass for its path has seen no other key.
    if (given->key != key || given->group != of->name()) return refuse(peer_reply::other_key());
    if (given->value.size() > options.max_value_bytes)
        return refuse(peer_reply::too_large("the value is larger than max_value_bytes"));
    const bool tells_others = asked.find(wire::request_header).data() != nullptr;
    const auto entry = entry_of(*given);
    by->count(http_peers::passed);
    of->count_server_request();
    if (tells_others) return answer_kept(by, *of, std::move(what), of->set_here(entry));
    const auto kept = of->set_here(entry);
    auto& in = *of;
    const auto deadline = after(by->time().now(), limits::max_repair_wait);
    in.drop_elsewhere(
        given->key, deadline, ref<changer>(new repair(by, std::move(of), std::move(what), kept)));
}

void note_long_key(http_peers& by) {
    by.owner().log().write(
        log_level::warn, "peers", "a peer asked for a key longer than max_key_bytes: refused");
}

}  // namespace coord::groupcache
