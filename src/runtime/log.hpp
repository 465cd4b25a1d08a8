// Log lines for the host: one hook, off by default, limited in rate, replaced at any time. Never
// call it under a lock.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string_view>

#include "base/clock.hpp"
#include "base/handle.hpp"

namespace coord {

enum class log_level : std::int32_t { error = 1, warn = 2, info = 3, debug = 4 };

class logger {
  public:
    using hook = void (*)(
        void* user, std::int32_t level, const char* component, const char* text, std::size_t size);
    struct options {
        hook fn = nullptr;
        void* user = nullptr;
        void (*user_free)(void*) = nullptr;
        log_level level = log_level::warn;
    };

    // May throw bad_alloc; `user` is then the caller's.
    logger(const options& wanted, const clock& time);
    ~logger();
    logger(const logger&) = delete;
    logger& operator=(const logger&) = delete;

    // From now on `user` is freed after its last line. Before the host has the runtime.
    void own_user(void (*user_free)(void*)) noexcept;
    // Lines go there from now on, without an fn nowhere; those under way may still reach the hook
    // that was there, whose `user` is freed after the last of them. `user` stays the caller's when
    // there is no fn, and when memory is short: false.
    [[nodiscard]] bool replace(const options& wanted) noexcept;
    bool wants(log_level level) const noexcept {
        return static_cast<std::int32_t>(level) <= level_.load(std::memory_order_relaxed);
    }
    // `text` must be NUL-terminated.
    void write(log_level level, const char* component, std::string_view text) noexcept;

  private:
    class target;
    bool within_rate() noexcept;
    ref<target> now() const noexcept;

    const clock& clock_;
    // Relaxed: a hint; who finds a line wanted looks again under the lock.
    std::atomic<std::int32_t> level_;  // 0 = silent
    mutable std::mutex mutex_;
    ref<target> target_;  // under mutex_; null or without an fn: silent
    std::atomic<std::int64_t> second_{-1};
    std::atomic<std::uint32_t> lines_{0};    // in this second
    std::atomic<std::uint64_t> dropped_{0};  // since the last line that went out
};

}  // namespace coord
