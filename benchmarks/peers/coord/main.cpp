// Our side of the comparison: libcoord.so, through its C API alone, under the workloads of
// benchmarks/peers/go.
//
// One workload a process (two for peer_get); settings are name=value arguments; the result is one
// line of JSON.
#include <coord/coord.h>

#include <cstdio>
#include <latch>
#include <memory>
#include <thread>

#include "load.hpp"
#include "outcome.hpp"
#include "owner_process.hpp"
#include "peer_get.hpp"

namespace coord::bench {
namespace {

void load(void* user, coord_request* request) {
    const auto* const value = static_cast<const std::string*>(user);
    coord_request_succeed(request, value->data(), value->size(), nullptr);
}

void free_value(void* user) {
    delete static_cast<std::string*>(user);
}

// A group whose loader gives the same value for every key; the request copies it.
class group {
  public:
    group(std::uint64_t value_bytes, std::uint64_t max_bytes) {
        auto value = std::make_unique<std::string>();
        for (std::uint64_t i = 0; i < value_bytes; ++i) value->push_back(static_cast<char>(i));
        coord_group_options options{};
        options.size = sizeof options;
        options.max_bytes = max_bytes;
        options.load = &load;
        options.user = value.release();
        options.user_free = &free_value;
        must(coord_group_new(
                 coord_runtime_default(), "bench", COORD_NUL, &options, &handle_, nullptr),
             "coord_group_new");
    }
    ~group() {
        must(coord_group_close(handle_, nullptr, nullptr), "coord_group_close");
        coord_group_free(handle_);
    }
    group(const group&) = delete;
    group& operator=(const group&) = delete;

    // Gets one key and looks at its value's first and last byte.
    std::uint64_t touch(std::string_view key) {
        coord_bytes* value = nullptr;
        must(coord_group_get(handle_, key.data(), key.size(), nullptr, &value, nullptr),
             "coord_group_get");
        std::size_t size = 0;
        const auto* const text = static_cast<const unsigned char*>(coord_bytes_data(value, &size));
        const std::uint64_t sum = std::uint64_t{text[0]} + text[size - 1];
        coord_bytes_free(value);
        return sum;
    }

    coord_group_stats stats() const {
        coord_group_stats read{};
        read.size = sizeof read;
        must(coord_group_stats_read(handle_, &read, nullptr), "coord_group_stats_read");
        return read;
    }
    coord_cache_stats cache_stats() const {
        coord_cache_stats read{};
        read.size = sizeof read;
        must(coord_group_cache_stats_read(handle_, COORD_CACHE_MAIN, &read, nullptr),
             "coord_group_cache_stats_read");
        return read;
    }

