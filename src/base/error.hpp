// The one error type of the core: a status, and when memory allows, a message and a cause.
//
// Values of `error` are cheap to copy (one counted pointer) and safe to share between threads. The
// counted part is what the host sees as coord_error.
#pragma once

#include <coord/status.h>

#include <string_view>

#include "base/handle.hpp"

namespace coord {

class error;

// One named particular; its text follows it, NUL-terminated.
struct error_detail {
    const error_detail* older;
    const char* name;  // static
    std::size_t size;

    const char* text() const noexcept { return reinterpret_cast<const char*>(this + 1); }
};

// Immutable once published; coord_error is this.
class error_info final : public handle {
  public:
    static void release(const error_info* info) noexcept;

    coord_status status = COORD_OK;
    bool retriable = false;
    const char* component = "";      // static
    const char* native_domain = "";  // static
    std::int64_t native_code = 0;
    const error_info* cause = nullptr;  // one reference
    std::size_t message_size = 0;
    const error_detail* details = nullptr;  // owned, the newest first

    const char* message() const noexcept { return reinterpret_cast<const char*>(this + 1); }
    // Null when there is none of that name; of several the newest.
    const error_detail* detail(std::string_view name) const noexcept;

  private:
    friend class error;
    error_info() noexcept : handle(handle_kind::error) {}
    ~error_info();
};

class [[nodiscard]] error {
  public:
    // No error: only what boost::system::result gives for the error of a success.
    error() noexcept : status_(COORD_OK) {}
    // Never throws: when memory is short the status alone stays.
    error(coord_status status, const char* component, std::string_view message) noexcept;
    explicit error(coord_status status) noexcept : status_(status) {}
    error(const error& other) noexcept;
    error(error&& other) noexcept : status_(other.status_), info_(other.info_) {
        other.info_ = nullptr;
    }
    error& operator=(error other) noexcept;
    ~error();

    coord_status status() const noexcept { return status_; }
    std::string_view message() const noexcept;
    const error_info* info() const noexcept { return info_; }

    // These four are for whoever makes the error, before anybody else has it.
    // Trying the same again would not help, whatever its status suggests.
    error&& not_retriable() && noexcept;
    error&& native(const char* domain, std::int64_t code) && noexcept;
    error&& because(const error& cause) && noexcept;
    // A particular for coord_error_detail; any bytes, copied. What is beyond
    // limits::max_error_body_bytes is cut off; without memory it is left out.
    error&& with(const char* static_name, std::string_view text) && noexcept;

    // Gives up the counted part, with one reference, for the host. NULL when memory was short.
    const error_info* release() noexcept;
    // Takes one more reference of what the host holds.
    static error from(const error_info* info) noexcept;

  private:
    coord_status status_;
    error_info* info_ = nullptr;
};

}  // namespace coord
