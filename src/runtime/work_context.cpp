#include "runtime/work_context.hpp"

#include <new>

namespace coord {

work_context::~work_context() {
    if (auto* const made = made_.load(std::memory_order_acquire); made != nullptr)
        made->drop_handle();
}

context* work_context::get(const clock& time, time_point deadline) noexcept {
    if (auto* const made = made_.load()) return made;
    context* fresh = new (std::nothrow) context(time, deadline, nullptr, {});
    if (fresh == nullptr) return nullptr;
    fresh->to_host();  // the host may take references of its own
    context* expected = nullptr;
    if (!made_.compare_exchange_strong(expected, fresh)) {
        fresh->drop_handle();
        fresh = expected;
    }
    if (cancelled_.load()) fresh->cancel();
    return fresh;
}

void work_context::cancel() noexcept {
    cancelled_.store(true);
    if (auto* const made = made_.load()) made->cancel();
}

}  // namespace coord
