// A cluster of two to four nodes under a seeded schedule, checked against a model.
//
// One thread does everything: it starts gets, sets and removals on any node, carries messages,
// answers loads early, late or never, moves the clock, crashes nodes, cuts links, lets lists
// differ. What it checks: each value against cluster_model.hpp; that everything ends once and in
// time, and nothing is left when all have rested; that serving a peer never asks a peer; where and
// how often a key is loaded; the counters. A violation is a text; the same seed gives the same
// steps and the same hash.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "groupcache/asker.hpp"
#include "groupcache/change_order.hpp"
#include "groupcache/peer_error.hpp"
#include "runtime/host_question.hpp"
#include "sim/cluster_hosted.hpp"
#include "sim/cluster_links.hpp"
#include "sim/cluster_model.hpp"
#include "sim/cluster_node.hpp"
#include "sim/cluster_peers.hpp"

namespace coord::sim {

class cluster_world final : public links::nodes, public asks_peers, public hosted::carrier {
  public:
    explicit cluster_world(std::uint64_t seed);
    ~cluster_world();
    cluster_world(const cluster_world&) = delete;
    cluster_world& operator=(const cluster_world&) = delete;

    // One random step. False once a violation was found.
    bool step();
    // Everything ends, then all nodes go; nothing may be left.
    void finish();

    const std::string& violation() const noexcept { return violation_; }
    std::uint64_t trace_hash() const noexcept { return hash_; }
    std::uint64_t steps() const noexcept { return steps_; }
    const std::map<std::string, std::uint64_t>& coverage() const noexcept { return coverage_; }

  private:
    enum class kind : std::uint8_t { get, ask, set, removal };
    // A call of the host that has not ended.
    struct call {
        kind what = kind::get;
        std::size_t at = 0;
        std::uint64_t life = 0;
        std::uint64_t key = 0;
        model::floor seen_from{};
        time_point since;
        time_point latest = never;  // ended by then, once the timers fired
        std::uint64_t change = 0;   // which one, when it is one
        std::uint64_t set = 0;      // of a set: the number of its value
        bool must_end = false;      // cancelled
        ref<operation> op;
        ref<context> until;
    };
    // A peer's question that has not been answered.
    struct serving {
        std::size_t at = 0;
        std::uint64_t life = 0;
        time_point latest;
    };
    struct load {
        groupcache::flight* flight = nullptr;
        std::size_t at = 0;
        std::uint64_t key = 0;
        std::uint64_t id = 0;
    };
    // What a group's callbacks are given.
    struct host {
        cluster_world& world;
        const std::size_t at;
    };
    class told_get;
    class told_serving;
    class told_change;
    class accept_question;

    // --- the schedule
    void make_node(std::size_t i, std::int64_t skew);
    void act();
    void act_rarely();
    void move_clock();
    void fire_all();
    void run_task();
    void drain(node& at);
    void drain_all();
    void cancel_call();
    void cancel_context();
    void let_everything_end();
    bool answer_everything();

    // --- trouble
    void crash(node& at);
    void end_all();
    void close_slowly(node& at);
    void let_lists_differ();
    void shuffle_list(node& at);
    void let_lists_agree();
    void start_group(node& at);
    void let_picker_waver(node& at);

    // --- calls
    node& some_node() { return *nodes_[below(nodes_.size())]; }
    std::string key_text(std::uint64_t key) const { return "key-" + std::to_string(key); }
    std::uint64_t key_of(std::string_view text);
    time_point some_deadline();
    ref<context> some_context(call& of);
    call make_call(node& at, kind what);
    time_point load_deadline(const node& at) const;
    void start_get(node& at);
    void ask(node& at);
    void blocking_get(node& at);
    void look_up(node& at);
    void start_change(node& at, kind what);
    void tell_removal(node& at);
    void blocking_change(node& at, kind what);
    void begin_change(node& at, call& mine);
    groupcache::new_value some_value(node& at, call& mine);
    void ended(std::uint64_t token, coord_status status, const bytes* value);
    void check_status(const call& mine, coord_status status);
    void check_get(const call& mine, coord_status status, const bytes* value);
    void check_change(const call& mine, coord_status status);

