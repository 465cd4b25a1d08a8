#include "cli/loading.hpp"

#include <chrono>
#include <exception>

#include "cli/guard.hpp"
#include "cli/handles.hpp"

namespace coord::cli {

void loading::load(void* user, coord_request* request) noexcept {
    auto& me = *static_cast<loading*>(user);
    me.count(+1);
    loaded got{COORD_NO_MEMORY, {}};
    catching<std::exception>([&] { got = me.ask(request); }, [](const std::exception&) {});
    if (got.status == COORD_OK)
        coord_request_succeed(request, got.bytes.data(), got.bytes.size(), nullptr);
    else
        coord_request_fail(request, got.status, got.bytes.data(), got.bytes.size());
    me.count(-1);
}

loaded loading::ask(const coord_request* request) {
    coord_context_options options{};
    options.size = sizeof options;
    options.timeout_ns = limits_.timeout_ns;
    options.parent = coord_request_context(request);
    coord_context* context = nullptr;
    const auto status = coord_context_new(&options, &context, nullptr);
    const context_handle until(context);
    if (status != COORD_OK) return {status, {}};
    std::size_t size = 0;
    const char* const key = coord_request_key(request, 0, &size);
    return from_->load({key, size}, context);
}

void loading::count(std::ptrdiff_t change) noexcept {
    const std::lock_guard lock(mutex_);
    running_ += static_cast<std::size_t>(change);
    if (running_ == 0) changed_.notify_all();
}

std::size_t loading::running() const {
    const std::lock_guard lock(mutex_);
    return running_;
}

bool loading::wait_for_none(std::int64_t limit_ns) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(
        lock, std::chrono::nanoseconds(limit_ns), [&] { return running_ == 0; });
}

}  // namespace coord::cli
