// What a hit must not do: allocate, enter the kernel's wake-ups, or leave anything for other
// threads.
//
// The allocator and the calls that wake somebody are replaced in this program, which the dynamic
// linker gives libcoord.so as well. Counts are of this thread, so that what library threads do does
// not matter.
#include <coord/coord.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <initializer_list>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

extern "C" {
void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);
void __libc_free(void*);
}

namespace {

thread_local long allocations = 0;
thread_local long wakes = 0;

template <class Function>
Function next(const char* name) noexcept {
    // Without a version the first one is found, and glibc's condition variables have an older one.
    void* found = dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2");
    if (found == nullptr) found = dlsym(RTLD_NEXT, name);
    return reinterpret_cast<Function>(found);
}

int failures = 0;

void check(bool good, const char* what) {
    if (good) return;
    ++failures;
    std::fprintf(stderr, "failed: %s\n", what);
}

}  // namespace

#define EXPORTED __attribute__((visibility("default")))

extern "C" {
EXPORTED void* malloc(size_t size) {
    ++allocations;
    return __libc_malloc(size);
}
EXPORTED void* calloc(size_t count, size_t size) {
    ++allocations;
    return __libc_calloc(count, size);
}
EXPORTED void* realloc(void* block, size_t size) {
    ++allocations;
    return __libc_realloc(block, size);
}
EXPORTED void* aligned_alloc(size_t alignment, size_t size) {
    ++allocations;
    return __libc_memalign(alignment, size);
}
EXPORTED int posix_memalign(void** block, size_t alignment, size_t size) {
    ++allocations;
    *block = __libc_memalign(alignment, size);
    return *block == nullptr ? 12 : 0;
}
EXPORTED void free(void* block) {
    if (block != nullptr) ++allocations;
    __libc_free(block);
}

EXPORTED int pthread_cond_signal(pthread_cond_t* condition) noexcept {
    static const auto real = next<int (*)(pthread_cond_t*)>("pthread_cond_signal");
    ++wakes;
    return real(condition);
}
EXPORTED int pthread_cond_broadcast(pthread_cond_t* condition) noexcept {
    static const auto real = next<int (*)(pthread_cond_t*)>("pthread_cond_broadcast");
    ++wakes;
    return real(condition);
}
EXPORTED ssize_t write(int fd, const void* memory, size_t size) {
    static const auto real = next<ssize_t (*)(int, const void*, size_t)>("write");
    ++wakes;
    return real(fd, memory, size);
}
EXPORTED ssize_t send(int fd, const void* memory, size_t size, int flags) {
    static const auto real = next<ssize_t (*)(int, const void*, size_t, int)>("send");
    ++wakes;
    return real(fd, memory, size, flags);
}
}

