// The event queue through the C API: posts and drains, one by one and in batches, and a wake-up
// across threads.
#include <coord/coord.h>

#include <array>
#include <benchmark/benchmark.h>
#include <thread>
#include <vector>

namespace coord::bench {
namespace {

class polled_queue {
  public:
    polled_queue() { coord_queue_new(coord_runtime_default(), &handle_, nullptr); }
    ~polled_queue() { coord_queue_free(handle_); }
    polled_queue(const polled_queue&) = delete;
    polled_queue& operator=(const polled_queue&) = delete;
    coord_queue* get() const noexcept { return handle_; }

  private:
    coord_queue* handle_ = nullptr;
};

// A batch of posts, then one drain for all of them; the time is that of the whole batch.
void queue_post_drain(benchmark::State& state) {
    const polled_queue queue;
    const auto batch = static_cast<std::size_t>(state.range(0));
    std::vector<coord_event> room(batch);
    for (auto _ : state) {
        for (std::size_t i = 0; i < batch; ++i) coord_queue_post(queue.get(), i, nullptr);
        std::size_t count = 0;
        coord_queue_drain(queue.get(), room.data(), room.size(), &count, nullptr);
        if (count != batch) return state.SkipWithError("events are missing");
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(queue_post_drain)->Arg(1)->Arg(16)->Arg(256);

void queue_drain_nothing(benchmark::State& state) {
    const polled_queue queue;
    std::array<coord_event, 16> room;
    for (auto _ : state) {
        std::size_t count = 0;
        coord_queue_drain(queue.get(), room.data(), room.size(), &count, nullptr);
        benchmark::DoNotOptimize(count);
    }
}
BENCHMARK(queue_drain_nothing);

// There and back between two threads that wait for each other: two wake-ups.
void queue_round_trip(benchmark::State& state) {
    const polled_queue there;
    const polled_queue back;
    std::thread other([&] {
        coord_event event{};
        std::size_t count = 0;
        while (coord_queue_wait(there.get(), 0, &event, 1, &count, nullptr) == COORD_OK)
            coord_queue_post(back.get(), event.token, nullptr);
    });
    coord_event event{};
    std::size_t count = 0;
    for (auto _ : state) {
        coord_queue_post(there.get(), 1, nullptr);
        coord_queue_wait(back.get(), 0, &event, 1, &count, nullptr);
    }
    coord_queue_close(there.get());
    other.join();
}
BENCHMARK(queue_round_trip)->UseRealTime();

}  // namespace
}  // namespace coord::bench
