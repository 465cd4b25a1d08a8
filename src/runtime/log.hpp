// Log lines for the host: one hook, off by default, limited in rate. Never call it under a lock.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include "base/clock.hpp"

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

    logger(options wanted, const clock& time) noexcept : wanted_(wanted), clock_(time) {}
    ~logger() {
        if (wanted_.user_free != nullptr) wanted_.user_free(wanted_.user);
    }
    logger(const logger&) = delete;
    logger& operator=(const logger&) = delete;

    // From now on `user` is freed with the logger.
    void own_user(void (*user_free)(void*)) noexcept { wanted_.user_free = user_free; }
    bool wants(log_level level) const noexcept {
        return wanted_.fn != nullptr && level <= wanted_.level;
    }
    // `text` must be NUL-terminated.
    void write(log_level level, const char* component, std::string_view text) noexcept;

  private:
    bool within_rate() noexcept;

    options wanted_;
    const clock& clock_;
    std::atomic<std::int64_t> second_{-1};
    std::atomic<std::uint32_t> lines_{0};    // in this second
    std::atomic<std::uint64_t> dropped_{0};  // since the last line that went out
};

}  // namespace coord
