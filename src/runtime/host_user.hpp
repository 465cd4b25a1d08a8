// A pointer of the host, freed when the last of those who may hand it back has let go.
#pragma once

#include "base/handle.hpp"

namespace coord {

class host_user final : public shared {
  public:
    host_user(void* user, void (*user_free)(void*)) noexcept : user_(user), user_free_(user_free) {}
    ~host_user() override {
        if (user_free_ != nullptr) user_free_(user_);
    }
    void* get() const noexcept { return user_; }

  private:
    void* const user_;
    void (*const user_free_)(void*);
};

}  // namespace coord