namespace {

void load(void*, coord_request* request) {
    size_t size = 0;
    const char* key = coord_request_key(request, 0, &size);
    coord_request_succeed(request, key, size, nullptr);
}

// No thread is lent, so what a hit posted would stay, and be seen below.
coord_runtime* new_runtime() {
    coord_runtime_options options{};
    options.size = sizeof options;
    options.callbacks = COORD_CALLBACKS_LENT;
    coord_runtime* runtime = nullptr;
    check(coord_runtime_new(&options, &runtime, nullptr) == COORD_OK, "a runtime");
    return runtime;
}

coord_group* new_group(coord_runtime* runtime, int policy) {
    coord_group_options options{};
    options.size = sizeof options;
    options.load = &load;
    options.policy = policy;
    options.ttl_ns = COORD_MINUTE;
    coord_group* group = nullptr;
    check(coord_group_new(runtime, "hits", COORD_NUL, &options, &group, nullptr) == COORD_OK,
          "a group");
    return group;
}

bool is_counter_zero(coord_runtime* runtime, const char* name) {
    coord_bytes* text = nullptr;
    if (coord_runtime_metrics(runtime, &text, nullptr) != COORD_OK) return false;
    size_t size = 0;
    const char* lines = static_cast<const char*>(coord_bytes_data(text, &size));
    char wanted[64];
    const int length = std::snprintf(wanted, sizeof wanted, "\n%s 0\n", name);
    const bool found = memmem(lines, size, wanted, static_cast<size_t>(length)) != nullptr;
    coord_bytes_free(text);
    return found;
}

constexpr int rounds = 1'000;
char keys[16][24];

using hit = coord_status (*)(coord_group*, const char*, coord_bytes**);

coord_status by_get(coord_group* group, const char* key, coord_bytes** value) {
    return coord_group_get(group, key, COORD_NUL, nullptr, value, nullptr);
}
coord_status by_get_with_error(coord_group* group, const char* key, coord_bytes** value) {
    coord_error* error = nullptr;
    return coord_group_get(group, key, COORD_NUL, nullptr, value, &error);
}
coord_status by_lookup(coord_group* group, const char* key, coord_bytes** value) {
    return coord_group_lookup(group, key, COORD_NUL, value, nullptr);
}

void hits_are_free(coord_group* group, hit how, const char* name) {
    long good = 0;
    const long allocated = allocations;
    const long woken = wakes;
    for (int i = 0; i < rounds; ++i) {
        coord_bytes* value = nullptr;
        const char* key = keys[i % 16];
        size_t size = 0;
        if (how(group, key, &value) != COORD_OK) continue;
        const void* got = coord_bytes_data(value, &size);
        good += size == std::strlen(key) && std::memcmp(got, key, size) == 0 ? 1 : 0;
        coord_bytes_free(value);
    }
    const long allocated_by_hits = allocations - allocated;
    const long woken_by_hits = wakes - woken;
    std::printf("%s: %ld hits, %ld calls of the allocator, %ld wake-ups\n",
                name,
                good,
                allocated_by_hits,
                woken_by_hits);
    check(good == rounds, "every one is a hit");
    check(allocated_by_hits == 0, "a hit allocates nothing");
    check(woken_by_hits == 0, "a hit wakes nobody");
}

// "Pass NULL where misses are usual."
void unexplained_misses_are_free(coord_group* group) {
    const long allocated = allocations;
    const long woken = wakes;
    long good = 0;
    for (int i = 0; i < rounds; ++i) {
        coord_bytes* value = nullptr;
        good +=
            coord_group_lookup(group, "never there", COORD_NUL, &value, nullptr) == COORD_NOT_FOUND
                ? 1
                : 0;
    }
    check(good == rounds && allocations == allocated && wakes == woken,
          "a lookup that misses is free, too");
}

// The probes must see what they are to see.
void misses_are_seen(coord_runtime* runtime, coord_group* group) {
    coord_bytes* value = nullptr;
    const long allocated = allocations;
    check(coord_group_get(group, "a miss", COORD_NUL, nullptr, &value, nullptr) == COORD_OK,
          "a miss loads");
    coord_bytes_free(value);
    check(allocations > allocated, "a miss allocates");
    coord_queue* queue = nullptr;
    check(coord_queue_new(runtime, &queue, nullptr) == COORD_OK, "a queue");
    const long woken = wakes;
    check(coord_queue_post(queue, 1, nullptr) == COORD_OK, "a post");
    check(wakes > woken, "a post wakes");
    check(is_counter_zero(runtime, "coord_operations_pending") == false, "a post is pending");
    coord_event event;
    size_t count = 0;
    check(coord_queue_drain(queue, &event, 1, &count, nullptr) == COORD_OK && count == 1,
          "the post");
    coord_queue_free(queue);
}

}  // namespace

int main() {
    for (int i = 0; i < 16; ++i) std::snprintf(keys[i], sizeof keys[i], "key number %d", i);
    for (const int policy : {COORD_POLICY_S3FIFO, COORD_POLICY_LRU}) {
        coord_runtime* runtime = new_runtime();
        coord_group* group = new_group(runtime, policy);
        misses_are_seen(runtime, group);
        for (const char* key : keys) {
            coord_bytes* value = nullptr;
            check(by_get(group, key, &value) == COORD_OK, "a load");
            coord_bytes_free(value);
        }
        hits_are_free(group, by_get, "get");
        hits_are_free(group, by_get_with_error, "get with an error to fill");
        hits_are_free(group, by_lookup, "lookup");
        unexplained_misses_are_free(group);
        check(is_counter_zero(runtime, "coord_operations_pending"), "no hit left an operation");
        check(is_counter_zero(runtime, "coord_work_open"), "no hit left work");
        coord_group_free(group);
        coord_runtime_free(runtime);
    }
    return failures == 0 ? 0 : 1;
}
