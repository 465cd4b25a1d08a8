// Starts threads the way the library wants them: all signals blocked, named, detached.
#pragma once

namespace coord {

// False, with errno set, when the system gives no thread. `body` must not throw; it owns `argument`
// only when this gave true.
[[nodiscard]] bool start_thread(const char* name, void (*body)(void*), void* argument) noexcept;

}  // namespace coord
