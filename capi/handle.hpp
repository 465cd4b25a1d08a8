// Handles as the host sees them, and what they are inside.
#pragma once

#include <coord/error.h>

#include <string>

#include "base/result.hpp"

namespace coord::capi {

// Which inside belongs to which C type is said once, by specialising this next to the implementation of its header.
template <class T>
struct kind_of;

// Null for NULL and for handles of another kind.
template <class T, class C>
T* inside(C* pointer) noexcept {
    auto* const header = reinterpret_cast<handle*>(const_cast<std::remove_const_t<C>*>(pointer));
    if (header == nullptr || !header->is(kind_of<T>::kind)) return nullptr;
    return static_cast<T*>(header);
}

template <class C>
C* outside(handle* object) noexcept {
    return reinterpret_cast<C*>(object);
}

// Gives the host its first reference.
template <class C, class T>
C* hand_out(const ref<T>& object) noexcept {
    if (!object) return nullptr;
    return outside<C>(object->to_host());
}

// The object behind a handle that must be one, or what to tell the host.
template <class T, class C>
result<T*> need(C* pointer) {
    const char* const name = kind_of<T>::name;
    if (pointer == nullptr)
        return error(COORD_INVALID_ARGUMENT, name, std::string(name) + ": must not be NULL");
    T* const found = inside<T>(pointer);
    if (found == nullptr)
        return error(COORD_INVALID_ARGUMENT, name, std::string(name) + ": not a " + name + " handle");
    if (found->forked())
        return error(COORD_FORKED, name, std::string("the ") + name + " is from before fork(); make a new one in the child");
    return found;
}

// The usual bodies of _ref and _free.
template <class T, class C>
C* add_reference(C* pointer) noexcept {
    T* const found = inside<T>(pointer);
    if (found == nullptr) return nullptr;
    found->add_handle();
    return pointer;
}

template <class T, class C>
void drop_reference(C* pointer) noexcept {
    T* const found = inside<T>(pointer);
    // After a fork its threads and locks are gone: leaked quietly.
    if (found != nullptr && !found->forked()) found->drop_handle();
}

}  // namespace coord::capi
