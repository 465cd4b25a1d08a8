#include "groupcache/registry.hpp"

#include <memory>
#include <utility>

#include "groupcache/group.hpp"
#include "groupcache/picker_handle.hpp"

namespace coord::groupcache {
namespace {

constexpr const char* component_name = "runtime";

result<> outcome(bool was_set, const char* what) noexcept {
    if (was_set) return {};
    return error(COORD_ALREADY_EXISTS, component_name, what);
}

}  // namespace

template <class Function>
bool registry::hook<Function>::set(Function fn, ref<host_user> user) {
    auto fresh = std::unique_ptr<const call>(new call{fn, std::move(user)});
    const call* expected = nullptr;
    if (!there_.compare_exchange_strong(expected, fresh.get(), std::memory_order_acq_rel))
        return false;
    fresh.release();
    return true;
}

result<> registry::set_new_group(group_function fn, ref<host_user> user) {
    return outcome(new_group_.set(fn, std::move(user)), "who is told of new groups was set before");
}

result<> registry::set_server_start(start_function fn, ref<host_user> user) {
    return outcome(server_start_.set(fn, std::move(user)),
                   "who is told of the first group was set before");
}

result<> registry::set_picker(picker_function fn, ref<host_user> user) {
    return outcome(picker_.set(fn, std::move(user)), "who gives groups a picker was set before");
}

result<> registry::prepare(runtime& in, std::string_view name, group_options& wanted) {
    registry* const set = of(in);
    // None comes about when the name is taken; two makers of one name may both get past this.
    if (set == nullptr || wanted.nameless || in.is_closing() || in.has(name)) return {};
    const auto* const start = set->server_start_.get();
    if (start != nullptr && !set->started_.exchange(true, std::memory_order_relaxed))
        start->fn(start->user->get());
    if (wanted.peers != nullptr || wanted.local_only) return {};
    const auto found = set->picker_for(in, name);
    if (!found) return found.error();
    wanted.peers = *found;
    return {};
}

result<picker*> registry::picker_for(runtime& in, std::string_view name) const {
    const auto* const ask = picker_.get();
    if (ask == nullptr) return nullptr;
    ::coord_picker* const given = ask->fn(ask->user->get(), name.data(), name.size());
    if (given == nullptr) return nullptr;
    auto* const object = reinterpret_cast<handle*>(given);
    if (!object->is(handle_kind::picker))
        return error(COORD_HOST_FAILED,
                     component_name,
                     "the picker function gave something that is not a picker");
    auto* const found = static_cast<picker_handle*>(object);
    if (found->in.get() != &in)
        return error(COORD_HOST_FAILED,
                     component_name,
                     "the picker function gave a picker of another runtime");
    return &found->decides;
}

void registry::tell(group& made) noexcept {
    const registry* const set = of(made.owner());
    const auto* const told = set != nullptr ? set->new_group_.get() : nullptr;
    if (told != nullptr)
        told->fn(told->user->get(), reinterpret_cast<::coord_group*>(static_cast<handle*>(&made)));
}

}  // namespace coord::groupcache