    // --- host code of the nodes, and their ends of the links
    static void on_load(void* user, ::coord_request* request);
    static void on_peer_error(void* user, ::coord_request* request);
    static void on_free(void* user);
    void begin_load(std::size_t at, groupcache::flight& flight);
    void answer_load();
    void answer(std::size_t i, std::uint64_t how);
    void give_value(const load& mine, std::uint64_t how);
    void decide(std::size_t i, std::uint64_t how);
    bool is_up(std::size_t at) const noexcept override;
    void serve(const exchange& what) override;
    void serve_accepted(const exchange& what);
    void serve_get(const exchange& what);
    void serve_set(const exchange& what);
    void said(std::uint64_t exchange, const serving& by, const result<bytes_ref>& outcome);
    void ask_peer(const peer_call& put, groupcache::peer_caller& caller) override;
    std::uint64_t any_number() override { return below(1'000); }
    void ended(const exchange& what, links::end how) override;
    void deliver(const exchange& what, const groupcache::peer_answer& got);
    groupcache::peer_answer read(const exchange& what, links::end how);
    void count_answer(const exchange& what, const groupcache::peer_answer& got);

    // --- hooks of the hosts
    void ask_by_host(exchange what, const peer_call& put);
    void carry(const hosted& question, request& asked) override;
    void answer_peer_request(const exchange& what, const groupcache::peer_answer& got);
    void host_answered(hosted& by, const groupcache::peer_answer& got) override;
    void ask_to_accept(const exchange& what);
    static void on_accept(void* user, ::coord_request* request);
    void accepted(const exchange& what, std::uint64_t life, const result<>& outcome);
    void answer_hook(std::uint64_t how);

    // --- checks
    bool is_live(const groupcache::flight& flight) const noexcept;
    bool will_keep(const groupcache::flight& flight) const noexcept;
    bool is_of_owner(const load& mine) const;
    void check_load(const load& mine);
    void check_place(const load& mine);
    void check_question(node& from, std::uint64_t key, const groupcache::flight& asking);
    void check_deadlines();
    void check_counters(const node& at);
    void check_rest();
    duration lateness() const noexcept;
    std::uint64_t lists() const noexcept { return lists_agree_ ? lists_changed_ : 0; }
    std::uint64_t below(std::uint64_t bound) { return chance_.below(bound); }
    bool one_in(std::uint64_t n) { return below(n) == 0; }
    void note(std::uint64_t what) noexcept { hash_ = (hash_ ^ what) * 0x100000001B3ULL; }
    void seen(const char* what) { ++coverage_[what]; }
    void fail(const std::string& why);

    random chance_;
    testing::virtual_clock clock_;
    links links_{*this, chance_, clock_};
    const std::uint64_t keys_;
    const bool calm_;       // links and nodes work, and lists agree, all the time
    const bool tells_ttl_;  // what is left of a value's time crosses links, or the date it ends
    const bool ample_;      // memory for everything
    std::int64_t max_skew_ = 0;
    model model_;
    std::vector<std::unique_ptr<node>> nodes_;
    std::vector<ref<context>> contexts_;

    std::map<std::uint64_t, call> calls_;       // by token
    std::map<std::uint64_t, serving> serving_;  // by number
    std::vector<load> loads_;
    std::vector<groupcache::peer_error*> decisions_;
    std::vector<request*> hook_requests_;  // kept by hosts instead of being answered
    std::map<const hosted*, std::unique_ptr<hosted>> hosted_;  // only looked up
    std::vector<std::unique_ptr<hosted>> spent_;
    // Only looked up: their order is not the seed's.
    std::set<const groupcache::flight*> not_given_;              // whose peer gave nothing
    std::set<std::pair<std::uint64_t, coord_status>> failures_;  // that the host's code has told
    std::uint64_t next_token_ = 1;
    std::uint64_t change_now_ = 0;  // whose questions are put now
    int refuses_sets_ = 0;          // how many nodes
    bool dates_set_ = false;        // a value was set that expires at a date
    int serving_now_ = 0;
    std::uint64_t lists_changed_ = 1;
    bool lists_agree_ = true;
    bool lists_ever_differed_ = false;
    bool all_have_loaders_ = true;
    std::uint64_t groups_made_ = 0;
    std::uint64_t groups_freed_ = 0;
    std::int64_t told_alive_ = 0;
    int depth_ = 0;

    std::uint64_t steps_ = 0;
    std::uint64_t hash_ = 0xCBF29CE484222325ULL;
    std::map<std::string, std::uint64_t> coverage_;
    std::string violation_;
};

}  // namespace coord::sim
