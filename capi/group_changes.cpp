#include <coord/group.h>

#include "base/limits.hpp"
#include "capi/group_calls.hpp"
#include "capi/guard.hpp"

using coord::queue;
using coord::ref;
using coord::result;
using coord::groupcache::group;
using coord::groupcache::new_value;
using namespace coord::capi;

namespace {

constexpr const char* component = "group";

// What a change was asked with, checked.
struct asked {
    group* of;
    std::string_view key;
    call how;
};

result<asked> read(coord_group* of,
                   const char* key,
                   std::size_t key_len,
                   const coord_call_options* opts) {
    const auto found = need_open(of);
    if (!found) return found.error();
    const auto text = read_key(key, key_len);
    if (!text) return text.error();
    const auto how =
        read_call(opts, (*found)->time(), coord::duration::max(), off::invalid, component);
    if (!how) return how.error();
    return asked{*found, *text, *how};
}

result<new_value> read(const asked& what,
                       const void* data,
                       std::size_t len,
                       const coord_value_options* opts) {
    const auto value = read_memory(data, len, coord::limits::max_value_bytes, component, "data");
    if (!value) return value.error();
    const auto terms = read_terms(opts, component, COORD_VALUE_HOT);
    if (!terms) return terms.error();
    return read_value(*what.of, what.key, *value, *terms);
}

}  // namespace

extern "C" {

coord_status coord_group_remove(coord_group* of,
                                const char* key,
                                size_t key_len,
                                const coord_call_options* call,
                                coord_error** err) {
    return guard(err, [&]() -> result<> {
        const auto what = read(of, key, key_len, call);
        if (!what) return what.error();
        return what->of->remove(what->key, what->how.deadline, what->how.owner.get());
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
        const auto what = read(of, key, key_len, call);
        if (!what) return what.error();
        const auto to = need_open(answers);
        if (!to) return to.error();
        return hand_over(
            what->of->start_remove(
                what->key, what->how.deadline, what->how.owner, ref<queue>(*to), token),
            op);
    });
}

coord_status coord_group_set(coord_group* of,
                             const char* key,
                             size_t key_len,
                             const void* data,
                             size_t len,
                             const coord_value_options* opts,
                             const coord_call_options* call,
                             coord_error** err) {
    return guard(err, [&]() -> result<> {
        const auto what = read(of, key, key_len, call);
        if (!what) return what.error();
        auto value = read(*what, data, len, opts);
        if (!value) return value.error();
        return what->of->set(std::move(*value), what->how.deadline, what->how.owner.get());
    });
}

coord_status coord_group_set_start(coord_group* of,
                                   const char* key,
                                   size_t key_len,
                                   const void* data,
                                   size_t len,
                                   const coord_value_options* opts,
                                   const coord_call_options* call,
                                   coord_queue* answers,
                                   uint64_t token,
                                   coord_op** op,
                                   coord_error** err) {
    if (op != nullptr) *op = nullptr;
    return guard(err, [&]() -> result<> {
        const auto what = read(of, key, key_len, call);
        if (!what) return what.error();
        const auto to = need_open(answers);
        if (!to) return to.error();
        auto value = read(*what, data, len, opts);
        if (!value) return value.error();
        return hand_over(
            what->of->start_set(
                std::move(*value), what->how.deadline, what->how.owner, ref<queue>(*to), token),
            op);
    });
}
}
