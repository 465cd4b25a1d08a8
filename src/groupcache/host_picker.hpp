// A picker of the host: functions that name peers. What they name wrongly becomes a peer that
// fails, so that groups need no other way for it.
#pragma once

#include <atomic>
#include <utility>

#include "groupcache/peer_client.hpp"
#include "groupcache/picker_handle.hpp"

struct coord_peer;  // a peer as the host sees it

namespace coord::groupcache {

struct host_picker_options {
    ::coord_peer* (*pick)(void* user, const char* key, std::size_t size) = nullptr;
    std::size_t (*pick_all)(void* user, ::coord_peer** peers, std::size_t cap) = nullptr;
    ref<host_user> user;  // null: both get NULL
    dialect speaks = dialect::mailgun;
};

class host_picker final : public shared, public picker {
  public:
    // Fails with COORD_CLOSED. Throws bad_alloc.
    static result<ref<picker_handle>> make(ref<runtime> owner, host_picker_options wanted);

    shared& self() const noexcept override { return const_cast<host_picker&>(*this); }
    ref<peer> pick(std::string_view key) noexcept override;
    std::vector<ref<peer>> others() override;
    bool loads_here_after(peer_answer::fault why) const noexcept override {
        return groupcache::loads_here_after(options_.speaks, why);
    }
    void add_user() noexcept override { users_.fetch_add(1, std::memory_order_relaxed); }
    void drop_user() noexcept override;

  private:
    host_picker(ref<runtime> owner, host_picker_options wanted);
    ref<peer> known(::coord_peer* named) const noexcept;
    void* user() const noexcept { return options_.user ? options_.user->get() : nullptr; }

    const ref<runtime> owner_;
    const host_picker_options options_;
    const ref<peer> stranger_;             // stands for what is no peer of this runtime
    const ref<peer> too_many_;             // stands for what is beyond the limit
    std::atomic<std::uint32_t> users_{0};  // acq_rel on the way down
};

}  // namespace coord::groupcache
