#include "base/error.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "base/limits.hpp"

namespace coord {
namespace {

bool retriable_by_nature(coord_status status) noexcept {
    return status == COORD_TIMED_OUT || status == COORD_EXHAUSTED || status == COORD_UNAVAILABLE ||
           status == COORD_NO_MEMORY;
}

// The longest prefix of at most `limit` bytes that does not cut a UTF-8 sequence in two.
std::size_t cut(std::string_view text, std::size_t limit) noexcept {
    if (text.size() <= limit) return text.size();
    while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0U) == 0x80U) --limit;
    return limit;
}

}  // namespace

error_info::~error_info() {
    while (details != nullptr) {
        auto* const dying = const_cast<error_detail*>(details);
        details = dying->older;
        std::free(dying);
    }
}

const error_detail* error_info::detail(std::string_view name) const noexcept {
    const auto* found = details;
    while (found != nullptr && found->name != name) found = found->older;
    return found;
}

void error_info::release(const error_info* info) noexcept {
    while (info != nullptr) {
        auto* mine = const_cast<error_info*>(info);
        if (mine->handles.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
        info = mine->cause;
        mine->kind = handle_kind::dead;
        mine->~error_info();
        std::free(mine);
    }
}

error::error(coord_status status, const char* component, std::string_view message) noexcept
    : status_(status) {
    const auto size = cut(message, limits::max_message_bytes);
    void* memory = std::malloc(sizeof(error_info) + size + 1);
    if (memory == nullptr) return;
    info_ = new (memory) error_info;
    info_->status = status;
    info_->component = component;
    info_->retriable = retriable_by_nature(status);
    info_->message_size = size;
    char* text = reinterpret_cast<char*>(info_ + 1);
    if (size != 0) std::memcpy(text, message.data(), size);
    text[size] = '\0';
}

error::error(const error& other) noexcept : status_(other.status_), info_(other.info_) {
    if (info_ != nullptr) info_->handles.fetch_add(1, std::memory_order_relaxed);
}

error& error::operator=(error other) noexcept {
    std::swap(status_, other.status_);
    std::swap(info_, other.info_);
    return *this;
}

error::~error() {
    error_info::release(info_);
}

std::string_view error::message() const noexcept {
    if (info_ == nullptr) return {};
    return {info_->message(), info_->message_size};
}

error&& error::not_retriable() && noexcept {
    if (info_ != nullptr) info_->retriable = false;
    return std::move(*this);
}

error&& error::native(const char* domain, std::int64_t code) && noexcept {
    if (info_ != nullptr) {
        info_->native_domain = domain;
        info_->native_code = code;
    }
    return std::move(*this);
}

error&& error::because(const error& cause) && noexcept {
    if (info_ != nullptr && cause.info_ != nullptr && info_->cause == nullptr) {
        cause.info_->handles.fetch_add(1, std::memory_order_relaxed);
        info_->cause = cause.info_;
    }
    return std::move(*this);
}

error&& error::with(const char* static_name, std::string_view text) && noexcept {
    if (info_ == nullptr) return std::move(*this);
    const std::size_t size = std::min<std::uint64_t>(text.size(), limits::max_error_body_bytes);
    void* const memory = std::malloc(sizeof(error_detail) + size + 1);
    if (memory == nullptr) return std::move(*this);
    auto* const made = new (memory) error_detail{info_->details, static_name, size};
    char* const to = reinterpret_cast<char*>(made + 1);
    if (size != 0) std::memcpy(to, text.data(), size);
    to[size] = '\0';
    info_->details = made;
    return std::move(*this);
}

const error_info* error::release() noexcept {
    return std::exchange(info_, nullptr);
}

error error::from(const error_info* info) noexcept {
    if (info == nullptr) return error(COORD_INTERNAL);
    error copy(info->status);
    copy.info_ = const_cast<error_info*>(info);
    copy.info_->handles.fetch_add(1, std::memory_order_relaxed);
    return copy;
}

}  // namespace coord
