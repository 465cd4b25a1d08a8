// Who owns a key, by number of peers and by profile.
#include <benchmark/benchmark.h>

#include "bench_keys.hpp"
#include "ring/ring.hpp"

namespace coord::bench {
namespace {

std::vector<std::string> make_peers(std::int64_t count) {
    std::vector<std::string> peers;
    for (std::int64_t i = 0; i < count; ++i)
        peers.push_back("http://10.0.0." + std::to_string(i) + ":8080");
    return peers;
}

void owner(benchmark::State& state, ring::profile chosen) {
    const ring::ring placed(make_peers(state.range(0)), 50, chosen);
    const auto keys = make_keys(4'096);
    std::size_t at = 0;
    for (auto _ : state) benchmark::DoNotOptimize(placed.owner(keys[at++ % keys.size()]));
}
void ring_owner_fnv1(benchmark::State& state) {
    owner(state, ring::profile::v2_fnv1_md5);
}
void ring_owner_crc32(benchmark::State& state) {
    owner(state, ring::profile::golang_crc32);
}
BENCHMARK(ring_owner_fnv1)->Arg(3)->Arg(8)->Arg(32)->Arg(128)->Arg(512);
BENCHMARK(ring_owner_crc32)->Arg(3)->Arg(8)->Arg(32)->Arg(128)->Arg(512);

// A change of the peers makes the whole ring anew.
void ring_make(benchmark::State& state) {
    const auto peers = make_peers(state.range(0));
    for (auto _ : state) {
        const ring::ring placed(peers, 50, ring::profile::v2_fnv1_md5);
        benchmark::DoNotOptimize(placed.virtual_nodes());
    }
}
BENCHMARK(ring_make)->Arg(3)->Arg(300);

}  // namespace
}  // namespace coord::bench
