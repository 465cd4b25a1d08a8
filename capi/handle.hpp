// Handles as the host sees them, and what they are inside.
#pragma once

#include <coord/error.h>

#include "base/result.hpp"
#include "capi/refusal.hpp"

namespace coord::capi {

// Which inside belongs to which C type is said once, by specialising this next to the
// implementation of its header.
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
        return refusal(COORD_INVALID_ARGUMENT, name, "{}: must not be NULL", name);
    T* const found = inside<T>(pointer);
    if (found == nullptr)
        return refusal(COORD_INVALID_ARGUMENT, name, "{}: not a {} handle", name, name);
    if (found->forked())
        return refusal(
            COORD_FORKED, name, "the {} is from before fork(); make a new one in the child", name);
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
