#include "groupcache/host_peer.hpp"

#include <utility>

#include "runtime/protect.hpp"

namespace coord::groupcache {
namespace {

using fault = peer_answer::fault;

constexpr const char* component_name = "peer";

// What says that the peer was not reached; every other status is what its loader said.
bool is_unreachable(coord_status status) noexcept {
    return status == COORD_UNAVAILABLE || status == COORD_TIMED_OUT || status == COORD_CANCELLED ||
           status == COORD_CLOSED || status == COORD_ABANDONED;
}

}  // namespace

class host_peer::question final : public own_question {
  public:
    // Throws bad_alloc.
    question(request_kind how,
             host_peer& of,
             const peer_question& asked,
             bytes_ref value,
             peer_caller& to)
        : how_(how),
          of_(&of),
          group_(asked.group),
          key_(asked.key),
          value_(std::move(value)),
          to_(to) {}

    request_kind which() const noexcept override { return how_; }
    std::size_t count() const noexcept override { return 1; }
    std::string_view key(std::size_t item) const noexcept override {
        return item == 0 ? std::string_view(key_) : std::string_view();
    }
    std::string_view group_name() const noexcept override { return group_; }
    std::string_view peer_url() const noexcept override { return of_->url(); }
    const bytes* value(std::size_t item) const noexcept override {
        return item == 0 ? value_.get() : nullptr;
    }
    // Without a value a PEER_GET is answered with the empty one.
    bool is_answered() const noexcept override {
        return how_ != request_kind::peer_get || answer_ || set_error_.status() != COORD_OK;
    }
    result<> set(std::size_t item,
                 std::string_view value,
                 const value_terms& terms) noexcept override {
        if (auto may = may_answer(item); !may) return may;
        return keep(bytes::make(key_, value, expiry_of(terms), flags_of(terms)));
    }
    result<> set_bytes(std::size_t item,
                       bytes_ref value,
                       const value_terms& terms) noexcept override {
        if (auto may = may_answer(item); !may) return may;
        return keep(bytes::make_held(key_, value, expiry_of(terms), flags_of(terms)));
    }
    result<> set_error(std::size_t item, error why) noexcept override {
        if (item != 0) return no_such_item();
        answer_ = nullptr;
        set_error_ = std::move(why);
        return {};
    }

  private:
    void concluded(result<> outcome, ended_by who) noexcept override {
        to_.answered(who == ended_by::host ? hosts_answer(outcome) : our_answer(outcome));
        of_->open_.end();
    }
    clock& time() const noexcept { return of_->owner_->time(); }
    // Its loader's terms are all there is: this side has no default for them.
    std::int64_t expiry_of(const value_terms& terms) const noexcept {
        return terms.expiry(duration::max(), time());
    }
    static std::uint8_t flags_of(const value_terms& terms) noexcept {
        return static_cast<std::uint8_t>(terms.flags);
    }
    static error no_such_item() noexcept {
        return {COORD_INVALID_ARGUMENT, "request", "item: this request has item 0 only"};
    }
    result<> may_answer(std::size_t item) const noexcept {
        if (how_ != request_kind::peer_get)
            return error(COORD_UNSUPPORTED, "request", "the answer to a change has no value");
        if (item != 0) return no_such_item();
        return {};
    }
    result<> keep(bytes* made) noexcept {
        if (made == nullptr) return error(COORD_NO_MEMORY);
        answer_ = bytes_ref(made, false);
        set_error_ = error();
        return {};
    }
    error told(coord_status status, std::string_view message) const noexcept {
        return error(status, component_name, message)
            .with("group", group_)
            .with("key", key_)
            .with("peer", of_->url());
    }
    peer_answer hosts_answer(const result<>& outcome) const noexcept {
        const error why = outcome ? set_error_ : outcome.error();
        if (is_unreachable(why.status()))
            return {told(COORD_UNAVAILABLE, why.message()).because(why), fault::unreachable};
        if (why.status() != COORD_OK) {
            // Of this process it would not be true.
            const auto status = why.status() == COORD_FORKED ? COORD_HOST_FAILED : why.status();
            return {told(status, why.message()), fault::refused};
        }
        if (how_ != request_kind::peer_get) return {};
        if (!answer_)
            return {told(COORD_UNAVAILABLE, "not enough memory for the value"), fault::unreachable};
        const auto expire = answer_->expire_unix_ns();
        if (expire != 0 && expire < time().unix_ns())
            return {told(COORD_UNAVAILABLE, "the peer returned an expired value"),
                    fault::unreachable};
        return {answer_, fault::none};
    }
    peer_answer our_answer(const result<>& outcome) const noexcept {
        const error why = outcome.has_error() ? outcome.error() : error(COORD_CANCELLED);
        if (why.status() == COORD_TIMED_OUT)
            return {told(COORD_TIMED_OUT, "the peer did not answer before the deadline"),
                    fault::timed_out};
        return {told(COORD_UNAVAILABLE, why.message()).because(why), fault::unreachable};
    }

