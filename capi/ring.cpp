#include "ring/ring.hpp"

#include <coord/ring.h>

#include <memory>
#include <mutex>

#include "base/limits.hpp"
#include "capi/arguments.hpp"
#include "capi/bytes.hpp"
#include "capi/guard.hpp"
#include "capi/handle.hpp"

using coord::error;
using coord::ref;
using coord::result;
using namespace coord::capi;

namespace {

constexpr const char* component = "ring";

// A ring that can be replaced: each list is a new immutable ring.
class placer final : public coord::handle_object {
  public:
    placer(coord::ring::profile chosen, std::uint32_t replicas)
        : handle_object(coord::handle_kind::ring),
          profile_(chosen),
          replicas_(replicas),
          ring_(std::make_shared<const coord::ring::ring>()) {}

    std::shared_ptr<const coord::ring::ring> now() const {
        const std::lock_guard lock(mutex_);
        return ring_;
    }
    result<> set(std::string_view list) {
        auto peers = coord::ring::parse_peers(list);
        if (!peers) return peers.error();
        if (peers->size() * replicas_ > coord::limits::max_virtual_nodes)
            return invalid(component, "list: peers times replicas is above 10,000,000");
        auto fresh =
            std::make_shared<const coord::ring::ring>(std::move(*peers), replicas_, profile_);
        const std::lock_guard lock(mutex_);
        ring_.swap(fresh);
        return {};
    }

  private:
    const coord::ring::profile profile_;
    const std::uint32_t replicas_;
    mutable std::mutex mutex_;
    std::shared_ptr<const coord::ring::ring> ring_;
};

}  // namespace

template <>
struct coord::capi::kind_of<placer> {
    static constexpr auto kind = coord::handle_kind::ring;
    static constexpr auto name = "ring";
};

namespace {

result<> make(const coord_ring_options* opts, coord_ring** out) {
    if (out == nullptr) return invalid(component, "ring: must not be NULL");
    const auto options = read_options(opts, component);
    if (!options) return options.error();
    if (options->flags != 0) return invalid(component, "options.flags: must be 0");
    const auto chosen = coord::ring::profile_from(options->profile);
    if (!chosen) return invalid(component, "options.profile: not a COORD_RING_ value");
    if (options->replicas > coord::limits::max_ring_replicas)
        return invalid(component, "options.replicas: at most 65,536");
    const auto replicas =
        options->replicas != 0 ? options->replicas : coord::limits::default_ring_replicas;
    *out = hand_out<coord_ring>(ref<placer>(new placer(*chosen, replicas)));
    return {};
}

result<> owner_of(const coord_ring* of, const char* key, std::size_t key_len, coord_bytes** peer) {
    const auto found = need<placer>(of);
    if (!found) return found.error();
    if (peer == nullptr) return invalid(component, "peer: must not be NULL");
    const auto text = read_text(key, key_len, COORD_NUL - 1, component, "key");
    if (!text) return text.error();
    const auto ring = (*found)->now();
    const std::string* const owner = ring->owner(*text);
    if (owner == nullptr) return error(COORD_NOT_FOUND, component, "the ring has no peers");
    coord::bytes* const made = coord::bytes::make(*owner);
    if (made == nullptr) return error(COORD_NO_MEMORY);
    *peer = hand_out(coord::bytes_ref(made, false));
    return {};
}

}  // namespace

extern "C" {

coord_status coord_ring_new(const coord_ring_options* opts, coord_ring** out, coord_error** err) {
    if (out != nullptr) *out = nullptr;
    return guard(err, [&] { return make(opts, out); });
}

void coord_ring_free(coord_ring* from) {
    drop_reference<placer>(from);
}

coord_status coord_ring_set(coord_ring* of, const char* list, size_t list_len, coord_error** err) {
    return guard(err, [&]() -> result<> {
        const auto found = need<placer>(of);
        if (!found) return found.error();
        const auto text = read_text(list, list_len, COORD_NUL - 1, component, "list");
        if (!text) return text.error();
        return (*found)->set(*text);
    });
}

coord_status coord_ring_owner(
    const coord_ring* of, const char* key, size_t key_len, coord_bytes** peer, coord_error** err) {
    if (peer != nullptr) *peer = nullptr;
    return guard(err, [&] { return owner_of(of, key, key_len, peer); });
}
}
