// A group through the C API: a hit, a miss that the caller loads, a get that starts and ends in a
// queue, a remove.
#include <coord/coord.h>

#include <benchmark/benchmark.h>
#include <string>
#include <vector>

#include "bench_keys.hpp"

namespace coord::bench {
namespace {

const std::string value(256, 'v');

void load(void* /*user*/, coord_request* request) {
    coord_request_succeed(request, value.data(), value.size(), nullptr);
}

class group {
  public:
    explicit group(std::uint64_t max_bytes) {
        coord_group_options options{};
        options.size = sizeof options;
        options.max_bytes = max_bytes;
        options.load = &load;
        coord_group_new(coord_runtime_default(), "bench", COORD_NUL, &options, &handle_, nullptr);
    }
    ~group() {
        coord_group_close(handle_, nullptr, nullptr);
        coord_group_free(handle_);
    }
    group(const group&) = delete;
    group& operator=(const group&) = delete;
    coord_group* get() const noexcept { return handle_; }

    bool touch(const std::string& key) const {
        coord_bytes* found = nullptr;
        if (coord_group_get(handle_, key.data(), key.size(), nullptr, &found, nullptr) != COORD_OK)
            return false;
        std::size_t size = 0;
        benchmark::DoNotOptimize(static_cast<const char*>(coord_bytes_data(found, &size))[0]);
        coord_bytes_free(found);
        return true;
    }

  private:
    coord_group* handle_ = nullptr;
};

void group_hit(benchmark::State& state) {
    const group measured(1U << 30);
    const auto keys = make_keys(static_cast<std::uint64_t>(state.range(0)));
    for (const auto& key : keys) measured.touch(key);
    const auto order = make_order(keys.size());
    std::size_t at = 0;
    for (auto _ : state)
        if (!measured.touch(keys[order[at++ % order.size()]]))
            return state.SkipWithError("no value");
}
BENCHMARK(group_hit)->Arg(1'000)->Arg(100'000);

// Nothing is kept, so each get is a flight of its own that the caller loads.
void group_miss(benchmark::State& state) {
    const group measured(static_cast<std::uint64_t>(COORD_OFF));
    const auto keys = make_keys(4'096);
    std::size_t at = 0;
    for (auto _ : state)
        if (!measured.touch(keys[at++ % keys.size()])) return state.SkipWithError("no value");
}
BENCHMARK(group_miss);

// Starts a batch of gets, then drains as many events; the time is that of the whole batch.
void start_and_drain(benchmark::State& state, const group& measured) {
    coord_queue* answers = nullptr;
    coord_queue_new(coord_runtime_default(), &answers, nullptr);
    const auto keys = make_keys(4'096);
    const auto batch = static_cast<std::size_t>(state.range(0));
    for (const auto& key : keys) measured.touch(key);
    std::vector<coord_event> room(batch);
    std::size_t at = 0;
    for (auto _ : state) {
        for (std::size_t i = 0; i < batch; ++i) {
            const auto& key = keys[at++ % keys.size()];
            coord_group_get_start(
                measured.get(), key.data(), key.size(), nullptr, answers, i, nullptr, nullptr);
        }
        for (std::size_t arrived = 0; arrived < batch;) {
            std::size_t count = 0;
            coord_queue_wait(answers, 0, room.data(), room.size(), &count, nullptr);
            for (std::size_t i = 0; i < count; ++i) coord_event_clear(&room[i]);
            arrived += count;
        }
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
    coord_queue_free(answers);
}

void group_start_hit(benchmark::State& state) {
    const group measured(1U << 30);
    start_and_drain(state, measured);
}
BENCHMARK(group_start_hit)->Arg(1)->Arg(16)->UseRealTime();

// The loader runs on a worker of the runtime.
void group_start_miss(benchmark::State& state) {
    const group measured(static_cast<std::uint64_t>(COORD_OFF));
    start_and_drain(state, measured);
}
BENCHMARK(group_start_miss)->Arg(1)->Arg(16)->UseRealTime();

void group_remove(benchmark::State& state) {
    const group measured(1U << 30);
    const auto keys = make_keys(4'096);
    std::size_t at = 0;
    for (auto _ : state) {
        const auto& key = keys[at++ % keys.size()];
        coord_group_remove(measured.get(), key.data(), key.size(), nullptr, nullptr);
    }
}
BENCHMARK(group_remove);

}  // namespace
}  // namespace coord::bench
