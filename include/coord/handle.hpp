// One owner for every kind of C handle. Part of the C++ wrapper; you meet it only through
// `native_handle()`.
#pragma once

#if __cplusplus < 202002L
#error "the C++ headers of libcoord need C++20: -std=c++20"
#endif

#include <utility>

namespace coord {
inline namespace v0 {
namespace detail {

/// Owns one reference of a C handle and gives it back with `Free`. Move-only; empty after a move.
template <class Native, void (*Free)(Native*)>
class handle {
  public:
    handle() noexcept = default;
    /// Takes over one reference.
    explicit handle(Native* owned) noexcept : native_(owned) {}
    handle(handle&& other) noexcept : native_(other.release()) {}
    handle& operator=(handle&& other) noexcept {
        reset(other.release());
        return *this;
    }
    ~handle() { reset(); }

    Native* get() const noexcept { return native_; }
    explicit operator bool() const noexcept { return native_ != nullptr; }
    Native* release() noexcept { return std::exchange(native_, nullptr); }
    void reset(Native* owned = nullptr) noexcept {
        if (auto* old = std::exchange(native_, owned)) Free(old);
    }
    /// For the out-parameters of C functions: gives up what it has, and takes what is written.
    Native** out() noexcept {
        reset();
        return &native_;
    }

  private:
    Native* native_ = nullptr;
};

}  // namespace detail
}  // namespace v0
}  // namespace coord
