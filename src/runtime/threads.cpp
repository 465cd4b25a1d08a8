#include "runtime/threads.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <new>
#include <pthread.h>

namespace coord {
namespace {

struct start {
    void (*body)(void*);
    void* argument;
};

void* trampoline(void* memory) noexcept {
    const start mine = *static_cast<start*>(memory);
    std::free(memory);
    mine.body(mine.argument);
    return nullptr;
}

}  // namespace

bool start_thread(const char* name, void (*body)(void*), void* argument) noexcept {
    void* const memory = std::malloc(sizeof(start));
    if (memory == nullptr) return false;
    new (memory) start{body, argument};
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    // The new thread inherits the mask.
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread{};
    const int failure = pthread_create(&thread, nullptr, trampoline, memory);
    if (failure == 0) {
        pthread_setname_np(thread, name);
        pthread_detach(thread);
    } else {
        std::free(memory);
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    errno = failure;
    return failure == 0;
}

}  // namespace coord
