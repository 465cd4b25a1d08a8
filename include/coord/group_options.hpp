// How a group is made, in C++.
#pragma once

#include <coord/cache_options.hpp>
#include <coord/group.h>
#include <coord/loader.hpp>
#include <coord/peers.hpp>
#include <coord/picker.hpp>
#include <coord/queue.hpp>

#include <chrono>
#include <cstdint>
#include <utility>

namespace coord {
inline namespace v0 {

/// As max_bytes: keep nothing, still join loads.
inline constexpr std::uint64_t keep_nothing = static_cast<std::uint64_t>(COORD_OFF);

/// The caches of a group: values it loaded itself, and hot copies of values other peers own.
enum class section : std::int32_t { main = COORD_CACHE_MAIN, hot = COORD_CACHE_HOT };
/// When the value of another owner is kept here as a hot copy.
enum class hot_policy : std::int32_t {
    always = COORD_HOT_ALWAYS,
    /// By chance, one in group_options::hot_one_in.
    one_in = COORD_HOT_ONE_IN,
    never = COORD_HOT_NEVER,
};
enum class on_abandoned : std::int32_t {
    finish = COORD_ON_ABANDONED_FINISH,
    cancel = COORD_ON_ABANDONED_CANCEL,
};

/// How a group is made; the C header group.h tells each field in full.
template <class Loader>
struct basic_group_options {
    /// For keys, values and overhead; zero = 64 MiB.
    std::uint64_t max_bytes = 0;
    /// For values that bring none; zero = they do not expire.
    std::chrono::nanoseconds ttl{0};
    /// Of one load, however many wait; zero = 30 s.
    std::chrono::nanoseconds load_timeout{0};
    /// At once; zero = 1,024.
    std::uint32_t max_loads = 0;
    coord::on_abandoned on_abandoned = coord::on_abandoned::finish;
    coord::policy policy = coord::policy::s3fifo;
    coord::hot_policy hot_policy = coord::hot_policy::always;
    /// For hot_policy::one_in; zero = 10.
    std::uint32_t hot_one_in = 0;
    /// Whom to ask for keys of other owners; nullptr = this process owns all. Needed only while the
    /// group is made, which keeps them.
    const coord::peers* peers = nullptr;
    /// Who owns which key, instead of peers, whose port then still serves the group. Needed only
    /// while the group is made.
    const coord::picker* picker = nullptr;
    /// No peers, whatever runtime::set_picker() says.
    bool local = false;
    Loader load{};
    /// Instead of load: requests arrive here, as events with the token below.
    coord::queue* requests = nullptr;
    std::uint64_t requests_token = 0;
    /// What becomes of a get whose owner gave no value; empty = as the dialect of the peers says.
    peer_error_handler peer_error{};
    /// Instead of peer_error: these go to `requests` too.
    bool peer_errors_to_requests = false;

    /// For one C call, which takes over loader and peer_error.
    coord_group_options native() && noexcept {
        coord_group_options native{};
        native.size = sizeof native;
        if (local) native.flags |= COORD_GROUP_LOCAL;
        if (peer_errors_to_requests) native.flags |= COORD_GROUP_PEER_ERROR;
        native.max_bytes = max_bytes;
        native.ttl_ns = ttl.count();
        native.load_timeout_ns = load_timeout.count();
        native.max_loads = max_loads;
        native.on_abandoned = static_cast<std::int32_t>(on_abandoned);
        native.policy = static_cast<std::int32_t>(policy);
        native.hot_policy = static_cast<std::int32_t>(hot_policy);
        native.hot_one_in = hot_one_in;
        native.requests = requests == nullptr ? nullptr : requests->native_handle();
        native.requests_token = requests_token;
        native.peers = peers == nullptr ? nullptr : peers->native_handle();
        native.picker = picker == nullptr ? nullptr : picker->native_handle();
        detail::enter_handlers(native, std::move(load).release(), std::move(peer_error).release());
        return native;
    }
};
using group_options = basic_group_options<loader>;

}  // namespace v0
}  // namespace coord
