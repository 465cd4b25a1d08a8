#include "base/error.hpp"

#include <coord/error.h>

#include <cstring>

namespace {

const coord::error_info* info(const coord_error* error) noexcept {
    const auto* const header = reinterpret_cast<const coord::handle*>(error);
    if (header == nullptr || !header->is(coord::handle_kind::error)) return nullptr;
    return static_cast<const coord::error_info*>(header);
}

}  // namespace

extern "C" {

void coord_error_free(coord_error* error) {
    coord::error_info::release(info(error));
}

coord_status coord_error_status(const coord_error* error) {
    const auto* const found = info(error);
    return found != nullptr ? found->status : COORD_OK;
}

const char* coord_error_message(const coord_error* error) {
    const auto* const found = info(error);
    return found != nullptr ? found->message() : "";
}

const char* coord_error_component(const coord_error* error) {
    const auto* const found = info(error);
    return found != nullptr ? found->component : "";
}

int32_t coord_error_is_retriable(const coord_error* error) {
    const auto* const found = info(error);
    return found != nullptr && found->retriable ? 1 : 0;
}

int32_t coord_error_is_fatal(const coord_error* error) {
    const auto status = coord_error_status(error);
    return status == COORD_CLOSED || status == COORD_FORKED ? 1 : 0;
}

const char* coord_error_native_domain(const coord_error* error) {
    const auto* const found = info(error);
    return found != nullptr ? found->native_domain : "";
}

int64_t coord_error_native_code(const coord_error* error) {
    const auto* const found = info(error);
    return found != nullptr ? found->native_code : 0;
}

const coord_error* coord_error_cause(const coord_error* error) {
    const auto* const found = info(error);
    return found != nullptr ? reinterpret_cast<const coord_error*>(found->cause) : nullptr;
}

const char* coord_error_detail(const coord_error* error,
                               const char* name,
                               size_t name_len,
                               size_t* len) {
    const auto* const found = info(error);
    if (len != nullptr) *len = 0;
    if (found == nullptr || name == nullptr) return nullptr;
    const auto size = name_len == COORD_NUL ? std::strlen(name) : name_len;
    for (const auto* at = found; at != nullptr; at = at->cause) {
        const auto* const detail = at->detail(std::string_view(name, size));
        if (detail == nullptr) continue;
        if (len != nullptr) *len = detail->size;
        return detail->text();
    }
    return nullptr;
}
}
