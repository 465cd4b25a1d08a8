// One removal everywhere: at the owner first, then here and at all other peers at once.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "groupcache/asker.hpp"
#include "groupcache/peer.hpp"

namespace coord::groupcache {

class removal final : public shared {
  public:
    // Throws bad_alloc.
    static ref<removal> prepare(
        ref<group> of, picker& peers, std::string_view key, time_point deadline, ref<remover> who);
    void begin() noexcept;

  private:
    // The question to one peer.
    struct question final : peer_caller {
        void answered(peer_answer what) noexcept override;
        removal* round = nullptr;
        ref<peer> to;
        result<> outcome;
    };
    removal(ref<group> of, std::string_view key, time_point deadline, ref<remover> who)
        : group_(std::move(of)), key_(key), deadline_(deadline), who_(std::move(who)) {}

    void put(question& to, time_point deadline) noexcept;
    time_point owners_deadline() const noexcept;
    void answered(question& by) noexcept;
    void go_on() noexcept;
    void end() noexcept;

    const ref<group> group_;
    const std::string key_;
    const time_point deadline_;
    const ref<remover> who_;
    bool has_owner_ = false;            // then it is the first of the questions
    std::vector<question> questions_;   // not changed once begun
    std::atomic<std::size_t> open_{0};  // acq_rel: the last one reads all outcomes
};

}  // namespace coord::groupcache
