#include <coord/group.h>

#include "base/limits.hpp"
#include "capi/arguments.hpp"
#include "capi/bytes.hpp"
#include "capi/group_options.hpp"
#include "capi/guard.hpp"
#include "capi/kinds.hpp"

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

result<std::string_view> read_key(const char* key, std::size_t size) {
    return read_text(key, size, coord::limits::max_key_bytes, component, "key");
}

result<group*> need_open(coord_group* pointer) {
    const auto found = need<group>(pointer);
    if (found && (*found)->is_closed())
        return error(COORD_CLOSED, component, "the group was closed");
    return found;
}

result<queue*> need_open(coord_queue* pointer) {
    const auto found = need<queue>(pointer);
    if (found && (*found)->is_closed()) return error(COORD_CLOSED, "queue", "the queue was closed");
    return found;
}

group::counted counted_by(const call& how) noexcept {
    return (how.flags & COORD_CALL_COUNTED) != 0 ? group::counted::before : group::counted::now;
}

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
    const auto found = need_open(of);
    if (!found) return found.error();
    if (value == nullptr) return invalid(component, "value: must not be NULL");
    const auto text = read_key(key, key_len);
    if (!text) return text.error();
    const auto how =
        read_call(opts, (*found)->time(), coord::duration::max(), off::invalid, component);
    if (!how) return how.error();
    auto got = (*found)->get(*text, how->deadline, how->owner.get(), counted_by(*how));
    if (!got) return got.error();
    *value = hand_out(std::move(*got));
    return {};
}

result<> start_get(coord_group* of,
                   const char* key,
                   std::size_t key_len,
                   const coord_call_options* opts,
                   coord_queue* answers,
                   std::uint64_t token,
                   coord_op** op) {
    const auto found = need_open(of);
    if (!found) return found.error();
    const auto to = need_open(answers);
    if (!to) return to.error();
    const auto text = read_key(key, key_len);
    if (!text) return text.error();
    const auto how =
        read_call(opts, (*found)->time(), coord::duration::max(), off::invalid, component);
    if (!how) return how.error();
    const auto started = (*found)->start_get(
        *text, how->deadline, how->owner, ref<queue>(*to), token, counted_by(*how));
    if (!started) return started.error();
    if (op != nullptr) *op = hand_out<coord_op>(*started);
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
    return guard(err, [&] { return start_get(of, key, key_len, call, answers, token, op); });
}

coord_status coord_group_remove(coord_group* of,
                                const char* key,
                                size_t key_len,
                                const coord_call_options* call,
                                coord_error** err) {
    return guard(err, [&]() -> result<> {
        const auto found = need_open(of);
        if (!found) return found.error();
        const auto text = read_key(key, key_len);
        if (!text) return text.error();
        const auto how =
            read_call(call, (*found)->time(), coord::duration::max(), off::invalid, component);
        if (!how) return how.error();
        return (*found)->remove(*text, how->deadline, how->owner.get());
    });
}

coord_status coord_group_remove_start(coord_group* of,
                                      const char* key,
                                      size_t key_len,
                                      const coord_call_options* call,
                                      coord_queue* answers,
                                      uint64_t token,
                                      coord_op** op,
                                      coord_error** err) {
    if (op != nullptr) *op = nullptr;
    return guard(err, [&]() -> result<> {
        const auto found = need_open(of);
        if (!found) return found.error();
        const auto to = need_open(answers);
        if (!to) return to.error();
        const auto text = read_key(key, key_len);
        if (!text) return text.error();
        const auto how =
            read_call(call, (*found)->time(), coord::duration::max(), off::invalid, component);
        if (!how) return how.error();
        const auto started =
            (*found)->start_remove(*text, how->deadline, how->owner, ref<queue>(*to), token);
        if (!started) return started.error();
        if (op != nullptr) *op = hand_out<coord_op>(*started);
        return {};
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
