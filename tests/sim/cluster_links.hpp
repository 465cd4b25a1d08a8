// The network between simulated nodes: questions and answers are messages that take their time, get
// lost, or break off. Knows nothing of groups. Every question ends exactly once: with what the
// other side said, broken, or at its deadline. One thread; what happens is the seed's choice.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/random.hpp"
#include "groupcache/peer.hpp"
#include "runtime/request.hpp"
#include "sim/cluster_peers.hpp"
#include "support/virtual_clock.hpp"

namespace coord::sim {

// What a node says to a question, as it leaves that node.
struct reply {
    coord_status status = COORD_OK;
    std::string value{};
    std::int64_t expire_unix_ns = 0;  // by the clock of who says it; 0 = does not expire
    std::int64_t ttl_ns = 0;          // what was left of it when it was said
    bool at_the_door = false;         // a hook refused it
};

struct exchange {
    std::uint64_t id = 0;
    std::size_t from = 0;
    std::size_t to = 0;
    asks verb = asks::get;
    std::string key;
    reply value{};  // of a set
    time_point put;
    time_point deadline;
    std::uint64_t change = 0;  // which one it is part of
    groupcache::peer_caller* caller = nullptr;
    request* asked = nullptr;  // instead: what the host was asked, to be answered by it

    bool lost = false;    // nothing comes any more before the deadline
    bool served = false;  // the other side has seen it
    std::optional<reply> said;
};

class links {
  public:
    enum class end { said, broken, timed_out };
    // The nodes at the ends.
    class nodes {
      public:
        virtual bool is_up(std::size_t node) const noexcept = 0;
        // Says what it has to say by links::say, now or later.
        virtual void serve(const exchange& what) = 0;
        virtual void ended(const exchange& what, end how) = 0;

      protected:
        ~nodes() = default;
    };

    links(nodes& at_ends, random& chance, testing::virtual_clock& time) noexcept
        : nodes_(at_ends), chance_(chance), clock_(time) {}

    // May lose and break messages from now on.
    void make_unreliable() noexcept { unreliable_ = true; }
    void cut(std::size_t a, std::size_t b);
    void heal() { cuts_.clear(); }
    bool has_cuts() const noexcept { return !cuts_.empty(); }

    void put(exchange what);
    void say(std::uint64_t id, reply what);
    // Its process is gone, and its connections with it.
    void crashed(std::size_t node);

    // When something happens next; never when nothing does.
    time_point next() const noexcept;
    // All that is due by now.
    void fire_due();
    // Delivers everything without waiting for its time; what was lost breaks off. False when there
    // was nothing to do.
    bool hurry();
    bool empty() const noexcept { return open_.empty(); }
    // The longest a message of an answer was under way.
    duration slowest() const noexcept { return slowest_; }

  private:
    enum class step { arrive, come_back, break_off, expire };
    struct due {
        std::uint64_t id;
        step what;
        time_point sent;
    };
    bool one_in(std::uint64_t n) noexcept { return chance_.below(n) == 0; }
    bool is_cut(const exchange& what) const noexcept {
        return cuts_.count({what.from, what.to}) != 0;
    }
    void plan(std::uint64_t id, step what);
    void take(const due& next);
    void arrive(exchange& what);
    // Nobody is there: it breaks off soon, or hangs.
    void fail(exchange& what);
    void finish(std::uint64_t id, end how);

    nodes& nodes_;
    random& chance_;
    testing::virtual_clock& clock_;
    bool unreliable_ = false;
    std::uint64_t next_id_ = 1;
    duration slowest_{0};
    std::set<std::pair<std::size_t, std::size_t>> cuts_;
    std::map<std::uint64_t, exchange> open_;
    std::multimap<time_point, due> agenda_;
};

}  // namespace coord::sim
