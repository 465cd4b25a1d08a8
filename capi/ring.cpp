#include <coord/ring.h>

#include "base/limits.hpp"
#include "capi/arguments.hpp"
#include "capi/bytes.hpp"
#include "capi/guard.hpp"
#include "capi/host_hash.hpp"
#include "capi/kinds.hpp"
#include "capi/user_guard.hpp"

using coord::error;
using coord::host_user;
using coord::ref;
using coord::result;
using coord::ring::placer;
using namespace coord::capi;

namespace {

constexpr const char* component = "ring";

result<> make(const coord_ring_options* opts, coord_ring** out, user_guard& undo) {
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
    const ref<host_user> user(new host_user(options->hash_user, options->hash_user_free));
    undo.taken();
    auto where = coord::ring::placement_of(*chosen);
    if (options->hash != nullptr) where.hash = host_hash(options->hash, user);
    *out = hand_out<coord_ring>(ref<placer>(new placer(std::move(where), replicas)));
    return {};
}

result<> give(std::string_view text, coord_bytes** to) {
    if (text.size() > coord::limits::max_value_bytes)
        return error(COORD_NO_MEMORY, component, "the text is above 4,294,967,295 bytes");
    coord::bytes* const made = coord::bytes::make(text);
    if (made == nullptr) return error(COORD_NO_MEMORY);
    *to = hand_out(coord::bytes_ref(made, false));
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
    return give(*owner, peer);
}

}  // namespace

extern "C" {

coord_status coord_ring_new(const coord_ring_options* opts, coord_ring** out, coord_error** err) {
    if (out != nullptr) *out = nullptr;
    const auto given = known_part(opts);
    user_guard undo(given.hash_user_free, given.hash_user);
    return guard(err, [&] { return make(opts, out, undo); });
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

coord_status coord_ring_add(coord_ring* of, const char* list, size_t list_len, coord_error** err) {
    return guard(err, [&]() -> result<> {
        const auto found = need<placer>(of);
        if (!found) return found.error();
        const auto text = read_text(list, list_len, COORD_NUL - 1, component, "list");
        if (!text) return text.error();
        return (*found)->add(*text);
    });
}

size_t coord_ring_count(const coord_ring* of) {
    const auto* const found = inside<placer>(of);
    return found != nullptr && !found->forked() ? found->now()->peers().size() : 0;
}

coord_status coord_ring_dump(const coord_ring* of, coord_bytes** text, coord_error** err) {
    if (text != nullptr) *text = nullptr;
    return guard(err, [&]() -> result<> {
        const auto found = need<placer>(of);
        if (!found) return found.error();
        if (text == nullptr) return invalid(component, "text: must not be NULL");
        return give((*found)->now()->dump(), text);
    });
}
}
