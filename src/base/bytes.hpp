// Immutable counted bytes: what the host sees as coord_bytes, and what the cache keeps as an entry.
//
// One 24-byte header for four kinds. An *inline* one is a single allocation: header, key, value;
// the cache links it as it is, so a hit hands out the entry itself. *External* ones refer to memory
// of the host, *slices* to another bytes. A *held* one is an entry like an inline one, but for its
// value, which is that of another bytes. Nothing here takes a lock.
#pragma once

#include <atomic>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace coord {

class bytes;
void intrusive_ptr_add_ref(bytes* object) noexcept;
void intrusive_ptr_release(bytes* object) noexcept;
using bytes_ref = boost::intrusive_ptr<bytes>;

class give_back_later;

class bytes {
  public:
    enum class kind : std::uint8_t { in_line = 0xB1, external = 0xB2, slice = 0xB3, held = 0xB4 };
    using release_fn = void (*)(void* user);

    // Each gives one reference, or nullptr when memory is short. Sizes are checked by the caller:
    // key up to limits::max_key_bytes, value up to limits::max_value_bytes.
    static bytes* make(std::string_view key,
                       std::string_view value,
                       std::int64_t expire_unix_ns,
                       std::uint8_t value_flags) noexcept;
    static bytes* make(std::string_view value) noexcept { return make({}, value, 0, 0); }
    static bytes* make_external(std::string_view memory, void* user, release_fn release) noexcept;
    static bytes* make_slice(bytes* parent, std::size_t offset, std::size_t size) noexcept;

    // An entry whose value is that of `value`, which it keeps alive.
    static bytes* make_held(std::string_view key,
                            const bytes_ref& value,
                            std::int64_t expire_unix_ns,
                            std::uint8_t value_flags) noexcept;

    std::string_view value() const noexcept;
    std::string_view key() const noexcept {
        return {reinterpret_cast<const char*>(this + 1), key_size_};
    }
    std::int64_t expire_unix_ns() const noexcept { return expire_unix_ns_; }
    std::uint8_t value_flags() const noexcept {
        return marks.load(std::memory_order_relaxed) & value_flag_mask;
    }
    bool is_bytes() const noexcept { return kind_ >= kind::in_line && kind_ <= kind::held; }

    void add_ref() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
    void release() noexcept {
        if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy();
    }
    std::uint32_t references() const noexcept {
        return references_.load(std::memory_order_acquire);
    }

    // What malloc really takes for an inline one.
    static std::size_t memory_bytes(std::size_t key_size, std::size_t value_size) noexcept;
    // Of an entry; a held one counts its value as if nobody else had it.
    std::size_t memory_bytes() const noexcept {
        return memory_bytes(kind_ == kind::held ? held_key_room(key_size_) : key_size_, size_);
    }

    // --- the cache's part of the header
    // ------------------------------------------------------------------------------------- Low two
    // bits: COORD_VALUE_* as stored. The rest belongs to whoever orders the entry (see cache/).
    static constexpr std::uint8_t value_flag_mask = 0x03;
    static constexpr std::uint8_t no_store = 0x02;  // COORD_VALUE_NO_STORE
    static constexpr std::uint8_t detached =
        0x80;  // left the cache while held; `place` then names a detached_ledger account
    std::atomic<std::uint8_t>& cache_marks() noexcept { return marks; }
    std::uint32_t place() const noexcept { return place_; }
    void set_place(std::uint32_t place) noexcept { place_ = place; }

  private:
    friend class give_back_later;
    bytes() noexcept = default;
    void destroy() noexcept;
    static std::size_t held_key_room(std::size_t key_size) noexcept;
    bytes* parent() const noexcept;  // of a slice or a held one

    std::atomic<std::uint32_t> references_{1};
    std::uint32_t size_ = 0;
    std::int64_t expire_unix_ns_ = 0;
    std::uint32_t place_ = 0;
    std::uint16_t key_size_ = 0;
    kind kind_ = kind::in_line;  // offset 22: zero in every other handle
    std::atomic<std::uint8_t> marks{0};
};
static_assert(sizeof(bytes) == 24);

inline void intrusive_ptr_add_ref(bytes* object) noexcept {
    object->add_ref();
}
inline void intrusive_ptr_release(bytes* object) noexcept {
    object->release();
}

// How many bytes of memory left each cache while somebody still held them. An entry has room for a
// 4-byte account number but not for a pointer, so the accounts of the process live in one fixed
// table; 0 is the account nobody reads.
namespace detached_ledger {
inline constexpr std::uint32_t accounts = 4'096;
std::uint32_t open() noexcept;  // 0 when all are taken: detached bytes then go uncounted
void close(std::uint32_t account) noexcept;  // reusable once its last bytes are freed
void add(std::uint32_t account, std::size_t size) noexcept;
void subtract(std::uint32_t account, std::size_t size) noexcept;
std::uint64_t read(std::uint32_t account) noexcept;
}  // namespace detached_ledger

}  // namespace coord