  private:
    coord_group* handle_ = nullptr;
};

// Room for that many entries; max_bytes also counts the 24-byte header, the allocator's rounding
// and the table.
std::uint64_t room_for(std::uint64_t entries, std::uint64_t value_bytes) {
    return entries * (key_bytes + value_bytes + 56);
}

result memory(const settings& wanted) {
    group measured(wanted.value_bytes, 1U << 30);
    char key[key_bytes];
    const auto before = resident_bytes();
    for (std::uint64_t i = 0; i < wanted.items; ++i) {
        write_key(i, key);
        measured.touch({key, key_bytes});
    }
    const auto after = resident_bytes();
    const auto stats = measured.cache_stats();
    if (stats.items != wanted.items) fail("items kept", stats.items, wanted.items);
    const auto per_entry = [&wanted](std::uint64_t bytes) {
        return static_cast<double>(bytes) / static_cast<double>(wanted.items);
    };
    return {{"bytes_per_entry", per_entry(after - before)},
            {"bytes_per_entry_unforced", per_entry(after - before)},
            {"bytes_per_entry_counted", per_entry(stats.memory_bytes)}};
}

struct outcome {
    std::uint64_t operations = 0;
    std::uint64_t sum = 0;
};

// Runs work on every thread at once, and measures from the first to the last.
template <class Work>
result on_threads(std::uint64_t count, const Work& work) {
    std::vector<outcome> outcomes(count);
    std::vector<std::thread> threads;
    std::latch ready(static_cast<std::ptrdiff_t>(count));
    std::latch begin(1);
    for (std::uint64_t thread = 0; thread < count; ++thread)
        threads.emplace_back([&, thread] {
            ready.count_down();
            begin.wait();
            outcomes[thread] = work(thread);
        });
    ready.wait();
    const auto processor = processor_ns();
    const auto started = monotonic_ns();
    begin.count_down();
    for (auto& thread : threads) thread.join();
    const auto elapsed = monotonic_ns() - started;
    const auto used = processor_ns() - processor;
    outcome all;
    for (const auto& one : outcomes) {
        all.operations += one.operations;
        all.sum += one.sum;
    }
    return {{"operations", static_cast<double>(all.operations)},
            {"nanoseconds", static_cast<double>(elapsed)},
            {"processor_nanoseconds", static_cast<double>(used)},
            {"checksum", static_cast<double>(all.sum)}};
}

result hit(const settings& wanted) {
    group measured(wanted.value_bytes, 2 * room_for(wanted.items, wanted.value_bytes));
    const key_list keys(0, wanted.items);
    for (std::size_t i = 0; i < keys.size(); ++i) measured.touch(keys[i]);
    std::vector<std::vector<std::uint32_t>> orders;
    for (std::uint64_t thread = 0; thread < wanted.threads; ++thread)
        orders.push_back(make_order(wanted, thread + 1));
    const auto round = [&](std::uint64_t nanoseconds) {
        return on_threads(wanted.threads, [&](std::uint64_t thread) {
            const auto& order = orders[thread];
            outcome mine;
            std::size_t at = 0;
            for (const auto until = monotonic_ns() + nanoseconds; monotonic_ns() < until;) {
                for (int step = 0; step < 256; ++step) {
                    mine.sum += measured.touch(keys[order[at]]);
                    at = (at + 1) % order_length;
                }
                mine.operations += 256;
            }
            return mine;
        });
    };
    round(wanted.milliseconds * 250'000);  // warms up
    const auto figures = round(wanted.milliseconds * 1'000'000);
    if (const auto loads = measured.stats().loads; loads != wanted.items)
        fail("loads, though all had to be hits", loads, wanted.items);
    return figures;
}

result miss(const settings& wanted) {
    const auto room = wanted.room > 0 ? room_for(wanted.room, wanted.value_bytes)
                                      : 2 * room_for(wanted.items, wanted.value_bytes);
    const auto share = (wanted.items + wanted.threads - 1) / wanted.threads;
    result total;
    for (std::uint64_t repeat = 0; repeat < repeats_of_miss(wanted.items); ++repeat) {
        group measured(wanted.value_bytes, room);
        std::vector<key_list> keys;
        for (std::uint64_t thread = 0; thread < wanted.threads; ++thread)
            keys.emplace_back((repeat * wanted.threads + thread) * share, share);
        const auto figures = on_threads(wanted.threads, [&](std::uint64_t thread) {
            outcome mine;
            for (std::size_t i = 0; i < share; ++i) mine.sum += measured.touch(keys[thread][i]);
            mine.operations = share;
            return mine;
        });
        if (const auto loads = measured.stats().local_loads; loads != share * wanted.threads)
            fail("loads of fresh keys", loads, share * wanted.threads);
        for (const auto& one : figures) total[one.first] += one.second;
        total["kept"] = static_cast<double>(measured.cache_stats().items);
    }
    return total;
}

int run(const std::vector<std::string_view>& arguments) {
    const std::map<std::string_view, result (*)(const settings&)> workloads = {
        {"memory", &memory}, {"hit", &hit}, {"miss", &miss}, {"peer_get", &peer_get}};
    const auto chosen = arguments.empty() ? workloads.end() : workloads.find(arguments.front());
    settings wanted;
    if (!arguments.empty() && arguments.front() == "own" &&
        parse({arguments.begin() + 1, arguments.end()}, wanted))
        return own(wanted);
    if (chosen == workloads.end() || !parse({arguments.begin() + 1, arguments.end()}, wanted)) {
        std::fputs("usage: coord_peer memory|hit|miss|peer_get [name=value ...]\n", stderr);
        return 1;
    }
    const char* between = "{";
    for (const auto& one : chosen->second(wanted)) {
        std::printf("%s\"%s\":%.17g", between, one.first.c_str(), one.second);
        between = ",";
    }
    std::puts("}");
    return 0;
}

}  // namespace
}  // namespace coord::bench

int main(int argc, char** argv) {
    return coord::bench::run({argv + 1, argv + argc});
}
