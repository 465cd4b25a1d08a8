// Hosts of simulated nodes that carry questions themselves, and that are asked before a peer is
// served. The requests are those of the library: here is what a host makes of them, also nothing.
#include <utility>

#include "groupcache/host_peer.hpp"
#include "sim/cluster_world.hpp"

namespace coord::sim {

using groupcache::host_peer;
using groupcache::peer_answer;

namespace {

constexpr duration accept_timeout{8'000};

}  // namespace

class cluster_world::accept_question final : public host_question {
  public:
    accept_question(cluster_world& in, exchange asked, std::uint64_t life) noexcept
        : world_(in), about_(std::move(asked)), life_(life) {}
    request_kind which() const noexcept override { return request_kind::accept; }

  private:
    void ended(result<> outcome, ended_by who) noexcept override {
        if (who == ended_by::us) world_.seen("nobody accepted");
        world_.accepted(about_, life_, outcome);
    }
    cluster_world& world_;
    const exchange about_;
    const std::uint64_t life_;
};

// --- asking peers

// A peer for each question, so that the host knows which one it is asked.
void cluster_world::ask_by_host(exchange what, const peer_call& put) {
    node& from = *nodes_[put.from];
    auto mine = std::make_unique<hosted>(*this, std::move(what));
    const host_handler handler{&hosted::on_request, nullptr, nullptr, 0};
    const ref<host_user> user(new host_user(mine.get(), nullptr));
    groupcache::host_peer_options wanted;
    wanted.get = wanted.set = wanted.remove = handler;
    wanted.get.user = wanted.set.user = wanted.remove.user = mine.get();
    wanted.user = user;
    auto made = host_peer::make(from.owner, url_of(put.to), std::move(wanted));
    if (!made) return fail("a peer of the host was refused");
    mine->handle = *made;
    mine->handle->to_host();
    hosted& asked = *mine;
    hosted_.emplace(&asked, std::move(mine));
    seen("asked by the host");
    const auto& to = asked.handle->of;
    if (put.verb == asks::get)
        to->get(put.what, asked);
    else if (put.verb == asks::set)
        to->set(put.what, put.value, asked);
    else
        to->remove(put.what, asked);
}

void cluster_world::carry(const hosted& question, request& asked) {
    exchange what = question.about;
    const auto how = calm_ ? 9 : below(24);
    if (asked.key(0) != what.key || asked.peer_url() != url_of(what.to))
        fail("a host was asked something else");
    if (how == 0) {
        seen("transport failed");
        return asked.fail(error(COORD_UNAVAILABLE, "sim", "the transport failed"));
    }
    if (how == 1) {
        seen("transport failed");
        failures_.insert({key_of(what.key), COORD_HOST_FAILED});
        return asked.fail(error(COORD_HOST_FAILED, "sim", "the host failed"));
    }
    if (how == 2) return asked.abandon();
    if (how == 3) {
        seen("transport hangs");
        return hook_requests_.push_back(&asked);
    }
    what.asked = &asked;
    links_.put(std::move(what));
}

// The link has ended it: so does the host, in time or too late.
void cluster_world::answer_peer_request(const exchange& what, const peer_answer& got) {
    using fault = peer_answer::fault;
    request& asked = *what.asked;
    if (got.why == fault::timed_out && one_in(2)) return hook_requests_.push_back(&asked);
    if (got.why != fault::none) {
        const auto status = got.value.error().status();
        return asked.fail(error(status, "sim", "what the other side said"));
    }
    if (what.verb == asks::get) {
        const bytes& value = **got.value;
        value_terms terms;
        terms.expire_unix_ns = value.expire_unix_ns();
        if (!asked.set(0, value.value(), terms)) fail("a host's answer was refused");
    }
    asked.succeed();
}

void cluster_world::host_answered(hosted& by, const peer_answer& got) {
    auto mine = hosted_.extract(&by);
    if (mine.empty()) return fail("a host's question ended twice");
    deliver(by.about, got);
    // Freed when nobody of it is at work any more.
    spent_.push_back(std::move(mine.mapped()));
}

// --- serving peers

void cluster_world::ask_to_accept(const exchange& what) {
    node& at = *nodes_[what.to];
    seen("asked to accept");
    const ref<accept_question> asked(new accept_question(*this, what, at.life));
    const auto deadline = calm_ ? what.deadline : after(clock_.now(), accept_timeout);
    asked->put(*at.owner, {&cluster_world::on_accept, this, nullptr, 0}, deadline);
}

void cluster_world::on_accept(void* user, ::coord_request* request) {
    auto& world = *static_cast<cluster_world*>(user);
    auto& asked = *static_cast<coord::request*>(reinterpret_cast<handle*>(request));
    const auto how = world.calm_ ? 9 : world.below(16);
    if (how == 0) return asked.fail(error(COORD_DENIED, "sim", "not you"));
    if (how == 1) return asked.abandon();
    if (how < 5) return world.hook_requests_.push_back(&asked);
    asked.succeed();
}

void cluster_world::accepted(const exchange& what, std::uint64_t life, const result<>& outcome) {
    node& at = *nodes_[what.to];
    if (!at.group || at.life != life) return;  // a dead process says nothing
    if (outcome) return serve_accepted(what);
    seen("not accepted");
    reply told;
    told.status = outcome.error().status() == COORD_DENIED ? COORD_DENIED : COORD_UNAVAILABLE;
    told.at_the_door = true;
    links_.say(what.id, std::move(told));
}

// One that the host had kept, perhaps beyond its deadline.
void cluster_world::answer_hook(std::uint64_t how) {
    const auto i = below(hook_requests_.size());
    request& asked = *hook_requests_[i];
    hook_requests_[i] = hook_requests_.back();
    hook_requests_.pop_back();
    note(how);
    if (how == 0) return asked.abandon();
    const bool serves = asked.which() == request_kind::accept;
    if (how == 1 || !serves) return asked.fail(error(COORD_UNAVAILABLE, "sim", "not now"));
    asked.succeed();
}

}  // namespace coord::sim
