// The verbs of group_changes.h for many keys.
#include <coord/group.h>

#include "base/limits.hpp"
#include "capi/group_calls.hpp"
#include "capi/guard.hpp"

using coord::error;
using coord::queue;
using coord::ref;
using coord::result;
using coord::groupcache::group;
using coord::groupcache::many;
using namespace coord::capi;

namespace {

constexpr const char* component = "group";

struct asked {
    group* of;
    call how;
    ref<many> keys;
};

result<ref<many>> read_keys(const char* keys, const std::size_t* sizes, std::size_t count) {
    if (count > coord::limits::max_many_keys)
        return refusal(COORD_INVALID_ARGUMENT,
                       component,
                       "count: {} keys, at most {} are allowed",
                       count,
                       coord::limits::max_many_keys);
    if (sizes == nullptr && count != 0) return invalid(component, "key_lens: NULL with a count");
    std::size_t total = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (sizes[i] > coord::limits::max_key_bytes)
            return refusal(COORD_INVALID_ARGUMENT,
                           component,
                           "key_lens: key {} has {} bytes, at most {} are allowed",
                           i,
                           sizes[i],
                           coord::limits::max_key_bytes);
        total += sizes[i];
    }
    if (keys == nullptr && total != 0) return invalid(component, "keys: NULL with a length");
    const std::string_view all = total != 0 ? std::string_view(keys, total) : std::string_view();
    return ref<many>(new many(all, sizes, count));
}

result<asked> read(coord_group* of,
                   const char* keys,
                   const std::size_t* key_lens,
                   std::size_t count,
                   const coord_call_options* opts) {
    const auto found = need_open(of);
    if (!found) return found.error();
    const auto how =
        read_call(opts, (*found)->time(), coord::duration::max(), off::invalid, component);
    if (!how) return how.error();
    auto read = read_keys(keys, key_lens, count);
    if (!read) return read.error();
    return asked{*found, *how, std::move(*read)};
}

}  // namespace

extern "C" {

coord_status coord_group_remove_many(coord_group* of,
                                     const char* keys,
                                     const size_t* key_lens,
                                     size_t count,
                                     const coord_call_options* call,
                                     coord_many** out,
                                     coord_error** err) {
    if (out != nullptr) *out = nullptr;
    return guard(err, [&]() -> result<> {
        const auto what = read(of, keys, key_lens, count, call);
        if (!what) return what.error();
        const auto tried =
            what->of->remove_many(what->keys, what->how.deadline, what->how.owner.get());
        if (!tried) return tried.error();
        if (out != nullptr) *out = hand_out<coord_many>(what->keys);
        const auto first = what->keys->first_failure();
        if (first.status() != COORD_OK) return first;
        return {};
    });
}

coord_status coord_group_remove_many_start(coord_group* of,
                                           const char* keys,
                                           const size_t* key_lens,
                                           size_t count,
                                           const coord_call_options* call,
                                           coord_queue* answers,
                                           uint64_t token,
                                           coord_op** op,
                                           coord_error** err) {
    if (op != nullptr) *op = nullptr;
    return guard(err, [&]() -> result<> {
        const auto what = read(of, keys, key_lens, count, call);
        if (!what) return what.error();
        const auto to = need_open(answers);
        if (!to) return to.error();
        return hand_over(
            what->of->start_remove_many(
                what->keys, what->how.deadline, what->how.owner, ref<queue>(*to), token),
            op);
    });
}
}
