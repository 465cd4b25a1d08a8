// Changes in a cluster of three on loopback, through the C API: a set, and removals one by one or
// many in one call.
#include <coord/coord.h>

#include <array>
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

// One process's worth of a cluster.
class member {
  public:
    member() {
        coord_runtime_new(nullptr, &runtime_, nullptr);
        coord_peers_options port{};
        port.size = sizeof port;
        port.listen = "127.0.0.1:0";
        port.listen_len = COORD_NUL;
        coord_peers_new(runtime_, &port, &peers_, nullptr);
        coord_group_options options{};
        options.size = sizeof options;
        options.load = &load;
        options.peers = peers_;
        coord_group_new(runtime_, "bench", COORD_NUL, &options, &group_, nullptr);
    }
    ~member() {
        coord_group_free(group_);
        coord_peers_free(peers_);
        coord_runtime_close(runtime_, nullptr, nullptr);
        coord_runtime_free(runtime_);
    }
    member(const member&) = delete;
    member& operator=(const member&) = delete;

    std::string url() const { return coord_peers_self_url(peers_, nullptr); }
    void join(const std::string& list) const {
        coord_peers_set(peers_, list.data(), list.size(), nullptr);
    }
    coord_group* group() const noexcept { return group_; }

  private:
    coord_runtime* runtime_ = nullptr;
    coord_peers* peers_ = nullptr;
    coord_group* group_ = nullptr;
};

struct cluster {
    cluster() {
        std::string list;
        for (const auto& one : members) list += one.url() + "\n";
        for (const auto& one : members) one.join(list);
    }
    std::array<member, 3> members;
};

void cluster_set(benchmark::State& state) {
    const cluster here;
    const auto keys = make_keys(4'096);
    std::size_t at = 0;
    for (auto _ : state) {
        const auto& key = keys[at++ % keys.size()];
        const auto done = coord_group_set(here.members[0].group(),
                                          key.data(),
                                          key.size(),
                                          value.data(),
                                          value.size(),
                                          nullptr,
                                          nullptr,
                                          nullptr);
        if (done != COORD_OK) return state.SkipWithError("not set");
    }
}
BENCHMARK(cluster_set)->UseRealTime();

void cluster_remove_one_by_one(benchmark::State& state) {
    const cluster here;
    const auto keys = make_keys(static_cast<std::uint64_t>(state.range(0)));
    for (auto _ : state)
        for (const auto& key : keys)
            if (coord_group_remove(
                    here.members[0].group(), key.data(), key.size(), nullptr, nullptr) != COORD_OK)
                return state.SkipWithError("not removed");
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(cluster_remove_one_by_one)->Arg(8)->Arg(64)->Arg(512)->UseRealTime();

void cluster_remove_many(benchmark::State& state) {
    const cluster here;
    std::string keys;
    std::vector<std::size_t> lengths;
    for (const auto& key : make_keys(static_cast<std::uint64_t>(state.range(0)))) {
        keys += key;
        lengths.push_back(key.size());
    }
    for (auto _ : state)
        if (coord_group_remove_many(here.members[0].group(),
                                    keys.data(),
                                    lengths.data(),
                                    lengths.size(),
                                    nullptr,
                                    nullptr,
                                    nullptr) != COORD_OK)
            return state.SkipWithError("not removed");
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(cluster_remove_many)->Arg(8)->Arg(64)->Arg(512)->UseRealTime();

}  // namespace
}  // namespace coord::bench
