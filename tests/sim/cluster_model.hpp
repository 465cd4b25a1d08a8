// What a cluster promises about the values it gives, as a model that a simulation checks against.
//
// Loads are numbered through the whole cluster, and a value names its key, its load, the node that
// loaded, and when it expires. A value that was set has a number, too, and gets another one where
// and when its owner keeps it: from then on it counts as a load that began there at that time.
//
// The promise of a change, a removal or a set. While it ran all nodes had the same list, and it
// ended well: so every node of the list has confirmed, the owner before all others. Then a get that
// begins afterwards, on any node, sees no value of a load that had begun on node N before the
// change came by N. So after a set it sees that value, or one that its owner began to load or kept
// later.
//
// Why this holds: at N the load was detached, or its value removed. What another node M had on its
// way from N belonged to a flight of M that was detached when the change came by M; a flight of M
// that began after that asked an owner that had changed before. A crash only loses more.
//
// What is not promised: gets that began before the end; a change that did not end well, which may
// have taken effect or not; one that ran while lists differed, where M may ask a "owner" the change
// has yet to reach; nodes that are not in the list of who changes.
//
// The promise of expiry. A get that begins when a value has expired does not see it, give or take
// the time that an answer was on its way and the difference of the clocks.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace coord::sim {

class model {
  public:
    static constexpr std::size_t max_nodes = 4;
    // By node: loads that began there with a smaller number must not be seen.
    using floor = std::array<std::uint64_t, max_nodes>;

    model(std::size_t keys, std::size_t nodes) : nodes_(nodes), floors_(keys), kept_(nodes) {}

    std::size_t nodes() const noexcept { return nodes_; }
    std::uint64_t begin_load() noexcept { return next_load_++; }
    std::uint64_t loads() const noexcept { return next_load_ - 1; }
    // The number of a value that is being set; as its node it has `of_set`.
    static constexpr std::uint64_t of_set = max_nodes;
    std::uint64_t begin_set();
    // Its owner keeps it from now on.
    void kept_by_owner(std::uint64_t set, std::size_t node);

    struct value {
        std::uint64_t key = 0;
        std::uint64_t load = 0;
        std::uint64_t node = 0;
        std::uint64_t expires = 0;  // of the shared clock; 0 = never
        std::uint64_t stale = 0;    // it had expired before it was given
        std::string text() const;
        static bool parse(std::string_view text, value& to);
    };
    // What a get came to that began with `seen_from` at `since`; an empty text when all is well.
    std::string check(std::uint64_t key,
                      const floor& seen_from,
                      time_point since,
                      duration late,
                      std::string_view text) const;
    const floor& floor_of(std::uint64_t key) const noexcept { return floors_[key]; }

    // --- changes
    std::uint64_t begin_change(std::uint64_t key, std::uint64_t lists, std::uint32_t others);
    void came_by(std::uint64_t change, std::size_t node) noexcept;
    bool came_by_yet(std::uint64_t change, std::size_t node) const noexcept;
    // `lists`: counts up with each change of a list, 0 = they differ. True: it binds from now on.
    bool ended_well(std::uint64_t change, std::uint64_t lists);
    // All that were asked to have confirmed.
    bool reached_all(std::uint64_t change) const noexcept;

    // --- what a node has in memory
    void keep(std::size_t node, std::uint64_t key, time_point now, std::int64_t expire_unix_ns);
    void drop(std::size_t node, std::uint64_t key) { kept_[node].erase(key); }
    void drop_all(std::size_t node) { kept_[node].clear(); }
    // It has been there since before `since`, and does not expire before `unix_ns`.
    bool has(std::size_t node,
             std::uint64_t key,
             time_point since,
             std::int64_t unix_ns) const noexcept;

  private:
    struct round {
        std::uint64_t key = 0;
        std::uint64_t lists = 0;
        std::uint32_t others = 0;  // bits: who is asked
        floor marks{};             // 0 = not there yet
    };
    struct entry {
        time_point since;
        std::int64_t expire_unix_ns;
    };
    struct birth {
        std::size_t node = max_nodes;  // nowhere
        std::uint64_t number = 0;
    };
    const std::size_t nodes_;
    std::uint64_t next_load_ = 1;
    std::map<std::uint64_t, birth> sets_;
    std::vector<floor> floors_;  // by key
    std::vector<round> changes_;
    std::vector<std::map<std::uint64_t, entry>> kept_;  // by node
};

}  // namespace coord::sim
