#include "oom/short_memory.hpp"

#include <atomic>
#include <cerrno>
#include <cstddef>

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);
}

namespace {

std::atomic<long> live{0};
thread_local constinit long countdown = 0;  // 0 = never
thread_local constinit bool keep_failing = false;
thread_local constinit bool refused = false;

bool refuse() noexcept {
    if (countdown == 0 || --countdown > 0) return false;
    if (keep_failing) countdown = 1;
    refused = true;
    errno = ENOMEM;
    return true;
}

void* counted(void* block) noexcept {
    if (block != nullptr) live.fetch_add(1, std::memory_order_relaxed);
    return block;
}

}  // namespace

namespace short_memory {

void fail_at(long n, failing how) noexcept {
    refused = false;
    keep_failing = how == failing::from_then_on;
    countdown = n;
}

bool stop_failing() noexcept {
    countdown = 0;
    keep_failing = false;
    return refused;
}

long live_blocks() noexcept {
    return live.load(std::memory_order_relaxed);
}

}  // namespace short_memory

#define EXPORTED __attribute__((visibility("default")))

extern "C" {
EXPORTED void* malloc(std::size_t size) {
    return refuse() ? nullptr : counted(__libc_malloc(size));
}
EXPORTED void* calloc(std::size_t count, std::size_t size) {
    return refuse() ? nullptr : counted(__libc_calloc(count, size));
}
EXPORTED void* realloc(void* block, std::size_t size) {
    if (refuse()) return nullptr;
    void* const moved = __libc_realloc(block, size);
    return block == nullptr ? counted(moved) : moved;
}
EXPORTED void* memalign(std::size_t alignment, std::size_t size) {
    return refuse() ? nullptr : counted(__libc_memalign(alignment, size));
}
EXPORTED void* aligned_alloc(std::size_t alignment, std::size_t size) {
    return refuse() ? nullptr : counted(__libc_memalign(alignment, size));
}
EXPORTED int posix_memalign(void** block, std::size_t alignment, std::size_t size) {
    if (refuse()) return ENOMEM;
    *block = counted(__libc_memalign(alignment, size));
    return *block == nullptr ? ENOMEM : 0;
}
EXPORTED void free(void* block) {
    if (block != nullptr) live.fetch_sub(1, std::memory_order_relaxed);
    __libc_free(block);
}
}
