#include "base/error.hpp"

#include <coord/error.h>

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
}
