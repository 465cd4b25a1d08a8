#include <coord/peers.h>

#include "base/limits.hpp"
#include "capi/arguments.hpp"
#include "capi/bytes.hpp"
#include "capi/guard.hpp"
#include "capi/host_hash.hpp"
#include "capi/kinds.hpp"
#include "capi/peers_hooks.hpp"
#include "capi/user_guard.hpp"

using coord::error;
using coord::host_user;
using coord::ref;
using coord::request;
using coord::request_kind;
using coord::result;
using coord::runtime;
using coord::groupcache::dialect;
using coord::groupcache::http_peers;
using coord::groupcache::peers_options;
using namespace coord::capi;

namespace {

namespace limits = coord::limits;

constexpr const char* component = "peers";

result<> read_texts(const coord_peers_options& given, peers_options& wanted) {
    struct field {
        const char* text;
        std::size_t size;
        const char* name;
        std::string& to;
    };
    const field fields[] = {
        {given.listen, given.listen_len, "options.listen", wanted.listen},
        {given.self_url, given.self_url_len, "options.self_url", wanted.self_url},
        {given.list, given.list_len, "options.list", wanted.list},
        {given.base_path, given.base_path_len, "options.base_path", wanted.base_path},
    };
    for (const auto& [text, size, name, to] : fields) {
        const bool is_list = &to == &wanted.list;
        const auto limit = is_list ? COORD_NUL - 1 : limits::max_name_bytes;
        const auto read = read_text(text, size, limit, component, name);
        if (!read) return read.error();
        if (text != nullptr) to = *read;
    }
    return {};
}

result<> read_numbers(const coord_peers_options& given, peers_options& wanted) {
    const auto ring = coord::ring::profile_from(given.ring_profile);
    if (!ring) return invalid(component, "options.ring_profile: not a COORD_RING_ value");
    if (given.ring_replicas > limits::max_ring_replicas)
        return invalid(component, "options.ring_replicas: at most 65,536");
    if (given.dialect < 0 || given.dialect > COORD_DIALECT_SEED)
        return invalid(component, "options.dialect: not a COORD_DIALECT_ value");
    if (given.max_key_bytes > limits::max_key_bytes)
        return invalid(component, "options.max_key_bytes: at most 65,535");
    if (given.request_timeout_ns < 0)
        return invalid(component, "options.request_timeout_ns: must not be negative");
    if (given.request_timeout_ns != 0)
        wanted.request_timeout = coord::duration(given.request_timeout_ns);
    wanted.profile = *ring;
    if (given.ring_replicas != 0) wanted.replicas = given.ring_replicas;
    if (given.dialect == COORD_DIALECT_SEED) wanted.speaks = dialect::seed;
    if (given.max_connections != 0) wanted.server.max_connections = given.max_connections;
    if (given.max_value_bytes != 0) wanted.max_value_bytes = given.max_value_bytes;
    if (given.max_key_bytes != 0) wanted.max_key_bytes = given.max_key_bytes;
    return {};
}

result<peers_options> read(const coord_peers_options& given) {
    constexpr std::uint32_t known = COORD_PEERS_ALLOW_INSECURE_BIND | COORD_PEERS_REFUSE_WRITES |
                                    COORD_PEERS_CRC | COORD_PEERS_EXCHANGE | COORD_PEERS_ACCEPT |
                                    COORD_PEERS_SERVER_ERROR;
    if ((given.flags & ~known) != 0) return invalid(component, "options.flags: unknown flag");
    if (given.reserved != 0) return invalid(component, "options.reserved: must be 0");
    peers_options wanted;
    wanted.allow_insecure_bind = (given.flags & COORD_PEERS_ALLOW_INSECURE_BIND) != 0;
    wanted.refuse_writes = (given.flags & COORD_PEERS_REFUSE_WRITES) != 0;
    wanted.send_crc = (given.flags & COORD_PEERS_CRC) != 0;
    if (auto texts = read_texts(given, wanted); !texts) return texts.error();
    if (auto numbers = read_numbers(given, wanted); !numbers) return numbers.error();
    return wanted;
}

// Who is held for a pointer of the host that came with its way to be freed.
ref<host_user> hold(void* user, coord_user_free_fn user_free) {
    user_guard undo(user_free, user);
    ref<host_user> held(new host_user(user, user_free));
    undo.taken();
    return held;
}

result<> make(coord_runtime* of, const coord_peers_options* opts, coord_peers** out) {
    // Freed in any case when nobody keeps them, whatever else is wrong.
    const auto known = known_part(opts);
    user_guard unless_held(known.hash_user_free, known.hash_user);
    const auto user = hold(known.user, known.user_free);
    unless_held.taken();
    const auto hash_user = hold(known.hash_user, known.hash_user_free);
    const auto given = read_options(opts, component);
    if (!given) return given.error();
    const auto owner = need<runtime>(of);
    if (!owner) return owner.error();
    if (out == nullptr) return invalid(component, "peers: must not be NULL");
    auto wanted = read(*given);
    if (!wanted) return wanted.error();
    wanted->hash = host_hash(given->hash, hash_user);
    if (auto hooks = read_hooks(*given, user, *wanted); !hooks) return hooks.error();
    const auto made = http_peers::make(ref<runtime>(*owner), std::move(*wanted));
    if (!made) return made.error();
    *out = hand_out<coord_peers>(*made);
    return {};
}

result<> give_text(std::string_view text, coord_bytes** to) {
    coord::bytes* const made = coord::bytes::make(text);
    if (made == nullptr) return error(COORD_NO_MEMORY);
    *to = hand_out(coord::bytes_ref(made, false));
    return {};
}

coord_peers_stats as_stats(const coord::groupcache::peers_counters& now) noexcept {
    coord_peers_stats stats{};
    stats.server_requests = now.server_requests;
    stats.server_malformed = now.server_malformed;
    stats.server_timed_out = now.server_timed_out;
    stats.client_requests = now.client_requests;
    stats.client_failures = now.client_failures;
    stats.client_retries = now.client_retries;
    stats.skewed = now.skewed;
    stats.server_connections = now.server_connections;
    return stats;
}

void decide(coord_request* of, request_kind which, std::string_view otherwise) noexcept {
    auto* const found = inside<request>(of);
    if (found == nullptr || found->forked()) return;
    if (found->which() == which) return found->decide_by_default();
    found->fail(error(COORD_UNSUPPORTED, component, otherwise));
}

}  // namespace

