#include "cache/cache.hpp"

#include <coord/cache.h>

#include "base/limits.hpp"
#include "capi/arguments.hpp"
#include "capi/bytes.hpp"
#include "capi/group_options.hpp"
#include "capi/guard.hpp"
#include "capi/kinds.hpp"
#include "capi/user_guard.hpp"

using coord::bytes;
using coord::bytes_ref;
using coord::error;
using coord::host_user;
using coord::ref;
using coord::result;
using coord::runtime;
using namespace coord::capi;

namespace {

namespace cache = coord::cache;
namespace limits = coord::limits;

constexpr const char* component = "cache";

std::int32_t cause_of(cache::leaving why) noexcept {
    switch (why) {
        case cache::leaving::full:
            return COORD_EVICTED_FULL;
        case cache::leaving::expired:
            return COORD_EVICTED_EXPIRED;
        case cache::leaving::removed:
            return COORD_EVICTED_REMOVED;
        case cache::leaving::replaced:
            break;
    }
    return COORD_EVICTED_REPLACED;
}

// A store by itself, with the clock of a runtime.
class plain_cache final : public coord::handle_object {
  public:
    plain_cache(ref<runtime> owner, cache::options wanted, coord::duration ttl)
        : handle_object(coord::handle_kind::cache),
          default_ttl(ttl),
          entries(std::move(wanted), owner->time()),
          owner_(std::move(owner)) {
        owner_->add_handle();
    }

    const coord::clock& time() const noexcept { return owner_->time(); }

    const coord::duration default_ttl;
    cache::store entries;

  private:
    void on_last_handle() noexcept override { owner_->drop_handle(); }

    const ref<runtime> owner_;
};

}  // namespace

template <>
struct coord::capi::kind_of<plain_cache> {
    static constexpr auto kind = coord::handle_kind::cache;
    static constexpr auto name = "cache";
};

namespace {

result<> check(const coord_cache_options& given) {
    if (given.flags != 0 || given.reserved != 0)
        return invalid(component, "options.flags, options.reserved: must be 0");
    if (given.max_bytes == static_cast<std::uint64_t>(COORD_OFF))
        return invalid(component, "options.max_bytes: COORD_OFF has no meaning here");
    if (given.ttl_ns < 0) return invalid(component, "options.ttl_ns: must not be negative");
    if (given.policy < 0 || given.policy > COORD_POLICY_LRU)
        return invalid(component, "options.policy: not a COORD_POLICY_ value");
    return {};
}

cache::options read(const coord_cache_options& given, runtime& owner, ref<host_user> user) {
    cache::options wanted;
    wanted.max_bytes = given.max_bytes != 0 ? given.max_bytes : limits::default_cache_bytes;
    wanted.max_items = given.max_items;
    wanted.hash_seed = owner.seed();
    if (given.policy == COORD_POLICY_LRU) {
        wanted.policy = cache::order::lru;
        wanted.shards = 1;  // one strict order
    }
    // Also without a function: it keeps `user`.
    wanted.on_leave = [tell = given.evict, user = std::move(user)](const bytes& entry,
                                                                   cache::leaving why) {
        const auto key = entry.key();
        const auto* const value = reinterpret_cast<const coord_bytes*>(&entry);
        if (tell != nullptr) tell(user->get(), key.data(), key.size(), value, cause_of(why));
    };
    return wanted;
}

result<> make(coord_runtime* of,
              const coord_cache_options* opts,
              coord_cache** out,
              user_guard& undo) {
    const auto options = read_options(opts, component);
    if (!options) return options.error();
    const auto owner = need<runtime>(of);
    if (!owner) return owner.error();
    if (out == nullptr) return invalid(component, "cache: must not be NULL");
    if (auto checked = check(*options); !checked) return checked.error();
    if ((*owner)->is_closing()) return error(COORD_CLOSED, "runtime", "the runtime was closed");
    ref<host_user> user(new host_user(options->user, options->user_free));
    undo.taken();
    const auto ttl = options->ttl_ns != 0 ? coord::duration(options->ttl_ns)  //
                                          : coord::duration::max();
    const ref<plain_cache> made(
        new plain_cache(ref<runtime>(*owner), read(*options, **owner, std::move(user)), ttl));
    *out = hand_out<coord_cache>(made);
    return {};
}

result<std::string_view> key_of(const char* key, std::size_t size) {
    return read_text(key, size, limits::max_key_bytes, component, "key");
}

result<> set(plain_cache& in,
             std::string_view key,
             std::string_view value,
             const coord::value_terms& terms) {
    if ((terms.flags & COORD_VALUE_NO_STORE) != 0)
        return invalid(component, "value.flags: a value that is not to be kept cannot be set");
    const bytes_ref made(bytes::make(key, value, terms.expiry(in.default_ttl, in.time()), 0),
                         false);
    if (!made) return error(COORD_NO_MEMORY);
    if (in.entries.insert(in.entries.hash(key), made, cache::section::main)) return {};
    if (in.entries.fits(*made)) return error(COORD_NO_MEMORY);
    return error(COORD_EXHAUSTED, component, "the value is larger than max_bytes");
}

// Misses are usual: no message where nobody reads it.
error missed(const coord_error* const* err, const char* why) noexcept {
    return err == nullptr ? error(COORD_NOT_FOUND) : error(COORD_NOT_FOUND, component, why);
}

}  // namespace

