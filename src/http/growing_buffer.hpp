// Bytes in one piece that grow without throwing; large ones by remapping, not by copying.
#pragma once

#include <cstddef>
#include <cstdlib>

namespace coord::http {

class growing_buffer {
  public:
    growing_buffer() noexcept = default;
    ~growing_buffer() { std::free(bytes_); }
    growing_buffer(const growing_buffer&) = delete;
    growing_buffer& operator=(const growing_buffer&) = delete;

    char* data() const noexcept { return bytes_; }
    std::size_t capacity() const noexcept { return capacity_; }

    // False when memory is short; what was there stays in any case.
    [[nodiscard]] bool reserve(std::size_t bytes) noexcept {
        if (bytes <= capacity_) return true;
        void* const grown = std::realloc(bytes_, bytes);
        if (grown == nullptr) return false;
        bytes_ = static_cast<char*>(grown);
        capacity_ = bytes;
        return true;
    }
    void release() noexcept {
        std::free(bytes_);
        bytes_ = nullptr;
        capacity_ = 0;
    }

  private:
    char* bytes_ = nullptr;
    std::size_t capacity_ = 0;
};

}  // namespace coord::http