extern "C" {

coord_status coord_peers_new(coord_runtime* of,
                             const coord_peers_options* opts,
                             coord_peers** out,
                             coord_error** err) {
    if (out != nullptr) *out = nullptr;
    return guard(err, [&] { return make(of, opts, out); });
}

coord_peers* coord_peers_ref(coord_peers* from) {
    return add_reference<http_peers>(from);
}

void coord_peers_free(coord_peers* from) {
    drop_reference<http_peers>(from);
}

coord_status coord_peers_close(coord_peers* of, const coord_call_options* call, coord_error** err) {
    return guard(err, [&]() -> result<> {
        const auto found = need<http_peers>(of);
        if (!found) return found.error();
        const auto how =
            read_call(call, (*found)->time(), limits::default_close_timeout, off::now, component);
        if (!how) return how.error();
        return (*found)->close(how->deadline, how->owner.get());
    });
}

coord_status coord_peers_set(coord_peers* of,
                             const char* list,
                             size_t list_len,
                             coord_error** err) {
    return guard(err, [&]() -> result<> {
        const auto found = need<http_peers>(of);
        if (!found) return found.error();
        const auto text = read_text(list, list_len, COORD_NUL - 1, component, "list");
        if (!text) return text.error();
        return (*found)->set(*text);
    });
}

coord_status coord_peers_list(coord_peers* of, coord_bytes** list, coord_error** err) {
    if (list != nullptr) *list = nullptr;
    return guard(err, [&]() -> result<> {
        const auto found = need<http_peers>(of);
        if (!found) return found.error();
        if (list == nullptr) return invalid(component, "list: must not be NULL");
        return give_text((*found)->list(), list);
    });
}

coord_status coord_peers_owner(
    coord_peers* of, const char* key, size_t key_len, coord_bytes** url, coord_error** err) {
    if (url != nullptr) *url = nullptr;
    return guard(err, [&]() -> result<> {
        const auto found = need<http_peers>(of);
        if (!found) return found.error();
        if (url == nullptr) return invalid(component, "url: must not be NULL");
        const auto text = read_text(key, key_len, COORD_NUL - 1, component, "key");
        if (!text) return text.error();
        const auto owner = (*found)->owner_of(*text);
        if (!owner) return error(COORD_NOT_FOUND, component, "the list has no peers");
        return give_text(*owner, url);
    });
}

const char* coord_peers_self_url(const coord_peers* of, size_t* len) {
    const auto* const found = inside<http_peers>(of);
    if (len != nullptr) *len = found != nullptr ? found->self_url().size() : 0;
    return found != nullptr ? found->self_url().c_str() : "";
}

coord_status coord_peers_stats_read(const coord_peers* of,
                                    coord_peers_stats* stats,
                                    coord_error** err) {
    return guard(err, [&]() -> result<> {
        const auto found = need<http_peers>(of);
        if (!found) return found.error();
        return write_sized(as_stats((*found)->read()), stats, component);
    });
}

void coord_peers_default_peer_error(void* user, coord_request* of) {
    static_cast<void>(user);
    decide(of, request_kind::peer_error, "only a PEER_ERROR can be decided so");
}

void coord_peers_default_server_error(void* user, coord_request* of) {
    static_cast<void>(user);
    decide(of, request_kind::server_error, "only a SERVER_ERROR can be decided so");
}
}
