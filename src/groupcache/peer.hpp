// Other processes, as the get flow sees them. HTTP is one way to reach them, a simulated link
// another.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/handle.hpp"
#include "base/result.hpp"

namespace coord::groupcache {

// What came of asking a peer.
struct peer_answer {
    enum class fault : std::uint8_t {
        none,
        unreachable,  // no answer, or none that can be used: the value may be loaded here instead
        refused,      // the peer's own loader failed or found nothing: its callers are told
        timed_out,    // the deadline of the question passed
    };
    result<bytes_ref> value = bytes_ref();  // of a get: an entry with its key; else null
    fault why = fault::none;
};

// Who asked. Keeps itself alive until answered() was called: exactly once, on any thread, without
// locks, perhaps before the question was put.
class peer_caller {
  public:
    virtual void answered(peer_answer what) noexcept = 0;

  protected:
    ~peer_caller() = default;
};

struct peer_question {
    std::string_view group;  // valid during the call
    std::string_view key;
    time_point deadline;
};

class peer : public shared {
  public:
    // As it is spelled in the list.
    virtual const std::string& url() const noexcept = 0;
    // Its answers come through this very thread, which so must not wait for one.
    virtual bool needs_this_thread() const noexcept { return false; }
    virtual void get(const peer_question& what, peer_caller& to) noexcept = 0;
    // `value` is an entry with its key and its expiry. COORD_UNSUPPORTED, refused: it is not known
    // to take values, and nothing was sent that could have changed anything.
    virtual void set(const peer_question& what, bytes_ref value, peer_caller& to) noexcept = 0;
    virtual void remove(const peer_question& what, peer_caller& to) noexcept = 0;
};

// Who owns what. Handed to groups, and asked once per load.
class picker {
  public:
    // The object itself, so that a group can keep it.
    virtual shared& self() const noexcept = 0;
    // Null: this process.
    virtual ref<peer> pick(std::string_view key) noexcept = 0;
    // All but this process. May throw bad_alloc.
    virtual std::vector<ref<peer>> others() = 0;
    // What follows a fault when the group has no handler of its own: true = load here.
    virtual bool loads_here_after(peer_answer::fault why) const noexcept = 0;
    // A group counts as one of the host's references.
    virtual void add_user() noexcept = 0;
    virtual void drop_user() noexcept = 0;

  protected:
    ~picker() = default;
};

}  // namespace coord::groupcache
