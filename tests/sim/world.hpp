// One group under a seeded schedule, checked against a simple model.
//
// One thread does everything: it starts gets, removes, cancels, answers loads early, late or never,
// moves the clock, runs tasks in any order. What the model knows: which load may still be seen
// after which remove, which operations must have ended by now, and how many loads of a key may run
// at once. A violation is a text; the same seed gives the same steps and the same hash.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "groupcache/group.hpp"
#include "support/seeded_executor.hpp"
#include "support/virtual_clock.hpp"

namespace coord::sim {

class world {
  public:
    explicit world(std::uint64_t seed);
    ~world();
    world(const world&) = delete;
    world& operator=(const world&) = delete;

    // One random step. False once a violation was found.
    bool step();
    // Answers everything and lets it end; nothing may be left waiting.
    void finish();

    const std::string& violation() const noexcept { return violation_; }
    std::uint64_t trace_hash() const noexcept { return hash_; }
    std::uint64_t steps() const noexcept { return steps_; }
    // How often each kind of thing happened, to show that the schedule reaches it.
    const std::map<std::string, std::uint64_t>& coverage() const noexcept { return coverage_; }

  private:
    struct pending_get {
        std::uint64_t key;
        std::uint64_t floor;  // the oldest load it may see
        std::int64_t begun_unix_ns;
        time_point latest;      // ended by then, once the timers fired
        bool must_end = false;  // cancelled
        ref<operation> op;
        ref<context> owner;
    };
    struct active_load {
        groupcache::flight* flight;
        std::uint64_t key;
        std::uint64_t id;
    };

    void act();
    void start_get();
    void blocking_get();
    void look_up();
    void remove_key();
    void answer_load();
    void answer(std::size_t i, std::uint64_t how);
    void move_clock();
    void cancel_get();
    void cancel_context();
    void drain();
    void let_everything_end();

    static void on_load(void* user, ::coord_request* request);
    void begin_load(groupcache::flight& flight);
    void check_value(std::uint64_t key,
                     std::uint64_t floor,
                     std::int64_t since,
                     std::string_view value,
                     const bytes& entry);
    void check_event(event& what);
    void check_deadlines();
    void check_counters();

    std::string key_text(std::uint64_t key) const { return "key-" + std::to_string(key); }
    std::uint64_t below(std::uint64_t bound) { return chance_.below(bound); }
    bool one_in(std::uint64_t n) { return below(n) == 0; }
    void note(std::uint64_t what) noexcept { hash_ = (hash_ ^ what) * 0x100000001B3ULL; }
    void seen(const char* what) { ++coverage_[what]; }
    void fail(const std::string& why);

    random chance_;
    testing::virtual_clock clock_;
    testing::seeded_executor executor_{chance_};
    ref<runtime> runtime_;
    ref<queue> answers_;
    ref<queue> requests_;  // null: the loader is a callback
    ref<groupcache::group> group_;
    std::vector<ref<context>> contexts_;
    const std::uint64_t keys_;

    std::map<std::uint64_t, pending_get> gets_;  // by token
    std::vector<active_load> loads_;
    std::vector<std::uint64_t>
        floors_;  // by key: loads with a smaller id must not be seen by new gets
    std::uint64_t next_token_ = 1;
    std::uint64_t next_load_ = 1;
    std::uint64_t calls_ = 0;
    bool answer_at_once_ = false;
    int depth_ = 0;

    std::uint64_t steps_ = 0;
    std::uint64_t hash_ = 0xCBF29CE484222325ULL;
    std::map<std::string, std::uint64_t> coverage_;
    std::string violation_;
};

}  // namespace coord::sim
