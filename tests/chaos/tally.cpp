#include "tally.hpp"

#include <algorithm>
#include <utility>

namespace coord::chaos {

void tally::right(const origin& from, std::chrono::nanoseconds stale) {
    const std::lock_guard lock(mutex_);
    ++now_.gets;
    ++now_.statuses[coord_status_name(COORD_OK)];
    now_.stale = std::max(now_.stale, stale);
    auto& newest = newest_[from.loader];
    if (newest >= from.loaded_unix_ns) return;
    newest = from.loaded_unix_ns;
    arrived_.notify_all();
}

void tally::wrong() {
    const std::lock_guard lock(mutex_);
    ++now_.gets;
    ++now_.wrong;
}

void tally::failed(coord_status status) {
    const std::lock_guard lock(mutex_);
    ++now_.gets;
    ++now_.statuses[coord_status_name(status)];
}

void tally::caller_late(std::chrono::nanoseconds by) {
    const std::lock_guard lock(mutex_);
    now_.caller_late = std::max(now_.caller_late, by);
}

void tally::scheduler_late(std::chrono::nanoseconds by) {
    const std::lock_guard lock(mutex_);
    now_.scheduler_late = std::max(now_.scheduler_late, by);
}

testing::json_line tally::window(std::chrono::milliseconds length) {
    wait_until(clock::now() + length);
    const std::lock_guard lock(mutex_);
    const auto ended = std::exchange(now_, {});
    testing::json_line statuses;
    for (const auto& one : ended.statuses) statuses.number(one.first, one.second);
    testing::json_line line;
    line.number("gets", ended.gets).number("wrong", ended.wrong);
    line.number("stale_ns", ended.stale.count());
    line.number("caller_late_ns", ended.caller_late.count());
    line.number("scheduler_late_ns", ended.scheduler_late.count());
    return line.raw("statuses", statuses.str());
}

bool tally::await(const std::string& loader,
                  std::int64_t after_unix_ns,
                  std::chrono::milliseconds most) {
    std::unique_lock lock(mutex_);
    return arrived_.wait_for(lock, most, [&] {
        const auto found = newest_.find(loader);
        return found != newest_.end() && found->second > after_unix_ns;
    });
}

void tally::stop() {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    stopped_.notify_all();
}

bool tally::wait_until(clock::time_point when) {
    std::unique_lock lock(mutex_);
    return !stopped_.wait_until(lock, when, [this] { return stopping_; });
}

}  // namespace coord::chaos
