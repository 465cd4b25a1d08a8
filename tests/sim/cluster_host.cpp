// The nodes of a simulated cluster: their loaders, what they say to peers, and what they make of
// what peers say; and how they come and go.
#include <algorithm>

#include "sim/cluster_world.hpp"

namespace coord::sim {

using groupcache::asked_by;
using groupcache::flight;
using groupcache::group;
using groupcache::peer_answer;

// Hands what a group says to a peer over to the links.
class cluster_world::told_serving final : public groupcache::asker {
  public:
    told_serving(cluster_world& in, std::uint64_t exchange, const serving& by) noexcept
        : world_(in), exchange_(exchange), by_(by) {
        ++world_.told_alive_;
    }
    ~told_serving() override { --world_.told_alive_; }
    void told(const result<bytes_ref>& outcome) noexcept override {
        world_.said(exchange_, by_, outcome);
    }

  private:
    cluster_world& world_;
    const std::uint64_t exchange_;
    const serving by_;
};

// --- loaders

void cluster_world::on_load(void* user, ::coord_request* request) {
    const auto& me = *static_cast<host*>(user);
    me.world.begin_load(me.at, *static_cast<flight*>(reinterpret_cast<handle*>(request)));
}

void cluster_world::on_peer_error(void* user, ::coord_request* request) {
    auto& world = static_cast<host*>(user)->world;
    world.seen("peer error");
    world.decisions_.push_back(
        static_cast<groupcache::peer_error*>(reinterpret_cast<handle*>(request)));
    if (world.one_in(2)) world.decide(world.decisions_.size() - 1, world.below(6));
}

void cluster_world::on_free(void* user) {
    auto* const mine = static_cast<host*>(user);
    ++mine->world.groups_freed_;
    delete mine;
}

void cluster_world::begin_load(std::size_t at, flight& made) {
    const load mine{&made, at, key_of(made.key()), model_.begin_load()};
    note(mine.id);
    check_load(mine);
    loads_.push_back(mine);
    seen("loads");
    if (made.for_peer) seen("loaded for a peer");
    if (made.asks) seen("loaded after a fault");
    if (!nodes_[at]->requests && one_in(2)) answer(loads_.size() - 1, below(14));
}

void cluster_world::answer_load() {
    if (!hook_requests_.empty() && one_in(3)) return answer_hook(below(4));
    if (!decisions_.empty() && one_in(2))
        decide(static_cast<std::size_t>(below(decisions_.size())), below(6));
    else if (!loads_.empty())
        answer(static_cast<std::size_t>(below(loads_.size())), below(14));
}

void cluster_world::answer(std::size_t i, std::uint64_t how) {
    const load mine = loads_[i];
    loads_[i] = loads_.back();
    loads_.pop_back();
    flight& made = *mine.flight;
    if (made.deadline <= clock_.now()) seen("answered late");
    if (made.detached) seen("answered detached");
    if (made.owner != nodes_[mine.at]->group) seen("answered after a crash");
    const auto says = [&](coord_status status) {
        failures_.insert({mine.key, status});
        if (status == COORD_ABANDONED) return made.abandon();
        made.fail(error(status, "sim", "the loader's"));
    };
    if (how == 0) return says(COORD_ABANDONED);
    if (how == 1) return says(COORD_NOT_FOUND);
    if (how == 2) return says(COORD_HOST_FAILED);
    give_value(mine, how);
}

void cluster_world::give_value(const load& mine, std::uint64_t how) {
    node& at = *nodes_[mine.at];
    flight& made = *mine.flight;
    const auto now = clock_.now();
    value_terms terms;
    model::value value{mine.key, mine.id, mine.at, 0, 0};
    if (how == 3) terms.ttl_ns = 1 + static_cast<std::int64_t>(below(3'000));
    if (how == 4) terms.flags = bytes::no_store;
    if (how == 5) {
        terms.expire_unix_ns = at.time.unix_ns() - 1;
        value.stale = 1;
    }
    auto left = terms.ttl_ns;
    if (left == 0 && at.wanted.ttl != duration::max()) left = at.wanted.ttl.count();
    if (left != 0)
        value.expires = static_cast<std::uint64_t>(now.time_since_epoch().count() + left);
    auto text = value.text();
    if (how == 6) text.append(below(500), 'x');
    if (!made.set(0, text, terms)) return fail("a value was refused");
    if (made.owner == at.group) {
        if (!made.over && made.deadline > now) ++at.did.loaded;
        if (will_keep(made) && terms.flags == 0 && value.stale == 0)
            model_.keep(mine.at, mine.key, now, left == 0 ? 0 : at.time.unix_ns() + left);
    }
    made.succeed();
}

void cluster_world::decide(std::size_t i, std::uint64_t how) {
    auto* const mine = decisions_[i];
    decisions_[i] = decisions_.back();
    decisions_.pop_back();
    const auto key = key_of(mine->key(0));
    note(how);
    if (how == 0) {
        failures_.insert({key, COORD_ABANDONED});
        mine->abandon();
    } else if (how == 1) {
        failures_.insert({key, COORD_HOST_FAILED});
        mine->fail(error(COORD_HOST_FAILED, "sim", "the host does not want to load it"));
    } else if (how == 2) {
        failures_.insert({key, COORD_NOT_FOUND});
        if (!mine->set_error(0, error(COORD_NOT_FOUND, "sim", "gone")))
            fail("an error was refused");
        mine->succeed();
    } else if (how == 3) {
        mine->decide_by_default();
    } else {
        mine->succeed();
    }
}

// --- serving peers

bool cluster_world::is_up(std::size_t at) const noexcept {
    return nodes_[at]->group != nullptr;
}

void cluster_world::serve(const exchange& what) {
    if (nodes_[what.to]->accepts) return ask_to_accept(what);
    serve_accepted(what);
}

void cluster_world::serve_accepted(const exchange& what) {
    node& at = *nodes_[what.to];
    at.group->count_server_request();
    ++at.did.served;
    if (what.verb == asks::get) return serve_get(what);
    if (!calm_ && one_in(40)) {
        seen("change refused");
        return links_.say(what.id, {COORD_DENIED});
    }
    if (what.verb == asks::set) return serve_set(what);
    model_.came_by(what.change, what.to);
    model_.drop(what.to, key_of(what.key));
    at.group->remove_here(what.key);
    links_.say(what.id, {});
}

void cluster_world::serve_set(const exchange& what) {
    node& at = *nodes_[what.to];
    // As if it were not known to take values: nothing is done.
    if (at.refuses_sets) return links_.say(what.id, {COORD_UNSUPPORTED});
    const auto key = key_of(what.key);
    const auto expire = what.value.expire_unix_ns;
    model::value value;
    if (!model::value::parse(what.value.value, value)) return fail("a value came that nobody set");
    model_.came_by(what.change, what.to);
    model_.drop(what.to, key);
    model_.kept_by_owner(value.load, what.to);
    const bytes_ref entry(bytes::make(what.key, what.value.value, expire, 0), false);
    const auto kept = at.group->set_here(entry);
    if (kept && (expire == 0 || expire > at.time.unix_ns()))
        model_.keep(what.to, key, clock_.now(), expire);
    seen("set at its owner");
    links_.say(what.id, {kept ? COORD_OK : kept.error().status()});
}

void cluster_world::serve_get(const exchange& what) {
    node& at = *nodes_[what.to];
    const auto group = at.group;
    const auto now = clock_.now();
    // Go tells no deadline.
    const auto deadline = one_in(3) ? never : after(now, what.deadline - what.put);
    const serving mine{what.to, at.life, std::min(deadline, after(now, at.wanted.load_timeout))};
    serving_.emplace(what.id, mine);
    ++at.did.peer_gets;
    seen("served");
    if (at.peers->owns(what.key) == false) seen("served a key of another");
    const ref<told_serving> who(new told_serving(*this, what.id, mine));
    ++serving_now_;
    group->ask(what.key, deadline, who, asked_by::peer);
    --serving_now_;
    if (who->joined != nullptr && who->joined->asking)
        fail("a peer waits for a question to a peer");
}

void cluster_world::said(std::uint64_t exchange,
                         const serving& by,
                         const result<bytes_ref>& outcome) {
    if (serving_.erase(exchange) == 0) return fail("a peer was answered twice");
    node& at = *nodes_[by.at];
    // A dead process says nothing.
    if (at.life != by.life) return;
    reply told;
    if (outcome) {
        const bytes& value = **outcome;
        told.value = value.value();
        told.expire_unix_ns = value.expire_unix_ns();
        if (told.expire_unix_ns != 0) told.ttl_ns = told.expire_unix_ns - at.time.unix_ns();
    } else {
        told.status = outcome.error().status();
    }
    links_.say(exchange, std::move(told));
}

// --- asking peers

void cluster_world::ask_peer(const peer_call& put, groupcache::peer_caller& caller) {
    exchange mine;
    mine.from = put.from;
    mine.to = put.to;
    mine.verb = put.verb;
    mine.key = put.what.key;
    mine.put = clock_.now();
    mine.deadline = put.what.deadline;
    mine.caller = &caller;
    if (put.value) {
        mine.value.value = put.value->value();
        mine.value.expire_unix_ns = put.value->expire_unix_ns();
    }
    if (put.verb == asks::get) {
        const auto& asking = static_cast<const flight&>(caller);
        not_given_.erase(&asking);
        check_question(*nodes_[put.from], key_of(put.what.key), asking);
    } else {
        mine.change = change_now_;
        if (change_now_ == 0) return fail("a change that nobody asked for");
    }
    if (nodes_[put.from]->asks_by_host) return ask_by_host(std::move(mine), put);
    links_.put(std::move(mine));
}

void cluster_world::ended(const exchange& what, links::end how) {
    const auto got = read(what, how);
    if (what.asked != nullptr) return answer_peer_request(what, got);
    deliver(what, got);
}

// What came of a question goes to who asked.
void cluster_world::deliver(const exchange& what, const peer_answer& got) {
    note(what.id);
    note(static_cast<std::uint64_t>(got.why));
    if (what.verb == asks::get) {
        count_answer(what, got);
    } else if (what.from == what.to || !model_.came_by_yet(what.change, what.from)) {
        // The owner's answer: now the node itself changes. Also one that was told to ask itself.
        model_.came_by(what.change, what.from);
        model_.drop(what.from, key_of(what.key));
    }
    const auto before = std::exchange(change_now_, what.change);
    what.caller->answered(got);
    change_now_ = before;
}

peer_answer cluster_world::read(const exchange& what, links::end how) {
    using fault = peer_answer::fault;
    const auto says = [&](fault why, coord_status status) {
        return peer_answer{error(status, "sim", "the peer's"), why};
    };
    if (how == links::end::timed_out) return says(fault::timed_out, COORD_TIMED_OUT);
    if (how == links::end::broken) return says(fault::unreachable, COORD_UNAVAILABLE);
    const reply& told = *what.said;
    node& at = *nodes_[what.from];
    if (told.status == COORD_CANCELLED || told.status == COORD_CLOSED)
        return says(fault::unreachable, COORD_UNAVAILABLE);
    if (told.at_the_door && what.verb == asks::get)
        return says(fault::unreachable, COORD_UNAVAILABLE);
    if (told.status != COORD_OK) {
        const bool is_seed = at.peers->dialect() == speaks::seed && what.verb == asks::get;
        return says(is_seed && one_in(2) ? fault::unreachable : fault::refused, told.status);
    }
    if (what.verb != asks::get) return {};
    auto expire = told.expire_unix_ns;
    if (expire != 0 && tells_ttl_) expire = at.time.unix_ns() + told.ttl_ns;
    if (expire != 0 && expire <= at.time.unix_ns()) {
        seen("expired on arrival");
        return says(fault::unreachable, COORD_UNAVAILABLE);
    }
    return {bytes_ref(bytes::make(what.key, told.value, expire, 0), false), fault::none};
}

void cluster_world::count_answer(const exchange& what, const peer_answer& got) {
    using fault = peer_answer::fault;
    const auto& asking = static_cast<const flight&>(*what.caller);
    node& at = *nodes_[what.from];
    const auto now = clock_.now();
    if (got.why == fault::none) seen("a peer gave");
    if (got.why == fault::unreachable) seen("unreachable");
    if (got.why == fault::refused) seen("refused");
    if (got.why == fault::timed_out) seen("a question timed out");
    if (got.why != fault::none) not_given_.insert(&asking);
    if (asking.owner != at.group) return;  // the answer to a dead process
    auto& did = at.did;
    const auto took = static_cast<std::uint64_t>((now - asking.begun).count());
    did.slowest_ns = std::max(did.slowest_ns, took);
    if (got.why == fault::none) {
        ++did.given;
        const auto expire = (*got.value)->expire_unix_ns();
        if (will_keep(asking)) model_.keep(what.from, key_of(what.key), now, expire);
    } else {
        ++did.faults_seen;
        if (got.why != fault::refused) ++did.faults;
        if (asking.deadline <= now) ++did.late_faults;
    }
}

}  // namespace coord::sim
