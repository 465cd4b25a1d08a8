#include <coord/group_local.h>

#include "base/limits.hpp"
#include "capi/bytes.hpp"
#include "capi/group_calls.hpp"
#include "capi/guard.hpp"

using coord::result;
using coord::groupcache::asked_by;
using namespace coord::capi;

namespace {

constexpr const char* component = "group";

}  // namespace

extern "C" {

coord_status coord_group_local_get(coord_group* of,
                                   const char* key,
                                   size_t key_len,
                                   const coord_call_options* call,
                                   coord_bytes** value,
                                   coord_error** err) {
    if (value != nullptr) *value = nullptr;
    return guard(err, [&]() -> result<> {
        if (value == nullptr) return invalid(component, "value: must not be NULL");
        auto got = blocking_get(of, key, key_len, call, asked_by::peer);
        if (!got) return got.error();
        *value = hand_out(std::move(*got));
        return {};
    });
}

coord_status coord_group_local_get_start(coord_group* of,
                                         const char* key,
                                         size_t key_len,
                                         const coord_call_options* call,
                                         coord_queue* answers,
                                         uint64_t token,
                                         coord_op** op,
                                         coord_error** err) {
    if (op != nullptr) *op = nullptr;
    return guard(err, [&] {
        return start_get({of, key, key_len, call}, answers, token, op, asked_by::peer);
    });
}

coord_status coord_group_local_set(coord_group* of,
                                   const char* key,
                                   size_t key_len,
                                   const void* data,
                                   size_t len,
                                   const coord_value_options* opts,
                                   coord_error** err) {
    return guard(err, [&]() -> result<> {
        const auto found = need_open(of);
        if (!found) return found.error();
        const auto text = read_key(key, key_len);
        if (!text) return text.error();
        const auto value =
            read_memory(data, len, coord::limits::max_value_bytes, component, "data");
        if (!value) return value.error();
        const auto terms = read_terms(opts, component, 0);
        if (!terms) return terms.error();
        auto made = read_value(**found, *text, *value, *terms);
        if (!made) return made.error();
        return (*found)->set_here(std::move(made->entry));
    });
}

coord_status coord_group_local_remove(coord_group* of,
                                      const char* key,
                                      size_t key_len,
                                      coord_error** err) {
    return guard(err, [&]() -> result<> {
        const auto found = need_open(of);
        if (!found) return found.error();
        const auto text = read_key(key, key_len);
        if (!text) return text.error();
        (*found)->remove_here(*text);
        return {};
    });
}
}
