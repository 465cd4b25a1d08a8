// The cache alone: lookups that find and that do not, inserts with and without eviction, as it
// grows.
#include <benchmark/benchmark.h>

#include "bench_keys.hpp"
#include "cache/cache.hpp"

namespace coord::bench {
namespace {

constexpr std::size_t value_size = 256;
const std::string value(value_size, 'v');

cache::options room_for(std::uint64_t entries) {
    cache::options wanted;
    wanted.max_bytes = entries * 400;
    return wanted;
}

void insert(cache::store& into, std::string_view key) {
    bytes_ref entry(bytes::make(key, value, 0, 0), false);
    into.insert(into.hash(key), std::move(entry), cache::section::main);
}

// A hit gives out the entry: find, touch, give back.
void cache_find(benchmark::State& state) {
    const auto count = static_cast<std::uint64_t>(state.range(0));
    cache::store store(room_for(2 * count), machine_clock());
    const auto keys = make_keys(count);
    for (const auto& key : keys) insert(store, key);
    const auto order = make_order(count);
    std::size_t at = 0;
    for (auto _ : state) {
        const std::string_view key = keys[order[at++ % order.size()]];
        const auto found = store.find(store.hash(key), key);
        if (!found) return state.SkipWithError("a key is missing");
        benchmark::DoNotOptimize(found->value().back());
    }
}
BENCHMARK(cache_find)->RangeMultiplier(10)->Range(1'000, 1'000'000);

void cache_find_nothing(benchmark::State& state) {
    const auto count = static_cast<std::uint64_t>(state.range(0));
    cache::store store(room_for(2 * count), machine_clock());
    const auto keys = make_keys(2 * count);
    for (std::uint64_t i = 0; i < count; ++i) insert(store, keys[i]);
    const auto order = make_order(count);
    std::size_t at = 0;
    for (auto _ : state) {
        const std::string_view key = keys[count + order[at++ % order.size()]];
        if (store.find(store.hash(key), key)) return state.SkipWithError("a key was there");
    }
}
BENCHMARK(cache_find_nothing)->Arg(100'000);

// Allocates the entry too, as every load does. The room is for a tenth of the keys: each insert
// evicts.
void cache_insert_evicting(benchmark::State& state) {
    const auto count = static_cast<std::uint64_t>(state.range(0));
    cache::store store(room_for(count), machine_clock());
    const auto keys = make_keys(10 * count);
    for (const auto& key : keys) insert(store, key);
    std::size_t at = 0;
    for (auto _ : state) insert(store, keys[at++ % keys.size()]);
    if (store.read(cache::section::main).evictions == 0) state.SkipWithError("nothing was evicted");
}
BENCHMARK(cache_insert_evicting)->Arg(1'000)->Arg(100'000);

void cache_replace(benchmark::State& state) {
    const auto count = static_cast<std::uint64_t>(state.range(0));
    cache::store store(room_for(2 * count), machine_clock());
    const auto keys = make_keys(count);
    const auto order = make_order(count);
    std::size_t at = 0;
    for (auto _ : state) insert(store, keys[order[at++ % order.size()]]);
}
BENCHMARK(cache_replace)->Arg(100'000);

}  // namespace
}  // namespace coord::bench
