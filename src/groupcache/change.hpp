// One change of a key everywhere, a set or a removal: its owner first, then here, then all other
// peers at once drop what they have.
#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "groupcache/asker.hpp"
#include "groupcache/change_order.hpp"
#include "groupcache/peer.hpp"

namespace coord::groupcache {

class change final : public shared {
  public:
    using order = change_order;
    using reach = change_order::reach;
    // Asks the picker, once. Throws bad_alloc.
    static ref<change> prepare(
        ref<group> of, picker& by, const order& what, time_point deadline, ref<changer> who);
    void begin() noexcept;
    // Its caller is told why at once; the change goes on unheard. By who took it off the open ones.
    void cut(const error& why) noexcept;

    std::string_view key() const noexcept { return key_; }
    bool is_set() const noexcept { return sets_.entry != nullptr; }
    time_point begun() const noexcept { return begun_; }

    // --- under the lock of open_changes
    change* older = nullptr;
    change* newer = nullptr;
    bool is_open = false;

  private:
    // The question to one peer.
    struct question final : peer_caller {
        void answered(peer_answer what) noexcept override;
        change* round = nullptr;
        ref<peer> to;
        result<> outcome;
        bool refused = false;
    };
    change(ref<group> of, const order& what, time_point deadline, ref<changer> who);

    void ask_owner() noexcept;
    void put(question& to) noexcept;
    time_point owners_deadline() const noexcept;
    void answered(question& by) noexcept;
    void go_on() noexcept;
    void change_here(bool confirmed) noexcept;
    void end() noexcept;
    error failure() const noexcept;
    void tell(const result<>& outcome) noexcept;

    const ref<group> group_;
    const std::string key_;
    new_value sets_;
    const reach reach_;
    const time_point begun_;
    const time_point deadline_;
    const ref<changer> who_;
    std::uint64_t noted_ = 0;           // what had been changed here when the owner was asked
    result<> here_;                     // of a set
    bool has_owner_ = false;            // then it is the first of the questions
    std::vector<question> questions_;   // not changed once begun
    std::atomic<std::size_t> open_{0};  // acq_rel: the last one reads all outcomes
};

}  // namespace coord::groupcache
