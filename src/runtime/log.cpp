#include "runtime/log.hpp"

#include <array>
#include <chrono>
#include <fmt/format.h>
#include <new>

#include "base/limits.hpp"

namespace coord {

// A hook with its user. Each line under way holds a reference, so the user outlives it.
class logger::target final : public shared {
  public:
    explicit target(const options& wanted) noexcept : is(wanted) {}
    ~target() override {
        if (is.user_free != nullptr) is.user_free(is.user);
    }
    options is;
};

logger::logger(const options& wanted, const clock& time)
    : clock_(time),
      level_(wanted.fn != nullptr ? static_cast<std::int32_t>(wanted.level) : 0),
      target_(new target(wanted)) {}

logger::~logger() = default;

void logger::own_user(void (*user_free)(void*)) noexcept {
    const std::lock_guard lock(mutex_);
    target_->is.user_free = user_free;
}

bool logger::replace(const options& wanted) noexcept {
    ref<target> other;  // the new one; then the one that was there, which goes without the lock
    if (wanted.fn != nullptr) {
        other = ref<target>(new (std::nothrow) target(wanted));
        if (!other) return false;
    }
    const auto level = wanted.fn != nullptr ? static_cast<std::int32_t>(wanted.level) : 0;
    {
        const std::lock_guard lock(mutex_);
        target_.swap(other);
        level_.store(level, std::memory_order_relaxed);
    }
    return true;
}

ref<logger::target> logger::now() const noexcept {
    const std::lock_guard lock(mutex_);
    return target_;
}

bool logger::within_rate() noexcept {
    const auto second =
        std::chrono::duration_cast<std::chrono::seconds>(clock_.now().time_since_epoch()).count();
    // Two threads at the turn of a second may both reset: a few lines more, nothing worse.
    if (second_.exchange(second, std::memory_order_relaxed) != second)
        lines_.store(0, std::memory_order_relaxed);
    return lines_.fetch_add(1, std::memory_order_relaxed) < limits::max_log_lines_per_second;
}

void logger::write(log_level level, const char* component, std::string_view text) noexcept {
    if (!wants(level)) return;
    const ref<target> to = now();
    if (!to || to->is.fn == nullptr || level > to->is.level) return;
    if (!within_rate()) {
        dropped_.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    if (const auto dropped = dropped_.exchange(0, std::memory_order_relaxed); dropped != 0) {
        std::array<char, 64> line{};
        const auto end =
            fmt::format_to_n(line.data(), line.size() - 1, "{} lines were left out here", dropped);
        to->is.fn(
            to->is.user, static_cast<std::int32_t>(log_level::warn), "log", line.data(), end.size);
    }
    to->is.fn(to->is.user, static_cast<std::int32_t>(level), component, text.data(), text.size());
}

}  // namespace coord