extern "C" {

coord_status coord_cache_new(coord_runtime* of,
                             const coord_cache_options* opts,
                             coord_cache** out,
                             coord_error** err) {
    if (out != nullptr) *out = nullptr;
    const auto given = known_part(opts);
    user_guard undo(given.user_free, given.user);
    return guard(err, [&] { return make(of, opts, out, undo); });
}

void coord_cache_free(coord_cache* from) {
    drop_reference<plain_cache>(from);
}

coord_status coord_cache_get(
    coord_cache* of, const char* key, size_t key_len, coord_bytes** value, coord_error** err) {
    if (value != nullptr) *value = nullptr;
    return guard(err, [&]() -> result<> {
        const auto found = need<plain_cache>(of);
        if (!found) return found.error();
        if (value == nullptr) return invalid(component, "value: must not be NULL");
        const auto text = key_of(key, key_len);
        if (!text) return text.error();
        auto& entries = (*found)->entries;
        auto hit = entries.find(entries.hash(*text), *text);
        if (!hit) return missed(err, "the key is not there");
        *value = hand_out(std::move(hit));
        return {};
    });
}

coord_status coord_cache_set(coord_cache* of,
                             const char* key,
                             size_t key_len,
                             const void* data,
                             size_t len,
                             const coord_value_options* opts,
                             coord_error** err) {
    return guard(err, [&]() -> result<> {
        const auto found = need<plain_cache>(of);
        if (!found) return found.error();
        const auto text = key_of(key, key_len);
        if (!text) return text.error();
        const auto value = read_memory(data, len, limits::max_value_bytes, component, "data");
        if (!value) return value.error();
        const auto terms = read_terms(opts, component);
        if (!terms) return terms.error();
        return set(**found, *text, *value, *terms);
    });
}

coord_status coord_cache_remove(coord_cache* of,
                                const char* key,
                                size_t key_len,
                                coord_error** err) {
    return guard(err, [&]() -> result<> {
        const auto found = need<plain_cache>(of);
        if (!found) return found.error();
        const auto text = key_of(key, key_len);
        if (!text) return text.error();
        auto& entries = (*found)->entries;
        if (!entries.remove(entries.hash(*text), *text)) return missed(err, "the key is not there");
        return {};
    });
}

coord_status coord_cache_remove_oldest(coord_cache* of, coord_error** err) {
    return guard(err, [&]() -> result<> {
        const auto found = need<plain_cache>(of);
        if (!found) return found.error();
        if (!(*found)->entries.evict_one(cache::leaving::removed))
            return missed(err, "the cache is empty");
        return {};
    });
}

void coord_cache_clear(coord_cache* of) {
    auto* const found = inside<plain_cache>(of);
    if (found != nullptr && !found->forked()) found->entries.clear();
}

size_t coord_cache_count(const coord_cache* of) {
    const auto* const found = inside<plain_cache>(of);
    if (found == nullptr || found->forked()) return 0;
    return found->entries.read(cache::section::main).items;
}

coord_status coord_cache_stats_read(const coord_cache* of,
                                    coord_cache_stats* stats,
                                    coord_error** err) {
    return guard(err, [&]() -> result<> {
        const auto found = need<plain_cache>(of);
        if (!found) return found.error();
        return write_sized(
            as_stats((*found)->entries.read(cache::section::main)), stats, component);
    });
}
}
