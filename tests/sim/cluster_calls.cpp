// What the hosts of a simulated cluster ask for, and how it ends.
#include <algorithm>
#include <charconv>

#include "sim/cluster_world.hpp"

namespace coord::sim {

using groupcache::asked_by;
using groupcache::group;

// Asks as the admin endpoint does.
class cluster_world::told_get final : public groupcache::asker {
  public:
    told_get(cluster_world& in, std::uint64_t token) noexcept : world_(in), token_(token) {
        ++world_.told_alive_;
    }
    ~told_get() override { --world_.told_alive_; }
    void told(const result<bytes_ref>& outcome) noexcept override {
        const bytes* const value = outcome ? outcome->get() : nullptr;
        world_.ended(token_, outcome ? COORD_OK : outcome.error().status(), value);
    }

  private:
    cluster_world& world_;
    const std::uint64_t token_;
};

std::uint64_t cluster_world::key_of(std::string_view text) {
    std::uint64_t key = 0;
    std::from_chars(text.data() + 4, text.data() + text.size(), key);
    if (key_text(key) != text || key >= keys_) fail("a key that nobody asked for");
    return key;
}

time_point cluster_world::some_deadline() {
    return one_in(3) ? after(clock_.now(), duration(below(4'000))) : never;
}

ref<context> cluster_world::some_context(call& of) {
    if (!one_in(4)) return nullptr;
    if (contexts_.size() < 4 || one_in(3))
        contexts_.emplace_back(new context(
            clock_, one_in(2) ? never : after(clock_.now(), duration(below(6'000))), nullptr, {}));
    of.until = contexts_[below(contexts_.size())];
    of.latest = std::min(of.latest, of.until->deadline());
    of.must_end = of.until->was_cancelled();
    return of.until;
}

cluster_world::call cluster_world::make_call(node& at, kind what) {
    call mine;
    mine.what = what;
    mine.at = at.index;
    mine.life = at.life;
    mine.key = below(keys_);
    if (at.member) mine.seen_from = model_.floor_of(mine.key);
    mine.since = clock_.now();
    if (what == kind::get || what == kind::ask) mine.latest = load_deadline(at);
    return mine;
}

time_point cluster_world::load_deadline(const node& at) const {
    return after(clock_.now(), at.wanted.load_timeout);
}

void cluster_world::start_get(node& at) {
    if (!at.group) return;
    const auto token = next_token_++;
    call mine = make_call(at, kind::get);
    const auto deadline = some_deadline();
    mine.latest = std::min(mine.latest, deadline);
    const auto until = some_context(mine);
    ++at.did.gets;
    calls_.emplace(token, mine);
    auto started = at.group->start_get(
        key_text(mine.key), deadline, until, at.answers, token, group::counted::now);
    if (!started) return fail("a get was refused: " + std::string(started.error().message()));
    calls_[token].op = *started;
    seen("started");
}

void cluster_world::ask(node& at) {
    if (!at.group) return;
    const auto token = next_token_++;
    call mine = make_call(at, kind::ask);
    const auto deadline = some_deadline();
    mine.latest = std::min(mine.latest, deadline);
    ++at.did.gets;
    calls_.emplace(token, mine);
    at.group->ask(
        key_text(mine.key), deadline, ref<told_get>(new told_get(*this, token)), asked_by::here);
    seen("asked");
}

// The loader runs inside, on this very thread; while it waits for others the world goes on.
void cluster_world::blocking_get(node& at) {
    if (depth_ > 2 || !at.group) return;
    call mine = make_call(at, kind::get);
    const auto deadline = some_deadline();
    ++at.did.gets;
    const auto group = at.group;
    ++depth_;
    const auto got = group->get(key_text(mine.key), deadline, nullptr, group::counted::now);
    --depth_;
    check_get(mine, got ? COORD_OK : got.error().status(), got ? got->get() : nullptr);
    seen("blocking");
}

void cluster_world::look_up(node& at) {
    if (!at.group) return;
    const call mine = make_call(at, kind::get);
    ++at.did.gets;
    const auto hit = at.group->find(key_text(mine.key));
    note(hit ? 1 : 0);
    if (!hit) return;
    check_get(mine, COORD_OK, hit.get());
    seen("looked up");
}

void cluster_world::ended(std::uint64_t token, coord_status status, const bytes* value) {
    const auto there = calls_.find(token);
    if (there == calls_.end()) return fail("a call ended twice, or was never made");
    // The operation may be the last to hold what is told about.
    const call mine = std::move(there->second);
    calls_.erase(there);
    note(token);
    note(static_cast<std::uint64_t>(status));
    if (mine.what == kind::removal || mine.what == kind::set)
        check_change(mine, status);
    else
        check_get(mine, status, value);
}

}  // namespace coord::sim
