// Memory for the one asynchronous operation that its owner has under way, so that starting it never
// allocates. The owner must live until the operation's handler is gone: the handler holds it.
#pragma once

#include <array>
#include <cstddef>

#include "base/assert.hpp"

namespace coord {

struct op_room {
    alignas(std::max_align_t) std::array<std::byte, 512> bytes;
    bool taken = false;
};

template <class T>
struct op_allocator {
    using value_type = T;
    explicit op_allocator(op_room& place) noexcept : room(&place) {}
    template <class U>
    op_allocator(const op_allocator<U>& other) noexcept : room(other.room) {}

    T* allocate(std::size_t n) noexcept {
        COORD_ASSERT(!room->taken && n * sizeof(T) <= room->bytes.size());
        room->taken = true;
        return reinterpret_cast<T*>(room->bytes.data());
    }
    void deallocate(T*, std::size_t) noexcept { room->taken = false; }
    template <class U>
    bool operator==(const op_allocator<U>& other) const noexcept {
        return room == other.room;
    }

    op_room* room;
};

}  // namespace coord
