// Whom a runtime tells of its groups, and who gives them a picker: the host, once for each. Kept by
// the runtime, which knows nothing of it. Safe from any thread; the host is called without locks.
#pragma once

#include <atomic>
#include <string_view>

#include "base/result.hpp"
#include "groupcache/peer.hpp"
#include "runtime/host_user.hpp"
#include "runtime/runtime.hpp"

struct coord_group;
struct coord_picker;

namespace coord::groupcache {

class group;
struct group_options;

class registry final : public shared {
  public:
    using group_function = void (*)(void* user, ::coord_group* made);
    using start_function = void (*)(void* user);
    using picker_function = ::coord_picker* (*)(void* user, const char* name, std::size_t size);

    // Null: nobody has given the runtime one, and nobody is to be told.
    static registry* of(runtime& in) noexcept { return static_cast<registry*>(in.kept()); }

    // COORD_ALREADY_EXISTS when it is set. `user` is let go of with the runtime. Throw bad_alloc.
    result<> set_new_group(group_function fn, ref<host_user> user);
    result<> set_server_start(start_function fn, ref<host_user> user);
    result<> set_picker(picker_function fn, ref<host_user> user);

    // Before a group is made: tells of the first one, and finds it a picker. May throw bad_alloc.
    static result<> prepare(runtime& in, std::string_view name, group_options& wanted);
    // It can be found now.
    static void tell(group& made) noexcept;

  private:
    // Set once, by whoever is first.
    template <class Function>
    class hook {
      public:
        hook() noexcept = default;
        hook(const hook&) = delete;
        hook& operator=(const hook&) = delete;
        ~hook() { delete there_.load(std::memory_order_acquire); }

        bool set(Function fn, ref<host_user> user);
        struct call {
            Function fn;
            ref<host_user> user;
        };
        const call* get() const noexcept { return there_.load(std::memory_order_acquire); }

      private:
        std::atomic<const call*> there_{nullptr};  // release once it is complete
    };

    result<picker*> picker_for(runtime& in, std::string_view name) const;

    hook<group_function> new_group_;
    hook<start_function> server_start_;
    hook<picker_function> picker_;
    std::atomic<bool> started_{false};  // relaxed: whoever is first calls
};

}  // namespace coord::groupcache
