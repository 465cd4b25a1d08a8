#include "capi/bytes.hpp"

#include <algorithm>
#include <cstring>

#include "base/limits.hpp"
#include "capi/arguments.hpp"
#include "capi/guard.hpp"
#include "capi/user_guard.hpp"

using coord::bytes;
using coord::bytes_ref;
using coord::error;
using coord::result;
using namespace coord::capi;

namespace {

constexpr const char* component = "bytes";

result<> give(bytes* made, coord_bytes** to) noexcept {
    if (made == nullptr) return error(COORD_NO_MEMORY);
    *to = hand_out(bytes_ref(made, false));
    return {};
}

result<bytes*> need_bytes(const coord_bytes* pointer) {
    bytes* const found = inside_bytes(pointer);
    if (found == nullptr) return invalid(component, "bytes: must be bytes, not NULL");
    return found;
}

error out_of_range(const char* name, std::size_t index, std::size_t size) {
    return refusal(
        COORD_INVALID_ARGUMENT, component, "{}: {} is beyond the {} bytes", name, index, size);
}

result<> cut(bytes& parent, std::size_t offset, std::size_t size, coord_bytes** slice) {
    if (slice == nullptr) return invalid(component, "slice: must not be NULL");
    return give(bytes::make_slice(&parent, offset, size), slice);
}

}  // namespace

extern "C" {

coord_status coord_bytes_new(const void* data, size_t len, coord_bytes** out, coord_error** err) {
    if (out != nullptr) *out = nullptr;
    return guard(err, [&]() -> result<> {
        if (out == nullptr) return invalid(component, "bytes: must not be NULL");
        const auto memory =
            read_memory(data, len, coord::limits::max_value_bytes, component, "data");
        if (!memory) return memory.error();
        return give(bytes::make(*memory), out);
    });
}

coord_status coord_bytes_new_external(const void* data,
                                      size_t len,
                                      void* user,
                                      coord_user_free_fn release,
                                      coord_bytes** out,
                                      coord_error** err) {
    if (out != nullptr) *out = nullptr;
    user_guard undo(release, user);
    return guard(err, [&]() -> result<> {
        if (out == nullptr) return invalid(component, "bytes: must not be NULL");
        const auto memory = read_memory(data, len, COORD_NUL - 1, component, "data");
        if (!memory) return memory.error();
        auto given = give(bytes::make_external(*memory, user, release), out);
        if (given) undo.taken();
        return given;
    });
}

coord_status coord_bytes_slice(
    coord_bytes* from, size_t offset, size_t len, coord_bytes** slice, coord_error** err) {
    if (slice != nullptr) *slice = nullptr;
    return guard(err, [&]() -> result<> {
        const auto parent = need_bytes(from);
        if (!parent) return parent.error();
        const auto size = (*parent)->value().size();
        if (offset > size || len > size - offset)
            return refusal(COORD_INVALID_ARGUMENT,
                           component,
                           "offset, len: the range leaves the {} bytes",
                           size);
        return cut(**parent, offset, len, slice);
    });
}

coord_status coord_bytes_slice_from(coord_bytes* from,
                                    size_t offset,
                                    coord_bytes** slice,
                                    coord_error** err) {
    if (slice != nullptr) *slice = nullptr;
    return guard(err, [&]() -> result<> {
        const auto parent = need_bytes(from);
        if (!parent) return parent.error();
        const auto size = (*parent)->value().size();
        if (offset > size) return out_of_range("offset", offset, size);
        return cut(**parent, offset, size - offset, slice);
    });
}

coord_status coord_bytes_at(const coord_bytes* from,
                            size_t index,
                            uint8_t* byte,
                            coord_error** err) {
    return guard(err, [&]() -> result<> {
        const auto found = need_bytes(from);
        if (!found) return found.error();
        if (byte == nullptr) return invalid(component, "byte: must not be NULL");
        const auto value = (*found)->value();
        if (index >= value.size()) return out_of_range("index", index, value.size());
        *byte = static_cast<std::uint8_t>(value[index]);
        return {};
    });
}

size_t coord_bytes_copy(const coord_bytes* from, size_t offset, void* buffer, size_t cap) {
    const bytes* const found = inside_bytes(from);
    if (found == nullptr || buffer == nullptr) return 0;
    const auto value = found->value();
    if (offset >= value.size()) return 0;
    const auto count = std::min(cap, value.size() - offset);
    std::memcpy(buffer, value.data() + offset, count);
    return count;
}

int32_t coord_bytes_equal(const coord_bytes* from, const void* data, size_t len) {
    const bytes* const found = inside_bytes(from);
    if (found == nullptr || (data == nullptr && len != 0)) return 0;
    const auto value = found->value();
    return value.size() == len && (len == 0 || std::memcmp(value.data(), data, len) == 0) ? 1 : 0;
}

coord_bytes* coord_bytes_ref(coord_bytes* from) {
    bytes* const found = inside_bytes(from);
    if (found == nullptr) return nullptr;
    found->add_ref();
    return from;
}

void coord_bytes_free(coord_bytes* from) {
    if (bytes* const found = inside_bytes(from); found != nullptr) found->release();
}

const void* coord_bytes_data(const coord_bytes* from, size_t* len) {
    const bytes* const found = inside_bytes(from);
    const auto value = found != nullptr ? found->value() : std::string_view();
    if (len != nullptr) *len = value.size();
    return value.data() != nullptr ? value.data() : "";
}

size_t coord_bytes_size(const coord_bytes* from) {
    const bytes* const found = inside_bytes(from);
    return found != nullptr ? found->value().size() : 0;
}

int64_t coord_bytes_expire_unix_ns(const coord_bytes* from) {
    const bytes* const found = inside_bytes(from);
    return found != nullptr ? found->expire_unix_ns() : 0;
}

uint32_t coord_bytes_flags(const coord_bytes* from) {
    const bytes* const found = inside_bytes(from);
    return found != nullptr ? found->value_flags() : 0;
}
}
