// Checks of what comes in: sized structs, texts, bytes and times.
#pragma once

#include <coord/bytes.h>
#include <coord/context.h>

#include <cstring>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "capi/refusal.hpp"
#include "runtime/context.hpp"
#include "runtime/request.hpp"

namespace coord::capi {

// No sized struct of any version is larger: beyond it the size was never set.
inline constexpr std::uint32_t max_struct_bytes = 4'096;
// The smallest struct of the API; less is a size that was never set, or that of a pointer.
inline constexpr std::uint32_t least_struct_bytes = 16;

// Of some version: no field is cut in two, which for a pointer would be half an address.
template <class T>
bool may_be_size_of(std::size_t size) noexcept {
    return size >= least_struct_bytes && size <= max_struct_bytes && size % alignof(T) == 0;
}

// What we know of a sized struct, whether the rest of it is right or not; defaults where it has no
// size.
template <class T>
T known_part(const T* given) noexcept {
    T known{};
    if (given != nullptr && may_be_size_of<T>(given->size))
        std::memcpy(&known, given, std::min<std::size_t>(given->size, sizeof(T)));
    known.size = sizeof(T);
    return known;
}

// Copies a sized struct. A larger one is fine while what we do not know is zero; a smaller one has
// defaults at its end.
template <class T>
result<T> read_options(const T* given, const char* component, const char* name = "options") {
    if (given == nullptr) return known_part(given);
    if (!may_be_size_of<T>(given->size))
        return refusal(
            COORD_INVALID_ARGUMENT,
            component,
            "{}.size: {} is not the size of the struct; use COORD_OPTIONS or coord_options_init",
            name,
            given->size);
    const auto* const raw = reinterpret_cast<const unsigned char*>(given);
    for (std::size_t i = sizeof(T); i < given->size; ++i)
        if (raw[i] != 0)
            return refusal(COORD_UNSUPPORTED,
                           component,
                           "{}: a field is set that this version does not know",
                           name);
    return known_part(given);
}

// Fills a sized struct of the host, as far as it goes.
template <class T>
result<> write_sized(T from, T* to, const char* component) {
    if (to == nullptr) return invalid(component, "stats: must not be NULL");
    if (to->size < least_struct_bytes || to->size > max_struct_bytes)
        return invalid(component, "stats.size: not set; set it to sizeof the struct");
    const auto room = to->size;
    if (room > sizeof(T)) std::memset(to, 0, room);
    from.size = room;
    std::memcpy(to, &from, std::min<std::size_t>(room, sizeof(T)));
    return {};
}

// A `const char *` with a length that may be COORD_NUL.
inline result<std::string_view> read_text(const char* text,
                                          std::size_t size,
                                          std::size_t limit,
                                          const char* component,
                                          const char* name) {
    if (text == nullptr && size != 0)
        return refusal(COORD_INVALID_ARGUMENT, component, "{}: NULL with a length", name);
    if (text == nullptr) return std::string_view();
    if (size == COORD_NUL) size = std::strlen(text);
    if (size > limit)
        return refusal(COORD_INVALID_ARGUMENT,
                       component,
                       "{}: {} bytes, at most {} are allowed",
                       name,
                       size,
                       limit);
    return std::string_view(text, size);
}

// A `const void *` with a length.
inline result<std::string_view> read_memory(const void* data,
                                            std::size_t size,
                                            std::size_t limit,
                                            const char* component,
                                            const char* name) {
    if (size == COORD_NUL)
        return refusal(COORD_INVALID_ARGUMENT,
                       component,
                       "{}: a length in bytes is needed, not COORD_NUL",
                       name);
    return read_text(static_cast<const char*>(data), size, limit, component, name);
}

// What off (COORD_OFF) means for a timeout.
enum class off { invalid, now };

result<time_point> read_timeout(std::int64_t timeout_ns,
                                const clock& time,
                                duration by_default,
                                off meaning,
                                const char* component);

// Deadline and context of a call; the context is null when there is none.
struct call {
    time_point deadline = never;
    ref<context> owner;
    std::uint32_t flags = 0;
};
result<call> read_call(const coord_call_options* given,
                       const clock& time,
                       duration by_default,
                       off meaning,
                       const char* component);

// `known`: COORD_VALUE_* that mean something here.
result<value_terms> read_terms(const coord_value_options* given,
                               const char* component,
                               std::uint32_t known = COORD_VALUE_NO_STORE);

}  // namespace coord::capi
