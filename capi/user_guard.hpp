// What the host hands over together with its way to free it: freed here unless somebody took it
// over.
#pragma once

#include <coord/status.h>

namespace coord::capi {

class user_guard {
  public:
    user_guard(coord_user_free_fn free, void* user) noexcept : free_(free), user_(user) {}
    ~user_guard() {
        if (free_ != nullptr) free_(user_);
    }
    user_guard(const user_guard&) = delete;
    user_guard& operator=(const user_guard&) = delete;
    void taken() noexcept { free_ = nullptr; }

  private:
    coord_user_free_fn free_;
    void* user_;
};

}  // namespace coord::capi
