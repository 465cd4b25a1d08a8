#include <coord/group.h>

#include "capi/bytes.hpp"
#include "capi/group_calls.hpp"
#include "capi/group_options.hpp"
#include "capi/guard.hpp"

using coord::bytes_ref;
using coord::error;
using coord::queue;
using coord::ref;
using coord::result;
using coord::runtime;
using coord::groupcache::group;
using namespace coord::capi;

namespace {

constexpr const char* component = "group";

enum class message { wanted, unwanted };

result<> lookup(
    coord_group* of, const char* key, std::size_t key_len, coord_bytes** value, message on_miss) {
    const auto found = need_open(of);
    if (!found) return found.error();
    if (value == nullptr) return invalid(component, "value: must not be NULL");
    const auto text = read_key(key, key_len);
    if (!text) return text.error();
    auto hit = (*found)->find(*text);
    if (!hit && on_miss == message::unwanted)
        return error(COORD_NOT_FOUND);  // misses are usual: no allocation
    if (!hit) return error(COORD_NOT_FOUND, component, "the key is not in memory");
    *value = hand_out(std::move(hit));
    return {};
}

result<> get(coord_group* of,
             const char* key,
             std::size_t key_len,
             const coord_call_options* opts,
             coord_bytes** value) {
    if (value == nullptr) return invalid(component, "value: must not be NULL");
    auto got = blocking_get(of, key, key_len, opts);
    if (!got) return got.error();
    *value = hand_out(std::move(*got));
    return {};
}

}  // namespace

extern "C" {

coord_status coord_group_new(coord_runtime* of,
                             const char* name,
                             size_t name_len,
                             const coord_group_options* opts,
                             coord_group** out,
                             coord_error** err) {
    if (out != nullptr) *out = nullptr;
    return guard(err, [&] { return make_group(of, name, name_len, opts, out, when_taken::fail); });
}

coord_status coord_group_find_or_new(coord_runtime* of,
                                     const char* name,
                                     size_t name_len,
                                     const coord_group_options* opts,
                                     coord_group** out,
                                     coord_error** err) {
    if (out != nullptr) *out = nullptr;
    return guard(err,
                 [&] { return make_group(of, name, name_len, opts, out, when_taken::give_that); });
}

coord_group* coord_group_find(coord_runtime* of, const char* name, size_t name_len) {
    auto* const owner = inside<runtime>(of);
    if (owner == nullptr || owner->forked() || (name == nullptr && name_len != 0)) return nullptr;
    const auto size = name == nullptr ? 0 : name_len == COORD_NUL ? std::strlen(name) : name_len;
    return found_handle(*owner, std::string_view(name, size));
}

coord_group* coord_group_ref(coord_group* from) {
    return add_reference<group>(from);
}

void coord_group_free(coord_group* from) {
    drop_reference<group>(from);
}

coord_status coord_group_close(coord_group* of, const coord_call_options* call, coord_error** err) {
    return guard(err, [&]() -> result<> {
        const auto found = need<group>(of);
        if (!found) return found.error();
        const auto how = read_call(
            call, (*found)->time(), coord::limits::default_close_timeout, off::now, component);
        if (!how) return how.error();
        return (*found)->close(how->deadline, how->owner.get());
    });
}

const char* coord_group_name(const coord_group* of, size_t* len) {
    const auto* const found = inside<group>(of);
    if (len != nullptr) *len = found != nullptr ? found->name().size() : 0;
    return found != nullptr ? found->name().c_str() : "";
}

coord_status coord_group_lookup(
    coord_group* of, const char* key, size_t key_len, coord_bytes** value, coord_error** err) {
    if (value != nullptr) *value = nullptr;
    const auto on_miss = err != nullptr ? message::wanted : message::unwanted;
    return guard(err, [&] { return lookup(of, key, key_len, value, on_miss); });
}

coord_status coord_group_get(coord_group* of,
                             const char* key,
                             size_t key_len,
                             const coord_call_options* call,
                             coord_bytes** value,
                             coord_error** err) {
    if (value != nullptr) *value = nullptr;
    return guard(err, [&] { return get(of, key, key_len, call, value); });
}

coord_status coord_group_get_start(coord_group* of,
                                   const char* key,
                                   size_t key_len,
                                   const coord_call_options* call,
                                   coord_queue* answers,
                                   uint64_t token,
                                   coord_op** op,
                                   coord_error** err) {
    if (op != nullptr) *op = nullptr;
    return guard(err, [&] {
        return start_get(
            {of, key, key_len, call}, answers, token, op, coord::groupcache::asked_by::here);
    });
}

coord_status coord_group_stats_read(const coord_group* of,
                                    coord_group_stats* stats,
                                    coord_error** err) {
    return guard(err, [&]() -> result<> {
        const auto found = need<group>(of);
        if (!found) return found.error();
        return write_sized(as_stats((*found)->read()), stats, component);
    });
}

coord_status coord_group_cache_stats_read(const coord_group* of,
                                          int32_t which,
                                          coord_cache_stats* stats,
                                          coord_error** err) {
    return guard(err, [&]() -> result<> {
        const auto found = need<group>(of);
        if (!found) return found.error();
        if (which != COORD_CACHE_MAIN && which != COORD_CACHE_HOT)
            return invalid(component, "which: not a COORD_CACHE_ value");
        const auto section =
            which == COORD_CACHE_MAIN ? coord::cache::section::main : coord::cache::section::hot;
        return write_sized(as_stats((*found)->read_cache(section)), stats, component);
    });
}
}