    const request_kind how_;
    const ref<host_peer> of_;
    const std::string group_;
    const std::string key_;
    const bytes_ref value_;  // of a PEER_SET
    peer_caller& to_;
    // By setters: one of them.
    bytes_ref answer_;
    error set_error_;
};

// Its end closes the peer.
class host_peer::host_handle final : public peer_handle {
  public:
    host_handle(ref<host_peer> peer, ref<runtime> owner) noexcept
        : peer_handle(peer, std::move(owner), reached_by::host), mine_(std::move(peer)) {}

  private:
    void on_last_handle() noexcept override {
        mine_->close();
        peer_handle::on_last_handle();
    }
    const ref<host_peer> mine_;
};

result<ref<peer_handle>> host_peer::make(ref<runtime> owner,
                                         std::string_view url,
                                         host_peer_options wanted) {
    runtime& in = *owner;
    if (in.is_closing()) return error(COORD_CLOSED, "runtime", "the runtime was closed");
    const ref<host_peer> made(new host_peer(owner, url, std::move(wanted)));
    const ref<peer_handle> handle(new host_handle(made, std::move(owner)));
    if (made->options_.requests) made->options_.requests->add_handle();
    in.add(*made);
    if (in.is_closing()) made->stop_intake();
    return handle;
}

void host_peer::close() noexcept {
    stop_intake();
    questions_.cut();
    owner_->remove(*this);
    if (options_.requests) options_.requests->drop_handle();
}

void host_peer::get(const peer_question& what, peer_caller& to) noexcept {
    put(request_kind::peer_get, what, nullptr, to);
}

void host_peer::set(const peer_question& what, bytes_ref value, peer_caller& to) noexcept {
    if (options_.set) return put(request_kind::peer_set, what, std::move(value), to);
    to.answered({error(COORD_UNSUPPORTED, component_name, "the peer does not take values")
                     .with("peer", url_),
                 fault::refused});
}

void host_peer::remove(const peer_question& what, peer_caller& to) noexcept {
    put(request_kind::peer_remove, what, nullptr, to);
}

const host_handler& host_peer::handler_of(request_kind how) const noexcept {
    if (how == request_kind::peer_get) return options_.get;
    return how == request_kind::peer_set ? options_.set : options_.remove;
}

void host_peer::put(request_kind how,
                    const peer_question& what,
                    bytes_ref value,
                    peer_caller& to) noexcept {
    const ref<host_peer> keep(this);
    open_.begin();
    const auto refuse = [&](coord_status status, std::string_view why) {
        to.answered({error(status, component_name, why).with("peer", url_), fault::unreachable});
        open_.end();
    };
    if (closed_.load(std::memory_order_relaxed))
        return refuse(COORD_UNAVAILABLE, "the peer was closed");
    ref<question> made;
    const bool enough = protect(
        [&] { made = ref<question>(new question(how, *this, what, std::move(value), to)); });
    if (!enough) return refuse(COORD_NO_MEMORY, "not enough memory to ask a peer");
    questions_.put(*made, *owner_, handler_of(how), what.deadline);
}

}  // namespace coord::groupcache
