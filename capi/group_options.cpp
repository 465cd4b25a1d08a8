#include "capi/group_options.hpp"

#include "base/limits.hpp"
#include "capi/arguments.hpp"
#include "capi/operations.hpp"
#include "capi/user_guard.hpp"

namespace coord::capi {
namespace {

using groupcache::group;
using groupcache::group_options;

constexpr const char* component = "group";

result<> read_times(const coord_group_options& given, group_options& wanted) {
    if (given.ttl_ns < 0) return invalid(component, "options.ttl_ns: must not be negative");
    if (given.load_timeout_ns < 0)
        return invalid(component, "options.load_timeout_ns: must not be negative");
    if (given.ttl_ns != 0) wanted.ttl = duration(given.ttl_ns);
    if (given.load_timeout_ns != 0) wanted.load_timeout = duration(given.load_timeout_ns);
    return {};
}

result<> read_loader(const coord_group_options& given, group_options& wanted) {
    if (given.load != nullptr && given.requests != nullptr)
        return invalid(component, "options: set load or requests, not both");
    wanted.load = given.load;
    wanted.user = given.user;
    wanted.requests_token = given.requests_token;
    if (given.requests == nullptr) return {};
    auto requests = read_requests_queue(given.requests);
    if (!requests) return requests.error();
    wanted.requests = std::move(*requests);
    return {};
}

result<> read_list(const coord_group_options& given, const runtime& owner, group_options& wanted) {
    if (given.peers == nullptr) return {};
    const auto peers = need<groupcache::http_peers>(given.peers);
    if (!peers) return peers.error();
    if ((*peers)->is_closed())
        return error(COORD_CLOSED, "peers", "options.peers: the peers were closed");
    if (&(*peers)->owner() != &owner)
        return invalid(component, "options.peers: they belong to another runtime than the group");
    wanted.peers = *peers;
    wanted.served_by = *peers;
    return {};
}

result<> read_picker(const coord_group_options& given,
                     const runtime& owner,
                     group_options& wanted) {
    if (given.picker == nullptr) return {};
    const auto picker = need<groupcache::picker_handle>(given.picker);
    if (!picker) return picker.error();
    if ((*picker)->in.get() != &owner)
        return invalid(component, "options.picker: it belongs to another runtime than the group");
    wanted.peers = &(*picker)->decides;
    return {};
}

result<> read_peers(const coord_group_options& given, const runtime& owner, group_options& wanted) {
    wanted.local_only = (given.flags & COORD_GROUP_LOCAL) != 0;
    wanted.peer_errors_queued = (given.flags & COORD_GROUP_PEER_ERROR) != 0;
    wanted.peer_error = given.peer_error;
    if (wanted.local_only && given.peers != nullptr)
        return invalid(component, "options.peers: a group with COORD_GROUP_LOCAL has none");
    if (wanted.local_only && given.picker != nullptr)
        return invalid(component, "options.picker: a group with COORD_GROUP_LOCAL has none");
    if (wanted.peer_errors_queued && given.requests == nullptr)
        return invalid(component, "options.flags: COORD_GROUP_PEER_ERROR needs options.requests");
    if (wanted.peer_errors_queued && given.peer_error != nullptr)
        return invalid(component,
                       "options.peer_error: set it or the flag COORD_GROUP_PEER_ERROR, not both");
    if (auto list = read_list(given, owner, wanted); !list) return list;
    return read_picker(given, owner, wanted);
}

result<> read_hot(const coord_group_options& given, group_options& wanted) {
    using groupcache::hot_policy;
    switch (given.hot_policy) {
        case 0:
        case COORD_HOT_ALWAYS:
            wanted.hot = hot_policy::always;
            break;
        case COORD_HOT_ONE_IN:
            wanted.hot = hot_policy::one_in;
            break;
        case COORD_HOT_NEVER:
            wanted.hot = hot_policy::never;
            break;
        default:
            return invalid(component, "options.hot_policy: not a COORD_HOT_ value");
    }
    if (given.hot_one_in != 0 && given.hot_policy != COORD_HOT_ONE_IN)
        return invalid(component, "options.hot_one_in: for COORD_HOT_ONE_IN only");
    if (given.hot_one_in != 0) wanted.hot_one_in = given.hot_one_in;
    return {};
}

result<group_options> read(const coord_group_options& given, const runtime& owner) {
    constexpr std::uint32_t known_flags = COORD_GROUP_LOCAL | COORD_GROUP_PEER_ERROR;
    if ((given.flags & ~known_flags) != 0) return invalid(component, "options.flags: unknown flag");
    if (given.reserved != 0) return invalid(component, "options.reserved: must be 0");
    if (given.on_abandoned < 0 || given.on_abandoned > COORD_ON_ABANDONED_CANCEL)
        return invalid(component, "options.on_abandoned: not a COORD_ON_ABANDONED_ value");
    if (given.policy < 0 || given.policy > COORD_POLICY_LRU)
        return invalid(component, "options.policy: not a COORD_POLICY_ value");
    group_options wanted;
    if (given.max_bytes == static_cast<std::uint64_t>(COORD_OFF))
        wanted.max_bytes = 0;
    else if (given.max_bytes != 0)
        wanted.max_bytes = given.max_bytes;
    if (given.max_loads != 0) wanted.max_loads = given.max_loads;
    if (given.on_abandoned == COORD_ON_ABANDONED_CANCEL)
        wanted.abandoned = groupcache::on_abandoned::cancel;
    if (given.policy == COORD_POLICY_LRU) wanted.policy = cache::order::lru;
    if (auto times = read_times(given, wanted); !times) return times.error();
    if (auto loader = read_loader(given, wanted); !loader) return loader.error();
    if (auto peers = read_peers(given, owner, wanted); !peers) return peers.error();
    if (auto hot = read_hot(given, wanted); !hot) return hot.error();
    return wanted;
}

}  // namespace

coord_group* found_handle(runtime& in, std::string_view name) noexcept {
    const auto found = in.find<group>(name);
    if (!found) return nullptr;
    // find() took the host's reference; the group holds itself while there is one.
    if (!found->is_closed()) return outside<coord_group>(found.get());
    found->drop_handle();
    return nullptr;
}

result<> make_group(coord_runtime* of,
                    const char* name,
                    std::size_t name_len,
                    const coord_group_options* opts,
                    coord_group** out,
                    when_taken how) {
    // Unless the group takes it over, user is freed here.
    const auto known = known_part(opts);
    user_guard undo(known.user_free, known.user);
    const auto given = read_options(opts, component);
    if (!given) return given.error();
    const auto owner = need<runtime>(of);
    if (!owner) return owner.error();
    if (out == nullptr) return invalid(component, "group: must not be NULL");
    const auto text = read_text(name, name_len, limits::max_name_bytes, component, "name");
    if (!text) return text.error();
    auto wanted = read(*given, **owner);
    if (!wanted) return wanted.error();
    wanted->user_free = given->user_free;
    for (;;) {
        if (how == when_taken::give_that) *out = found_handle(**owner, *text);
        if (*out != nullptr) return {};
        const auto made = group::make(ref<runtime>(*owner), *text, *wanted);
        if (made) {
            undo.taken();
            *out = hand_out<coord_group>(*made);
            return {};
        }
        const bool taken = made.error().status() == COORD_ALREADY_EXISTS;
        if (!taken || how == when_taken::fail) return made.error();
    }
}

coord_group_stats as_stats(const groupcache::group_counters& now) noexcept {
    coord_group_stats stats{};
    stats.gets = now.gets;
    stats.cache_hits = now.cache_hits;
    stats.loads = now.loads;
    stats.loads_deduped = now.flights;
    stats.local_loads = now.local_loads;
    stats.local_load_errors = now.local_load_errors;
    stats.late_answers = now.late_answers;
    stats.flights_active = now.flights_active;
    stats.flight_oldest_ns = now.flight_oldest_ns;
    stats.waiters = now.waiters;
    stats.peer_loads = now.peer_loads;
    stats.peer_errors = now.peer_errors;
    stats.server_requests = now.server_requests;
    stats.peer_slowest_ns = now.peer_slowest_ns;
    stats.changes_active = now.changes_active;
    stats.change_oldest_ns = now.change_oldest_ns;
    stats.remove_many_calls = now.remove_many_calls;
    stats.remove_many_keys = now.remove_many_keys;
    return stats;
}

coord_cache_stats as_stats(const cache::counters& now) noexcept {
    coord_cache_stats stats{};
    stats.bytes = now.bytes;
    stats.memory_bytes = now.memory_bytes;
    stats.detached_bytes = now.detached_bytes;
    stats.items = now.items;
    stats.gets = now.gets;
    stats.hits = now.hits;
    stats.evictions = now.evictions;
    stats.evicted_full = now.evicted_full;
    stats.evicted_expired = now.evicted_expired;
    stats.removed = now.removed;
    stats.refused = now.refused;
    return stats;
}

}  // namespace coord::capi
