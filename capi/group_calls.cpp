#include "capi/group_calls.hpp"

#include "base/limits.hpp"

namespace coord::capi {

using groupcache::group;

result<std::string_view> read_key(const char* key, std::size_t size) {
    return read_text(key, size, limits::max_key_bytes, "group", "key");
}

result<group*> need_open(coord_group* pointer) {
    const auto found = need<group>(pointer);
    if (found && (*found)->is_closed()) return error(COORD_CLOSED, "group", "the group was closed");
    return found;
}

group::counted counted_by(const call& how) noexcept {
    return (how.flags & COORD_CALL_COUNTED) != 0 ? group::counted::before : group::counted::now;
}

result<bytes_ref> blocking_get(coord_group* of,
                               const char* key,
                               std::size_t key_len,
                               const coord_call_options* opts,
                               groupcache::asked_by from) {
    const auto found = need_open(of);
    if (!found) return found.error();
    const auto text = read_key(key, key_len);
    if (!text) return text.error();
    const auto how = read_call(opts, (*found)->time(), duration::max(), off::invalid, "group");
    if (!how) return how.error();
    return (*found)->get(*text, how->deadline, how->owner.get(), counted_by(*how), from);
}

result<> start_get(const get_arguments& given,
                   coord_queue* answers,
                   std::uint64_t token,
                   coord_op** op,
                   groupcache::asked_by from) {
    const auto found = need_open(given.of);
    if (!found) return found.error();
    const auto to = need_open(answers);
    if (!to) return to.error();
    const auto text = read_key(given.key, given.key_len);
    if (!text) return text.error();
    const auto how =
        read_call(given.opts, (*found)->time(), duration::max(), off::invalid, "group");
    if (!how) return how.error();
    return hand_over(
        (*found)->start_get(
            *text, how->deadline, how->owner, ref<queue>(*to), token, counted_by(*how), from),
        op);
}

result<groupcache::new_value> read_value(const group& of,
                                         std::string_view key,
                                         std::string_view value,
                                         const value_terms& terms) {
    value_terms kept = terms;
    kept.flags = 0;  // they say where it goes, not what it is
    auto entry = of.make_value(key, value, kept);
    if (!entry) return error(COORD_NO_MEMORY);
    return groupcache::new_value{std::move(entry), (terms.flags & COORD_VALUE_HOT) != 0};
}

}  // namespace coord::capi
