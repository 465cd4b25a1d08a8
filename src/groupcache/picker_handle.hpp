// A picker in the hands of the host; coord_picker is this. It counts as one user of the picker, as
// a group does.
#pragma once

#include <utility>

#include "groupcache/peer.hpp"
#include "runtime/runtime.hpp"

namespace coord::groupcache {

class picker_handle final : public handle_object {
  public:
    picker_handle(picker& who, ref<runtime> owner) noexcept
        : handle_object(handle_kind::picker),
          decides(who),
          in(std::move(owner)),
          keeps_(&who.self()) {
        decides.add_user();
    }

    picker& decides;
    const ref<runtime> in;

  private:
    void on_last_handle() noexcept override { decides.drop_user(); }

    const ref<shared> keeps_;
};

}  // namespace coord::groupcache
