#include "base/bytes.hpp"

#include <array>
#include <cstdlib>
#include <cstring>
#include <new>

#include "base/give_back_later.hpp"

namespace coord {
namespace {

struct external_part {
    union {
        const char* data;
        bytes* next_dead;  // once nobody holds it
    };
    std::size_t size;
    void* user;
    bytes::release_fn release;
};

struct slice_part {
    const char* data;
    std::size_t size;
    bytes* parent;
};

struct held_part {
    const char* data;
    bytes* parent;  // in line or external
};

template <class Part>
Part* part_of(const bytes* object, std::size_t after = 0) noexcept {
    return reinterpret_cast<Part*>(reinterpret_cast<char*>(const_cast<bytes*>(object) + 1) + after);
}

// What follows a key starts at a multiple of this.
constexpr std::size_t part_alignment = alignof(held_part);
static_assert(sizeof(bytes) % part_alignment == 0);

std::size_t aligned(std::size_t key_size) noexcept {
    return (key_size + part_alignment - 1) & ~(part_alignment - 1);
}

}  // namespace

std::size_t bytes::memory_bytes(std::size_t key_size, std::size_t value_size) noexcept {
    // glibc: 8 bytes before each block, blocks in multiples of 16, at least 32.
    const auto wanted = sizeof(bytes) + key_size + value_size + 8;
    return wanted <= 32 ? 32 : (wanted + 15) & ~std::size_t{15};
}

std::size_t bytes::held_key_room(std::size_t key_size) noexcept {
    return aligned(key_size) + sizeof(held_part);
}

bytes* bytes::make(std::string_view key,
                   std::string_view value,
                   std::int64_t expire_unix_ns,
                   std::uint8_t value_flags) noexcept {
    void* memory = std::malloc(sizeof(bytes) + key.size() + value.size());
    if (memory == nullptr) return nullptr;
    auto* made = new (memory) bytes;
    made->size_ = static_cast<std::uint32_t>(value.size());
    made->key_size_ = static_cast<std::uint16_t>(key.size());
    made->expire_unix_ns_ = expire_unix_ns;
    made->marks.store(value_flags & value_flag_mask, std::memory_order_relaxed);
    char* text = reinterpret_cast<char*>(made + 1);
    if (!key.empty()) std::memcpy(text, key.data(), key.size());
    if (!value.empty()) std::memcpy(text + key.size(), value.data(), value.size());
    return made;
}

bytes* bytes::make_external(std::string_view memory, void* user, release_fn release) noexcept {
    void* block = std::malloc(sizeof(bytes) + sizeof(external_part));
    if (block == nullptr) return nullptr;
    auto* made = new (block) bytes;
    made->kind_ = kind::external;
    new (made + 1) external_part{{memory.data()}, memory.size(), user, release};
    return made;
}

bytes* bytes::make_slice(bytes* parent, std::size_t offset, std::size_t size) noexcept {
    void* block = std::malloc(sizeof(bytes) + sizeof(slice_part));
    if (block == nullptr) return nullptr;
    auto* made = new (block) bytes;
    made->kind_ = kind::slice;
    parent->add_ref();
    new (made + 1) slice_part{parent->value().data() + offset, size, parent};
    return made;
}

bytes* bytes::make_held(std::string_view key,
                        const bytes_ref& value,
                        std::int64_t expire_unix_ns,
                        std::uint8_t value_flags) noexcept {
    void* block = std::malloc(sizeof(bytes) + held_key_room(key.size()));
    if (block == nullptr) return nullptr;
    const auto data = value->value();
    // A value that is handed in again and again makes no chain: what lies between is let go.
    bytes* root = value.get();
    while (root->kind_ == kind::slice || root->kind_ == kind::held) root = root->parent();
    root->add_ref();
    auto* made = new (block) bytes;
    made->kind_ = kind::held;
    made->size_ = static_cast<std::uint32_t>(data.size());
    made->key_size_ = static_cast<std::uint16_t>(key.size());
    made->expire_unix_ns_ = expire_unix_ns;
    made->marks.store(value_flags & value_flag_mask, std::memory_order_relaxed);
    auto* const text = reinterpret_cast<char*>(made + 1);
    if (!key.empty()) std::memcpy(text, key.data(), key.size());
    new (part_of<held_part>(made, aligned(key.size())))
        held_part{data.data() != nullptr ? data.data() : "", root};
    return made;
}

bytes* bytes::parent() const noexcept {
    if (kind_ == kind::held) return part_of<held_part>(this, aligned(key_size_))->parent;
    return part_of<slice_part>(this)->parent;
}

std::string_view bytes::value() const noexcept {
    switch (kind_) {
        case kind::in_line:
            return {reinterpret_cast<const char*>(this + 1) + key_size_, size_};
        case kind::external: {
            const auto* part = part_of<external_part>(this);
            return {part->data, part->size};
        }
        case kind::slice: {
            const auto* part = part_of<slice_part>(this);
            return {part->data, part->size};
        }
        case kind::held:
            return {part_of<held_part>(this, aligned(key_size_))->data, size_};
    }
    return {};
}

void bytes::destroy() noexcept {
    bytes* dying = this;
    while (dying != nullptr) {
        bytes* next = nullptr;
        release_fn give_back = nullptr;
        void* user = nullptr;
        switch (dying->kind_) {
            case kind::in_line:
            case kind::held:
                if ((dying->marks.load(std::memory_order_relaxed) & detached) != 0)
                    detached_ledger::subtract(dying->place_, dying->memory_bytes());
                if (dying->kind_ == kind::held) next = dying->parent();
                break;
            case kind::external:
                if (give_back_later::take(*dying)) return;
                give_back = part_of<external_part>(dying)->release;
                user = part_of<external_part>(dying)->user;
                break;
            case kind::slice:
                next = dying->parent();
                break;
        }
        std::free(dying);
        if (give_back != nullptr) give_back(user);
        // A chain is unwound here, not on the stack.
        if (next != nullptr && next->references_.fetch_sub(1, std::memory_order_acq_rel) != 1)
            next = nullptr;
        dying = next;
    }
}

namespace {

thread_local give_back_later* latest = nullptr;

}  // namespace

give_back_later::give_back_later() noexcept : outer_(latest) {
    latest = this;
}

give_back_later::~give_back_later() {
    latest = outer_;
    // Dead, so where the data was is free for the list. With a lock further out they go on to it.
    while (first_ != nullptr) {
        bytes& dead = *first_;
        first_ = part_of<external_part>(&dead)->next_dead;
        dead.destroy();
    }
}

bool give_back_later::take(bytes& dead) noexcept {
    if (latest == nullptr) return false;
    part_of<external_part>(&dead)->next_dead = latest->first_;
    latest->first_ = &dead;
    return true;
}

namespace detached_ledger {
namespace {

struct account {
    std::atomic<std::uint64_t> bytes{0};  // acq_rel pairs the last subtract with a reuse in open()
    std::atomic<bool> taken{false};       // acquire in open() pairs with release in close()
};

constinit std::array<account, accounts> table{};

}  // namespace

std::uint32_t open() noexcept {
    for (std::uint32_t i = 1; i < accounts; ++i) {
        bool free = false;
        if (table[i].bytes.load(std::memory_order_acquire) != 0 ||
            table[i].taken.load(std::memory_order_relaxed))
            continue;
        // Between the two looks nothing was added: a closed account only ever shrinks.
        if (table[i].taken.compare_exchange_strong(free, true, std::memory_order_acq_rel)) return i;
    }
    return 0;
}

void close(std::uint32_t account) noexcept {
    if (account != 0) table[account].taken.store(false, std::memory_order_release);
}

void add(std::uint32_t account, std::size_t size) noexcept {
    if (account != 0) table[account].bytes.fetch_add(size, std::memory_order_relaxed);
}

void subtract(std::uint32_t account, std::size_t size) noexcept {
    if (account != 0) table[account].bytes.fetch_sub(size, std::memory_order_acq_rel);
}

std::uint64_t read(std::uint32_t account) noexcept {
    return account == 0 ? 0 : table[account].bytes.load(std::memory_order_relaxed);
}

}  // namespace detached_ledger
}  // namespace coord
