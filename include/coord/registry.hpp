// What a runtime tells of its groups, and asks for them, in C++: runtime::set_new_group(),
// set_server_start() and set_picker().
#pragma once

#include <coord/group.hpp>
#include <coord/picker.hpp>
#include <coord/registry.h>
#include <coord/runtime.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

namespace coord {
inline namespace v0 {

inline void runtime::set_new_group(std::function<void(group&)> told) {
    // The runtime owns it, and is there as long as it is called: a reference would never end.
    struct hook {
        std::function<void(group&)> told;
        coord_runtime* owner;
    };
    const auto tell = [](void* user, coord_group* made) noexcept {
        const auto& self = *static_cast<const hook*>(user);
        try {
            group its(self.owner, coord_group_ref(made));
            self.told(its);
        } catch (...) {
            return;  // there is nobody to tell
        }
    };
    auto kept = std::make_unique<hook>(hook{std::move(told), native_handle()});
    const auto free_hook = [](void* user) { delete static_cast<hook*>(user); };
    coord_error* err = nullptr;
    detail::check(
        coord_runtime_set_new_group(native_handle(), tell, kept.release(), free_hook, &err), err);
}

inline void runtime::set_server_start(std::function<void()> told) {
    using hook = std::function<void()>;
    const auto tell = [](void* user) noexcept {
        try {
            (*static_cast<const hook*>(user))();
        } catch (...) {
            return;  // there is nobody to tell
        }
    };
    auto kept = std::make_unique<hook>(std::move(told));
    const auto free_hook = [](void* user) { delete static_cast<hook*>(user); };
    coord_error* err = nullptr;
    detail::check(
        coord_runtime_set_server_start(native_handle(), tell, kept.release(), free_hook, &err),
        err);
}

inline void runtime::set_picker(std::function<const picker*(std::string_view name)> give) {
    // What is no picker fails the making of that group; NULL would be a group without peers.
    struct hook {
        std::function<const picker*(std::string_view)> give;
        bytes no_picker;
    };
    const auto ask = [](void* user, const char* name, std::size_t size) noexcept -> coord_picker* {
        const auto& self = *static_cast<const hook*>(user);
        try {
            const auto* given = self.give(std::string_view(name, size));
            return given == nullptr ? nullptr : given->native_handle();
        } catch (...) {
            return reinterpret_cast<coord_picker*>(self.no_picker.native_handle());
        }
    };
    auto kept = std::make_unique<hook>(hook{std::move(give), bytes::copy_of("no picker")});
    const auto free_hook = [](void* user) { delete static_cast<hook*>(user); };
    coord_error* err = nullptr;
    detail::check(coord_runtime_set_picker(native_handle(), ask, kept.release(), free_hook, &err),
                  err);
}

}  // namespace v0
}  // namespace coord
