// What the host holds: a word that tells the kind, a count, and the generation it was made in.
//
// Every opaque C handle but coord_bytes starts with this header; coord_bytes has its own tag at the
// byte that is always zero here, so that a handle of the wrong kind is recognised either way.
#pragma once

#include <atomic>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <cstddef>
#include <cstdint>

namespace coord {

enum class handle_kind : std::uint32_t {
    error = 0x52524543,
    context = 0x58544343,
    runtime = 0x4e555243,
    queue = 0x45555143,
    operation = 0x504f4f43,
    request = 0x51455243,
    ring = 0x474e5243,
    group = 0x50524743,
    peers = 0x52455043,
    peer = 0x31505043,
    picker = 0x4b495043,
    cache = 0x48434143,
    flight = 0x47494c46,
    many = 0x594e414d,
    response = 0x50534552,
    dead = 0x44414544,
};

// Bumped by fork() in the child; a handle that carries another number is from the parent. One
// relaxed load, which the hit path can afford.
extern std::atomic<std::uint32_t> fork_counter;

struct alignas(8) handle {
    explicit handle(handle_kind what) noexcept
        : kind(what), generation(fork_counter.load(std::memory_order_relaxed)) {}
    handle(const handle&) = delete;
    handle& operator=(const handle&) = delete;

    bool is(handle_kind what) const noexcept { return kind == what; }
    bool forked() const noexcept {
        return generation != fork_counter.load(std::memory_order_relaxed);
    }

    handle_kind kind;
    std::atomic<std::uint32_t> handles{1};  // references of the host; acq_rel on the way down
    std::uint32_t generation;
    std::uint32_t zero[3] = {0, 0, 0};  // bytes 12 to 23: never the tag of a coord_bytes
};
static_assert(sizeof(handle) == 24);

// Objects that work under way keeps alive, whatever the host frees.
class shared {
  public:
    shared() noexcept = default;
    shared(const shared&) = delete;
    shared& operator=(const shared&) = delete;
    virtual ~shared() = default;

    friend void intrusive_ptr_add_ref(const shared* object) noexcept {
        object->references_.fetch_add(1, std::memory_order_relaxed);
    }
    friend void intrusive_ptr_release(const shared* object) noexcept {
        if (object->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete object;
    }

    // Null once the count was zero: the object is on its way out.
    template <class T>
    static boost::intrusive_ptr<T> try_keep(T* object) noexcept {
        auto& count = static_cast<shared*>(object)->references_;
        auto seen = count.load(std::memory_order_relaxed);
        while (seen != 0)
            if (count.compare_exchange_weak(seen, seen + 1, std::memory_order_acq_rel))
                return boost::intrusive_ptr<T>(object, false);
        return nullptr;
    }

  private:
    mutable std::atomic<std::uint32_t> references_{0};
};

template <class T>
using ref = boost::intrusive_ptr<T>;

// A shared object that is also a C handle. While the host holds references, they together hold one
// of the object.
class handle_object : public handle, public shared {
  public:
    explicit handle_object(handle_kind what) noexcept : handle(what) {}

    // Gives the object to the host: the count of host references is 1 from the start.
    handle_object* to_host() noexcept {
        intrusive_ptr_add_ref(this);
        return this;
    }
    void add_handle() noexcept { handles.fetch_add(1, std::memory_order_relaxed); }
    // For finding by name: fails once the host has let go.
    bool try_add_handle() noexcept {
        auto count = handles.load(std::memory_order_relaxed);
        while (count != 0)
            if (handles.compare_exchange_weak(count, count + 1, std::memory_order_acq_rel))
                return true;
        return false;
    }
    void drop_handle() noexcept {
        if (handles.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
        on_last_handle();
        intrusive_ptr_release(this);
    }

  protected:
    // The host holds nothing any more: stop, cancel, unregister. The object itself may live on.
    virtual void on_last_handle() noexcept {}
};

}  // namespace coord
