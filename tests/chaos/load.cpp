#include "load.hpp"

#include <cstdlib>
#include <random>

namespace coord::chaos {
namespace {

using namespace std::chrono_literals;
using clock = tally::clock;

constexpr unsigned keys = 2'000;
constexpr auto pause = 5ms;
constexpr auto watch = 20ms;

}  // namespace

load::load(coord_runtime* runtime, coord_group* group, const load_settings& wanted)
    : runtime_(runtime), group_(group), wanted_(wanted) {
    threads_.emplace_back([this] { watch_scheduler(); });
    for (unsigned i = 0; i < wanted.threads; ++i)
        threads_.emplace_back([this, i] { call_again_and_again(wanted_.seed * 1'000 + i); });
}

load::~load() {
    tally_.stop();
    for (auto& one : threads_) one.join();
}

void load::call_again_and_again(std::uint64_t seed) {
    std::mt19937_64 chance(seed);
    coord_queue* answers = nullptr;
    if (seed % 2 == 0 && coord_queue_new(runtime_, &answers, nullptr) != COORD_OK) std::abort();
    while (tally_.wait_until(clock::now() + pause))
        call_once("key " + std::to_string(chance() % keys * 7'919), answers);
    coord_queue_free(answers);
}

void load::call_once(const std::string& key, coord_queue* answers) {
    coord_call_options call{};
    call.size = sizeof call;
    call.timeout_ns = std::chrono::nanoseconds(wanted_.deadline).count();
    coord_event got{};
    coord_bytes* value = nullptr;
    const auto asked_unix_ns = coord_runtime_now_unix_ns(runtime_);
    const auto deadline = clock::now() + wanted_.deadline;
    coord_status status = COORD_OK;
    if (answers == nullptr) {
        status = coord_group_get(group_, key.data(), key.size(), &call, &value, nullptr);
    } else {
        status = coord_group_get_start(
            group_, key.data(), key.size(), &call, answers, 0, nullptr, nullptr);
        std::size_t count = 0;
        if (status == COORD_OK)
            status = coord_queue_wait(answers, COORD_FOREVER, &got, 1, &count, nullptr);
        if (status == COORD_OK) status = got.status;
        value = static_cast<coord_bytes*>(got.value);
        coord_error_free(got.error);
    }
    tally_.caller_late(clock::now() - deadline);
    if (status != COORD_OK) return tally_.failed(status);
    check(key, value, asked_unix_ns);
    coord_bytes_free(value);
}

void load::check(const std::string& key, const coord_bytes* value, std::int64_t asked_unix_ns) {
    std::size_t len = 0;
    const auto* const text = static_cast<const char*>(coord_bytes_data(value, &len));
    const auto from = read_value(key, {text, len});
    if (from)
        tally_.right(*from, std::chrono::nanoseconds(asked_unix_ns - from->expires_unix_ns));
    else
        tally_.wrong();
}

// Does what a caller at its deadline does, without libcoord.
void load::watch_scheduler() {
    for (auto when = clock::now() + watch; tally_.wait_until(when); when = clock::now() + watch)
        tally_.scheduler_late(clock::now() - when);
}

}  // namespace coord::chaos
