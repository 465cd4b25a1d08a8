#include "capi/bytes.hpp"

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
        bytes* const parent = inside_bytes(from);
        if (parent == nullptr) return invalid(component, "bytes: must be bytes, not NULL");
        if (slice == nullptr) return invalid(component, "slice: must not be NULL");
        const auto size = parent->value().size();
        if (offset > size || len > size - offset)
            return refusal(COORD_INVALID_ARGUMENT,
                           component,
                           "offset, len: the range leaves the {} bytes",
                           size);
        return give(bytes::make_slice(parent, offset, len), slice);
    });
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
