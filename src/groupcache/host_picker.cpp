#include "groupcache/host_picker.hpp"

#include <algorithm>
#include <utility>

#include "groupcache/peer_handle.hpp"

namespace coord::groupcache {
namespace {

// Room for the first try.
constexpr std::size_t usual_peers = 64;

// Nobody: every question fails.
class no_peer final : public peer {
  public:
    no_peer(const char* name, const char* why) : url_(name), why_(why) {}
    const std::string& url() const noexcept override { return url_; }
    void get(const peer_question& what, peer_caller& to) noexcept override { refuse(what, to); }
    void set(const peer_question& what, bytes_ref, peer_caller& to) noexcept override {
        refuse(what, to);
    }
    void remove(const peer_question& what, peer_caller& to) noexcept override { refuse(what, to); }

  private:
    void refuse(const peer_question& what, peer_caller& to) const noexcept {
        to.answered({error(COORD_HOST_FAILED, "picker", why_)
                         .with("group", what.group)
                         .with("key", what.key),
                     peer_answer::fault::refused});
    }
    const std::string url_;
    const char* const why_;
};

}  // namespace

host_picker::host_picker(ref<runtime> owner, host_picker_options wanted)
    : owner_(std::move(owner)),
      options_(std::move(wanted)),
      stranger_(new no_peer("(not a peer)",
                            "the picker named something that is not a peer of this runtime")),
      too_many_(new no_peer("(too many peers)",
                            "the picker named more peers than it said, or more than 10,000")) {}

result<ref<picker_handle>> host_picker::make(ref<runtime> owner, host_picker_options wanted) {
    if (owner->is_closing()) return error(COORD_CLOSED, "runtime", "the runtime was closed");
    const ref<host_picker> made(new host_picker(owner, std::move(wanted)));
    const ref<picker_handle> handle(new picker_handle(*made, owner));
    owner->add_handle();  // until the last user is gone
    return handle;
}

void host_picker::drop_user() noexcept {
    if (users_.fetch_sub(1, std::memory_order_acq_rel) == 1) owner_->drop_handle();
}

ref<peer> host_picker::known(::coord_peer* named) const noexcept {
    const auto* const header = reinterpret_cast<const handle*>(named);
    if (header == nullptr || !header->is(handle_kind::peer) || header->forked()) return stranger_;
    const auto& found = static_cast<const peer_handle&>(*header);
    return found.in == owner_ ? found.of : stranger_;
}

ref<peer> host_picker::pick(std::string_view key) noexcept {
    if (options_.pick == nullptr) return nullptr;
    auto* const named = options_.pick(user(), key.data() != nullptr ? key.data() : "", key.size());
    return named != nullptr ? known(named) : nullptr;
}

std::vector<ref<peer>> host_picker::others() {
    std::vector<ref<peer>> all;
    if (options_.pick_all == nullptr) return all;
    std::vector<::coord_peer*> named(usual_peers);
    auto count = options_.pick_all(user(), named.data(), named.size());
    if (count > named.size()) {
        named.assign(std::min(count, limits::max_peers), nullptr);
        // It may tell of other peers now, or of more.
        count = options_.pick_all(user(), named.data(), named.size());
    }
    const bool fits = count <= named.size();
    named.resize(std::min(count, named.size()));
    all.reserve(named.size() + 1);
    bool has_stranger = false;
    for (auto* const one : named) {
        auto next = known(one);
        // One stands for them all: what they say is the same.
        if (next == stranger_ && std::exchange(has_stranger, true)) continue;
        all.push_back(std::move(next));
    }
    if (!fits) all.push_back(too_many_);
    return all;
}

}  // namespace coord::groupcache
