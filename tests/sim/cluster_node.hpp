// One process of a simulated cluster: a driven runtime with a clock of its own, its list of peers,
// and a group, which a crash takes away.
#pragma once

#include <cstdint>
#include <string>

#include "groupcache/group.hpp"
#include "sim/cluster_peers.hpp"
#include "support/seeded_executor.hpp"
#include "support/virtual_clock.hpp"

namespace coord::sim {

// The shared time, with another idea of the date.
class skewed_clock final : public clock {
  public:
    skewed_clock(testing::virtual_clock& shared_time, std::int64_t skew_ns) noexcept
        : time_(shared_time), skew_ns_(skew_ns) {}
    time_point now() const noexcept override { return time_.now(); }
    std::int64_t unix_ns() const noexcept override { return time_.unix_ns() + skew_ns_; }
    void wait(std::unique_lock<std::mutex>& lock,
              std::condition_variable& wakeup,
              time_point deadline) override {
        time_.wait(lock, wakeup, deadline);
    }

  private:
    testing::virtual_clock& time_;
    const std::int64_t skew_ns_;
};

// What the node did, to be compared with its group's counters. Begins anew with each group.
struct tally {
    std::uint64_t gets = 0;         // for its own host
    std::uint64_t peer_gets = 0;    // for peers
    std::uint64_t served = 0;       // these, and removals for peers
    std::uint64_t asked = 0;        // questions put to peers
    std::uint64_t given = 0;        // values that peers gave
    std::uint64_t faults = 0;       // peers that gave nothing usable
    std::uint64_t faults_seen = 0;  // these, and refusals
    std::uint64_t late_faults = 0;  // of these, when it was too late to load
    std::uint64_t loaded = 0;       // values that the loader gave in time
    std::uint64_t slowest_ns = 0;
};

struct node {
    node(testing::virtual_clock& shared_time, random& chance, std::int64_t skew)
        : time(shared_time, skew),
          tasks(chance),
          owner(runtime::make_driven({}, {&time, &tasks, chance.next()})) {
        owner->to_host();
        answers = *queue::make_polled(owner);
        answers->to_host();
    }
    ~node() {
        answers->drop_handle();
        if (requests) requests->drop_handle();
        owner->drop_handle();
        tasks.run_all();
    }
    node(const node&) = delete;
    node& operator=(const node&) = delete;

    bool has_loader() const noexcept { return wanted.load != nullptr || wanted.requests; }

    std::size_t index = 0;
    skewed_clock time;
    testing::seeded_executor tasks;
    ref<runtime> owner;
    ref<queue> answers;
    ref<queue> requests;  // null: the loader is a callback, or there is none
    ref<linked_peers> peers;
    groupcache::group_options wanted;
    ref<groupcache::group> group;  // null while it is down
    bool asks_by_host = false;     // by a transport of its own, with requests
    bool accepts = false;          // its host is asked before a peer is served
    bool refuses_sets = false;
    bool member = true;  // in the list on which all agree
    bool closing = false;
    std::uint64_t life = 0;  // counts its groups
    tally did;
};

}  // namespace coord::sim
