#include "runtime/component.hpp"

namespace coord {

void link_after(component_link& at, component_link& what) noexcept {
    what.previous = &at;
    what.next = at.next;
    if (at.next != nullptr) at.next->previous = &what;
    at.next = &what;
}

void unlink(component_link& what) noexcept {
    what.previous->next = what.next;
    if (what.next != nullptr) what.next->previous = what.previous;
    what.previous = what.next = nullptr;
}

}  // namespace coord
